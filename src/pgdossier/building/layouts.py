"""Folders of SQL migrations, as the common tools lay them out -> the scripts to run, in order.

Each layout is taken as its tool takes it: which files are migrations, in which order they run, which part of
a file leads up, and whether it runs in one transaction. What takes a migration back is never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from pgdossier.ddl import statements
from pgdossier.errors import UsageError

_SQL = ".sql"
# Migrations that are programs: only their tool can run them.
_PROGRAMS = frozenset(
    ".cs .exs .go .groovy .java .js .json .kt .php .pl .py .rb .rs .scala .ts .xml .yaml .yml".split()  # noqa: SIM905 - a line of words
)
_NUMBERED = re.compile(r"[A-Z]?\d", re.IGNORECASE)


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """One script.

    Attributes:
        path: Its file.
        text: What is run; lines that are not are empty, so that line numbers are those of the file.
        transaction: Whether it runs in one transaction.
    """

    path: Path
    text: str
    transaction: bool = False


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How a folder was understood.

    Attributes:
        folder: Where its scripts are.
        tool: Whose layout it is, for people: "Flyway".
        scripts: What is run, in order.
        left_out: The names of the SQL files that are migrations taken back, or were replaced by others.
        ignored: The names of files that look like migrations but cannot be run, or do not belong.
    """

    folder: Path
    tool: str
    scripts: tuple[Script, ...]
    left_out: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """In one line: `db: Flyway, 3 scripts, from V1__a.sql to R__b.sql; left out: U1__a.sql`."""
        names = [_named(self.folder, script.path) for script in self.scripts]
        number = f"{len(names)} script{'' if len(names) == 1 else 's'}"
        span = names[0] if len(names) == 1 else f"from {names[0]} to {names[-1]}"
        out = f"; left out: {_listed(self.left_out)}" if self.left_out else ""
        return f"{self.folder}: {self.tool}, {number}, {span}{out}"

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know: files that were passed over."""
        if not self.ignored:
            return ()
        return (
            f"{self.folder}: not run, since {self.tool} would not, or not as SQL: {_listed(self.ignored)}",
        )


def understand(folder: Path) -> Layout:
    """Find the migrations of a folder.

    Layouts: Sqitch (`sqitch.plan`), Flyway (`V1__x.sql`, `R__x.sql`), golang-migrate and others
    (`1_x.up.sql`), goose, dbmate, sql-migrate, node-pg-migrate and tern (marks inside of the files), Prisma
    (`*/migration.sql`), Hasura and Diesel (`*/up.sql`), Rails (`structure.sql`), Supabase and plain files by
    their numbers. A folder `migrations` or `migration` inside is taken where the folder itself has none.

    Args:
        folder: The folder.

    Raises:
        UsageError: There are no SQL migrations, they contradict each other, or a file is not UTF-8 text.
    """
    for take in (_sqitch, _flyway, _up_files, _marked, _folders, _within, _rails, _plain):
        found = take(folder)
        if found is not None:
            return found
    programs = [each.name for each in _files(folder) if _is_program(each)]
    if programs:
        raise UsageError(
            f"{folder} holds no *{_SQL} files, only programs: {_listed(programs)}",
            hint='let their tool run them: pgdossier drift --command "alembic upgrade head"',
        )
    raise UsageError(f"{folder} holds no *{_SQL} files", hint="name a folder of SQL migrations")


def read(path: Path, *, transaction: bool = False) -> Script:
    """The whole of one file as a script.

    Args:
        path: An SQL file in UTF-8.
        transaction: Whether it is to run in one transaction, if it can.

    Raises:
        UsageError: It is not UTF-8 text, or cannot be read.
    """
    text = _text(path)
    return Script(path=path, text=text, transaction=transaction and can_be_one_transaction(text))


_OUTSIDE = re.compile(
    r"(?:begin|start\s+transaction|commit|end|rollback|abort|vacuum|alter\s+system"
    r"|(?:create|drop)\s+(?:database|tablespace|subscription))\b"
    r"|alter\s+type\b.*\badd\s+value\b"
    r"|(?:create|drop|reindex|alter|refresh)\b.*\bconcurrently\b",
    re.IGNORECASE | re.DOTALL,
)
_PSQL = re.compile(r"^\\", re.MULTILINE)


def can_be_one_transaction(text: str) -> bool:
    """Whether a script neither has transactions of its own nor statements that are refused inside of one."""
    if _PSQL.search(text):
        return False
    return not any(_OUTSIDE.match(statements.body(each)) for each in statements.split(text))


# --- Sqitch --------------------------------------------------------------------------------------

_PLAN = "sqitch.plan"
_PLANNED = re.compile(r"(?P<sign>[+-]?)\s*(?P<name>[^\s@%#\[][^\s\[]*)(?:\s|\Z)")


def _sqitch(folder: Path) -> Layout | None:
    """The deploy scripts in the order of the plan; of a reworked change first the one before its tag."""
    if folder.name == "deploy" and not (folder / _PLAN).is_file() and (folder.parent / _PLAN).is_file():
        folder = folder.parent
    configuration = folder / "sqitch.conf"
    settings: dict[str, str] = {}
    if configuration.is_file():
        settings = dict(
            re.findall(r"^\s*(top_dir|deploy_dir)\s*=\s*(\S.*?)\s*$", _text(configuration), re.MULTILINE)
        )
    top = folder / settings.get("top_dir", "")
    place = folder / settings["deploy_dir"] if "deploy_dir" in settings else top / "deploy"
    plan = top / _PLAN
    if not plan.is_file():
        return None
    scripts = []
    for change in _planned(plan):
        path = place / f"{change}{_SQL}"
        if not path.is_file():
            raise UsageError(f"{plan}: the change {change} has no script {path}")
        scripts.append(read(path))
    if not scripts:
        raise UsageError(f"{plan} names no change")
    known = {script.path for script in scripts}
    ignored = [path for path in sorted(place.rglob(f"*{_SQL}")) if path not in known]
    return Layout(
        folder=place,
        tool="Sqitch",
        scripts=tuple(scripts),
        ignored=tuple(_named(place, path) for path in ignored),
    )


def _planned(plan: Path) -> Iterator[str]:
    """The changes of a plan in order; one that is reworked later with the tag that its script carries."""
    entries: list[str] = []  # names of changes, and tags with their @
    for number, line in enumerate(_text(plan).splitlines(), 1):
        words = line.strip()
        if words.startswith("@"):
            entries.append(words.split()[0])
        elif words and not words.startswith(("%", "#")):
            found = _PLANNED.match(words)
            if found is None or found["sign"] == "-":
                raise UsageError(f"{plan}:{number}: neither a change to deploy nor a tag")
            entries.append(found["name"])
    for index, name in enumerate(entries):
        if name.startswith("@"):
            continue
        again = entries.index(name, index + 1) if name in entries[index + 1 :] else index
        yield name + next((each for each in entries[index + 1 : again] if each.startswith("@")), "")


# --- Flyway --------------------------------------------------------------------------------------

_FLYWAY = re.compile(
    r"(?:(?P<kind>[VUB])(?P<version>\d+(?:[._]\d+)*)|(?P<again>R))__(?P<what>.+)\.sql", re.ASCII
)


def _flyway(folder: Path) -> Layout | None:
    """Versions in their order from the last baseline on, then what is repeatable by its description."""
    files = [path for path in sorted(folder.rglob(f"*{_SQL}")) if _is_visible(folder, path)]
    named = [(path, found) for path in files if (found := _FLYWAY.fullmatch(path.name))]
    if not any(found["again"] or found["kind"] in ("V", "B") for _, found in named):
        return None
    kinds: dict[str, list[tuple[tuple[int, ...], Path]]] = {"V": [], "U": [], "B": []}
    for path, found in named:
        if found["kind"]:
            numbers = [int(number) for number in re.split(r"[._]", found["version"])]
            while numbers[-1:] == [0]:  # 1.0 is 1
                numbers.pop()
            kinds[found["kind"]].append((tuple(numbers), path))
    versions, baselines = sorted(kinds["V"]), sorted(kinds["B"])
    _refuse_twice(versions)
    run, left_out = [path for _, path in versions], [path for _, path in kinds["U"]]
    if baselines:
        at, baseline = baselines[-1]
        run = [baseline, *(path for version, path in versions if version > at)]
        left_out += [path for version, path in versions if version <= at]
        left_out += [path for _, path in baselines[:-1]]
    run += [path for _, path in sorted((found["what"], path) for path, found in named if found["again"])]
    known = {path for path, _ in named}
    programs = [path for path in _files(folder) if _is_program(path) and re.match(r"[VRB]\d*.*__", path.name)]
    return Layout(
        folder=folder,
        tool="Flyway",
        scripts=tuple(read(path, transaction=True) for path in run),
        left_out=tuple(_named(folder, path) for path in sorted(left_out)),
        ignored=tuple(_named(folder, path) for path in (*files, *programs) if path not in known),
    )


# --- pairs of files: golang-migrate, sqlx, db-migrate --------------------------------------------

_PAIR = re.compile(r"(?P<stem>.+)(?P<mark>[._-])(?P<way>up|down)\.sql", re.IGNORECASE)


def _up_files(folder: Path) -> Layout | None:
    """`1_x.up.sql` in the order of their numbers; `1_x_up.sql` only where it has its `1_x_down.sql`."""
    files = _sql_files(folder)
    pairs: dict[tuple[str, str], dict[str, Path]] = {}
    for path in files:
        if found := _PAIR.fullmatch(path.name):
            pairs.setdefault((found["stem"], found["mark"]), {})[found["way"].lower()] = path
    pairs = {key: ways for key, ways in pairs.items() if "up" in ways and (key[1] == "." or "down" in ways)}
    if not pairs:
        return None
    run = sorted((ways["up"] for ways in pairs.values()), key=_natural)
    _refuse_twice([(_number(path), path) for path in run])
    downs = [ways["down"] for ways in pairs.values() if "down" in ways]
    return Layout(
        folder=folder,
        tool="pairs of up and down, as golang-migrate has them",
        scripts=tuple(read(path, transaction=True) for path in run),
        left_out=tuple(path.name for path in sorted(downs)),
        ignored=tuple(path.name for path in files if path not in run and path not in downs),
    )


# --- marks inside of the files: goose, dbmate and others -----------------------------------------


class _Marks(msgspec.Struct, frozen=True):
    """How a tool marks the way up and the way down.

    `up` is None where a file begins with the way up; `required` where a file without marks is refused.
    """

    tool: str
    up: re.Pattern[str] | None
    down: re.Pattern[str]
    alone: re.Pattern[str]
    order: Callable[[Path], tuple[Any, ...]]
    required: bool = True


def _line(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{pattern}", re.IGNORECASE | re.MULTILINE)


def _natural(path: Path) -> tuple[tuple[tuple[int, int | str], ...], str]:
    """The order of names whose numbers count as numbers: 2 before 10."""
    parts = re.split(r"(\d+)", path.name.lower())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part), path.name


def _by_name(path: Path) -> tuple[str]:
    return (path.name,)


_MARKS = (
    _Marks(
        "goose",
        _line(r"--\s*\+goose\s+Up\b"),
        _line(r"--\s*\+goose\s+Down\b"),
        _line(r"--\s*\+goose\s+NO\s+TRANSACTION\b"),
        _natural,
    ),
    _Marks(
        "dbmate",
        _line(r"--\s*migrate:up\b"),
        _line(r"--\s*migrate:down\b"),
        _line(r"--\s*migrate:up\b.*\btransaction:false\b"),
        _by_name,
    ),
    _Marks(
        "sql-migrate",
        _line(r"--\s*\+migrate\s+Up\b"),
        _line(r"--\s*\+migrate\s+Down\b"),
        _line(r"--\s*\+migrate\s+Up\b.*\bnotransaction\b"),
        _natural,
    ),
    _Marks(
        "node-pg-migrate",
        _line(r"--\s*Up\s+Migration\b"),
        _line(r"--\s*Down\s+Migration\b"),
        _line(r"--\s*pgm-no-transaction\b"),
        _natural,
        required=False,
    ),
    _Marks(
        "tern",
        None,
        _line(r"----\s*create above / drop below\s*----"),
        _line(r"----\s*tern:\s*disable-tx\s*----"),
        _natural,
        required=False,
    ),
)


def _marked(folder: Path) -> Layout | None:
    """Files of which only the part after one mark, and before another, leads up."""
    files = _sql_files(folder)
    texts = {path: _text(path) for path in files}
    found = [
        marks
        for marks in _MARKS
        if any(mark and mark.search(text) for text in texts.values() for mark in (marks.up, marks.down))
    ]
    if not found:
        return None
    if len(found) > 1:
        raise UsageError(
            f"{folder} holds migrations of {' and of '.join(marks.tool for marks in found)}",
            hint="name a folder with those of one tool",
        )
    marks = found[0]
    run = sorted((path for path in files if _NUMBERED.match(path.name)), key=marks.order)
    if not run:
        raise UsageError(f"{folder}: none of its files begins with a version, as {marks.tool} wants it")
    _refuse_twice([(_number(path), path) for path in run])
    for path in run:
        if marks.required and marks.up and not marks.up.search(texts[path]):
            raise UsageError(f"{path}: nothing in it is marked as the way up, as {marks.tool} wants it")
    return Layout(
        folder=folder,
        tool=marks.tool,
        scripts=tuple(_cut(path, texts[path], marks) for path in run),
        ignored=tuple(
            path.name
            for path in _files(folder)
            if path not in run and (path in texts or (_is_program(path) and _NUMBERED.match(path.name)))
        ),
    )


def _cut(path: Path, text: str, marks: _Marks) -> Script:
    kept, up = [], marks.up is None or not marks.up.search(text)
    for line in text.splitlines():
        if marks.up and marks.up.match(line):
            up = True
        elif marks.down.match(line):
            up = False
        kept.append(line if up else "")
    while kept and not kept[-1]:
        kept.pop()
    cut = "".join(f"{line}\n" for line in kept)
    return Script(
        path=path, text=cut, transaction=not marks.alone.search(text) and can_be_one_transaction(cut)
    )


# --- a folder for each migration: Prisma, Drizzle, Hasura, Diesel --------------------------------


def _folders(folder: Path) -> Layout | None:
    """`*/migration.sql` or `*/up.sql` in the order of the folders; Hasura's may be one folder deeper."""
    for name, tool, order in (
        ("migration.sql", "a folder with migration.sql for each, as Prisma has them", _by_name),
        ("up.sql", "a folder with up.sql for each, as Hasura and Diesel have them", _natural),
    ):
        made = [each for each in _subfolders(folder) if (each / name).is_file()]
        if made:
            made.sort(key=order)
            if name == "up.sql":
                _refuse_twice([(_stamp(each), each) for each in made])
            downs = [each / "down.sql" for each in made if (each / "down.sql").is_file()]
            others = [each for each in _subfolders(folder) if each not in made and _NUMBERED.match(each.name)]
            return Layout(
                folder=folder,
                tool=tool,
                scripts=tuple(_diesel(each, read(each / name, transaction=True)) for each in made),
                left_out=tuple(_named(folder, path) for path in downs),
                ignored=tuple(each.name for each in others) + tuple(path.name for path in _sql_files(folder)),
            )
    databases = [
        each for each in _subfolders(folder) if any((deep / "up.sql").is_file() for deep in _subfolders(each))
    ]
    if len(databases) > 1:
        raise UsageError(
            f"{folder} holds the migrations of several databases: {_listed(each.name for each in databases)}",
            hint=f"name one of them: {databases[0]}",
        )
    return _folders(databases[0]) if databases and not _sql_files(folder) else None


