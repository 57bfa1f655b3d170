"""What is worked out when it is asked for, and only once."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any, Generic, Protocol, TypeVar, overload

T = TypeVar("T")
Owner = TypeVar("Owner", bound="Speaking")


class Speaking(Protocol):
    """An object that was made in some language."""

    @property
    def spoken(self) -> Context:
        """The context in which it was made, of which the language is a part."""


class deferred(Generic[Owner, T]):  # noqa: N801 - it stands where `property` would
    """An attribute that costs time, and that not every use of its object needs.

    It is worked out in the language in which the object was made, whenever that is.
    """

    def __init__(self, make: Callable[[Owner], T]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, owner: None, kind: Any = None) -> deferred[Owner, T]: ...

    @overload
    def __get__(self, owner: Owner, kind: Any = None) -> T: ...

    def __get__(self, owner: Owner | None, kind: Any = None) -> deferred[Owner, T] | T:
        if owner is None:
            return self
        # A copy, as a context cannot be entered again by what this attribute asks for in turn.
        made = owner.spoken.copy().run(self._make, owner)
        owner.__dict__[self._name] = made  # where it is found first from now on
        return made
