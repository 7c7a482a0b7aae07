"""What every channel keeps, whichever platform it speaks to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import AlreadyPublished, Receipt, Recent, Rejected
from purdah_scheduler.application.channel_ports import Channel, ListingChannel
from purdah_scheduler.channels import catalogue
from purdah_scheduler.channels.comparing import comparable
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
from tests.channels import platforms, real_platforms
from tests.channels.real_platforms import RealServers

_APART = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A channel as the catalogue opens it, each time anew; the texts that its platform has, and where its receipts lead."""

    name: str
    opened_again: Callable[[], ListingChannel]
    published: Callable[[], list[str]]
    receipt_url: str
    compose: Callable[[str], str] = str
    knows_repeats: bool = True

    @cached_property
    def channel(self) -> ListingChannel:
        """The channel that a test works with."""
        return self.opened_again()

    def publish(self, post: Outgoing) -> Receipt:
        """Prepare and commit, as the daemon does."""
        return self.channel.commit(post, self.channel.stage(post, {}))


@pytest.fixture(params=["outbox", *platforms.LOGINS, *real_platforms.PARAMETERS])
def case(request: pytest.FixtureRequest, tmp_path: Path, real_servers: RealServers) -> Iterator[Case]:
    name: str = request.param
    data_dir = tmp_path / "data"

    def in_outbox() -> list[str]:
        files = sorted((data_dir / "outbox" / "dept").glob("*.txt"))
        return [file.read_text("utf-8").partition("\n\n")[2].removesuffix("\n") for file in files]

    def opener(account: Account) -> Callable[[], ListingChannel]:
        return lambda: catalogue.open_channel(account, data_dir=data_dir, credentials_dir=None)

    if name == "outbox":
        account = Account(id="dept", channel="outbox", handle="outbox", kind=AccountKind.DEPARTMENT, body=Body.UK_CIVIL_SERVICE)
        yield Case(name=name, opened_again=opener(account), published=in_outbox, receipt_url="outbox:dept/")
        return
    with real_platforms.running(name, tmp_path, real_servers) as platform:
        yield Case(
            name=platform.name,
            opened_again=opener(platform.account),
            published=platform.published,
            receipt_url=platform.receipt_url,
            compose=platform.compose,
            knows_repeats=platform.knows_repeats,
        )


@pytest.fixture
def post(case: Case) -> Outgoing:
    text = case.compose("The office is open on Monday.")
    return Outgoing(key="d1-r1", account="dept", text=text, not_before=datetime.now(UTC))


def committed_again(channel: Channel, post: Outgoing, staged: Mapping[str, str]) -> Receipt | None:
    """The receipt of one more commit, or the one that the channel gives while it refuses it."""
    try:
        return channel.commit(post, channel.stage(post, staged))
    except AlreadyPublished as said:
        return said.receipt


def test_commit_publishes_exactly_the_text_and_returns_a_receipt(case: Case, post: Outgoing) -> None:
    receipt = case.publish(post)
    assert receipt.remote_id
    assert receipt.url.startswith(case.receipt_url)
    assert case.published() == [post.text]


@pytest.mark.parametrize(
    "text",
    [
        "Line one\n\nLine three & <more>",
        "Ŵyl Dewi hapus 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
        "[/] ` \" ' \\ %41",
    ],
)
def test_the_text_arrives_unchanged(case: Case, post: Outgoing, text: str) -> None:
    case.publish(replace(post, text=case.compose(text)))
    assert case.published() == [case.compose(text)]


def test_a_post_that_was_never_sent_is_not_found(case: Case, post: Outgoing) -> None:
    assert case.channel.find_published(post, case.channel.stage(post, {})) is None


