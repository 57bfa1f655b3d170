"""What the rules report on the corpus, as the committed page on their precision has it."""

from __future__ import annotations

from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.review import Review, review
from tests.conftest import CorpusDatabase
from tests.support.corpus import CORPUS_NAMES
from tests.support.rule_pages import FOLDER, PRECISION, judged, precision
from tests.support.servers import PostgresServer


def test_the_page_on_precision_is_current(server: PostgresServer, corpus_database: CorpusDatabase) -> None:
    """Counts are those of today, every finding that should be judged is, and no rule is wrong too often."""
    reviews: dict[str, Review] = {
        name: review(analyse(read(corpus_database(server, name)))) for name in CORPUS_NAMES
    }
    rows = judged(reviews)
    assert [row.rule for row in rows if row.unread] == []
    assert [row.rule for row in rows if row.precision is not None and row.precision < 90] == []
    assert (FOLDER / PRECISION).read_text(encoding="utf-8") == precision(reviews)
