"""`post show`: everything about one post, as a person reads it."""

from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import title_of, view_of
from purdah_scheduler.cli.posts_comment import comment_lines
from purdah_scheduler.cli.reading import how_many, mark_read, new_comments
from purdah_scheduler.cli.record import entry_table
from purdah_scheduler.cli.shapes import meaning, post_facts
from purdah_scheduler.cli.speaking import emit, facts_in_words, inline, quoted, say, wrapped
from purdah_scheduler.cli.verdicts import finding_lines
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice, Decision, Lasting
from purdah_scheduler.domain.content import Card, Content, Media, short
from purdah_scheduler.domain.in_words import verdict_words
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.domain.posts import Exemption, PostState

if TYPE_CHECKING:
    from purdah_scheduler.application.channel_ports import Count
    from purdah_scheduler.application.views import AccountView, PartView, PostView

_MARKS = (
    ("names_politician", "names a politician"),
    ("partisan", "partisan"),
    ("joint_uk", "joint with the UK government"),
    ("touches_referendum", "touches the referendum question"),
)
_ERASED = "(erased)"
"""Stands where words were that nobody leaves out."""

_DONE = {Choice.APPROVE: "approved", Choice.REJECT: "rejected", Choice.WITHDRAW: "withdrawn"}


@verb("show", example="purdah-scheduler post show 12")
@post_argument
@click.option("--mark", is_flag=True, help="You have read all of it: `post diff` begins here.")
@click.pass_obj
def show(call: Invocation, *, post_id: int, mark: bool) -> None:
    """Everything about one post: its words, verdict, clearances, deliveries and history, and what to do next."""
    view = view_of(call, post_id)
    if call.as_json:
        emit(post_facts(call, view))
    else:
        _say(call, view)
    if mark:
        mark_read(call, post_id, view.revision.number)


def _say(call: Invocation, view: "PostView") -> None:
    sections = [
        f"{inline(title_of(view))}\n{_facts(call, view)}",
        _verdict(call, view),
        _flags(call, view),
        *(_account(call, view, account) for account in view.accounts),
        _media(view.revision.content.media),
        _card(call, view.revision.content.card),
        _clearance(call, view),
        _comments(call, view),
        _break_glasses(call, view),
        _exemptions(call, view),
        "History\n" + entry_table(call, view.history, with_post=False),
        _next(view),
    ]
    say("\n\n".join(section for section in sections if section))


def _facts(call: Invocation, view: "PostView") -> str:
    content, post = view.revision.content, view.post
    author = f"{view.revision.author}, {call.shown(view.revision.at)}"
    others = sorted(view.authors - {view.revision.author})
    return facts_in_words(
        [
            ("State", _state(view)),
            ("Digest", f"{view.code}, revision {post.revision} by {inline(author)}"),
            ("Also wrote", inline(", ".join(others))),
            ("Kind", inline(kind_of(content))),
            ("Planned", call.shown(post.planned_at)),
            ("Series", _series(view)),
            ("Window", window_of(call, content)),
            ("Notes", inline(post.notes)),
        ],
        width=call.width,
    )


def _series(view: "PostView") -> str:
    """Which of a series it is, or an empty text."""
    series = view.series
    return "" if series is None else inline(f"{series.place(view.post.id)}, {series.rule}, from post {series.source}")


def _state(view: "PostView") -> str:
    """The post's state and what it means; once it is scheduled, what has become of it on its accounts."""
    state = str(view.post.state)
    if view.post.state is PostState.SCHEDULED:
        where: dict[str, list[str]] = {}
        for account in view.accounts:
            where.setdefault(account.state, []).append(account.account)
        if len(where) > 1:
            return "; ".join(f"{each} on {', '.join(accounts)}" for each, accounts in where.items())
        state = next(iter(where))
    return f"{state.replace('_', ' ')}: {meaning(state)}"


def kind_of(content: Content) -> str:
    """How the post is classified, in one line."""
    marks = [words for name, words in _MARKS if getattr(content.marks, name)]
    campaign = [f"campaign {content.marks.campaign}"] if content.marks.campaign else []
    return ", ".join([content.category, f"for {content.nation}", *filter(None, [content.area]), *marks, *campaign])


def window_of(call: Invocation, content: Content) -> str:
    """The window in which it may go out, in words; empty for none."""
    parts = []
    if content.not_before is not None:
        parts.append(f"not before {call.shown(content.not_before)}")
    if content.not_after is not None:
        parts.append(f"before {call.shown(content.not_after)}")
    return ", ".join(parts)


