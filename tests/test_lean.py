"""A record is what the standard library would have made of its class; only its methods are made otherwise."""

import copy
import inspect
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar, get_type_hints

import pytest

from purdah_scheduler.lean import lean_dataclass

T = TypeVar("T")


def shape(cls: type) -> type:
    """Fields of every kind that a record has."""

    class Notice:
        """One of them."""

        kind: ClassVar[str] = "notice"
        number: int
        words: str
        tags: tuple[str, ...] = ()
        marks: list[str] = field(default_factory=list)
        ground: str | None = field(default=None, repr=False, compare=False)

        def __post_init__(self) -> None:
            if self.number < 0:
                raise ValueError(f"{self.number} is no number of a notice")

    Notice.__qualname__ = cls.__qualname__
    return Notice


def by_the_library(cls: type) -> Any:
    """As the standard library makes it."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


def lean(cls: type) -> Any:
    """As it is made here."""
    return lean_dataclass(frozen=True, slots=True, kw_only=True)(cls)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One that can be found by its name."""

    number: int
    words: tuple[str, ...] = ()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Heavier(Carried):
    """One that inherits from another."""

    weight: int = 1


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """One without any field."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Secret:  # noqa: PLW1641 -- which hash it is given is asked below
    """One that says itself how it is shown and when it is equal."""

    token: str

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.token.casefold() == other.token.casefold()


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Holding(Generic[T]):
    """One of any kind."""

    held: T


MAKERS = pytest.mark.parametrize("make", [by_the_library, lean])


@MAKERS
def test_a_record_is_made_compared_shown_hashed_and_changed_as_the_library_would(make: Callable[[type], Any]) -> None:
    """The same claims hold for both, so that neither can go another way unseen."""
    notice = make(shape(Carried))
    one = notice(number=1, words="Bins")
    assert (one.number, one.words, one.tags, one.marks, one.ground, one.kind) == (1, "Bins", (), [], None, "notice")
    assert notice(number=1, words="Bins").marks is not one.marks
    assert repr(one) == "Carried(number=1, words='Bins', tags=(), marks=[])"
    assert one == notice(number=1, words="Bins", ground="not compared")
    assert one != notice(number=2, words="Bins")
    assert one != (1, "Bins", (), [])
    assert one != make(shape(Carried))(number=1, words="Bins")
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(one)
    hashable = [notice(number=1, words="Bins", marks=(), ground=ground) for ground in ("x", "y")]
    assert hash(hashable[0]) == hash(hashable[1]) == hash((1, "Bins", (), ()))
    changed = replace(one, words="Roads")
    assert (changed.number, changed.words, one.words) == (1, "Roads", "Bins")
    with pytest.raises(ValueError, match="-1 is no number of a notice"):
        replace(one, number=-1)
    assert [known.name for known in fields(notice)] == ["number", "words", "tags", "marks", "ground"]
    assert notice.__match_args__ == ()
    assert not hasattr(one, "__dict__")
    assert all(is_dataclass(found) for found in (notice, one))
    assert asdict(one) == {"number": 1, "words": "Bins", "tags": (), "marks": [], "ground": None}
    assert astuple(one) == (1, "Bins", (), [], None)


@MAKERS
def test_what_is_missing_unknown_or_without_a_name_is_refused_in_the_same_words(make: Callable[[type], Any]) -> None:
    """Also of the first record that is made, for which its way of being made is written."""
    notice = make(shape(Carried))
    for _ in range(2):
        with pytest.raises(TypeError, match=r"Carried\.__init__\(\) missing 1 required keyword-only argument: 'words'"):
            notice(number=1)
        with pytest.raises(TypeError, match=r"__init__\(\) got an unexpected keyword argument 'colour'"):
            notice(number=1, words="Bins", colour="red")
        with pytest.raises(TypeError, match=r"__init__\(\) takes 1 positional argument but 3 were given"):
            notice(1, "Bins")


@MAKERS
def test_a_record_cannot_be_changed_in_place(make: Callable[[type], Any]) -> None:
    """Neither a field nor anything else of it."""
    one = make(shape(Carried))(number=1, words="Bins")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'words'"):
        one.words = "Roads"
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'words'"):
        del one.words
    with pytest.raises((FrozenInstanceError, TypeError)):  # the library stumbles over a name that is no field's
        one.colour = "red"
    assert one.words == "Bins"


def test_its_signature_and_its_hints_are_those_of_the_library_once_one_was_made() -> None:
    """Tools that make examples of a class read them."""
    plain, ours = by_the_library(shape(Carried)), lean(shape(Carried))
    ours(number=1, words="Bins")
    assert list(inspect.signature(ours).parameters) == list(inspect.signature(plain).parameters)
    assert get_type_hints(ours.__init__) == get_type_hints(plain.__init__)


@pytest.mark.parametrize("one", [Carried(number=1, words=("a",)), Heavier(number=2, weight=3), Empty(), Holding(held=4)])
def test_a_record_is_copied_and_carried_whole(one: object) -> None:
    """Between processes too."""
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one  # noqa: S301 -- it was made here
    assert hash(copy.copy(one)) == hash(one)


def test_a_record_that_inherits_has_the_fields_of_both_and_is_none_of_the_first() -> None:
    """In whatever order they are first made."""
    assert repr(Heavier(number=1)) == "Heavier(number=1, words=(), weight=1)"
    assert repr(Carried(number=1)) == "Carried(number=1, words=())"
    assert repr(Heavier(number=1, weight=2)) == "Heavier(number=1, words=(), weight=2)"
    assert Heavier(number=1) != Carried(number=1)
    assert Empty() == Empty()
    assert hash(Empty()) == hash(())


def test_what_a_record_says_of_itself_is_kept() -> None:
    """A token is never shown; a hash goes on being that of all fields, as with the library."""
    assert repr(Secret(token="abc")) == "Secret(…)"
    assert Secret(token="abc") == Secret(token="ABC")
    assert hash(Secret(token="abc")) == hash(("abc",))


def test_what_no_record_has_is_refused() -> None:
    """Instead of doing something else than what stands there."""
    options: Any = lean_dataclass
    with pytest.raises(TypeError, match="A record is frozen, has slots and takes keywords only"):
        options(frozen=False, slots=True, kw_only=True)

    @lean_dataclass(frozen=True, slots=True, kw_only=True)
    class Counting:
        count: int = field(init=False, default=0)

    with pytest.raises(TypeError, match="count is not taken when a record is made, and records have no such fields"):
        Counting()
