"""The daemon settles unknown outcomes by itself: it looks on the platform, beside what is due and never in its way."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

from purdah_scheduler import bootstrap
from purdah_scheduler.application.answers import OutcomeUnknown, Receipt
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.publishing import Publisher
from purdah_scheduler.daemon.journal import Journal
from purdah_scheduler.daemon.looking import Looker
from purdah_scheduler.daemon.timekeeping import ClockWatch
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import ProductError
from tests.daemon.processes import running, until
from tests.houses import House

S = DeliveryState
LONG_AGO = timedelta(minutes=10)


class Mute:
    """A channel that does its work and loses the answer; `look` is asked before each look."""

    def __init__(self, channel: Channel, *, look: Event | None = None) -> None:
        self._channel, self._go = channel, look
        self.looking: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._channel, name)

    def commit(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt:
        self._channel.commit(outgoing, staged)
        raise OutcomeUnknown("The answer was lost.")

    def find_published(self, outgoing: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
        self.looking.append(outgoing.account)
        if self._go is not None:
            self._go.wait(20)
        return self._channel.find_published(outgoing, staged)


def unknown(house: House, account: str, text: str = "One.") -> int:
    """A post that is in the outbox and whose answer was lost, some minutes ago."""
    past = house.ago(LONG_AGO)
    post = past.scheduled(text, account)
    opener = bootstrap.channel_opener(house.config, past.office.clock)
    engine = Publisher(past.office, owner=Owner(name="lost"), open_channel=lambda account: Mute(opener(account)))
    for claimed in engine.claim(1):
        engine.deliver(claimed)
    assert house.delivery(post).state is S.UNKNOWN
    return post


def refuse(fault: ProductError) -> None:
    raise AssertionError(str(fault))


def test_a_running_daemon_finds_it_and_publishes_it_without_a_person(quiet_house: House) -> None:
    post = unknown(quiet_house, "outbox")
    with running(quiet_house) as process:
        process.wait_for("delivery.published", post=post)
    found = quiet_house.delivery(post)
    assert found.remote_url.startswith("outbox:outbox/")


def test_a_look_that_is_asked_for_is_made_at_once_by_the_daemon_that_runs(quiet_house: House) -> None:
    from purdah_scheduler.application import looking_up

    post = unknown(quiet_house, "outbox")
    (file,) = (quiet_house.config.store_path.parent / "outbox").rglob("*.txt")
    hidden = file.with_name("hidden")
    file.rename(hidden)
    with running(quiet_house) as process:
        process.wait_for("delivery.looked-up", post=post)
        assert quiet_house.delivery(post).state is S.UNKNOWN
        hidden.rename(file)
        looking_up.ask_for_look(quiet_house.office, quiet_house.actor("dougal"), post)
        process.wait_for("delivery.published", post=post)


def test_an_account_has_one_look_at_a_time_and_a_slow_one_holds_up_nobody_elses(quiet_house: House) -> None:
    for number in range(3):
        unknown(quiet_house, "outbox", f"Slow {number}.")
    quick = unknown(quiet_house, "other", "Quick.")
    go, opener = Event(), bootstrap.channel_opener(quiet_house.config, quiet_house.office.clock)
    slow: list[Mute] = []

    def opened(account: Account) -> Channel:
        if account.id == "outbox":
            slow.append(Mute(opener(account), look=go))
            return slow[-1]
        return opener(account)

    office = quiet_house.office
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        looker = Looker(
            office,
            Publisher(office, owner=Owner(name="d"), open_channel=opened),
            watch=ClockWatch(office.clock, high_water=None),
            journal=Journal(nowhere, now=lambda: datetime.now(UTC)),
            broken=refuse,
        )
        looker.turn()

        def found_the_quick_one() -> bool:
            looker.turn()
            return quiet_house.delivery(quick).state is S.PUBLISHED

        until(found_the_quick_one)
        assert [mute.looking for mute in slow] == [["outbox"]]
        go.set()

        def all_found() -> bool:
            looker.turn()
            with office.store.read() as reader:
                return not reader.in_state((S.UNKNOWN,))

        until(all_found)


def test_nothing_is_looked_up_while_the_clock_is_in_doubt(quiet_house: House) -> None:
    post = unknown(quiet_house, "outbox")
    office = quiet_house.office
    looker = Looker(
        office,
        Publisher(office, owner=Owner(name="d"), open_channel=lambda account: (_ for _ in ()).throw(AssertionError(account))),
        watch=ClockWatch(office.clock, high_water=office.now() + timedelta(days=1)),
        journal=Journal(StringIO(), now=office.now),
        broken=refuse,
    )
    looker.turn()
    assert quiet_house.delivery(post).state is S.UNKNOWN
    with office.store.read() as reader:
        assert reader.look_ups(quiet_house.delivery(post).id) == ()
