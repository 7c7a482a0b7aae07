"""What every channel keeps, whichever platform it speaks to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from purdah_scheduler.application.answers import AlreadyPublished, Rejected
from purdah_scheduler.application.ports import Channel
from purdah_scheduler.channels import catalogue
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account
from tests.fakes.fake_x import FakeX


@dataclass(frozen=True, kw_only=True)
class Case:
    """A channel opened through the catalogue, and the texts that its platform has."""

    name: str
    channel: Channel
    published: Callable[[], list[str]]


@pytest.fixture(params=["outbox", "x"])
def case(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    fake_x: FakeX,
    credentials_file: Path,
    make_account: Callable[..., Account],
) -> Case:
    name: str = request.param
    account = make_account(channel=name, base_url=fake_x.base_url if name == "x" else "", credentials=str(credentials_file))
    data_dir = tmp_path / "data"

    def in_outbox() -> list[str]:
        files = sorted((data_dir / "outbox" / "dept").glob("*.txt"))
        return [file.read_text("utf-8").partition("\n\n")[2].removesuffix("\n") for file in files]

    return Case(
        name=name,
        channel=catalogue.open_channel(account, data_dir=data_dir, credentials_dir=None),
        published=fake_x.texts if name == "x" else in_outbox,
    )


def test_commit_publishes_exactly_the_text_and_returns_a_receipt(case: Case, post: Outgoing) -> None:
    receipt = case.channel.commit(post, {})
    assert receipt.remote_id
    assert receipt.url.startswith({"x": "https://x.com/dept_example/status/", "outbox": "outbox:dept/"}[case.name])
    assert receipt.url.endswith(receipt.remote_id)
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
    case.channel.commit(replace(post, text=text), {})
    assert case.published() == [text]


def test_a_post_that_was_never_sent_is_not_found(case: Case, post: Outgoing) -> None:
    assert case.channel.find_published(post, {}) is None


def test_a_published_post_is_found_with_the_receipt_of_its_commit(case: Case, post: Outgoing) -> None:
    receipt = case.channel.commit(post, {})
    assert case.channel.find_published(post, {}) == receipt


def test_a_second_commit_of_a_post_publishes_nothing(case: Case, post: Outgoing) -> None:
    case.channel.commit(post, {})
    with pytest.raises(AlreadyPublished):
        case.channel.commit(post, {})
    assert case.published() == [post.text]


def test_a_deleted_post_is_gone_and_deleting_it_again_succeeds(case: Case, post: Outgoing) -> None:
    receipt = case.channel.commit(post, {})
    case.channel.delete(receipt.remote_id)
    assert case.published() == []
    assert case.channel.find_published(post, {}) is None
    case.channel.delete(receipt.remote_id)


def test_what_validate_blocks_is_never_published(case: Case, post: Outgoing) -> None:
    for text in ("", " \n ", "a" * (case.channel.limits.max_length + 1)):
        blocked = replace(post, text=text)
        assert [problem for problem in case.channel.validate(blocked) if problem.blocking]
        with pytest.raises(Rejected):
            case.channel.commit(blocked, {})
    assert case.published() == []


def test_a_text_of_exactly_the_limit_is_taken(case: Case, post: Outgoing) -> None:
    longest = replace(post, text="a" * case.channel.limits.max_length)
    assert case.channel.validate(longest) == ()
    case.channel.commit(longest, {})
    assert case.published() == [longest.text]


def test_stage_can_be_repeated_and_keeps_what_was_staged(case: Case, post: Outgoing) -> None:
    assert case.channel.stage(post, case.channel.stage(post, {"upload": "7"})) == {"upload": "7"}
    assert case.published() == []


def test_the_account_of_a_working_channel_is_well(case: Case) -> None:
    assert case.channel.check_account().ok


def test_the_limits_are_those_that_the_catalogue_tells(case: Case) -> None:
    assert case.channel.limits == catalogue.limits_for(case.name)
    assert catalogue.count(case.name, "abc") == (3, case.channel.limits.max_length, case.channel.limits.unit)


def test_a_look_up_needs_no_window(case: Case, post: Outgoing) -> None:
    unbounded = replace(post, not_before=None)
    receipt = case.channel.commit(unbounded, {})
    assert case.channel.find_published(unbounded, {}) == receipt


def test_a_look_up_in_a_window_of_another_zone_finds_the_post(case: Case, post: Outgoing) -> None:
    receipt = case.channel.commit(post, {})
    assert case.channel.find_published(replace(post, not_before=datetime.now(UTC).astimezone()), {}) == receipt
