"""The emergency stop works for everybody who may stop, and for nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from purdah_scheduler.application import stopping
from purdah_scheduler.application.office import Office
from purdah_scheduler.bootstrap import StopFile
from purdah_scheduler.domain.people import Person, Role
from purdah_scheduler.domain.posts import DeliveryState, HoldReason
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, StoreUnusable, TryAgain, WrongState
from tests.application.desk import ALF, BOB, OLA, VIC, Desk

PIP = Person(id="pip", name="Pip Publisher", roles=frozenset({Role.PUBLISHER}))


def test_a_viewer_stops_nothing(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        stopping.pause(desk.office, desk.act(VIC), reason="Mischief")
    assert desk.office.stop.reason() == ""


def test_a_suspended_person_stops_nothing(desk: Desk) -> None:
    stopping.suspend(desk.office, desk.act(OLA), "bob")
    with pytest.raises(NotAllowed, match="suspended"):
        stopping.pause(desk.office, desk.act(BOB), reason="Mischief")
    assert desk.office.stop.reason() == ""


def test_a_stop_that_cannot_be_recorded_still_stops(desk: Desk) -> None:
    database = desk.folder / "purdah.db"
    desk.office.store.close()
    database.write_bytes(b"")
    with pytest.raises((StoreUnusable, TryAgain)):
        stopping.pause(desk.office, desk.act(ALF), reason="Account taken over")
    assert desk.office.stop.reason() == "alf: Account taken over"


def test_a_stop_that_has_no_place_for_its_file_is_on_record_and_stops(desk: Desk) -> None:
    office = replace(desk.office, stop=StopFile(path=desk.folder / "gone" / "STOP"))
    stopping.pause(office, desk.act(ALF), reason="Account taken over")
    with office.store.read() as reader:
        assert [(pause.account, pause.reason) for pause in reader.pauses()] == [("", "Account taken over")]


def test_a_viewer_does_not_stop_this_machine_either(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        stopping.stop_here(desk.office.stop, desk.act(VIC), reason="Mischief")
    assert desk.office.stop.reason() == ""


def test_a_stop_needs_a_reason_and_a_known_account(desk: Desk) -> None:
    with pytest.raises(BadInput, match="needs a reason"):
        stopping.pause(desk.office, desk.act(ALF), reason=" ")
    with pytest.raises(NotFound):
        stopping.pause(desk.office, desk.act(ALF), reason="Drill", account="nobody")


def test_only_publishers_and_operators_let_it_go_on(desk: Desk) -> None:
    stopping.pause(desk.office, desk.act(ALF), reason="Drill")
    with pytest.raises(NotAllowed):
        stopping.resume(desk.office, desk.act(ALF))
    assert desk.office.stop.reason()
    stopping.resume(desk.office, desk.act(OLA))
    assert desk.office.stop.reason() == ""
    with pytest.raises(WrongState, match="not paused"):
        stopping.resume(desk.office, desk.act(OLA))


def test_nobody_restores_themselves(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Nobody restores themselves"):
        stopping.restore(desk.office, desk.act(OLA), "ola")


def strict(desk: Desk) -> Office:
    """The same office in a house where nobody undoes a stop of their own."""
    return replace(desk.office, house=replace(desk.office.house, resume_needs_second=True))


@pytest.mark.parametrize("account", ["", "dept"])
def test_where_a_second_person_is_asked_for_nobody_undoes_a_stop_of_their_own(desk: Desk, account: str) -> None:
    stopping.pause(desk.office, desk.act(OLA), reason="Account taken over", account=account)
    with pytest.raises(NotAllowed, match="nobody undoes a stop of their own") as refused:
        stopping.resume(strict(desk), desk.act(OLA), account=account)
    assert "purdah-scheduler resume" in refused.value.next_step
    with desk.office.store.read() as reader:
        assert [pause.account for pause in reader.pauses()] == [account]
        assert [entry.action for entry in reader.entries()] == ["publishing.paused"]
    stopping.resume(strict(desk), desk.act(PIP), account=account)
    with desk.office.store.read() as reader:
        assert reader.pauses() == ()


def test_a_stop_by_the_file_alone_has_its_person_too(desk: Desk) -> None:
    desk.office.stop.set("ola: The queue could not be opened")
    with pytest.raises(NotAllowed, match="Ola Operator stopped it"):
        stopping.resume(strict(desk), desk.act(OLA))
    assert desk.office.stop.reason()
    stopping.resume(strict(desk), desk.act(PIP))
    assert desk.office.stop.reason() == ""


def test_what_came_due_while_no_daemon_was_there_is_held_by_resuming(desk: Desk) -> None:
    """Within its lateness a daemon that starts afterwards would send all of it at once."""
    late = desk.queued(desk.clock.now() + timedelta(minutes=1))
    later = desk.queued(desk.clock.now() + timedelta(hours=1))
    stopping.pause(desk.office, desk.act(OLA), reason="Drill")
    desk.clock.forward(timedelta(minutes=2))
    assert stopping.resume(desk.office, desk.act(OLA)) == 1
    held = desk.delivery(late)
    assert (held.state, held.reason_code) == (DeliveryState.HELD, HoldReason.PAUSED)
    assert desk.delivery(later).state is DeliveryState.SCHEDULED
    with desk.office.store.read() as reader:
        assert [entry.action for entry in reader.entries()][-2:] == ["delivery.held", "publishing.resumed"]


def test_resuming_one_account_leaves_what_is_late_on_another(desk: Desk) -> None:
    late = desk.queued(desk.clock.now() + timedelta(minutes=1))
    stopping.pause(desk.office, desk.act(OLA), reason="Drill", account="agency")
    desk.clock.forward(timedelta(minutes=2))
    assert stopping.resume(desk.office, desk.act(OLA), account="agency") == 0
    assert desk.delivery(late).state is DeliveryState.SCHEDULED
