"""Groups of named things: every one in exactly one group, bounded, the same every time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from pgdossier.analysis import communities

_NAMES = st.lists(
    st.from_regex(r"[a-d]{1,2}_[a-z]{1,6}", fullmatch=True), min_size=1, max_size=40, unique=True
).map(sorted)


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[list[str], dict[communities.Pair, int], int]:
    names = draw(_NAMES)
    node = st.integers(0, len(names) - 1)
    pairs = draw(st.lists(st.tuples(node, node), max_size=60))
    links = {(min(pair), max(pair)): communities.weight(pair[0] % 7) for pair in pairs if pair[0] != pair[1]}
    return names, links, draw(st.integers(1, 24))


@given(_graphs())
@settings(max_examples=50, deadline=None)
def test_every_name_is_in_one_group_of_a_bounded_size(
    graph: tuple[list[str], dict[communities.Pair, int], int],
) -> None:
    """Whatever the names and links: a partition, and no group is larger than asked for."""
    names, links, most = graph
    groups = communities.divide(names, links, most)
    assert sorted(one for group in groups for one in group) == list(range(len(names)))
    assert all(0 < len(group) <= most for group in groups)


@given(_graphs(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_links_does_not_matter(
    graph: tuple[list[str], dict[communities.Pair, int], int], chance: object
) -> None:
    """The same links in another order give the same groups."""
    names, links, most = graph
    shuffled = list(links.items())
    chance.shuffle(shuffled)  # type: ignore[attr-defined] # what `randoms` gives is a Random
    assert communities.divide(names, dict(shuffled), most) == communities.divide(names, links, most)


_SCRIPT = """
from pgdossier.analysis import communities
names = [f"{chr(97 + n * 7 % 26)}{n:03}" for n in range(300)]
links = {(n, (n * n + 3) % 300): 5 + n % 11 for n in range(300)}
links = {(min(p), max(p)): w for p, w in links.items() if p[0] != p[1]}
print(communities.divide(names, links, 20))
"""


def test_hashes_of_the_process_do_not_matter() -> None:
    """Two processes with other seeds for the hashes of texts find the same groups."""
    source = Path(communities.__file__).parents[2]
    told = [
        subprocess.run(
            [sys.executable, "-c", _SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(source)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "77")
    ]
    assert told[0] == told[1]
    assert told[0].count(b"[") > 10


def test_names_lead_where_they_are_disciplined() -> None:
    """Names of four prefixes are four groups, although a link leads from each to a common one."""
    names = [f"{prefix}_{thing}" for prefix in ("auth", "dcim", "ipam", "vpn") for thing in "abcdefgh"]
    links = {(0, number): communities.weight(31) for number in range(1, 32)}
    links |= {(start + n, start + n + 1): 30 for start in (0, 8, 16, 24) for n in range(7)}
    groups = communities.divide(names, links, 10)
    assert groups == [list(range(start, start + 8)) for start in (0, 8, 16, 24)]


def test_links_lead_elsewhere_and_hubs_hold_nothing_together() -> None:
    """Two rings of tables without common words are two groups, although all of them reference one table."""
    names = [f"{chr(97 + n)}{chr(97 + n)}" for n in range(21)]
    links = {(0, number): communities.weight(20) for number in range(1, 21)}
    links |= {(n, n + 1): communities.weight(1) for n in (*range(1, 10), *range(11, 20))}
    links |= {(n, n + 4): communities.weight(1) for n in (*range(1, 7), *range(11, 17))}
    groups = communities.divide(names, links, 12)
    assert [set(range(1, 11)) <= set(group) for group in groups].count(True) == 1
    assert [set(range(11, 21)) <= set(group) for group in groups].count(True) == 1


def test_words_of_names() -> None:
    """Words are found in every case of letters, without the s of a plural."""
    assert communities.words("order_items") == communities.words("OrderItem") == ("order", "item")
    assert communities.words("address") == ("address",)
    assert communities.beginning("dcim_device_bay", 2) == "dcim_device"
