"""The catalogues of messages: what the sources say, what translators made of it, and what is shipped.

    python -m tests.support.messages          collect, update and compile every language (`make messages`)
    python -m tests.support.messages de       the same, but of the other languages no file is touched
    python -m tests.support.messages --check  write nothing; say what is missing or wrong
    python -m tests.support.messages --tidy   forget translations of messages that are no longer said

`messages.pot` is what the sources hold: `tr`, `trn`, `trc` and `mark` in Python and in templates. A `.po`
file is for people and their tools. A `.mo` file is what the program reads. None of them holds a date or a
version, so that the same sources make the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import io
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import nodes

from pgdossier import language
from pgdossier.render import environment
from pgdossier.render.template_folder import template_folder
from tests.support import translations

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src" / "pgdossier"
FOLDER = SOURCES / "language"
POT = FOLDER / "messages.pot"
CODES = tuple(code for code in language.LANGUAGES if code != language.ENGLISH)

# How many of the arguments are text, and whether the first of them tells the context.
_FUNCTIONS = {"tr": (1, False), "mark": (1, False), "trn": (2, False), "trc": (2, True)}


class Said(NamedTuple):
    """One place where a message is said; `many` is its plural."""

    where: str
    line: int
    message: str
    many: str | None = None
    context: str | None = None


def said() -> Iterator[Said]:
    """Every message of the sources with its place, in the order of the document as far as there is one.

    Raises:
        ValueError: A message is not written as one literal text, so that nobody could collect it.
    """
    made = environment.environment()
    templates = template_folder()
    for path in sorted(templates.rglob("*.j2")):
        where = f"templates/{path.relative_to(templates).as_posix()}"
        for call in made.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in _FUNCTIONS:
                arguments = [each.value if isinstance(each, nodes.Const) else None for each in call.args]
                literal = not any(isinstance(each, nodes.Concat | nodes.Add) for each in call.args)
                yield from _of_call(where, call.lineno, call.node.name, arguments, literal=literal)
    for path in sorted(SOURCES.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        if language.__name__ not in text:
            continue
        tree = ast.parse(text)
        imported = names(tree)
        calls = [each for each in ast.walk(tree) if isinstance(each, ast.Call)]
        for each in sorted(calls, key=lambda one: (one.lineno, one.col_offset)):
            name = imported.get(each.func.id, "") if isinstance(each.func, ast.Name) else ""
            if name in _FUNCTIONS:
                values = [one.value if isinstance(one, ast.Constant) else None for one in each.args]
                literal = not any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in each.args)
                yield from _of_call(where, each.lineno, name, values, literal=literal)


def names(tree: ast.Module) -> dict[str, str]:
    """What a module calls the functions of `pgdossier.language`, by which they are."""
    return {
        one.asname or one.name: one.name
        for found in ast.walk(tree)
        if isinstance(found, ast.ImportFrom) and found.module == language.__name__
        for one in found.names
    }


def _of_call(
    where: str, line: int, name: str, arguments: Sequence[object], *, literal: bool
) -> Iterator[Said]:
    number, has_context = _FUNCTIONS[name]
    texts = [each for each in arguments[:number] if isinstance(each, str)]
    if len(texts) == number and all(texts):
        if has_context:
            yield Said(where, line, texts[1], context=texts[0])
        else:
            yield Said(where, line, *texts)
    elif not literal or texts or name == "mark":
        raise ValueError(f"{where}:{line}: {name}() is given something else than literal texts")


def collected() -> Catalog:
    """The messages of the sources.

    Raises:
        ValueError: Two messages with the same singular have different plurals: gettext knows them by that.
    """
    catalog = Catalog(project="pgdossier")
    plurals: dict[tuple[str | None, str], str] = {}
    for one in said():
        known = plurals.setdefault((one.context, one.message), one.many) if one.many else None
        if known != one.many:
            raise ValueError(
                f"{one.where}:{one.line}: {one.message!r} has another plural elsewhere: {known!r}"
            )
    for one in said():
        many = plurals.get((one.context, one.message))
        if many and one.many is None and "{count}" in many and "{count}" not in one.message:
            # A language with one form for all counts would have no count to put into it.
            raise ValueError(
                f"{one.where}:{one.line}: {one.message!r} is the singular of a plural: trn(…, 1)"
            )
        identity = (one.message, many) if many else one.message
        catalog.add(identity, locations=[(one.where, 0)], context=one.context)
    for message in catalog:
        message.locations = sorted(set(message.locations))
        if message.id and "{" in _first(message):
            message.flags.add("python-brace-format")
    return catalog


def read(code: str) -> Catalog:
    """The `.po` file of a language; empty where there is none yet."""
    path = FOLDER / f"{code}.po"
    if not path.is_file():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def updated(code: str, template: Catalog, *, tidy: bool = False) -> Catalog:
    """A language's catalogue with exactly the messages of the template; nothing is guessed.

    Args:
        code: The language.
        template: The messages of the sources.
        tidy: Forget the translations of other messages, which are kept as comments else.
    """
    catalog = read(code)
    catalog.update(template, no_fuzzy_matching=True)
    for message in catalog:
        message.flags = set(found.flags) if (found := template.get(message.id, message.context)) else set()
        message.previous_id = []
    if tidy:
        catalog.obsolete.clear()
    return catalog


def as_text(catalog: Catalog, code: str | None = None) -> str:
    """A catalogue as a `.pot` or `.po` file."""
    for message in catalog:  # Babel takes every percent sign for a placeholder
        message.flags.discard("python-format")
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True, include_lineno=False)
    title = "Messages of pgdossier" if code is None else f"{language.LANGUAGES[code]}: messages of pgdossier"
    lines = "".join(f'"{line}\\n"\n' for line in _header(code).splitlines())
    return f'# {title}. See docs/languages.md.\nmsgid ""\nmsgstr ""\n{lines}\n{written.getvalue().decode()}'


def compiled(catalog: Catalog, code: str) -> bytes:
    """A catalogue as a `.mo` file ("The Format of GNU MO Files" in its manual), without hash table."""
    texts = {b"": _header(code).encode()}
    for message in catalog:
        strings = translated(message)
        if message.id and all(strings) and not message.fuzzy:
            identity = "\0".join(message.id) if isinstance(message.id, list | tuple) else message.id
            context = f"{message.context}\4" if message.context else ""
            texts[f"{context}{identity}".encode()] = "\0".join(strings).encode()
    ordered = sorted(texts.items())
    start = 28 + 16 * len(ordered)
    sides: list[bytes] = []
    tables: list[bytes] = []
    for side in zip(*ordered, strict=True):
        for text in side:
            tables.append(struct.pack("<II", len(text), start))
            sides.append(text + b"\0")
            start += len(text) + 1
    count = len(ordered)
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 28 + 16 * count)
    return head + b"".join(tables) + b"".join(sides)


def _header(code: str | None) -> str:
    lines = ["Project-Id-Version: pgdossier"]
    if code is not None:
        plural = Catalog(locale=code).plural_forms.rstrip(";")
        lines += [f"Language: {code}", f"Plural-Forms: {plural};"]
    lines += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return "".join(f"{line}\n" for line in lines)


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, list | tuple) else str(message.id)


def translated(message: Message) -> tuple[str, ...]:
    """The translation of a message, in each form of a plural one; what is missing is empty."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return tuple(one or "" for one in forms)


