"""Every fault between the daemon and a platform ends with exactly one public post, or with an unknown that waits for people."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.publishing import Owner, Publisher
from purdah_scheduler.application.writing import Attachment
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from purdah_scheduler.domain.posts import Delivery, DeliveryState
from purdah_scheduler.web import TimeLimits
from tests.application.desk import Desk, HandClock, open_desk
from tests.channels import platforms, real_platforms
from tests.channels.platforms import Platform
from tests.channels.real_platforms import RealServers
from tests.fakes.chaos import Chaos

SETTLED = {DeliveryState.PUBLISHED, DeliveryState.HELD, DeliveryState.FAILED, DeliveryState.MISSED}
PLANS = {
    "none": (),
    "drop_req": ("drop_req",),
    "drop_resp": ("drop_resp",),
    "hang_resp": ("hang_resp",),
    "half_resp": ("half_resp",),
    "503": ("503",),
    "502html": ("502html",),
    "200html": ("200html",),
    "two_lost": ("drop_resp", "drop_resp"),
}
"""Fault -> what the proxy does to the publishing requests."""


_PNG = b"\x89PNG\r\n\x1a\n"


class Died(BaseException):
    """The daemon was killed."""


@dataclass
class Journey:
    """One post on its way through a daemon, a channel, the proxy and a platform."""

    desk: Desk
    platform: Platform
    proxy: Chaos
    folder: Path
    server: str = ""
    matrix: dict[str, dict[str, str]] = field(default_factory=dict)
    starts: int = 0

    def daemon(self, *, dies: bool = False) -> Publisher:
        """A daemon that has just started; one that `dies` does so when its request has been answered."""
        self.starts += 1
        publisher = Publisher(
            self.desk.office,
            owner=Owner(name=f"daemon-{self.starts}"),
            open_channel=functools.cache(self._dying if dies else self._open),
        )
        publisher.recover()
        return publisher

    def queue(self, *, pictures: int = 0) -> int:
        """A post that is due now."""
        attached = tuple(
            Attachment(data=_PNG + bytes([number]), type="image/png", alt=f"Picture {number}") for number in range(pictures)
        )
        text = self.platform.compose("The office is open on Monday.")
        return self.desk.queued(self.desk.clock.at, text, attachments=attached)

    def send(self, publisher: Publisher, post: int) -> Delivery:
        """Deliver the post, and again for as long as the daemon would try by itself."""
        for _try in range(10):
            claimed = publisher.claim(10)
            entry = publisher.deliver(claimed[0]) if claimed else self.desk.delivery(post)
            if entry.state is not DeliveryState.SCHEDULED:
                return entry
            self.desk.clock.forward((entry.not_again_before or self.desk.clock.at) - self.desk.clock.at)
        return self.desk.delivery(post)

    def look_until_settled(self, publisher: Publisher, post: int) -> Delivery:
        """Look the post up for as long as the daemon would by itself."""
        for _look in range(20):
            entry = self.desk.delivery(post)
            wanted = publisher.to_look_up()
            if entry.state is not DeliveryState.UNKNOWN or not wanted:
                return entry
            self.desk.clock.forward(max(wanted[0][0] - self.desk.clock.at, timedelta(0)))
            publisher.look_up(wanted[0][1])
        return self.desk.delivery(post)

    def count_posts(self, fault: str, post: int) -> int:
        """How many posts are public; the number and the state go into the table of faults."""
        count = len(self.platform.published())
        self.matrix.setdefault(self.server, {})[fault] = f"{count} {self.desk.delivery(post).state.value}"
        return count

    def _open(self, account: Account) -> Channel:
        return catalogue.open_channel(
            account,
            data_dir=self.folder,
            credentials_dir=None,
            now=self.desk.clock.now,
            limits=TimeLimits(connect=5, read=self.platform.patience, total=20),
        )

    def _dying(self, account: Account) -> Channel:
        channel = self._open(account)
        real = channel.commit

        def commit(outgoing: Outgoing, staged: dict[str, str]) -> None:
            real(outgoing, staged)
            raise Died

        channel.commit = commit  # type: ignore[method-assign,assignment]  # this one is killed before it can tell
        return channel


@pytest.fixture(params=[*platforms.NAMES, *real_platforms.PARAMETERS])
def journey(request: pytest.FixtureRequest, tmp_path: Path, real_servers: RealServers) -> Iterator[Journey]:
    desk = open_desk(tmp_path)
    with real_platforms.running(request.param, tmp_path, real_servers) as platform, Chaos(platform.base_url) as proxy:
        # The stand-ins date their posts by the true clock.
        desk.clock = HandClock(at=datetime.now(UTC).replace(microsecond=0))
        account = replace(platform.account, base_url=proxy.base_url)
        house = replace(desk.office.house, accounts=(account,), periods=())
        desk.office = replace(desk.office, house=house, clock=desk.clock)
        yield Journey(
            desk=desk, platform=platform, proxy=proxy, folder=tmp_path, server=request.param, matrix=real_servers.matrix
        )
    desk.office.store.close()


@pytest.mark.parametrize("fault", PLANS)
def test_a_fault_ends_with_one_post_and_its_receipt_or_with_none_and_a_person(journey: Journey, fault: str) -> None:
    journey.proxy.spoil(*PLANS[fault], on=journey.platform.publishing)
    post, publisher = journey.queue(), journey.daemon()
    sent = journey.send(publisher, post)
    assert sent.state is (DeliveryState.PUBLISHED if fault == "none" else DeliveryState.UNKNOWN)
    settled = journey.look_until_settled(publisher, post)
    arrived = fault not in ("drop_req", "503")
    provable = DeliveryState.HELD if journey.platform.knows_repeats else DeliveryState.UNKNOWN
    assert settled.state is (DeliveryState.PUBLISHED if arrived else provable)
    assert journey.count_posts(fault, post) == arrived
    assert bool(settled.remote_url) is arrived


def test_a_daemon_that_dies_after_its_request_leaves_one_post_and_its_receipt(journey: Journey) -> None:
    post, dying = journey.queue(), journey.daemon(dies=True)
    with pytest.raises(Died):
        journey.send(dying, post)
    publisher = journey.daemon()
    assert journey.desk.delivery(post).state is DeliveryState.UNKNOWN
    assert journey.look_until_settled(publisher, post).state is DeliveryState.PUBLISHED
    assert journey.count_posts("crash", post) == 1


def test_a_request_that_arrives_late_is_found_when_it_has_come(journey: Journey) -> None:
    journey.proxy.spoil("late", on=journey.platform.publishing)
    post, publisher = journey.queue(), journey.daemon()
    assert journey.send(publisher, post).state is DeliveryState.UNKNOWN
    early = publisher.to_look_up()[0]
    journey.desk.clock.forward(early[0] - journey.desk.clock.at)
    assert publisher.look_up(early[1]).state is DeliveryState.UNKNOWN
    journey.proxy.release()
    assert journey.look_until_settled(publisher, post).state is DeliveryState.PUBLISHED
    assert journey.count_posts("late", post) == 1


def test_a_fault_while_the_post_is_prepared_is_tried_again_and_ends_with_one_post(journey: Journey) -> None:
    journey.proxy.spoil("drop_resp", "502html", on=r"(?!.*/tweets).*")
    post, publisher = journey.queue(), journey.daemon()
    assert journey.send(publisher, post).state is DeliveryState.PUBLISHED
    assert len(journey.platform.published()) == 1


@pytest.mark.parametrize("journey", ["x", "facebook"], indirect=True)
@pytest.mark.parametrize("fault", PLANS)
def test_a_fault_around_a_post_with_pictures_ends_so_too(journey: Journey, fault: str) -> None:
    journey.proxy.spoil(*PLANS[fault], on=r"POST /2/media/upload")
    journey.proxy.spoil(*PLANS[fault], on=r"POST /2/media/metadata")
    journey.proxy.spoil(*PLANS[fault], on=r"POST /v26\.0/\d+/photos")
    journey.proxy.spoil(*PLANS[fault], on=journey.platform.publishing)
    post, publisher = journey.queue(pictures=2), journey.daemon()
    sent = journey.send(publisher, post)
    assert sent.state is (DeliveryState.PUBLISHED if fault == "none" else DeliveryState.UNKNOWN)
    settled = journey.look_until_settled(publisher, post)
    arrived = fault not in ("drop_req", "503")
    assert settled.state is (DeliveryState.PUBLISHED if arrived else DeliveryState.HELD)
    assert len(journey.platform.published()) == arrived
