"""Whole stories of a post, steered so that nearly every one of them comes to a request or to a reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.application.bench import Bench
from tests.application.oracle import ELECTION, INSIDE, REFERENDUM
from tests.application.scripted import ANSWERS, Script

T = TypeVar("T")

MINUTE = timedelta(minutes=1)
UNTIL_DUE = 20 * MINUTE
EVERYBODY = frozenset({"civil service", "agency"})

SEASONS: dict[str, tuple[float, float]] = {
    "in force": (-60, 300),
    "begins before": (12, 300),
    "begins at": (20, 300),
    "begins just after": (20.5, 300),
    "begins after": (22, 300),
    "ends before": (-60, 14),
    "ends at": (-60, 20),
}
"""Minutes from the beginning of the story to the beginning and the end of the period; the post is due in the 20th."""


PLAIN = Script()


@dataclass(frozen=True, slots=True)
class Voyage:
    """One story. As it stands it is the plain one: Ann writes, Bob and Pat clear it, it goes out on time."""

    category: str = "announcement"
    season: str = ""
    accounts: tuple[str, ...] = ("dept",)
    bodies: frozenset[str] = EVERYBODY
    called_late: bool = False
    second_editor: bool = False
    policy_by: str = "bob"
    press_by: str = "pat"
    glass: tuple[str, ...] = ()
    glass_by: str = "dee"
    glass_reviewed_by: str = ""
    stale_reading: bool = False
    exempted_by: str = ""
    exempted_for: timedelta = 60 * MINUTE
    campaign_by: str = ""
    kind: str = ELECTION
    revoked: bool = False
    extended: bool = False
    called_again: bool = False
    signer: str = "pat"
    signed: str = ""
    trouble: str = ""
    trouble_late: bool = False
    cleared_again: str = ""
    queued_again_by: str = "schedule"
    afterwards: str = ""
    stopped: bool = False
    frozen: bool = False
    woken_early: bool = False
    late: timedelta = timedelta(0)
    script: Script = PLAIN
    then: str = "ok"
    taken_back: bool = False


_BARRED: dict[str, Any] = {"category": "announcement", "season": "in force"}
_FLAGGED: dict[str, Any] = {"category": "factual-policy"}
_RISKY: dict[str, Any] = {"category": "announcement"}
_FREE: dict[str, Any] = {"category": "operational-service"}
_AGAIN: dict[str, Any] = {"cleared_again": "fully"}

CLEARING: tuple[dict[str, Any], ...] = (
    _FREE | {"second_editor": True, "press_by": "eve"},
    _FREE | {"second_editor": True, "stale_reading": True},
    _FREE | {"policy_by": "ann"},
    _FREE | {"press_by": "bob"},
    _FREE | {"trouble": "edit", "cleared_again": "by a no taken back"},
    _FREE | {"trouble": "edit", "trouble_late": True} | _AGAIN,
    _FREE | {"trouble": "edit and back", "cleared_again": "by a no taken back"},
    _FREE | {"trouble": "edit and back", "trouble_late": True} | _AGAIN,
    _FREE | {"trouble": "edit and withdraw", "trouble_late": True},
    _FREE | {"trouble": "reject"},
    _FREE | {"trouble": "reject", "trouble_late": True},
    _FREE | {"trouble": "withdraw", "trouble_late": True},
    _FREE | {"trouble": "withdraw", "trouble_late": True, "queued_again_by": "release"} | _AGAIN,
    _FREE | {"trouble": "suspend"},
    _FREE | {"trouble": "suspend", "trouble_late": True, "cleared_again": "by a no taken back"},
    _FREE | {"trouble": "suspend and restore", "trouble_late": True},
)
EXEMPTING: tuple[dict[str, Any], ...] = (
    _BARRED | {"exempted_by": "ann"},
    _BARRED | {"exempted_by": "pat"},
    _BARRED | {"exempted_by": "pat", "trouble": "edit"} | _AGAIN,
    _BARRED | {"exempted_by": "eve", "trouble": "second editor and back"} | _AGAIN,
    _BARRED | {"exempted_by": "pat", "revoked": True},
    _BARRED | {"exempted_by": "pat", "exempted_for": UNTIL_DUE + MINUTE, "late": 3 * MINUTE},
    _BARRED | {"exempted_by": "pat", "called_again": True},
    _BARRED | {"exempted_by": "pat", "extended": True},
    _BARRED | {"exempted_by": "pat", "kind": REFERENDUM},
    _BARRED | {"campaign_by": "pat"},
    _BARRED | {"campaign_by": "eve", "second_editor": True},
    _BARRED | {"campaign_by": "pat", "trouble": "edit"} | _AGAIN,
    _BARRED | {"campaign_by": "pat", "called_again": True},
    _BARRED | {"campaign_by": "pat", "extended": True},
    _BARRED | {"campaign_by": "pat", "revoked": True},
    _BARRED | {"campaign_by": "pat", "kind": REFERENDUM},
    _BARRED | {"campaign_by": "pat", "exempted_for": UNTIL_DUE + MINUTE, "late": 3 * MINUTE},
)
SIGNING: tuple[dict[str, Any], ...] = (
    _FLAGGED | {"season": "begins before", "signed": "early"},
    _FLAGGED | {"season": "begins before", "signed": "inside"},
    _FLAGGED | {"season": "in force", "signed": "inside", "called_again": True},
    _FLAGGED | {"season": "in force", "signed": "inside", "extended": True},
    _FLAGGED | {"season": "in force", "signed": "inside", "signer": "bob"},
    _FLAGGED | {"season": "in force", "signed": "inside", "accounts": ("agency",), "signer": "bob"},
    _RISKY | {"season": "ends before", "signed": "inside"},
)
CALLING: tuple[dict[str, Any], ...] = (
    _BARRED | {"called_late": True},
    _RISKY | {"season": "begins after", "late": 3 * MINUTE},
    _RISKY | {"season": "begins after", "script": Script(asleep=150.0)},
    _RISKY | {"season": "begins just after", "script": Script(preparing=60.0)},
)
_PRESS, _BOTH = ("press",), ("policy", "press")
BREAKING: tuple[dict[str, Any], ...] = (
    _FREE | {"glass": _PRESS},
    _FREE | {"glass": _BOTH, "glass_reviewed_by": "pat"},
    _FREE | {"glass": _BOTH, "glass_reviewed_by": "ann"},
    _FREE | {"glass": _BOTH, "glass_reviewed_by": "dee"},
    _FREE | {"glass": _BOTH, "glass_by": "eve", "second_editor": True},
    _FREE | {"glass": _BOTH, "glass_by": "bob"},
    _FREE | {"glass": _PRESS, "stale_reading": True, "second_editor": True},
    _FREE | {"glass": _PRESS, "trouble": "edit", "cleared_again": "by policy alone"},
    _FREE | {"glass": _PRESS, "trouble": "edit", "trouble_late": True, "cleared_again": "by policy alone"},
    _FREE | {"glass": _PRESS, "trouble": "reject"},
    _FREE | {"glass": _BOTH, "trouble": "suspend the duty", "trouble_late": True},
)
GLASS_AND_BLOCK: tuple[dict[str, Any], ...] = (
    _BARRED | {"glass": _BOTH},
    _BARRED | {"glass": _BOTH, "kind": REFERENDUM},
    _RISKY | {"glass": _PRESS, "season": "begins after", "late": 3 * MINUTE},
    _RISKY | {"glass": _BOTH, "season": "begins after", "late": 3 * MINUTE, "kind": REFERENDUM},
    _FLAGGED | {"glass": _BOTH, "season": "in force"},
)
GLASS_AND_STOP: tuple[dict[str, Any], ...] = (
    _FREE | {"glass": _PRESS, "stopped": True},
    _FREE | {"glass": _BOTH, "stopped": True},
)
CALENDAR = (*CALLING, *EXEMPTING, *SIGNING)
WAY: tuple[dict[str, Any], ...] = (
    _FREE | {"stopped": True},
    _BARRED | {"stopped": True, "accounts": ("agency", "dept"), "bodies": frozenset({"civil service"})},
    _FREE | {"woken_early": True},
    _FREE | {"frozen": True},
    _FREE | {"late": 15 * MINUTE},
    _FREE | {"late": 16 * MINUTE},
    _FREE | {"afterwards": "withdraw"},
    _FREE | {"afterwards": "reject", "accounts": ("agency", "dept")},
    _FREE | {"script": Script("killed, lost")},
)
PLATFORM: tuple[dict[str, Any], ...] = (
    _FREE | {"script": Script("unknown, public")},
    _FREE | {"script": Script("unknown, lost")},
    _FREE | {"script": Script("slow, public")},
    _FREE | {"script": Script("slow, public"), "taken_back": True},
    _FREE | {"script": Script("slow, public"), "taken_back": True, "accounts": ("agency", "dept")},
    _FREE | {"script": Script("killed, public")},
    _FREE | {"script": Script("retry"), "then": "unknown, public"},
)
TURNS = (*CLEARING, *CALENDAR, *WAY, *PLATFORM, *BREAKING, *GLASS_AND_BLOCK, *GLASS_AND_STOP)
"""Ways in which a story differs from the plain one, each with what makes it matter."""

SCRIPTS = (
    *(Script(answer) for answer in ANSWERS),
    Script("killed while preparing"),
    Script(preparing=60.0),
    Script(preparing=120.0),
    Script(asleep=150.0),
)


@st.composite
def voyages(draw: st.DrawFn, turns: Sequence[dict[str, Any]] = TURNS) -> Voyage:
    """A story with one of `turns`, perhaps with a second one of any kind, in a season, on a platform that mostly behaves."""
    changes: dict[str, Any] = {
        "category": draw(st.sampled_from(sorted(INSIDE))),
        "season": draw(st.sampled_from(("", "", "", *SEASONS))),
        "accounts": draw(_mostly(("dept",), ("agency", "dept"))),
        "bodies": draw(_mostly(EVERYBODY, frozenset({"civil service"}))),
        "script": draw(_mostly(PLAIN, *SCRIPTS)),
    }
    changes |= draw(_mostly({}, *TURNS))
    return replace(Voyage(), **changes | draw(st.sampled_from(turns)))


def _mostly(usual: T, *others: T) -> st.SearchStrategy[T]:
    return st.integers(0, 5).flatmap(lambda dice: st.sampled_from(others) if dice == 5 else st.just(usual))


def sail(bench: Bench, voyage: Voyage) -> None:
    """Play the story. Each step is tried, whatever became of the one before it."""
    began = bench.clock.now()
    due = began + UNTIL_DUE
    if not voyage.called_late:
        _call(bench, voyage, began)
    post = bench.write("ann", "First words.", voyage.category, voyage.accounts)
    if post is None:
        return
    _clear(bench, voyage, post)
    if not voyage.trouble_late:
        _trouble(bench, voyage, post)
    bench.schedule(post, "ann", due)
    if voyage.called_late:
        _call(bench, voyage, began)
    if voyage.trouble_late:
        _trouble(bench, voyage, post)
        if voyage.queued_again_by == "release":
            bench.release(post, "ola", due)
        else:
            bench.schedule(post, "ola", due)
    if voyage.signed == "early":
        bench.decide(post, voyage.signer, "sign-off")
    if voyage.revoked:
        bench.revoke(post, "pat")
        bench.revoke_campaign("pat")
    _sail_to(bench, due - 5 * MINUTE)
    _approach(bench, voyage, post)
    _sail_to(bench, due + voyage.late)
    if voyage.frozen:
        bench.freeze()
        bench.wait(2 * MINUTE)
    bench.cycle(voyage.script)
    while bench.frozen:
        bench.thaw(voyage.script)
    if voyage.glass_reviewed_by:
        bench.review_glass(post, voyage.glass_reviewed_by)
    if voyage.afterwards:
        bench.decide(post, "pat", "press", voyage.afterwards)
    _come_back(bench, voyage, post)


def _clear(bench: Bench, voyage: Voyage, post: int) -> None:
    """The post is written to its end, submitted and cleared, with or without exemption and sign-off."""
    if voyage.second_editor:
        bench.edit(post, "eve", "Second words.", voyage.category)
    bench.submit(post, "ann")
    back = int(voyage.stale_reading)
    if "policy" not in voyage.glass:
        bench.decide(post, voyage.policy_by, "policy", back=back)
    if "press" not in voyage.glass:
        bench.decide(post, voyage.press_by, "press", back=back)
    if voyage.glass:
        bench.break_glass(post, voyage.glass_by, voyage.glass, back=back)
        bench.comment(post, voyage.glass_by)
    if voyage.exempted_by:
        bench.exempt(post, voyage.exempted_by, voyage.exempted_for)
    if voyage.campaign_by:
        bench.exempt_campaign(voyage.campaign_by, 0, voyage.exempted_for)


def _approach(bench: Bench, voyage: Voyage, post: int) -> None:
    """Five minutes before it is due."""
    if voyage.woken_early:
        bench.cycle(PLAIN)
    if voyage.signed == "inside":
        bench.decide(post, voyage.signer, "sign-off")
    if voyage.extended and bench.oracle.spans:
        bench.extend("pat", 0, bench.oracle.spans[0].ends + MINUTE)
    if voyage.called_again and len(bench.oracle.spans) < 2:
        bench.declare("pat", bench.clock.now() - 60 * MINUTE, bench.clock.now() + 300 * MINUTE, voyage.bodies)
    if voyage.stopped:
        bench.pause("bob")


def _call(bench: Bench, voyage: Voyage, began: datetime) -> None:
    if voyage.season and len(bench.oracle.spans) < 2:
        starts, ends = SEASONS[voyage.season]
        bench.declare("pat", began + starts * MINUTE, began + ends * MINUTE, voyage.bodies, voyage.kind)


def _sail_to(bench: Bench, at: datetime) -> None:
    if at > bench.clock.now():
        bench.wait(at - bench.clock.now())


def _trouble(bench: Bench, voyage: Voyage, post: int) -> None:
    """Something happens to a post that was cleared, and perhaps it is cleared again."""
    trouble, category = voyage.trouble, voyage.category
    if trouble.startswith("edit"):
        before = bench.oracle.posts[post].words.text
        bench.edit(post, "ann", "Other words.", category)
        if trouble == "edit and back":
            bench.edit(post, "ann", before, category)
        bench.submit(post, "ann")
        if trouble == "edit and withdraw":
            bench.decide(post, voyage.policy_by, "policy", "withdraw")
    elif trouble == "second editor and back":
        before = bench.oracle.posts[post].words.text
        bench.edit(post, "eve", "Other words.", category)
        bench.edit(post, "eve", before, category)
        bench.submit(post, "ann")
    elif trouble == "reject":
        bench.decide(post, "eve", "press", "reject")
    elif trouble == "withdraw":
        bench.decide(post, voyage.policy_by, "policy", "withdraw")
    elif trouble == "suspend the duty":
        bench.suspend("ola", voyage.glass_by)
    elif trouble.startswith("suspend"):
        bench.suspend("ola", voyage.policy_by)
        if trouble == "suspend and restore":
            bench.restore("ola", voyage.policy_by)
    if voyage.cleared_again == "by a no taken back":
        bench.decide(post, "eve", "press", "reject")
        bench.decide(post, "eve", "press", "withdraw")
    elif voyage.cleared_again == "by policy alone":
        bench.decide(post, "bob", "policy")
    elif voyage.cleared_again == "fully":
        bench.decide(post, "bob", "policy")
        bench.decide(post, "pat", "press")


def _come_back(bench: Bench, voyage: Voyage, post: int) -> None:
    """The daemon wakes again, people settle what is unknown, and what is held is tried once more."""
    book = bench.oracle.posts[post]
    if voyage.stopped:
        bench.resume("ola")
    bench.wait(MINUTE)
    bench.cycle(Script(voyage.then))
    if not book.in_state("scheduled", "unknown", "held"):
        return
    for part in book.in_state("unknown"):
        bench.resolve(post, part.account, "ola")
    if voyage.taken_back:
        bench.cancel(post, "ann")
        bench.edit(post, "ann", "Later words.", voyage.category)
        bench.schedule(post, "ann", bench.clock.now() + MINUTE)
    if book.in_state("held"):
        bench.release(post, "ann", bench.clock.now() + MINUTE)
        bench.schedule(post, "ann", bench.clock.now() + MINUTE)
    bench.wait(2 * MINUTE)
    bench.cycle(Script())
