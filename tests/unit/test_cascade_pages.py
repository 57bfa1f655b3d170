"""Where a document shows the diagrams of deletions, and what it says of those that it does not draw."""

from __future__ import annotations

import re

from pgdossier import pipeline
from pgdossier.analysis import analyse
from pgdossier.config import load
from pgdossier.diagrams import cascade
from pgdossier.diagrams.diagram import Subject
from pgdossier.model.relations import Relation
from pgdossier.progress import SILENT
from pgdossier.render.links import Links
from tests.support.builders import snapshot, table


def _chain(length: int) -> list[Relation]:
    """Tables of which each goes with the one before."""
    chain = [table("t00", "id int", pk="id")]
    chain += [
        table(f"t{n:02}", "id int", "p int", pk="id", fks=[f"p -> t{n - 1:02} on delete cascade"])
        for n in range(1, length)
    ]
    return chain


def _document(*relations: Relation, **flags: object) -> dict[str, bytes]:
    files, warnings = pipeline.document(analyse(snapshot(*relations)), load(flags, environ={}), {}, SILENT)
    assert warnings == ()
    return dict(files)


def test_a_table_shows_its_cascade_and_the_list_links_to_it() -> None:
    """A picture in the section of each table whose deletion goes far, a link in §5.3, and a file for both."""
    files = _document(*_chain(4))
    page = files["README.md"].decode()
    drawn = {path for path in files if path.startswith("diagrams/cascade.")}
    assert drawn == {"diagrams/cascade.public.t00.svg", "diagrams/cascade.public.t01.svg"}
    for path in drawn:
        assert f"![What deleting a row of public.{path[-7:-4]} does elsewhere]({path})" in page
        assert f" ([diagram]({path}))" in page
    assert "any of the other" not in page


def test_a_document_says_how_many_it_does_not_draw() -> None:
    """The number of diagrams is bounded, and the command that draws any other is named."""
    files = _document(*_chain(cascade.MOST_DRAWN + 7), layout="split")
    drawn = [path for path in files if path.startswith("diagrams/cascade.")]
    assert len(drawn) == cascade.MOST_DRAWN
    page = files["README.md"].decode()
    assert re.search(
        rf"the {cascade.MOST_DRAWN} largest; `pgdossier diagram --cascade TABLE` .* other 5\.", page
    )
    assert "](../diagrams/cascade.public.t00.svg)" in files["tables/public.t00.md"].decode()
    assert "cascade." not in files["tables/public.t25.md"].decode()


def test_without_drawings_the_cascade_is_mermaid() -> None:
    """Where nothing is drawn, the table has a flowchart and §5.3 no link."""
    files = _document(*_chain(3), **{"diagrams.enabled": False})
    page = files["README.md"].decode()
    assert '|"p: CASCADE"|' in page
    assert "[diagram]" not in page


def test_no_other_diagram_has_the_file_of_a_cascade() -> None:
    """Whatever schemas and tables are called, a cascade's file is no other's."""
    links = Links(split=True, relations=frozenset())
    names = ["cascade", "cascade.sales", "Cascade", "sales", "schema", "cascade-sales"]
    subjects = [Subject("schema", name) for name in names]
    for schema in names:
        for name in names:
            subjects += [Subject("relation", schema, name), Subject("cascade", schema, name)]
    paths = {links.diagram_path(subject) for subject in subjects}
    assert len(paths) == len(subjects)
