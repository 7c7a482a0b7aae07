"""Many threads, one piece of work: each gets its own answer, and only once the work is safe."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from purdah_scheduler.application.together import Together
from purdah_scheduler.errors import StoreUnusable, TryAgain
from tests.daemon.processes import until


class Work:
    """Doubles numbers; the first call waits at a gate, so that the others come while it is under way."""

    def __init__(self, fault: Callable[[int], Exception | None] = lambda number: None) -> None:
        self.calls: list[list[int]] = []
        self.fault = fault
        self.open, self.begun = threading.Event(), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        if len(self.calls) == 1:
            self.begun.set()
            self.open.wait(60)
        for number in numbers:
            fault = self.fault(number)
            if fault is not None:
                raise fault
        return [2 * number for number in numbers]


def all_at_once(work: Work, numbers: Sequence[int], *, most: int = 100) -> list[int | BaseException]:
    """What each number got: the first one begins, and all the others come before it is done."""
    together = Together(work, most=most)

    def ask(number: int) -> int | BaseException:
        try:
            return together(number)
        except Exception as fault:  # noqa: BLE001 - it is what is looked at
            return fault

    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(ask, numbers[0])
        assert work.begun.wait(60)
        others = [pool.submit(ask, number) for number in numbers[1:]]
        until(lambda: together.waiting == len(others))
        work.open.set()
        return [each.result(60) for each in (first, *others)]


def test_what_comes_while_one_call_is_under_way_is_done_by_the_next() -> None:
    work = Work()
    assert all_at_once(work, range(8)) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert work.calls[0] == [0]
    assert sorted(work.calls[1]) == [1, 2, 3, 4, 5, 6, 7]


def test_no_call_is_larger_than_it_may_be() -> None:
    work = Work()
    assert all_at_once(work, range(8), most=3) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert [len(call) for call in work.calls] == [1, 3, 3, 1]


def test_after_one_that_was_late_half_as_many_are_done_at_once_and_then_one_more_each_time() -> None:
    work = Work()
    together = Together(work, most=4)
    for _ in range(3):
        together.tune(was_late=True)
    assert calls_of(together, work, range(4)) == [1, 1, 1, 1]
    together.tune(was_late=False)
    assert calls_of(together, work, range(4)) == [1, 2, 1]
    for _ in range(9):
        together.tune(was_late=False)
    assert calls_of(together, work, range(6)) == [1, 4, 1]


def calls_of(together: Together[int, int], work: Work, numbers: Sequence[int]) -> list[int]:
    """How many were done in each call, where all but the first come while the first is done."""
    work.calls.clear()
    work.begun.clear()
    work.open.clear()
    with ThreadPoolExecutor(len(numbers)) as pool:
        asked = [pool.submit(together, numbers[0])]
        assert work.begun.wait(60)
        asked += [pool.submit(together, number) for number in numbers[1:]]
        until(lambda: together.waiting == len(numbers) - 1)
        work.open.set()
        for each in asked:
            each.result(60)
    return [len(call) for call in work.calls]


def test_those_that_are_about_to_ask_are_waited_for_and_done_by_the_same_call() -> None:
    work, coming = Work(), [2]
    work.open.set()
    together = Together(work, coming=lambda: coming[0], patience=60)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(together, number) for number in range(3)]
        until(lambda: together.waiting == 3)
        coming[0] = 0
        assert sorted(each.result(60) for each in asked) == [0, 2, 4]
    assert [len(call) for call in work.calls] == [3]


def test_it_is_begun_when_it_is_time_with_whoever_has_come_until_then() -> None:
    work, begun, time_has_come, expected = Work(), threading.Event(), threading.Event(), list[tuple[int, int]]()
    work.open.set()

    def hold_off(first: int, many: int) -> None:
        expected.append((first, many))
        begun.set()
        assert time_has_come.wait(60)

    together = Together(work, coming=lambda: 0 if begun.is_set() else 2, hold_off=hold_off)
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(together, 7)]
        assert begun.wait(60)
        asked += [pool.submit(together, number) for number in (8, 9)]
        until(lambda: together.waiting == 3)
        time_has_come.set()
        assert [each.result(60) for each in asked] == [14, 16, 18]
    assert (expected, [len(call) for call in work.calls]) == ([(7, 3)], [3])


def test_what_does_not_fit_the_first_one_is_done_by_the_next_call() -> None:
    work, begun, go_on = Work(), threading.Event(), threading.Event()
    work.open.set()

    def hold_off(_first: int, _many: int) -> None:
        begun.set()
        assert go_on.wait(60)

    together = Together(work, hold_off=hold_off, fits=lambda first, wish: wish % 2 == first % 2)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(together, 1)]
        assert begun.wait(60)
        asked += [pool.submit(together, number) for number in (2, 3, 4)]
        until(lambda: together.waiting == 4)
        go_on.set()
        assert [each.result(60) for each in asked] == [2, 4, 6, 8]
    assert [sorted(call) for call in work.calls] == [[1, 3], [2, 4]]


def test_where_it_cannot_be_waited_for_the_first_one_alone_has_the_fault() -> None:
    work, faults = Work(), [TryAgain("The daemon was told to stop.")]
    work.open.set()

    def hold_off(_first: int, _many: int) -> None:
        if faults:
            raise faults.pop()

    together = Together(work, hold_off=hold_off)
    with pytest.raises(TryAgain, match="told to stop"):
        together(1)
    assert (together(2), work.calls, together.waiting) == (4, [[2]], 0)


def test_those_that_never_ask_are_not_waited_for_long() -> None:
    work = Work()
    work.open.set()
    assert Together(work, coming=lambda: 1, patience=0.01)(3) == 6


def test_one_that_cannot_be_done_has_its_own_fault_and_the_others_their_answers() -> None:
    work = Work(lambda number: StoreUnusable("That one is damaged.") if number == 4 else None)
    found = all_at_once(work, range(8))
    assert isinstance(found[4], StoreUnusable)
    assert [each for each in found if not isinstance(each, BaseException)] == [0, 2, 4, 6, 10, 12, 14]


def test_a_store_that_is_away_is_away_for_all_and_asked_once() -> None:
    work = Work(lambda number: TryAgain("It is busy.") if number else None)
    found = all_at_once(work, range(8))
    assert found[0] == 0
    assert all(isinstance(each, TryAgain) for each in found[1:])
    assert len(work.calls) == 2


def test_a_thread_that_comes_alone_does_its_own_work_and_nobody_waits_for_ever_after_a_fault() -> None:
    work = Work(lambda number: KeyError(number) if number == 1 else None)
    work.open.set()
    together = Together(work)
    with pytest.raises(KeyError):
        together(1)
    assert together(2) == 4


def test_after_a_thread_that_was_killed_in_the_middle_the_next_one_goes_on() -> None:
    class Killed(BaseException):
        """The process ends."""

    def do(numbers: Sequence[int]) -> list[int]:
        if numbers == [1]:
            raise Killed
        return list(numbers)

    together = Together(do)
    with pytest.raises(Killed):
        together(1)
    assert together(2) == 2
