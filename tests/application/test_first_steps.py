"""The steps of a new department: each is ticked from the state of the world, and they end with the first post that went out."""

from dataclasses import replace

import pytest

from purdah_scheduler.application.first_steps import World, first_steps

NEW = World(
    people=4,
    invented=4,
    accounts=0,
    stages=("Policy lead", "Press office"),
    unlooked=2,
    alive=False,
    written=False,
    published=False,
)
DONE = replace(NEW, invented=0, accounts=2, unlooked=0, alive=True, written=True)


def ticked(world: World) -> list[str]:
    """The steps that are done."""
    return [step.key for step in first_steps(world) if step.done]


def test_a_new_department_has_six_steps_of_which_the_configuration_has_done_one() -> None:
    """`init` writes a chain of clearance; everything else is left to people."""
    assert [step.key for step in first_steps(NEW)] == ["people", "accounts", "clearance", "periods", "daemon", "post"]
    assert ticked(NEW) == ["clearance"]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"invented": 0}, "people"),
        ({"accounts": 1}, "accounts"),
        ({"unlooked": 0}, "periods"),
        ({"alive": True}, "daemon"),
        ({"written": True}, "post"),
    ],
)
def test_each_step_is_ticked_by_its_own_fact_alone(change: dict[str, int], key: str) -> None:
    assert set(ticked(replace(NEW, **change))) == {"clearance", key}  # type: ignore[arg-type]  # fields of World


def test_one_invented_person_left_is_enough_not_to_be_done() -> None:
    assert "people" not in ticked(replace(NEW, people=9, invented=1))


def test_the_list_ends_when_all_is_done_and_when_anything_was_published() -> None:
    assert first_steps(DONE) == ()
    assert first_steps(replace(NEW, published=True)) == ()


def test_each_step_that_is_left_says_what_to_type_and_how_it_stands() -> None:
    assert all(step.command and step.said and step.words for step in first_steps(NEW))
    (people, *_) = first_steps(replace(NEW, people=5, invented=2))
    assert people.said == "2 of 5 are invented"
