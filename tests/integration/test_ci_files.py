"""The action's steps, the GitLab jobs and the hook do what they say, run by a shell on a real database."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from tests.conftest import MakeDatabase
from tests.integration.test_descriptions import database_of
from tests.support.servers import PostgresServer
from tests.support.workflows import REPOSITORY, programs, run_step

SECRET = "s3cr3t-never-shown"  # noqa: S105 - nothing asks for it
SHOP = "CREATE TABLE orders (id integer PRIMARY KEY, total numeric);"


@pytest.fixture
def url(server: PostgresServer, make_database: MakeDatabase) -> str:
    """A small database; its URL has a password, which the server does not ask for."""
    made = make_database(server, SHOP)
    return made.replace("://postgres@", f"://postgres:{quote(SECRET)}@", 1)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A working copy, in a folder with a space in its name."""
    folder = tmp_path / "working copy"
    folder.mkdir()
    (folder / "pgdossier.toml").write_text("[diagrams]\nenabled = false\n", encoding="utf-8")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=begin")
    return folder


def git(folder: Path, *arguments: str) -> str:
    program = shutil.which("git")
    assert program is not None
    return subprocess.run(
        [program, "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), "GIT_CONFIG_NOSYSTEM": "1"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_the_action_from_generation_to_staleness(url: str, workspace: Path, server: PostgresServer) -> None:
    """It writes the document, finds it true, and after a change says what changed, and shows no secret."""
    inputs = {"source": url, "output": "our docs/data base"}
    made = run_step("run", workspace, {**inputs, "command": "generate"})
    assert made.code == 0, made.log
    assert (workspace / "our docs" / "data base" / "README.md").is_file()
    assert made.outputs["changed"] == "true"
    assert "1 relation documented" in made.summary
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "--message=document")

    again = run_step("run", workspace, {**inputs, "command": "generate"})
    assert (again.code, again.outputs["changed"]) == (0, "false"), again.log

    fine = run_step("run", workspace, inputs)
    assert fine.code == 0, fine.log
    assert (fine.outputs["exit-code"], fine.outputs["stale"]) == ("0", "false")
    assert "::notice title=Database design document::our docs/data base: up to date" in fine.log
    assert json.loads(Path(fine.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"] == []

    server.run_sql(database_of(url), "ALTER TABLE orders DROP total;")
    stale = run_step("run", workspace, inputs)
    assert (stale.code, stale.outputs["exit-code"], stale.outputs["stale"]) == (1, "1", "true")
    assert (
        "::error file=our docs/data base/README.md,title=Stale document::"
        "breaking: column total of table public.orders was removed" in stale.log
    )
    assert "| column total of table public.orders was removed | breaking | breaking |" in stale.summary
    assert Path(stale.outputs["report"]).read_text(encoding="utf-8") == stale.summary
    results = json.loads(Path(stale.outputs["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["stale-document"]

    tolerated = run_step("run", workspace, {**inputs, "fail": "false"})
    assert (tolerated.code, tolerated.outputs["exit-code"], tolerated.outputs["stale"]) == (0, "1", "true")
    for ran in (made, again, fine, stale, tolerated):
        assert SECRET not in f"{ran.log}{ran.summary}{ran.outputs}"


def test_the_action_reports_errors_without_secrets(url: str, workspace: Path) -> None:
    """What cannot be done fails the step in any case, with an annotation that shows no password."""
    missing = run_step("run", workspace, {"source": url, "fail": "false"})
    assert (missing.code, missing.outputs["exit-code"]) == (2, "2")
    assert "::error title=pgdossier::docs/database holds no document" in missing.log
    broken = url.replace("/data&", "/no-such-folder&")
    assert broken != url
    unreachable = run_step("run", workspace, {"source": broken, "command": "generate", "fail": "false"})
    assert (unreachable.code, unreachable.outputs["exit-code"]) == (3, "3")
    assert "::error title=pgdossier::" in unreachable.log
    assert "error: " in unreachable.summary
    unknown = run_step("run", workspace, {"command": "drop"})
    assert (unknown.code, unknown.outputs["exit-code"]) == (2, "2")
    assert "::error title=pgdossier::the input command must be" in unknown.log
    for ran in (missing, unreachable):
        assert SECRET not in f"{ran.log}{ran.summary}{ran.outputs}"


def test_the_action_takes_arguments_one_in_each_line(url: str, workspace: Path) -> None:
    """A further argument may hold spaces, quotes and what a shell would take for a command."""
    inputs = {"source": url, "command": "generate", "config": "our settings.toml"}
    title = 'It\'s "ours"; $(touch owned) `touch owned` *'
    (workspace / "our settings.toml").write_text(
        f"title = {json.dumps(title)}\n[diagrams]\nenabled = false\n", encoding="utf-8"
    )
    made = run_step("run", workspace, {**inputs, "arguments": f"--output\nthe docs\n\n--author\n{title}\n"})
    assert made.code == 0, made.log
    assert (workspace / "the docs" / "README.md").is_file()
    assert "ours" in (workspace / "the docs" / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert not list(workspace.rglob("owned"))


def test_the_action_compares(url: str, workspace: Path, server: PostgresServer) -> None:
    """`diff` puts its Markdown into the summary; no differences is code 0."""
    assert run_step("run", workspace, {"source": url, "command": "generate"}).code == 0
    sides = {"command": "diff", "left": "docs/database", "right": url.replace(f":{quote(SECRET)}", "")}
    same = run_step("run", workspace, sides)
    assert (same.code, "no differences" in same.summary) == (0, True), same.log
    server.run_sql(database_of(url), "ALTER TABLE orders DROP total;")
    other = run_step("run", workspace, sides)
    assert (other.code, other.outputs["stale"]) == (1, "false")
    assert "column total of table public.orders was removed" in other.summary


def test_the_action_works_in_another_folder(url: str, workspace: Path) -> None:
    """With a working directory, annotations still name files from the root of the repository."""
    (workspace / "service").mkdir()
    inputs = {"source": url, "working-directory": "service", "output": "docs/database"}
    assert run_step("run", workspace, {**inputs, "command": "generate"}).code == 0
    (workspace / "service" / "docs" / "database" / "schema.sql").unlink()
    stale = run_step("run", workspace, inputs)
    assert "::error file=service/docs/database/schema.sql,title=Generated file::" in stale.log


def test_the_action_installs_what_is_asked_for(workspace: Path) -> None:
    """This action's own version, or one of the index, with extras; its programs are on later PATHs."""
    # The environment that `python -m venv` makes is replaced by one that says what pip was asked for.
    folder = workspace.parent / "fake"
    folder.mkdir()
    (folder / "python").write_text(
        '#!/bin/sh\nif [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit; fi\n'
        'for word in "$@"; do printf "<%s>" "$word"; done\n',
        encoding="utf-8",
    )
    (folder / "python").chmod(0o755)
    path = f"{folder}{os.pathsep}{os.defpath}"
    pip = "<-m><pip><install><--quiet><--disable-pip-version-check>"
    own = run_step("install", workspace, path=path)
    assert (own.code, own.log) == (0, f"{pip}<{REPOSITORY}>")
    named = run_step("install", workspace, {"version": "1.2.3", "extras": "embedded"}, path=path)
    assert (named.code, named.log) == (0, f"{pip}<pgdossier[embedded]==1.2.3>")
    assert named.path == f"{workspace.parent / 'runner temp' / 'pgdossier-venv' / 'bin'}\n"


# --- GitLab


def gitlab(job: str, workspace: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a job as its runner does: one shell, ended by the first command that fails."""
    found = yaml.safe_load((REPOSITORY / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
    bash = shutil.which("bash")
    assert bash is not None
    git_folder = Path(shutil.which("git") or "").parent
    return subprocess.run(
        [bash, "--noprofile", "--norc", "-c", "set -eo pipefail\n" + "\n".join(found[job]["script"])],
        cwd=workspace,
        env={
            "PATH": f"{programs(workspace.parent / 'programs')}{os.pathsep}{git_folder}",
            "HOME": str(workspace.parent),
            "LANG": "C.UTF-8",
            "CI_DEFAULT_BRANCH": "main",
            **found["variables"],
            **variables,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def test_the_gitlab_jobs_refresh_and_check(url: str, workspace: Path, server: PostgresServer) -> None:
    """A refresh pushes one commit with options for a merge request, or none; the check reports."""
    remote = workspace.parent / "remote.git"
    git(workspace.parent, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git(remote, "config", "receive.advertisePushOptions", "true")
    hook = remote / "hooks" / "post-receive"
    hook.write_text('#!/bin/sh\nenv | grep "^GIT_PUSH_OPTION_[0-9]" | sort > options.txt\n', encoding="utf-8")
    hook.chmod(0o755)
    variables = {
        "PGDOSSIER_SOURCE": url,
        "PGDOSSIER_PUSH_TOKEN": f"token-{SECRET}",
        "CI_PROJECT_URL": str(remote.with_suffix("")),
    }
    first = gitlab("pgdossier-refresh", workspace, **variables)
    assert first.returncode == 0, first.stdout
    assert "docs/database/README.md" in git(remote, "ls-tree", "-r", "--name-only", "pgdossier/refresh")
    assert "GIT_PUSH_OPTION_0=merge_request.create" in (remote / "options.txt").read_text(encoding="utf-8")
    pushed = git(remote, "rev-parse", "pgdossier/refresh")
    second = gitlab("pgdossier-refresh", workspace, **variables)
    assert (second.returncode, "The document is up to date." in second.stdout) == (0, True), second.stdout
    assert git(remote, "rev-parse", "pgdossier/refresh") == pushed

    fine = gitlab("pgdossier-check", workspace, PGDOSSIER_SOURCE=url)
    assert (fine.returncode, fine.stdout.splitlines()[0]) == (0, "docs/database: up to date")
    server.run_sql(database_of(url), "ALTER TABLE orders DROP total;")
    stale = gitlab("pgdossier-check", workspace, PGDOSSIER_SOURCE=url)
    assert stale.returncode == 1
    report = json.loads((workspace / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert [(each["check_name"], each["location"]["path"]) for each in report] == [
        ("pgdossier/stale-document", "docs/database/README.md")
    ]
    assert (workspace / "pgdossier-check.md").is_file()
    assert SECRET not in f"{first.stdout}{second.stdout}{fine.stdout}{stale.stdout}"


# --- the hook


def test_the_hook_needs_no_database(url: str, workspace: Path) -> None:
    """It passes a document as it was written, with people's text in it, and refuses edits and lost files."""
    assert run_step("run", workspace, {"source": url, "command": "generate"}).code == 0
    hook = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))[0]

    def run() -> tuple[int, list[str]]:
        done = subprocess.run(
            shlex.split(hook["entry"]),
            cwd=workspace,
            env={"PATH": programs(workspace.parent / "programs"), "PGHOST": "/no/such/folder"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()

    page = workspace / "docs" / "database" / "README.md"
    written = page.read_text(encoding="utf-8")
    begin = written.index("\n", written.index("<!-- authored: purpose -->")) + 1
    end = written.index("<!-- /authored -->", begin)
    page.write_text(f"{written[:begin]}Sells things.\n{written[end:]}", encoding="utf-8")
    code, said = run()
    assert (code, said[0]) == (0, "docs/database: up to date")
    assert said[-1].startswith("notes written: 1 of ")
    page.write_text(
        written.replace("<!-- authored: purpose -->", "<!-- authored purpose -->"), encoding="utf-8"
    )
    (page.parent / "schema.sql").unlink()
    code, said = run()
    assert code == 1
    line = written[:begin].count("\n")
    assert f"- README.md:{line}: broken marker of an authored block" in said
    assert "- schema.sql: this generated file is missing" in said
