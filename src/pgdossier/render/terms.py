"""Words that are values in the model, where the document shows them as words: kinds, states, classes.

The model has them in English, and so have snapshots and everything else that is stored.
"""

from __future__ import annotations

from pgdossier.language import mark, tr

TERMS = frozenset(
    (
        # RelationKind
        mark("table"),
        mark("partitioned table"),
        mark("view"),
        mark("materialized view"),
        mark("foreign table"),
        mark("unknown"),
        # PartitionStrategy
        mark("range"),
        mark("list"),
        mark("hash"),
        # RoutineKind
        mark("function"),
        mark("procedure"),
        mark("aggregate"),
        mark("window function"),
        # CastContext, and how a cast is made
        mark("explicit"),
        mark("assignment"),
        mark("implicit"),
        mark("inout"),
        mark("binary"),
        # Generated
        mark("stored"),
        mark("virtual"),
        # Enabled
        mark("origin"),
        mark("disabled"),
        mark("replica"),
        mark("always"),
        # AccessClass
        mark("never used"),
        mark("cold"),
        mark("queue-like"),
        mark("read-mostly"),
        mark("append-only"),
        mark("hot-update"),
        mark("mixed"),
        # what a table stands for (entities.Kind)
        mark("bookkeeping"),
        mark("association"),
        mark("log"),
        mark("queue"),
        mark("enum"),
        mark("value object"),
        mark("collection"),
        mark("aggregate part"),
        mark("aggregate root"),
        mark("entity"),
        # Surprising
        mark("a violation is accepted"),
        mark("a referential action does otherwise"),
        mark("a deletion reaches otherwise"),
        mark("a trigger stands in the way of a referential action"),
        mark("a trigger mends what the constraint forbids"),
        mark("a trigger drops the row that the constraint forbids"),
        mark("a foreign key is not checked when it is NULL in part"),
        mark("not enforced"),
        mark("checked at the commit only"),
        mark("NULL passes the check"),
        mark("several rows with NULL pass the unique key"),
        # Kind and Outcome of what was probed
        mark("as declared"),
        mark("cannot happen"),
        mark("check"),
        mark("domain check"),
        mark("domain not null"),
        mark("exclusion"),
        mark("length"),
        mark("not null"),
        mark("not tried"),
        mark("otherwise"),
        mark("primary key"),
        mark("refused"),
        mark("unique"),
        # Severity
        mark("error"),
        mark("warning"),
        mark("advice"),
        # what modules of this package say: privileges, events, states, objects
        mark("access method"),
        mark("after"),
        mark("before"),
        mark("by default"),
        mark("cascade"),
        mark("cast"),
        mark("collation"),
        mark("column"),
        mark("connect"),
        mark("constraint"),
        mark("conversion"),
        mark("create"),
        mark("database"),
        mark("default privileges"),
        mark("delete"),
        mark("domain"),
        mark("encrypted"),
        mark("event trigger"),
        mark("execute"),
        mark("extension"),
        mark("foreign key"),
        mark("foreign server"),
        mark("foreign-data wrapper"),
        mark("full"),
        mark("hashed"),
        mark("high"),
        mark("identity"),
        mark("immutable"),
        mark("index"),
        mark("insert"),
        mark("instead of"),
        mark("language"),
        mark("low"),
        mark("maintain"),
        mark("masked"),
        mark("medium"),
        mark("no action"),
        mark("nothing"),
        mark("off, in spite of its policies"),
        mark("on"),
        mark("on, for its owner too"),
        mark("on, without a policy"),
        mark("operator"),
        mark("operator class"),
        mark("operator family"),
        mark("pair"),
        mark("permanent"),
        mark("policy"),
        mark("publication"),
        mark("reference"),
        mark("references"),
        mark("restrict"),
        mark("restricted"),
        mark("role"),
        mark("routine"),
        mark("rule"),
        mark("safe"),
        mark("schema"),
        mark("select"),
        mark("sequence"),
        mark("set default"),
        mark("set null"),
        mark("stable"),
        mark("statistics"),
        mark("subscription"),
        mark("temporary"),
        mark("text search configuration"),
        mark("text search dictionary"),
        mark("text search parser"),
        mark("text search template"),
        mark("transform"),
        mark("tree"),
        mark("trigger"),
        mark("truncate"),
        mark("type"),
        mark("unlogged"),
        mark("unsafe"),
        mark("update"),
        mark("usage"),
        mark("volatile"),
    )
)
"""Every value of the model that is shown by `term`."""


def term(value: str) -> str:
    """Such a word in the language of the document; what is no word of this program stays as it is."""
    return tr(str(value))


def opening(words: str) -> str:
    """Words as the beginning of a sentence or of a table cell: with a capital letter."""
    return words[:1].upper() + words[1:]