def _diesel(folder: Path, script: Script) -> Script:
    settings = folder / "metadata.toml"
    alone = settings.is_file() and re.search(r"run_in_transaction\s*=\s*false", _text(settings))
    return Script(path=script.path, text=script.text) if alone else script


# --- everything else -----------------------------------------------------------------------------


def _within(folder: Path) -> Layout | None:
    """The migrations of a folder inside, where the files of this one are not numbered."""
    if any(_NUMBERED.match(path.name) for path in _sql_files(folder)):
        return None
    for name in ("migrations", "migration"):
        inner = folder / name
        if inner.is_dir() and next(inner.rglob(f"*{_SQL}"), None) is not None:
            return understand(inner)
    return None


def _rails(folder: Path) -> Layout | None:
    """The dump that Rails keeps beside its migrations."""
    for path in (folder / "structure.sql", folder / "db" / "structure.sql"):
        if path.is_file():
            ignored = [each.name for each in _sql_files(path.parent) if each != path]
            return Layout(
                folder=path.parent, tool="Rails' structure.sql", scripts=(read(path),), ignored=tuple(ignored)
            )
    return None


_BACK = re.compile(r"(?P<stem>.+?)[._-](?:down|undo|rollback|revert)\.sql", re.IGNORECASE)


def _plain(folder: Path) -> Layout | None:
    """All SQL files in natural order, without those that take back one that is there."""
    files = _sql_files(folder)
    names = {path.name.lower() for path in files}
    back = [
        path
        for path in files
        if (found := _BACK.fullmatch(path.name))
        and (f"{found['stem'].lower()}{_SQL}" in names or path.name.lower().endswith(".down.sql"))
    ]
    run = sorted((path for path in files if path not in back), key=_natural)
    if not run:
        return None
    supabase = folder.name == "migrations" and (folder.parent / "config.toml").is_file()
    supabase = supabase and folder.parent.name == "supabase"
    programs = [path for path in _files(folder) if _is_program(path) and _NUMBERED.match(path.name)]
    return Layout(
        folder=folder,
        tool="Supabase" if supabase else "plain SQL files by their numbers and names",
        scripts=tuple(read(path, transaction=supabase) for path in run),
        left_out=tuple(path.name for path in back),
        ignored=tuple(path.name for path in programs),
    )


