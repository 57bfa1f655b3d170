"""The Jinja environment: where templates are found, and the filters they may use."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from pgdossier.errors import ConfigurationError
from pgdossier.language import mark, number, tr, trc, trn
from pgdossier.language.counts import counted
from pgdossier.render import (
    access,
    architecture,
    audit_trails,
    cascades,
    compiling,
    descriptions,
    domains,
    entities,
    escaping,
    gaps,
    history,
    numbers,
    operations,
    relation,
    relationship_sentences,
    review,
    scaling,
    sensitive,
    sentences,
    summary,
    technology,
    trials,
    usage,
    words,
    workload,
)
from pgdossier.render.links import relative
from pgdossier.render.template_folder import template_folder
from pgdossier.render.terms import opening, term


def environment(overrides: Path | None = None) -> jinja2.Environment:
    """A strict environment: an unknown name in a template is an error.

    That of the built-in templates is made once, since compiling them takes longer than rendering a document.

    Args:
        overrides: The user's folder; a template there wins over the built-in one of the same path, and can
            extend it as `builtin/<path>`.

    Raises:
        ConfigurationError: That folder does not exist.
    """
    return _builtin() if overrides is None else _environment(overrides)


class _Environment(jinja2.Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One dictionary: Jinja's, which is two in a chain, would be gone through for each page."""
        return {**self.globals, **(d or {})}


@cache
def _builtin() -> jinja2.Environment:
    return _environment(None)


def _environment(overrides: Path | None) -> jinja2.Environment:
    builtin = jinja2.FileSystemLoader(template_folder())
    loaders: list[jinja2.BaseLoader] = [jinja2.PrefixLoader({"builtin": builtin}), builtin]
    if overrides is not None:
        if not overrides.is_dir():
            raise ConfigurationError(
                f"{overrides}: there is no such folder of templates",
                hint="name a folder that exists with --template-dir, or leave template_dir out",
            )
        loaders.insert(0, jinja2.FileSystemLoader(overrides))
    made = _Environment(
        loader=jinja2.ChoiceLoader(loaders),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # a document is made of the templates as they were when it was begun
        autoescape=False,  # the output is Markdown: `escaping` decides, filter by filter
        extensions=["jinja2.ext.do"],
        bytecode_cache=compiling.Kept(template_folder()),
    )
    made.code_generator_class = compiling.PlainCalls
    made.filters.update(
        text=escaping.inline,
        code=escaping.code,
        codes=escaping.codes,
        expression=escaping.expression,
        attribute=escaping.attribute,
        sql=escaping.fenced,
        size=numbers.size,
        rows=numbers.rows,
        listed=numbers.listed,
        duration=numbers.duration,
        share=numbers.share,
        number=number,
        opening=opening,
    )
    made.globals.update(
        tr=tr,  # the language is asked for while a page is rendered: templates are compiled once
        trn=trn,
        trc=trc,
        mark=mark,
        term=term,
        overridden=overrides is not None,
        row=escaping.row,
        table=escaping.table,
        grid=escaping.grid,
        counted=counted,
        relative=relative,
        words=words,
        about=relation,
        say=sentences,
        relate=relationship_sentences,
        overall=summary,
        sensitive=sensitive,
        trailing=audit_trails,
        domains=domains,
        entities=entities,
        reaching=cascades,
        revising=history,
        origins=descriptions,
        reviewing=review,
        working=workload,
        using=usage,
        technology=technology,
        architecture=architecture,
        rights=access,
        operating=operations,
        scaling=scaling,
        trying=trials,
        missing=gaps,
    )
    return made


def prepare(enough: Callable[[], bool]) -> None:
    """Compile the built-in templates of Markdown pages, one by one until somebody has enough of it."""
    made = _builtin()
    for name in made.list_templates(
        filter_func=lambda name: name.startswith("markdown/") and name.endswith(".j2")
    ):
        if enough():
            return
        made.get_template(name)


def render(made: jinja2.Environment, template: str, **context: object) -> str:
    """Render one template.

    Raises:
        ConfigurationError: A template (the user's, most likely) is missing or broken; names file and line.
    """
    try:
        return made.get_template(template).render(**context)
    except jinja2.TemplateSyntaxError as error:
        where = f"{error.filename or error.name}:{error.lineno}"
        raise ConfigurationError(f"template {where}: {error.message}", hint="mend the template") from error
    except jinja2.TemplateNotFound as error:
        raise ConfigurationError(
            f"template {error.name} does not exist", hint="a built-in template is extended as builtin/<path>"
        ) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        if not made.globals["overridden"]:
            raise  # nobody's template but ours: a bug, and to be reported as one
        raise ConfigurationError(
            f"template {template}: {type(error).__name__}: {error}", hint="mend the template"
        ) from error
    except jinja2.UndefinedError as error:
        raise ConfigurationError(
            f"template {template}: {error.message}", hint="the template's first comment names its context"
        ) from error