def test_a_published_post_is_found_with_the_receipt_of_its_commit(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    receipt = case.channel.commit(post, staged)
    assert case.channel.find_published(post, staged) == receipt


def test_a_second_commit_of_a_post_publishes_nothing(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    receipt = case.channel.commit(post, staged)
    if not case.knows_repeats:
        # So nothing may be sent to it again unless a person says so.
        assert not case.channel.proof.absence
        return
    assert committed_again(case.channel, post, staged) in (None, receipt)
    assert case.published() == [post.text]


def test_a_second_commit_after_a_restart_publishes_nothing(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    receipt = case.channel.commit(post, staged)
    channel = case.opened_again()
    if not case.knows_repeats:
        assert channel.find_published(post, staged) == receipt
        assert not channel.proof.absence
        return
    assert committed_again(channel, post, staged) in (None, receipt)
    assert case.published() == [post.text]
    assert channel.find_published(post, staged) == receipt


def test_a_deleted_post_is_gone_and_deleting_it_again_succeeds(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    receipt = case.channel.commit(post, staged)
    case.channel.delete(receipt.remote_id)
    assert case.published() == []
    assert case.channel.find_published(post, staged) is None
    case.channel.delete(receipt.remote_id)


def test_what_validate_blocks_is_never_published(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    for text in ("", " \n ", case.compose("a" * (case.channel.limits.max_length + 1))):
        blocked = replace(post, text=text)
        assert [problem for problem in case.channel.validate(blocked) if problem.blocking]
        with pytest.raises(Rejected):
            case.channel.commit(blocked, staged)
    assert case.published() == []


def test_a_text_of_exactly_the_limit_is_taken(case: Case, post: Outgoing) -> None:
    room = case.channel.limits.max_length - catalogue.count(case.name, case.compose(""))[0]
    longest = replace(post, text=case.compose("a" * room))
    assert case.channel.validate(longest) == ()
    case.publish(longest)
    assert case.published() == [longest.text]


def test_stage_can_be_repeated_and_keeps_what_was_staged(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {"upload": "7"})
    assert staged["upload"] == "7"
    assert case.channel.stage(post, staged) == staged
    assert case.published() == []


def test_the_account_of_a_working_channel_is_well(case: Case) -> None:
    assert case.channel.check_account().ok


def test_the_limits_are_those_that_the_catalogue_tells(case: Case) -> None:
    assert case.channel.limits == catalogue.limits_for(case.name)
    assert catalogue.count(case.name, "abc") == (3, case.channel.limits.max_length, case.channel.limits.unit)


def test_what_is_on_the_account_is_listed_with_its_receipt_and_only_read(case: Case, post: Outgoing) -> None:
    begin = datetime.now(UTC) - timedelta(hours=1)
    assert case.channel.recent(begin, limit=10) == Recent(posts=(), whole=True)
    receipt = case.publish(post)
    published = case.published()
    listed = case.opened_again().recent(begin, limit=10)
    (found,) = listed.posts
    assert (found.remote_id, found.url, listed.whole) == (receipt.remote_id, receipt.url, True)
    assert comparable(found.text) == comparable(post.text)
    assert found.at is None or found.at >= begin
    assert case.published() == published
    assert case.channel.recent(datetime.now(UTC) + timedelta(hours=1), limit=10).posts == ()


def test_a_list_that_is_cut_short_says_so_and_has_the_newest(case: Case, post: Outgoing) -> None:
    """The posts are made a little apart: not every platform tells the order of one second."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    ids = [
        case.publish(
            replace(post, key=f"d{n}-r1", text=case.compose(f"The office number {n} is open."), not_before=begin + n * _APART)
        ).remote_id
        for n in range(1, 4)
    ]
    listed = case.channel.recent(begin, limit=2)
    assert not listed.whole
    assert len(listed.posts) == 2
    assert {each.remote_id for each in listed.posts} <= set(ids)
    assert {each.remote_id for each in case.channel.recent(begin, limit=3).posts} == set(ids)


def test_a_look_up_needs_no_window(case: Case, post: Outgoing) -> None:
    unbounded = replace(post, not_before=None)
    staged = case.channel.stage(unbounded, {})
    receipt = case.channel.commit(unbounded, staged)
    assert case.channel.find_published(unbounded, staged) == receipt


def test_a_look_up_in_a_window_of_another_zone_finds_the_post(case: Case, post: Outgoing) -> None:
    staged = case.channel.stage(post, {})
    receipt = case.channel.commit(post, staged)
    assert case.channel.find_published(replace(post, not_before=datetime.now(UTC).astimezone()), staged) == receipt