# --- files ---------------------------------------------------------------------------------------


def _refuse_twice(versions: Sequence[tuple[tuple[int, ...] | None, Path]]) -> None:
    """Two migrations of one version have no order, and the tools refuse them."""
    known: dict[tuple[int, ...], Path] = {}
    for version, path in versions:
        if version is None:
            continue
        if version in known:
            shown = ".".join(map(str, version))
            raise UsageError(
                f"two migrations have the version {shown}: {known[version].name} and {path.name}",
                hint="their tool would refuse them, too: give one of them another version",
            )
        known[version] = path


def _number(path: Path) -> tuple[int, ...] | None:
    found = re.match(r"\d+", path.name)
    return (int(found[0]),) if found else None


def _stamp(folder: Path) -> tuple[int, ...] | None:
    """The version of a folder; Diesel's has dashes: `2024-01-31-120000_x`."""
    found = re.match(r"\d[\d-]*", folder.name)
    return (int(found[0].replace("-", "")),) if found else None


def _files(folder: Path) -> list[Path]:
    return [each for each in sorted(folder.iterdir()) if not each.name.startswith(".") and each.is_file()]


def _sql_files(folder: Path) -> list[Path]:
    return [each for each in _files(folder) if each.suffix.lower() == _SQL]


def _subfolders(folder: Path) -> list[Path]:
    return [each for each in sorted(folder.iterdir()) if not each.name.startswith(".") and each.is_dir()]


def _is_program(path: Path) -> bool:
    return path.suffix.lower() in _PROGRAMS and not path.name.startswith("__")


def _is_visible(folder: Path, path: Path) -> bool:
    return path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)


def _named(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8", hint="save the file as UTF-8") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or 'cannot be read'}") from None
