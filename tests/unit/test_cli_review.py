"""`pgdossier review` on saved snapshots: formats, exit codes, options."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pgdossier.cli.main import execute
from pgdossier.model import snapshot_json
from pgdossier.review import registry
from tests.support.builders import fk, snapshot, table

HOSTILE = 'a|b`c, "d": <e>'


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A snapshot with one foreign key without an index, and a table without a key with a hostile name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = snapshot(
        table("customers", "id bigint not null", pk="id", comment="Who buys."),
        table(
            "orders",
            "id bigint not null",
            "customer_id bigint",
            pk="id",
            fks=[fk("customer_id -> customers")],
            comment="What is bought.",
        ),
        table(f"public.{HOSTILE}", "id bigint not null", "note text", comment="For notes."),
    )
    file = tmp_path / "snapshot.json"
    file.write_bytes(snapshot_json.encode(found))
    return file


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = execute(["review", *arguments])
    return code, capsys.readouterr().out


def test_text_has_evidence_and_a_verdict(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The default format tells each finding with its evidence, and the answer is no."""
    code, text = output(capsys, str(saved))
    assert code == 1
    assert "warning: Foreign keys without an index (foreign_key_without_index): 1" in text
    assert "no index of public.orders begins with customer_id" in text
    assert text.splitlines()[-1].endswith(": 0 errors, 2 warnings, 1 advice")


def test_text_says_what_to_do(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Advice that all findings of a rule share stands once below them."""
    _, text = output(capsys, str(saved), "--rule", "foreign_key_without_index")
    assert text.splitlines()[3] == "  → Create an index on the referencing columns."


def test_misspelt_rules_and_places_are_told(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--explain and --rule name the rule that was meant, and --against the place where nothing is."""
    for option in ("--explain", "--rule"):
        assert execute(["review", str(saved), option, "no_primary_kye"]) == 2
        assert "did you mean no_primary_key?" in capsys.readouterr().err
    assert execute(["review", str(saved), "--against", "nowhere"]) == 2
    assert "--against: there is no snapshot or document at nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(("level", "code"), [("advice", 1), ("warning", 1), ("error", 0), ("never", 0)])
def test_fail_on_decides_the_exit_code(
    saved: Path, capsys: pytest.CaptureFixture[str], level: str, code: int
) -> None:
    """The answer is no from the severity on that is asked for."""
    assert output(capsys, str(saved), "--fail-on", level)[0] == code


def test_json_has_everything(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get rule, subject, evidence, and each statement with its lock."""
    _, text = output(capsys, str(saved), "--format", "json")
    value = json.loads(text)
    first = value["findings"][0]
    assert first["rule"] == "foreign_key_without_index"
    assert first["subject"] == {"kind": "constraint", "path": ["public", "orders", "customer_id_fkey"]}
    assert first["fix"]["complete"] is True
    assert first["fix"]["steps"][0]["sql"] == "CREATE INDEX CONCURRENTLY ON public.orders (customer_id)"
    assert first["fix"]["steps"][0]["lock"] == "SHARE UPDATE EXCLUSIVE"
    assert value["findings"][1]["subject"]["path"] == ["public", HOSTILE]


def test_sql_is_a_script_with_locks(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every statement stands below what it is for and what it takes; all else is a comment."""
    _, text = output(capsys, str(saved), "--format", "sql")
    statements = [line for line in text.splitlines() if line and not line.startswith("--")]
    assert statements == ["CREATE INDEX CONCURRENTLY ON public.orders (customer_id);"]


def test_sarif_has_a_result_for_each_finding(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Code scanning gets results whose rules are all there."""
    _, text = output(capsys, str(saved), "--format", "sarif")
    run = json.loads(text)["runs"][0]
    assert [result["ruleId"] for result in run["results"]] == [
        "foreign_key_without_index",
        "no_primary_key",
        "quoted_name",
    ]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(registry.names())


def test_annotations_stay_on_one_line(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """GitHub gets one command for each finding, and the verdict."""
    _, text = output(capsys, str(saved), "--format", "github")
    kinds = [line.split(" ")[0] for line in text.splitlines()]
    assert kinds == ["::warning", "::warning", "::notice", "::notice"]


def test_markdown_escapes_names(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hostile name stands in a code span as it is."""
    _, text = output(capsys, str(saved), "--format", "markdown")
    assert f"- ``public.{HOSTILE}``: " in text


def test_rules_can_be_chosen(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--rule runs one, --exclude-rule all but one; a name that is no rule is refused with the nearest."""
    assert "1 rule: 0 errors, 1 warning" in output(capsys, str(saved), "--rule", "no_primary_key")[1]
    assert "no_primary_key" not in output(capsys, str(saved), "--exclude-rule", "no_primary_key")[1]
    assert execute(["review", str(saved), "--rule", "no-primary-keys"]) == 2
    assert "did you mean no_primary_key?" in capsys.readouterr().err


def test_new_only_leaves_out_what_was_there(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Against itself nothing is new; --new-only needs something to compare with."""
    code, text = output(capsys, str(saved), "--new-only", "--against", str(saved))
    assert (code, "0 warnings" in text) == (0, True)
    earlier = saved.with_name("earlier.json")
    earlier.write_bytes(snapshot_json.encode(snapshot(table("customers", "id bigint not null", pk="id"))))
    assert output(capsys, str(saved), "--new-only", "--against", str(earlier))[0] == 1
    assert execute(["review", str(saved), "--new-only"]) == 2


def test_the_configuration_is_followed(saved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules can be off, findings accepted; an acceptance that matches nothing is told."""
    Path("pgdossier.toml").write_text(
        """
        [review]
        fail_on = "advice"
        [review.severity]
        no_primary_key = "off"
        quoted_name = "off"
        [[review.accept]]
        rule = "foreign_key_*"
        object = "public.orders"
        reason = "never deleted"
        until = 2999-12-31
        [[review.accept]]
        rule = "god_table"
        object = "public.*"
        reason = "none is there"
        """,
        encoding="utf-8",
    )
    code = execute(["review", str(saved)])
    told = capsys.readouterr()
    assert code == 0
    assert "never deleted (until 2999-12-31)" in told.out
    assert "no_primary_key" not in told.out
    assert "god_table on public.* matches no finding" in told.err


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('[review.severity]\ngod_tabel = "off"', "did you mean god_table?"),
        ("[review.thresholds]\ngod_table_column = 3", "did you mean god_table_columns?"),
        ('[review.conventions]\ntext = "bound"', "did you mean bounded?"),
        ('[[review.accept]]\nrule = "god_tabel"\nobject = "*"\nreason = "x"', "did you mean god_table?"),
    ],
)
def test_unknown_names_in_the_configuration_are_refused(
    saved: Path, capsys: pytest.CaptureFixture[str], text: str, hint: str
) -> None:
    """A rule, threshold, convention or side that does not exist is an error with file and nearest name."""
    Path("pgdossier.toml").write_text(text, encoding="utf-8")
    assert execute(["review", str(saved)]) == 2
    told = capsys.readouterr().err
    assert "pgdossier.toml:" in told
    assert hint in told


def test_rules_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """--list names every rule; --explain shows the page of one; neither needs a database."""
    code, text = output(capsys, "--list")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == list(registry.names())
    code, text = output(capsys, "--explain", "god_table")
    assert code == 0
    assert text.startswith("# god_table\n")
    assert execute(["review", "--explain", "nothing"]) == 2
