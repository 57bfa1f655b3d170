"""How templates become code, and where it is kept."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from pgdossier.render.compiling import Kept, PlainCalls


@pytest.fixture(autouse=True)
def _keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python is not told to keep no code."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def made(folder: Path, kept: Kept | None = None) -> jinja2.Environment:
    """An environment of the templates in a folder."""
    environment = jinja2.Environment(  # noqa: S701 - nothing of it is shown
        loader=jinja2.FileSystemLoader(folder), bytecode_cache=kept, undefined=jinja2.StrictUndefined
    )
    environment.code_generator_class = PlainCalls
    return environment


def rendered(folder: Path, name: str, kept: Kept | None = None, **context: object) -> str:
    """What a template says in an environment that has just been made."""
    return made(folder, kept).get_template(name).render(**context)


def test_all_ways_to_call() -> None:
    """Arguments of every kind arrive, also those that Python could not name, and blocks are passed on."""
    environment = made(Path())
    text = (
        "{% macro wrap(a, b='-') %}{{ a }}{{ b }}{{ caller() }}{% endmacro %}"
        "{% call wrap('x', b='y') %}{{ show(1, *rest, k=2, **named) }}{% endcall %}"
        "{% for one in [1] %}{{ show(one, **{'class': 3}) }}{{ show(class=4) }}{{ text.upper() }}{% endfor %}"
    )
    said = environment.from_string(text).render(
        show=lambda *a, **k: f"{a}{k}", rest=(5, 6), named={"z": 7}, text="t"
    )
    assert said == "xy(1, 5, 6){'k': 2, 'z': 7}(1,){'class': 3}(){'class': 4}T"


def test_an_unknown_function_is_an_error() -> None:
    """What is not there cannot be called, and the error names it."""
    with pytest.raises(jinja2.UndefinedError, match="nowhere"):
        made(Path()).from_string("{{ nowhere(1) }}").render()


def test_a_changed_template_is_compiled_again(tmp_path: Path) -> None:
    """Kept code is used while the template is the same, and only then."""
    template = tmp_path / "page.md.j2"
    template.write_text("one {{ 1 + x }}", encoding="utf-8")
    kept = Kept(tmp_path)
    assert rendered(tmp_path, template.name, kept, x=1) == "one 2"
    (code,) = (tmp_path / "__pycache__").iterdir()
    before = code.read_bytes()
    assert rendered(tmp_path, template.name, kept, x=2) == "one 3"
    assert code.read_bytes() == before
    template.write_text("two {{ 1 + x }}", encoding="utf-8")
    assert rendered(tmp_path, template.name, kept, x=1) == "two 2"
    assert code.read_bytes() != before


@pytest.mark.parametrize("damaged", [b"", b"x", b"x" * 500])
def test_damaged_code_is_made_again(tmp_path: Path, damaged: bytes) -> None:
    """A file that was cut off or overwritten is no code."""
    template = tmp_path / "page.md.j2"
    template.write_text("{{ 1 + x }}", encoding="utf-8")
    kept = Kept(tmp_path)
    rendered(tmp_path, template.name, kept, x=1)
    (code,) = (tmp_path / "__pycache__").iterdir()
    whole = code.read_bytes()
    code.write_bytes(whole[: len(damaged)] if damaged == b"x" else damaged)
    assert rendered(tmp_path, template.name, kept, x=1) == "2"
    assert code.read_bytes() == whole


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`PYTHONDONTWRITEBYTECODE` holds for templates too."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    (tmp_path / "page.md.j2").write_text("x", encoding="utf-8")
    assert rendered(tmp_path, "page.md.j2", Kept(tmp_path)) == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md.j2"]


def test_templates_of_users_are_not_kept(tmp_path: Path) -> None:
    """No file is written to a folder that is not this program's."""
    (tmp_path / "page.md.j2").write_text("x", encoding="utf-8")
    (tmp_path / "builtin").mkdir()
    assert rendered(tmp_path, "page.md.j2", Kept(tmp_path / "builtin")) == "x"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["builtin", "page.md.j2"]