def _verdict(call: Invocation, view: "PostView") -> str:
    lines = [f"Verdict for {call.shown(view.at)}: {verdict_words(view.verdict)}", *finding_lines(view.findings, call.width)]
    return "\n".join(lines)


def _flags(call: Invocation, view: "PostView") -> str:
    """Each flag on each account: signed off by whom, or by whom it can be, and why an earlier yes does not count."""
    lines = []
    for flag in view.flags:
        lines.append(f"  {flag.account}: {inline(flag.finding.about)}")
        if flag.signed is not None:
            said = [f"Signed off by {flag.signed.person}, {call.shown(flag.signed.at)}: “{inline(flag.signed.reason)}”"]
        else:
            missing = f"Not signed off yet: it takes the role {flag.role}. {flag.ask_first}"
            said = [sentence for sentence in (inline(flag.earlier), missing) if sentence]
        lines += [f"    {line}" for sentence in said for line in wrapped(sentence, call.width - 4)]
    return "\n".join(["Flags", *lines]) if lines else ""


def _account(call: Invocation, view: "PostView", account: "AccountView") -> str:
    said, delivery = view.revision.content.on(account.account), account.delivery
    more = [
        f"in reply to {said.reply_to}" if said.reply_to else "",
        f"visibility {said.visibility}" if said.visibility != "public" else "",
        f"language {said.lang}" if said.lang != "en" else "",
        f"warning “{said.content_warning}”" if said.content_warning else "",
    ]
    count = f"{len(account.parts)} parts" if account.is_thread else count_words(account.count)
    head = ", ".join(filter(None, [f"On {account.account} ({account.channel}, {count})", *more]))
    pairs = [
        ("  State", f"{account.state.replace('_', ' ')}: {meaning(account.state)}"),
        ("  Due", call.shown(delivery.due_at) if delivery else ""),
        ("  Reason", inline(account.reason)),
        *([] if account.is_thread else _sent(call, account.parts[0])),
        ("  Problem", "\n".join(inline(problem.message) for problem in account.problems)),
    ]
    text = [line for part in account.parts for line in _part(call, part)] if account.is_thread else [quoted(account.text)]
    return "\n".join([inline(head), *text, facts_in_words(pairs, width=call.width)])


def count_words(count: "Count") -> str:
    """How long a text is, of how much."""
    return f"{count.used} of {count.limit} {count.unit}"


def _part(call: Invocation, part: "PartView") -> list[str]:
    """One part of a thread: where it is, its words, and what was sent."""
    state = "" if part.delivery is None else f": {part.delivery.state}"
    sent = facts_in_words(_sent(call, part), width=call.width)
    return list(filter(None, [f"  Part {part.number} ({count_words(part.count)}){state}", quoted(part.text), sent]))


def _sent(call: Invocation, part: "PartView") -> list[tuple[str, str]]:
    delivery = part.delivery
    return [
        ("  Published", call.shown(delivery.published_at) if delivery else ""),
        ("  Address", inline(delivery.remote_url or delivery.remote_id) if delivery else ""),
        ("  Attempts", "\n".join(_attempts(call, part))),
    ]


def _attempts(call: Invocation, part: "PartView") -> list[str]:
    return [
        f"{attempt.number}: {call.shown(attempt.intent_at)}, {attempt.outcome or 'no outcome on record'}"
        + (f" ({inline(attempt.detail)})" if attempt.detail else "")
        for attempt in part.attempts
    ]


def _media(media: tuple[Media, ...]) -> str:
    if not media:
        return ""
    lines = ["Media"]
    for number, medium in enumerate(media, start=1):
        focus = f", focus {medium.focus}" if medium.focus is not None else ""
        lines.append(f"  {number}. {medium.type}, {size_words(medium.size)}, {medium.sha256[:8]}{focus}: {inline(medium.alt)}")
    return "\n".join(lines)


def _card(call: Invocation, card: Card | None) -> str:
    if card is None:
        return ""
    picture = card.picture
    facts = [
        ("  Address", inline(card.address)),
        ("  Title", inline(card.title)),
        ("  Description", inline(card.description)),
        ("  Picture", f"{picture.type}, {size_words(picture.size)}, {picture.sha256[:8]}" if picture is not None else ""),
    ]
    return f"Card\n{facts_in_words(facts, width=call.width, label_width=15)}"


