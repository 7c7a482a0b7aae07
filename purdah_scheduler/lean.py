"""What a record is made with: a frozen dataclass whose methods are shared, or written when they are first called."""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, fields
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["lean_dataclass"]

_Class = TypeVar("_Class")
_FACTORY = object()
"""Stands for a default that is made anew for each record."""


def _options(*, frozen: bool, slots: bool, kw_only: bool) -> Callable[[type[_Class]], type[_Class]]:
    """Make a class a record, the same as `@dataclass(frozen=True, slots=True, kw_only=True)` makes of it.

    That one compiles six methods for each class, called or not, which was a tenth of the interface's start. Not taken are
    fields with `init=False`, and `InitVar`. What inherits from a record is made in this way too.
    """
    if not (frozen and slots and kw_only):
        raise TypeError("A record is frozen, has slots and takes keywords only; for anything else there is dataclass.")
    return _record


if TYPE_CHECKING:
    from dataclasses import dataclass as lean_dataclass  # it is read and checked as what it stands for
else:
    lean_dataclass = _options


def _record(cls: type[_Class]) -> type[_Class]:
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=True)(cls)
    for name, method in _SHARED.items():
        if made.__dict__.get(name) is None:  # Python puts None for the hash of a class that says when it is equal
            setattr(made, name, method)
    if "__init__" not in made.__dict__:
        made.__init__ = _written_when_first_called(made)
    return made  # type: ignore[no-any-return]  # `slots` makes a new class, of the same kind


def _written_when_first_called(cls: Any) -> Callable[..., None]:
    def first(self: object, *given: object, **named: object) -> None:
        cls.__init__ = _init_of(cls)
        cls.__init__(self, *given, **named)

    return first


def _init_of(cls: type) -> Callable[..., None]:
    """What takes the fields by their names, as the standard library would write it."""
    known: dict[str, Any] = {"_put": object.__setattr__, "_FACTORY": _FACTORY}
    taken, lines = [], []
    for field in fields(cls):
        name, value = field.name, field.name
        if not field.init:
            raise TypeError(f"{cls.__qualname__}.{name} is not taken when a record is made, and records have no such fields.")
        if field.default is not MISSING:
            known[f"_default_{name}"] = field.default
            taken.append(f"{name}=_default_{name}")
        elif field.default_factory is not MISSING:
            known[f"_factory_{name}"] = field.default_factory
            taken.append(f"{name}=_FACTORY")
            value = f"_factory_{name}() if {name} is _FACTORY else {name}"
        else:
            taken.append(name)
        lines.append(f"  _put(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append("  self.__post_init__()")
    head = ", ".join(["self", *(["*"] if taken else []), *taken])
    exec("\n".join([f"def __init__({head}):", *(lines or ["  pass"])]), known)  # noqa: S102 -- written of the names of fields alone
    written: Callable[..., None] = known["__init__"]
    written.__qualname__ = f"{cls.__qualname__}.__init__"
    written.__annotations__ = {field.name: field.type for field in fields(cls)} | {"return": None}
    return written


class _Shared:
    """The methods that are the same for all records; each record is given them as its own."""

    def __eq__(self: Any, other: object) -> bool:
        values = _compared(self.__class__)
        if other.__class__ is not self.__class__:
            return NotImplemented
        return values(self) == values(other)

    def __hash__(self: Any) -> int:
        return hash(_hashed(self.__class__)(self))

    @recursive_repr("...")
    def __repr__(self: Any) -> str:
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr]
        return f"{self.__class__.__qualname__}({', '.join(shown)})"

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self: Any) -> list[object]:
        return [getattr(self, field.name) for field in fields(self)]

    def __setstate__(self: Any, state: list[object]) -> None:
        for field, value in zip(fields(self), state, strict=True):
            object.__setattr__(self, field.name, value)


_SHARED = {
    name: vars(_Shared)[name]
    for name in ("__eq__", "__hash__", "__repr__", "__setattr__", "__delattr__", "__getstate__", "__setstate__")
}


@cache
def _compared(cls: Any) -> Callable[[object], tuple[object, ...]]:
    return _values([field for field in fields(cls) if field.compare])


@cache
def _hashed(cls: Any) -> Callable[[object], tuple[object, ...]]:
    return _values([field for field in fields(cls) if (field.compare if field.hash is None else field.hash)])


def _values(chosen: list[Field[Any]]) -> Callable[[object], tuple[object, ...]]:
    names = [field.name for field in chosen]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple(getattr(one, name) for name in names)
