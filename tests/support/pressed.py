"""Makes one document by two processes, of which one may be in trouble.

    python -m tests.support.pressed HOME MODE

HOME holds `snapshot.json` and, for templates of its own, `templates`; the document is written to HOME/MODE.
At the end the number of pages that the second process delivered is printed. Modes:

- `alone`: there is no second process;
- `shared`: both draw their shares;
- `helper`: the second process makes all pages but the front page;
- `killed`: so it would, and is killed after three pages;
- `full`: so it would, and there is no more room for what it makes;
- `blind`: it fails before it has reviewed anything;
- `hanging`: it never delivers its pages; its number is printed when it hangs;
- `waiting`: this process never tells what pages are to show; the number of the other is printed.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pgdossier.cli.main import execute
from pgdossier.pipeline import beside, keeping, pressing
from pgdossier.pipeline.keeping import Place, Temporary, Told
from pgdossier.render.markdown import Edition

_PAGES = 3
_HERE = os.getpid()
_delivered: list[str] = []


def _is_helper() -> bool:
    return os.getpid() != _HERE


def _say(text: str) -> None:
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


def _put(where: object, **values: object) -> None:
    for name, value in values.items():
        setattr(where, name, value)


def _only_the_helper_draws() -> None:
    draw = pressing._Link.paths

    def paths(link: pressing._Link, edition: Edition) -> Iterator[str]:
        return draw(link, edition) if _is_helper() else iter(())

    _put(pressing._Link, paths=paths)


def _trouble_in_the_helper(mode: str) -> None:
    made = Edition.page
    count = 0

    def page(edition: Edition, path: str) -> str:
        nonlocal count
        if _is_helper():
            count += 1
            if mode == "killed" and count > _PAGES:
                os.kill(os.getpid(), signal.SIGKILL)
            if mode == "hanging":
                _say(str(os.getpid()))
                signal.pause()
        return made(edition, path)

    _put(Edition, page=page)


def _no_room() -> None:
    append = Temporary.append

    def full(file: Temporary, data: bytes) -> Place:
        if _is_helper() and data.startswith(b"<sub>"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return append(file, data)

    _put(Temporary, append=full)


def _blind() -> None:
    def review(_order: pressing.Order) -> Any:
        if _is_helper():
            raise MemoryError
        return looked(_order)

    looked = pressing.Order.review
    _put(pressing.Order, review=review)


def _waiting() -> None:
    def tell(*_: object) -> None:
        signal.pause()

    def live(*arguments: Any) -> None:
        _say(str(os.getpid()))
        lived(*arguments)

    lived = beside._live
    _put(beside, _live=live)
    _put(pressing.Press, tell=tell)


def _counting() -> None:
    def adopt(kept: keeping.Kept[str], file: Temporary, told: Told) -> None:
        _delivered.extend((*told.places, *told.stamps))
        adopted(kept, file, told)

    adopted = keeping.Kept.adopt
    _put(keeping.Kept, adopt=adopt)


def main(home: Path, mode: str) -> int:
    """Make the document; the exit code is that of the command."""
    pressing._LEAST = 1
    if mode == "alone":
        os.environ[beside.VARIABLE] = "1"
    elif not beside.gains():
        _say("no second process here")
        return 0
    _counting()
    if mode not in ("alone", "shared", "waiting"):
        _only_the_helper_draws()
    _trouble_in_the_helper(mode)
    for name, arrange in (("full", _no_room), ("blind", _blind), ("waiting", _waiting)):
        if mode == name:
            arrange()
    (home / "pgdossier.toml").write_text("[diagrams]\nenabled = false\n")
    arguments = [str(home / "snapshot.json"), "-o", str(home / mode), "--layout", "split"]
    if (home / "templates").is_dir():
        arguments += ["--template-dir", str(home / "templates")]
    code = execute(["generate", *arguments, "--config", str(home / "pgdossier.toml"), "--quiet"])
    _say(str(len(_delivered)))
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
