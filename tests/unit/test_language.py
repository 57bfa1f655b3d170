"""The catalogues: whole, true to the sources, and safe to fill in; and what is said with them."""

from __future__ import annotations

import contextlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from gettext import GNUTranslations
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from pgdossier import language
from pgdossier.config import Language
from pgdossier.errors import ConfigurationError
from pgdossier.language import current, mark, number, remembered, retold, speaking, tr, trc, trn
from pgdossier.render.terms import TERMS, opening, term
from tests.support import messages, translations

CODES = messages.CODES


@pytest.fixture(scope="module")
def template() -> Catalog:
    """What the sources hold."""
    return messages.collected()


def test_the_template_is_what_the_sources_hold(template: Catalog) -> None:
    """Nobody forgot `make messages` after changing a sentence."""
    assert messages.POT.read_text(encoding="utf-8") == messages.as_text(template)


@pytest.mark.parametrize("code", CODES)
def test_a_language_has_the_messages_of_the_sources(code: str, template: Catalog) -> None:
    """Each `.po` has every message of today, in the same order."""
    ours = [(one.context, one.id) for one in messages.read(code) if one.id]
    assert ours == [(one.context, one.id) for one in template if one.id]


@pytest.mark.parametrize("code", CODES)
def test_a_language_is_complete(code: str) -> None:
    """No message is untranslated, and none is a guess."""
    assert [one.id for one in messages.missing(messages.read(code))] == []


@pytest.mark.parametrize("code", CODES)
def test_translations_keep_what_they_must(code: str) -> None:
    """Placeholders, Markdown, white space and ends are those of the message; plural forms are all there."""
    assert messages.problems(messages.read(code), code) == []


@pytest.mark.parametrize("code", CODES)
def test_what_is_shipped_is_what_translators_wrote(code: str) -> None:
    """A `.mo` file is its `.po` file, compiled, byte for byte."""
    shipped = (messages.FOLDER / f"{code}.mo").read_bytes()
    assert shipped == messages.compiled(messages.read(code), code)


@pytest.mark.parametrize("code", CODES)
def test_a_file_for_translators_is_written_as_it_was_read(code: str) -> None:
    """Reading and writing a `.po` file changes no byte, and it holds no date."""
    text = (messages.FOLDER / f"{code}.po").read_text(encoding="utf-8")
    assert messages.as_text(messages.read(code), code) == text
    assert not re.search(r"(?i)-date:|generated-by", text)


@pytest.mark.parametrize("code", CODES)
def test_every_message_can_be_filled_in(code: str) -> None:
    """No translation has braces that stop a document from being written."""
    with speaking(code):
        for message in messages.read(code):
            if not message.id:
                continue
            given = [message.id] if isinstance(message.id, str) else list(message.id)
            values = {name: 1 for text in given for name in _names(text)}
            if len(given) == 2:
                values.pop("count", None)
                said = {trn(given[0], given[1], count, **values) for count in (0, 1, 2, 5, 1000)}
            elif message.context:
                said = {trc(message.context, given[0], **values)}
            else:
                said = {tr(given[0], **values)}
            assert all(said)
            assert not any(re.search(r"\{\w*\}", one) for one in said) or not values


def _names(text: str) -> list[str]:
    try:
        return [found.partition(":")[0] for found in translations.placeholders(text)]
    except ValueError:  # it is never filled in
        return []


def test_compiled_catalogues_are_read_by_gettext() -> None:
    """Contexts, plurals and headers arrive; what is untranslated is left out."""
    catalog = read_po(
        io.BytesIO(
            b'msgid "plain"\nmsgstr "schlicht"\n\nmsgctxt "a"\nmsgid "On"\nmsgstr "An"\n\n'
            b'msgid "{count} row"\nmsgid_plural "{count} rows"\nmsgstr[0] "{count} Zeile"\n'
            b'msgstr[1] "{count} Zeilen"\n\nmsgid "none"\nmsgstr ""\n\n#, fuzzy\nmsgid "guess"\nmsgstr "x"\n'
        ),
        locale="de",
    )
    data = messages.compiled(catalog, "de")
    found = GNUTranslations(io.BytesIO(data))
    assert found.gettext("plain") == "schlicht"
    assert found.pgettext("a", "On") == "An"
    assert found.gettext("On") == "On"
    assert [found.ngettext("{count} row", "{count} rows", count) for count in (0, 1, 2)] == [
        "{count} Zeilen",
        "{count} Zeile",
        "{count} Zeilen",
    ]
    assert found.gettext("none") == "none"
    assert found.gettext("guess") == "guess"
    assert data == messages.compiled(catalog, "de")


@pytest.mark.parametrize(
    ("given", "translation", "what"),
    [
        (["owner {owner}"], "Eigentümer {besitzer}", "placeholders"),
        (["owner {owner}"], "Eigentümer {owner", "braces"),
        (["see `schema.sql`."], "siehe schema.sql.", "Markdown"),
        (["**bold** text"], "fetter **Text", "Markdown"),
        (["a sentence."], "ein Satz", "ends"),
        (["**Growth.** more"], "**増加\N{IDEOGRAPHIC FULL STOP}**さらに", "bold"),
        ([" and more"], "und mehr", "white space"),
        (["[here]({address})"], "[hier]", "placeholders"),
        (["{count} row of {table}", "{count} rows of {table}"], "eine Zeile", "placeholders"),
    ],
)
def test_damaged_translations_are_found(given: list[str], translation: str, what: str) -> None:
    """What would break a document, or say something else, is called by its name."""
    assert any(what in found for found in translations.differences(given, translation, "de"))


