"""What a diagram is before it is drawn: what it is about, its text for readers, what it is drawn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from pgdossier.diagrams import dot, legend, mermaid, painting
from pgdossier.diagrams.chart import Chart
from pgdossier.diagrams.painting import Painted


class Subject(msgspec.Struct, frozen=True, order=True):
    """What a diagram is about; the file name is made from it elsewhere.

    `kind` is "overview", "roles" (nothing else is set), "schema" (`schema` is set), "relation" or "cascade"
    (both are), or "domain" (`name` is the domain's).
    """

    kind: str
    schema: str = ""
    name: str = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A diagram that is written for Graphviz and for Mermaid, and the signs that its legend explains."""

    dot: str
    mermaid: tuple[str, ...]
    legend: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """What an engine draws."""
        return self.dot


class Outlined(msgspec.Struct, frozen=True, kw_only=True):
    """A diagram whose boxes are painted: an engine only says where they stand and leads the lines.

    Attributes:
        painted: Its boxes, by number.
        source: The Graphviz source of their outlines.
        whole: Writes the source with everything that the boxes show.
        words: Writes it for Mermaid.
        legend: As for `Written`.
    """

    painted: Mapping[int, Painted]
    source: str
    whole: Callable[[], str]
    words: Callable[[], tuple[str, ...]]
    legend: tuple[str, ...]

    @classmethod
    def of(cls, chart: Chart) -> Outlined:
        """The outlines of a chart of tables."""
        painted = painting.painted(chart.boxes)
        return cls(
            painted=painted,
            source=dot.write(chart, painted),
            whole=lambda: dot.write(chart),
            words=lambda: mermaid.write(chart),
            legend=legend.of([box.signs for box in painted.values()], chart.links),
        )

    @property
    def dot(self) -> str:
        """As for `Written`."""
        return self.whole()

    @property
    def mermaid(self) -> tuple[str, ...]:
        """As for `Written`."""
        return self.words()


class Charted(msgspec.Struct, frozen=True):
    """A diagram of tables, which is written when somebody asks for it: most are drawn without.

    Attributes:
        chart: Makes the chart whenever it is needed, so that thousands need not be kept.
        star: Whether every line touches one table, so that it may be drawn without an engine.
    """

    chart: Callable[[], Chart]
    star: bool = False

    @property
    def dot(self) -> str:
        """As for `Written`."""
        return dot.write(self.chart())

    @property
    def mermaid(self) -> tuple[str, ...]:
        """As for `Written`."""
        return mermaid.write(self.chart())

    @property
    def legend(self) -> tuple[str, ...]:
        """As for `Written`."""
        return legend.entries(self.chart())


class Diagram(msgspec.Struct, frozen=True, kw_only=True):
    """One diagram, ready to be drawn or shown by whatever draws Mermaid.

    Attributes:
        subject: What it is about.
        title: A short name, for `<title>` and alternative text ("sales.orders and its neighbours").
        description: One or two sentences that say what it shows, for `<desc>`.
        content: What it is drawn from.
        boxes: How many boxes it has.
        edges: How many edges a reader must see; a drawing with fewer is wrong.
    """

    subject: Subject
    title: str
    description: str
    content: Written | Charted | Outlined
    boxes: int
    edges: int

    @property
    def dot(self) -> str:
        """The Graphviz source."""
        return self.content.dot

    @property
    def mermaid(self) -> tuple[str, ...]:
        """The same as Mermaid.

        `erDiagram` blocks, each within GitHub's limits of 50,000 characters and 500 edges; of maps, cascades,
        roles and servers, one `flowchart`.
        """
        return self.content.mermaid

    @property
    def legend(self) -> tuple[str, ...]:
        """Which signs a legend under the drawing explains, by their names in `legend`."""
        return self.content.legend
