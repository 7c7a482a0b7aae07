"""Which of several states a list shows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from purdah_scheduler.domain.posts import TROUBLE, AccountState, DeliveryState, PostState, ThreadState
from purdah_scheduler.store.shown import OnAccount, account_state, folded, shown

NOON = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)


def entry(state: AccountState | None, *, account: str = "a", due_at: datetime = NOON, url: str = "") -> OnAccount:
    return OnAccount(
        account=account,
        state=state,
        due_at=None if state is None else due_at,
        reason_code="",
        reason=f"why {account}",
        remote_url=url,
    )


def test_every_state_that_a_post_can_have_on_an_account_has_its_place_in_the_order() -> None:
    assert set(TROUBLE) == {*DeliveryState, *ThreadState}
    assert len(TROUBLE) == len(DeliveryState) + len(ThreadState)


@given(states=st.lists(st.sampled_from(list(TROUBLE)), min_size=1, max_size=6))
def test_a_scheduled_post_shows_its_worst_account(states: list[AccountState]) -> None:
    found = shown(PostState.SCHEDULED, NOON, [entry(state, account=str(number)) for number, state in enumerate(states)])
    assert found.state == min(states, key=TROUBLE.index)


@given(
    post=st.sampled_from([state for state in PostState if state is not PostState.SCHEDULED]),
    states=st.lists(st.sampled_from([None, DeliveryState.PUBLISHED, DeliveryState.CANCELLED, ThreadState.SHORTENED]), max_size=4),
)
def test_a_post_that_is_not_scheduled_shows_itself_when_its_deliveries_are_over(
    post: PostState, states: list[AccountState | None]
) -> None:
    found = shown(post, NOON, [entry(state, account=str(number)) for number, state in enumerate(states)])
    assert (found.state, found.at, found.reason) == (str(post), NOON, "")


def test_of_equal_trouble_the_earliest_is_shown() -> None:
    late = entry(DeliveryState.HELD, account="a", due_at=NOON + timedelta(minutes=1))
    assert shown(PostState.SCHEDULED, None, [late, entry(DeliveryState.HELD, account="b")]).reason == "why b"


def test_an_account_whose_delivery_was_taken_back_follows_the_post_unless_that_is_scheduled() -> None:
    gone = entry(DeliveryState.CANCELLED)
    assert account_state(PostState.DRAFT, gone) == "draft"
    assert account_state(PostState.SCHEDULED, gone) == "cancelled"
    assert account_state(PostState.WITHDRAWN, entry(DeliveryState.PUBLISHED)) == "published"


@given(text=st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