@pytest.mark.parametrize(
    ("given", "translation"),
    [
        (["owner {owner}"], "{owner} ist Eigentümer"),
        (["a sentence."], "一つの文。"),
        (["{count} row", "{count} rows"], "eine Zeile"),
        (["see `schema.sql`:"], "siehe `schema.sql`:"),
        (["two\nlines"], "eine Zeile"),
    ],
)
def test_sound_translations_pass(given: list[str], translation: str) -> None:
    """Another order of words, other signs for the same ends, one word for one thing."""
    assert translations.differences(given, translation, "de") == []


def test_only_whole_literal_texts_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is put together could not be collected: it stops the collection."""
    source = tmp_path / "module.py"
    source.write_text("from pgdossier.language import tr\ntr(f'a {1}')\n", encoding="utf-8")
    monkeypatch.setattr(messages, "SOURCES", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    with pytest.raises(ValueError, match=r"module.py:2: tr\(\)"):
        list(messages.said())


def test_the_configuration_knows_every_language() -> None:
    """`language` in pgdossier.toml takes what there is a catalogue for, and nothing else."""
    assert set(get_args(Language)) == set(language.LANGUAGES)
    assert {path.stem for path in messages.FOLDER.glob("*.mo")} == set(CODES)


def test_english_needs_no_catalogue() -> None:
    """Without a language, and in English, a message is itself; braces without values are text."""
    assert tr("owner {owner}", owner="x") == "owner x"
    assert tr("{kept}") == "{kept}"
    assert trn("{count} row", "{count} rows", 1204) == "1,204 rows"
    assert trc("a context", "On") == "On"
    assert mark("x") == "x"
    assert tr("{size:,} bytes", size=1204) == "1,204 bytes"
    with speaking("en"):
        assert current() == "en"


def test_numbers_are_written_as_the_language_does() -> None:
    """Separators of thousands and decimals, in placeholders too; English where nothing else is known."""
    with speaking("de"):
        assert number(1204) == "1.204"
        assert tr("{size:,.1f} not in any catalogue", size=1204.5) == "1.204,5 not in any catalogue"
        assert tr("{text:>3}|", text="a") == "  a|"
    with speaking("ja"):
        assert number(1204) == "1,204"


def test_languages_end_with_their_block() -> None:
    """The language before comes back, after an error too; an unknown one is refused."""
    with contextlib.suppress(ZeroDivisionError), speaking("de"):
        assert current() == "de"
        raise ZeroDivisionError
    assert current() == "en"
    with pytest.raises(ConfigurationError, match="there is no language 'xx'"), speaking("xx"):
        pass


def test_two_languages_at_once() -> None:
    """Documents in several languages can be made side by side in threads."""

    def said(code: str) -> str:
        with speaking(code):
            return number(1234.5, ",.1f")

    with ThreadPoolExecutor(2) as pool:
        assert (
            list(pool.map(said, ("en", "de", "fr", "ja") * 20))
            == [
                "1,234.5",
                "1.234,5",
                "1\u202f234,5",
                "1,234.5",
            ]
            * 20
        )


def test_stored_sentences_are_said_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence that was stored in English is recognised; its values stay, whatever they hold."""
    catalog = Catalog(locale="de")
    catalog.add("the pattern {pattern} excludes it", "wegen des Musters {pattern}")
    catalog.add("no pattern asks for it", "kein Muster verlangt es")
    made = GNUTranslations(io.BytesIO(messages.compiled(catalog, "de")))
    monkeypatch.setattr(language, "_read", lambda _: made)
    known = ("the pattern {pattern} excludes it", "no pattern asks for it")
    assert retold("the pattern a{b}.* excludes it", known) == "the pattern a{b}.* excludes it"
    with speaking("de"):
        assert retold("the pattern a{b}.* excludes it", known) == "wegen des Musters a{b}.*"
        assert retold("no pattern asks for it", known) == "kein Muster verlangt es"
        assert retold("something else", known) == "something else"


def test_words_of_the_model_are_in_the_catalogue() -> None:
    """Every value of an enumeration that documents show by `term` is a message."""
    from pgdossier.analysis.access_patterns import AccessClass  # noqa: PLC0415 - what the test is about
    from pgdossier.analysis.entities import Kind  # noqa: PLC0415 - likewise
    from pgdossier.history.trials import Surprising  # noqa: PLC0415 - likewise
    from pgdossier.model.casts import CastContext  # noqa: PLC0415 - likewise
    from pgdossier.model.columns import Generated  # noqa: PLC0415 - likewise
    from pgdossier.model.relations import PartitionStrategy, RelationKind  # noqa: PLC0415 - likewise
    from pgdossier.model.routines import RoutineKind  # noqa: PLC0415 - likewise
    from pgdossier.model.triggers import Enabled  # noqa: PLC0415 - likewise
    from pgdossier.review import Severity  # noqa: PLC0415 - likewise

    shown = (AccessClass, Kind, Surprising, CastContext, Generated, PartitionStrategy, RelationKind)
    words = {str(value) for family in (*shown, RoutineKind, Enabled, Severity) for value in family}
    assert words <= TERMS
    assert term("table") == "table"
    assert opening("value object") == "Value object"
    assert opening("") == ""


def test_what_is_remembered_is_remembered_for_each_language() -> None:
    """The function is called once for each argument and language, and what it says is in the current one."""
    asked = []

    @remembered(10)
    def said(count: int) -> str:
        asked.append(count)
        return f"{current()} {number(count)}"

    for _ in range(2):
        assert said(1000) == "en 1,000"
        with speaking("de"):
            assert said(1000) == "de 1.000"
    assert asked == [1000, 1000]
