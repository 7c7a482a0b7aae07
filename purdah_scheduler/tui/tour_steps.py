"""The ten steps of the guided tour: what to do, and how the screen or the record shows that it was done."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen

from purdah_scheduler.domain.policy import Verdict
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.lean import lean_dataclass
from purdah_scheduler.tui.audit import AuditScreen
from purdah_scheduler.tui.calendar_day import Explained
from purdah_scheduler.tui.compose import ComposeScreen
from purdah_scheduler.tui.post import PostScreen
from purdah_scheduler.tui.queue import QueueScreen
from purdah_scheduler.tui.rowlist import RowList


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a step is judged by: the screen on view, the actions of this person on record since the tour began, in the order
    of the record, and the post that was under the cursor of the queue when the step began."""

    screen: Screen[Any]
    actions: tuple[str, ...] = ()
    pointed: int | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class TourStep:
    """One step. In `words` an id of a key in angle brackets stands for that key."""

    title: str
    words: str
    done: Callable[[Look], bool]


def pointed_in(screen: Screen[Any]) -> int | None:
    """The post under the cursor of the queue, where that is on view."""
    lists = screen.query(RowList) if isinstance(screen, QueueScreen) else ()
    return next((found.pointed for found in lists), None)


def _another_post(look: Look) -> bool:
    here = pointed_in(look.screen)
    return None not in (here, look.pointed) and here != look.pointed


def _held_post(look: Look) -> bool:
    view = look.screen.view if isinstance(look.screen, PostScreen) else None
    deliveries = [entry.delivery for entry in view.accounts] if view is not None else []
    return any(delivery is not None and delivery.state is DeliveryState.HELD for delivery in deliveries)


def _words_typed(look: Look) -> bool:
    return isinstance(look.screen, ComposeScreen) and bool(look.screen.current.text.strip())


def _blocked(look: Look) -> bool:
    checks = look.screen.checks if isinstance(look.screen, ComposeScreen) else None
    return checks is not None and checks.planned and checks.verdict is Verdict.BLOCK


def _day_explained(look: Look) -> bool:
    return any(part.has_focus for part in look.screen.query(Explained))


def _went_on(look: Look) -> bool:
    actions = look.actions
    return "publishing.paused" in actions and "publishing.resumed" in actions[actions.index("publishing.paused") :]


def _verified(look: Look) -> bool:
    return isinstance(look.screen, AuditScreen) and look.screen.verified is not None


STEPS = (
    TourStep(
        title="The queue",
        words="An election has been called today in this invented department. This is its queue, due first: walk down it "
        "with <move.down>. HELD means: nothing is sent until a person acts.",
        done=_another_post,
    ),
    TourStep(
        title="Why a post is held",
        words="Type <list.filter>  state:held  and enter, then <post.open> on one of them. “Pre-election check” names the "
        "period, the rule and its source.",
        done=_held_post,
    ),
    TourStep(
        title="Give a post another time",
        words="<app.back> leads back, once more takes the filter away. On a post that says Scheduled press <post.move>, type  "
        "tomorrow 14:00  and enter: the box says what the rules say then. y moves it.",
        done=lambda look: "post.scheduled" in look.actions,
    ),
    TourStep(
        title="Write a post",
        words="<go.compose> opens a new post: type a sentence. What you type is kept even if the terminal dies.",
        done=_words_typed,
    ),
    TourStep(
        title="The verdict while you write",
        words="Tab on to Accounts and tick rivers with space, type  tomorrow 9:30  at When, and choose Funding as Category. "
        "The checks then say that it would be held, by which period and rule.",
        done=_blocked,
    ),
    TourStep(
        title="Ask for clearance",
        words="<compose.submit> saves it and asks for clearance. You may plan what is blocked: it would be held, never sent.",
        done=lambda look: "post.submitted" in look.actions,
    ),
    TourStep(
        title="Clear what somebody else wrote",
        words="You cannot clear your own. <go.review> shows what waits for you: read one to its end with <move.page_down>, then "
        "<review.approve> approves exactly that text, after y. Or <review.changes> says no, with a reason.",
        done=lambda look: any(action.startswith("decision.") for action in look.actions),
    ),
    TourStep(
        title="The calendar",
        words="<go.calendar> shows the month, a band for each period. <calendar.explain> explains the day under the cursor.",
        done=_day_explained,
    ),
    TourStep(
        title="Stop everything, and let it go on",
        words="<daemon.stop> stops all publishing from any list: give a reason, then y. The same key lets it go on. What came "
        "due meanwhile waits for a person; it is not sent late.",
        done=_went_on,
    ),
    TourStep(
        title="The record",
        words="<go.audit> shows everything that was done, by whom. <audit.verify> and enter verify that nothing in it was "
        "changed; esc closes the box.",
        done=_verified,
    ),
)
