"""The preview: what stands at an address, who is answered, and what a browser is told."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgdossier import output
from pgdossier.errors import DossierError, UsageError
from pgdossier.pipeline import serve
from pgdossier.preview import Server
from tests.support.command import clean_environment, pgdossier
from tests.support.samples import SHOP

PAGE = (
    "# Shop\n\n![Roles](diagrams/roles.svg)\n\n[a table](tables/a.b.md) <script>alert(1)</script>\n\n"
    "<!-- authored: purpose -->\n<img src=x onerror=alert(2)> [a](javascript:alert(3))\n<!-- /authored -->\n"
)
FILES = {
    "README.md": PAGE.encode(),
    "tables/a.b.md": b'---\ntitle: "a.b"\n---\n\n# `a.b`\n\n[front](../README.md#section-1)\n',
    "schema.sql": b"SELECT 1;\n",
    "diagrams/roles.svg": (SHOP / "diagrams" / "roles.svg").read_bytes(),
    "other.bin": b"\0",
}
HTML = (
    b'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\';'
    b" script-src 'sha256-x'\"></head><body>Copy</body></html>\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    output.write(tmp_path / "document", FILES)
    return tmp_path / "document"


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with serve(folder) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(
    server: Server, target: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to a request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.putrequest(method, target, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def test_pages_are_html(server: Server) -> None:
    """A Markdown page is shown as HTML with its diagram and its links; nothing of it runs."""
    status, headers, body = ask(server, "/README.md")
    html = body.decode()
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "<svg" in html
    assert 'href="tables/a.b.md"' in html
    assert "onerror" not in html
    assert 'href="javascript' not in html
    assert len(re.findall("<script", html)) == 1


def test_only_our_script_may_run(server: Server) -> None:
    """The policy of a page names the hash of the one script that was added, and lets it listen."""
    html = ask(server, "/README.md")[2].decode()
    found = re.search(r"<script data-state=\"\w+\">(.*?)</script>", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert found is not None
    assert policy is not None
    hashed = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{hashed}'" in policy[1]
    assert "connect-src 'self'" in policy[1]


def test_front_matter_is_not_shown(server: Server) -> None:
    """The front matter of a page is none of its text."""
    assert "title: " not in ask(server, "/tables/a.b.md")[2].decode().partition("<main")[2]


@pytest.mark.parametrize("copy", ["index.html", "html/index.html"])
def test_the_html_copy_comes_first(copy: str, server: Server, folder: Path) -> None:
    """Where there is an HTML copy, it is what is shown, with its own policy made wider by one script."""
    (folder / copy).parent.mkdir(exist_ok=True)
    (folder / copy).write_bytes(HTML)
    status, headers, _ = ask(server, "/")
    assert (status, headers["Location"]) == (302, f"/{copy}")
    html = ask(server, f"/{copy}")[2].decode()
    assert "script-src 'sha256-x' 'sha256-" in html
    assert html.rstrip().endswith("</script>\n</body></html>")
    assert (folder / copy).read_bytes() == HTML


def test_types_and_headers(server: Server) -> None:
    """Each file comes with its type, is not kept, and is nothing that a browser would guess."""
    for target, kind in (
        ("/schema.sql", "text/plain; charset=utf-8"),
        ("/diagrams/roles.svg", "image/svg+xml"),
        ("/other.bin", "application/octet-stream"),
    ):
        status, headers, body = ask(server, target)
        assert (status, headers["Content-Type"], body) == (200, kind, FILES[target[1:]])
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "target",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/tables/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "//secret.txt",
        "/link.txt",
        "/linked/secret.txt",
        "/.pgdossier.json",
        "/%2epgdossier.json",
        "/tables/../.pgdossier.json",
        "/.git/config",
        "/tables",
        "/tables/",
        "/README.md/",
        "/README.md%00",
        "/%ff",
        "/none.md",
        "secret.txt",
        "http://127.0.0.1/README.md",
    ],
)
def test_what_is_not_served(target: str, server: Server, folder: Path) -> None:
    """Nothing outside of the folder, no hidden file, nothing behind a symbolic link, no folder."""
    secret = folder.parent / "secret.txt"
    secret.write_text("secret")
    (folder / "link.txt").symlink_to(secret)
    (folder / "linked").symlink_to(folder.parent)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    status, _, body = ask(server, target)
    assert status in (404, 421)
    assert b"secret" not in body


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("[::1]:{port}", 200),
        ("evil.example", 421),
        ("evil.example:{port}", 421),
        ("localhost", 421),
        ("localhost:1", 421),
        ("localhost.evil.example:{port}", 421),
        ("", 421),
    ],
)
def test_who_is_answered(host: str, status: int, server: Server) -> None:
    """Only who asked for this machine by its own names and this port: no name of another site leads here."""
    assert ask(server, "/README.md", Host=host.format(port=server.server_port))[0] == status
    assert ask(server, "/.pgdossier/changes", "HEAD", Host=host.format(port=server.server_port))[0] == status


def test_it_is_only_looked_at(server: Server) -> None:
    """HEAD is answered without a body, and all that would change something is refused."""
    status, headers, body = ask(server, "/schema.sql", "HEAD")
    assert (status, headers["Content-Length"], body) == (200, "10", b"")
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ask(server, "/schema.sql", method)[0] == 405


def test_a_change_is_told(server: Server, folder: Path) -> None:
    """A page that waits is told the state that it was made from, and another one when a file changes."""
    html = ask(server, "/README.md")[2].decode()
    seen = re.search(r'data-state="(\w+)"', html)
    assert seen is not None
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", "/.pgdossier/changes")
    events = connection.getresponse()
    assert events.getheader("Content-Type") == "text/event-stream"
    assert events.readline().decode() == f"data: {seen[1]}\n"
    events.readline()
    (folder / "README.md").write_text(PAGE + "\nMore words.\n")
    told = events.readline().decode()
    assert told.startswith("data: ")
    assert told != f"data: {seen[1]}\n"
    events.close()
    connection.close()
    assert "More words." in ask(server, "/README.md")[2].decode()


def test_half_a_document_is_not_told(server: Server, folder: Path) -> None:
    """While a run is in the middle of its writing, the folder counts as it was."""
    before = server.site.watch.state(at_once=True)
    (folder / output.JOURNAL).write_text("{}")
    (folder / "schema.sql").write_text("SELECT 2;\n")
    assert server.site.watch.state(at_once=True) == before
    (folder / output.JOURNAL).unlink()
    assert server.site.watch.state(at_once=True) != before


def test_a_broken_page_says_so(server: Server, folder: Path) -> None:
    """A page whose markers are broken says what is wrong, and comes back when it has been mended."""
    (folder / "README.md").write_text("<!-- authored: x -->\n")
    status, _, body = ask(server, "/README.md")
    assert (status, b"README.md:1: the block x is not closed" in body) == (500, True)
    assert b"EventSource" in body


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_the_command(how: signal.Signals, folder: Path) -> None:
    """It prints one line with its address, answers there, and ends as wanted when it is asked to."""
    command = [sys.executable, "-m", "pgdossier", "serve", str(folder)]
    with subprocess.Popen(
        command,
        env=clean_environment(folder.parent),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            assert address is not None
            connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=10)
            connection.request("GET", "/")
            assert connection.getresponse().status == 302
            connection.close()
            process.send_signal(how)
            rest = process.communicate(timeout=20)
        finally:
            process.kill()  # one that does not end must not keep the others waiting
    assert (process.returncode, *rest) == (0, "", "")


def test_the_errors_of_the_command(server: Server, folder: Path) -> None:
    """A taken port is something that could not be done; a wrong folder or address is wrong usage."""
    home = folder.parent
    taken = pgdossier("serve", folder, "--port", str(server.server_port), home=home)
    assert (taken.returncode, taken.stdout) == (3, "")
    assert f"port {server.server_port} is in use" in taken.stderr
    assert pgdossier("serve", home / "none", home=home).returncode == 2
    assert pgdossier("serve", home, home=home).returncode == 2
    assert pgdossier("serve", folder, "--host", "0.0.0.0", home=home).returncode == 2  # noqa: S104 - refused


def test_a_taken_port_is_refused(server: Server, folder: Path) -> None:
    """A port that somebody has is a clear error."""
    with pytest.raises(DossierError, match="is in use") as refused:
        serve(folder, port=server.server_port)
    assert refused.value.code == 3


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "db.example", ""])  # noqa: S104 - what is refused
def test_nobody_else_is_served(host: str, folder: Path) -> None:
    """Other addresses than those of this machine alone are refused."""
    with pytest.raises(UsageError, match="this machine alone"):
        serve(folder, host=host)


def test_a_folder_without_a_document_is_refused(tmp_path: Path) -> None:
    """So is a folder that does not exist, holds something else, or is none."""
    (tmp_path / "file").write_text("")
    for name, what in ((".", "no document"), ("none", "does not exist"), ("file", "is not a folder")):
        with pytest.raises(UsageError, match=what):
            serve(tmp_path / name)