def size_words(size: int) -> str:
    """A number of bytes for people."""
    return f"{size} bytes" if size < 1000 else f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _clearance(call: Invocation, view: "PostView") -> str:
    stands = view.standing
    lines = ["Clearance: complete" if stands.complete and (stands.counting or stands.skipped) else "Clearance: not complete"]
    lines += [
        f"  missing  {inline(gap.label)} ({gap.stage}): {inline(gap.brief)}; "
        + (f"can be given by {gap.who}" if gap.people else gap.who)
        for gap in view.missing
    ]
    lines += [f"  expires  {inline(last.label)}: {inline(expiry_words(call, last))}" for last in view.expiring]
    lines += [f"  skipped  {inline(stage)}: break-glass" for stage in stands.skipped]
    for entry in view.decisions:
        word = "counts" if entry.counts else "no more"
        why = "" if entry.counts else f"; it does not count: {entry.why_not}"
        lines.append(f"  {word:<8} {_decision(call, entry.decision)}{why}")
    return "\n".join([*lines, *_warning(view)])


def expiry_words(call: Invocation, last: Lasting) -> str:
    """A clearance that comes to its end before the post goes out, in words."""
    return f"the clearance by {last.decision.person} expires {call.shown(last.until)}, before the planned time"


def _decision(call: Invocation, decision: Decision) -> str:
    stage = "the flag" if decision.stage == SIGN_OFF else decision.stage
    reason = f": “{inline(decision.reason)}”" if decision.reason else ""
    return (
        f"{inline(decision.person)} {_DONE[decision.choice]} {stage} for {short(decision.digest)}, "
        f"{call.shown(decision.at)} ({decision.assurance.short}){reason}"
    )


def _warning(view: "PostView") -> list[str]:
    """What decisions are worth that anybody at this account could have given."""
    claimed = any(entry.decision.assurance is Assurance.CLAIMED for entry in view.decisions)
    return [f"  {Assurance.CLAIMED.words[:1].upper()}{Assurance.CLAIMED.words[1:]}."] if claimed else []


def _comments(call: Invocation, view: "PostView") -> str:
    from purdah_scheduler.application.commenting import comments_in

    lines = []
    for comment in comments_in(view.history):
        lines += comment_lines(call, comment)
    new = how_many(new_comments(call), view.post.id)
    head = f"Comments, {new} of them new to you: purdah-scheduler post comments {view.post.id}" if new else "Comments"
    return "\n".join([head, *lines]) if lines else ""


def _break_glasses(call: Invocation, view: "PostView") -> str:
    lines = []
    for glass in view.break_glasses:
        by = f"by {glass.person}, {call.shown(glass.at)}, incident {glass.incident}: {glass.reason or _ERASED}"
        word = f"reviewed by {glass.reviewed_by}: {glass.review or _ERASED}" if glass.reviewed_at is not None else "UNREVIEWED"
        lines.append(f"  {glass.id}. {short(glass.digest)} without {', '.join(glass.stages)}, {inline(by)} ({inline(word)})")
    return "\n".join(["Break-glass", *lines]) if lines else ""


def _exemptions(call: Invocation, view: "PostView") -> str:
    if not view.exemptions:
        return ""
    lines = ["Exemptions"]
    for exemption in view.exemptions:
        ended = f"revoked {call.shown(exemption.revoked_at)}" if exemption.revoked_at else ""
        stale = "" if exemption.post is None or exemption.digest == view.digest else "for an older text"
        campaign = f"for the campaign “{inline(exemption.campaign)}”" if exemption.campaign else ""
        until = f"until {call.shown(exemption.expires_at)}"
        told = ", ".join(filter(None, [campaign, f"by {inline(exemption.person)}", until, ended, stale, _lifts(view, exemption)]))
        lines.append(f"  {exemption.id}. {told}: {inline(exemption.reason)}")
    return "\n".join(lines)


def _lifts(view: "PostView", exemption: Exemption) -> str:
    """Whether it lifts anything of this post as it stands: it lapses with its text, its period and its rule."""
    return "" if exemption.id in view.lifting or exemption.revoked_at else "lifts nothing of it at that time"


def _next(view: "PostView") -> str:
    """What to do now, said once where it is the same on every account."""
    steps: dict[str, list[str]] = {}
    for account in view.accounts:
        if account.next_step:
            steps.setdefault(account.next_step, []).append(account.account)
    if len(steps) == 1:
        return f"Next: {inline(next(iter(steps)))}"
    return "\n".join(f"Next on {', '.join(accounts)}: {inline(step)}" for step, accounts in steps.items())
