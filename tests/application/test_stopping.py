"""The emergency stop works for everybody who may stop, and for nobody else."""

import pytest

from purdah_scheduler.application import stopping
from purdah_scheduler.errors import BadInput, NotAllowed, NotFound, StoreUnusable, TryAgain, WrongState
from tests.application.desk import ALF, BOB, OLA, VIC, Desk


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
