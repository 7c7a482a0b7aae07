"""What an edit costs is told before it is saved, and it is what the edit then makes lapse."""

from datetime import timedelta

import pytest

from purdah_scheduler.application import exempting, lapsing, writing
from purdah_scheduler.domain.break_glass import BreakGlassRules
from purdah_scheduler.domain.clearance import Choice
from purdah_scheduler.domain.posts import HoldReason
from purdah_scheduler.errors import NotFound
from tests.application.desk import ANN, BOB, PAT, Desk
from tests.application.test_answers import NOON, REASON, WINTER, answer, campaigning, codes, exempted, signed
from tests.application.test_breaking import DEE, broken, submitted, with_house

DAY = timedelta(days=1)


def told(desk: Desk, post: int, *, editor: str = "alf", campaign: str | None = None) -> list[str]:
    found = lapsing.lapsing(desk.office, post, editor=editor, campaign=campaign)
    return [f"{person} {what}" for person, what in found.told(desk.office.house.zone)]


def test_an_edit_names_the_clearance_and_the_sign_off_with_whose_they_are(desk: Desk) -> None:
    post = signed(desk)
    assert told(desk, post) == [
        "bob approved on press, Mon 23 Nov 2026 09:00 GMT",
        "pat signed off its flags, Mon 23 Nov 2026 09:00 GMT",
    ]


def test_an_edit_names_the_exemption_that_it_makes_lapse(desk: Desk) -> None:
    post = exempted(desk)
    assert told(desk, post)[-1] == "pat granted exemption 1, until Sat 2 Jan 2027 12:00 GMT"
    writing.revise(desk.office, desk.act(ANN), post, desk.draft("Other words.", category="announcement"))
    assert HoldReason.BLOCKED in codes(answer(desk, post))
    assert told(desk, post) == []


def test_what_was_revoked_taken_back_or_has_ended_costs_nothing_more(desk: Desk) -> None:
    post = exempted(desk)
    exempting.revoke_exemption(desk.office, desk.act(PAT), 1)
    desk.decide(BOB, post, Choice.WITHDRAW)
    assert told(desk, post) == []
    other = desk.cleared(category="announcement")
    exempting.grant_exemption(desk.office, desk.act(PAT), other, until=NOON, reason=REASON)
    desk.clock.forward(DAY)
    assert [line.split(",")[0] for line in told(desk, other)] == ["bob approved on press"]


def test_an_exemption_of_the_campaign_goes_when_the_post_leaves_it_or_when_its_granter_edits(desk: Desk) -> None:
    post = campaigning(desk)
    line = "pat granted exemption 1 of the campaign “winter WARMTH”, until Sat 2 Jan 2027 12:00 GMT"
    assert line not in told(desk, post, campaign=WINTER.campaign.upper())
    assert line in told(desk, post, campaign="Be steady")
    assert line in told(desk, post, campaign=WINTER.campaign, editor="pat")


def test_a_broken_glass_goes_with_the_words_that_it_was_for(desk: Desk) -> None:
    with_house(desk, people=(*desk.office.house.people, DEE), break_glass=BreakGlassRules(enabled=True))
    post = submitted(desk)
    broken(desk, post, "press")
    assert told(desk, post) == ["dee broke the glass, Mon 23 Nov 2026 09:00 GMT"]
    desk.clock.forward(DAY)
    assert told(desk, post) == [], "it counts no more"


def test_of_a_post_that_does_not_exist_nothing_is_told(desk: Desk) -> None:
    with pytest.raises(NotFound):
        lapsing.lapsing(desk.office, 99, editor="ann")