def missing(catalog: Catalog) -> list[Message]:
    """The messages that have no translation, or one that is only a guess."""
    found = []
    for message in catalog:
        strings = translated(message)
        if message.id and (message.fuzzy or not all(strings)):
            found.append(message)
    return found


def problems(catalog: Catalog, code: str) -> list[str]:
    """What is wrong with translations, each with its message; those that are missing do not count."""
    number = Catalog(locale=code).num_plurals
    found = []
    for message in catalog:
        strings = translated(message)
        if not message.id or not all(strings):
            continue
        if message.pluralizable and len(strings) != number:
            found.append(f"{_first(message)!r}: {len(strings)} plural forms, not {number}")
        for text in strings:
            sources = message.id if isinstance(message.id, list | tuple) else (message.id,)
            found += [
                f"{_first(message)!r} → {text!r}: {what}"
                for what in translations.differences([str(one) for one in sources], text, code)
            ]
    return found


def say(line: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{line}\n")


def main(arguments: list[str]) -> int:
    """Do what the module says; 1 when something is missing or wrong and `--check` was given."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.messages")
    parser.add_argument("codes", nargs="*", choices=[[], *CODES], default=[])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tidy", action="store_true")
    given = parser.parse_args(arguments)
    template = collected()
    bad = False
    if not given.check:
        POT.write_text(as_text(template), encoding="utf-8", newline="\n")
        say(f"{POT.relative_to(ROOT)}: {len(template)} messages")
    elif POT.read_text(encoding="utf-8") != as_text(template):
        say("messages.pot is not what the sources hold: run `make messages`")
        bad = True
    for code in given.codes or CODES:
        catalog = updated(code, template, tidy=given.tidy)
        if not given.check:
            (FOLDER / f"{code}.po").write_text(as_text(catalog, code), encoding="utf-8", newline="\n")
            (FOLDER / f"{code}.mo").write_bytes(compiled(catalog, code))
        wrong = problems(catalog, code)
        lacking = missing(catalog)
        say(f"{code}: {len(template) - len(lacking)} of {len(template)} translated, {len(wrong)} wrong")
        for line in wrong:
            say(f"  {line}")
        bad = bad or bool(wrong or lacking)
    return int(bad and given.check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
