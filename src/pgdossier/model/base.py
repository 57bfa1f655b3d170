"""The base of every model value."""

from __future__ import annotations

import msgspec


class Model(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """A frozen value. Fields at their default are left out of JSON; unknown fields are refused.

    Values of the model hold no cycles, so that the garbage collector need not look at half a million of them.

    Every child repeats `frozen=True, kw_only=True`: the first for type checkers, the second because it
    holds only for the fields of the class that says it.
    """
