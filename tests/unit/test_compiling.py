"""How templates become code."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from pgdossier.render.compiling import PlainCalls


def made(folder: Path) -> jinja2.Environment:
    """An environment of the templates in a folder."""
    environment = jinja2.Environment(  # noqa: S701 - nothing of it is shown
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined
    )
    environment.code_generator_class = PlainCalls
    return environment


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
