"""A post in words: state, verdict, clearance, accounts and history as blocks of content, for the preview and the whole view."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.content import Content

from purdah_scheduler.application.commenting import comments_in
from purdah_scheduler.application.counting import DecisionView
from purdah_scheduler.application.views import AccountView, PartView, PostView
from purdah_scheduler.application.wanting import Want
from purdah_scheduler.domain.audit import Entry, Plain
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import SIGN_OFF, Choice
from purdah_scheduler.domain.content import Problem
from purdah_scheduler.domain.people import Assurance
from purdah_scheduler.domain.policy import Finding
from purdah_scheduler.domain.posts import MEANING, TROUBLE, DeliveryState
from purdah_scheduler.tui.card_words import card_lines
from purdah_scheduler.tui.plain import cell, plain, says
from purdah_scheduler.tui.words import hold_word, span, state_word, verdict_word

GAP = Content("")
BAR = "│ "
_BEGINS = re.compile("(?:│ )| *(?:[√=?!·x>»+-] )?")
_CHOICES = {Choice.APPROVE: "approved", Choice.REJECT: "said no to", Choice.WITHDRAW: "took back the decision on"}
_ORDER = [str(state) for state in TROUBLE]


def block(lines: Iterable[Content], width: int = 0) -> Content:
    """Lines as one content; with a `width` in cells, wrapped so that what goes on stands under where it began.

    A line of a text keeps its bar however often it wraps: nothing in a text can pass for a line of the interface.
    """
    if width < 1:
        return Content("\n").join(list(lines))
    rows = [row for line in lines for row in (line.split("\n", allow_blank=True) if "\n" in line.plain else [line])]
    return Content("\n").join([part for row in rows for part in _wrapped(row, width)])


def _wrapped(row: Content, width: int) -> list[Content]:
    if row.cell_length <= width:
        return [row]
    found = _BEGINS.match(row.plain)
    indent = len(found.group()) if found else 0
    begins, rest = row[:indent], row[indent:]
    goes_on = begins if BAR in begins.plain else Content(" " * indent)
    parts = rest.wrap(max(width - indent, 8))
    return [Content.assemble(begins if number == 0 else goes_on, part) for number, part in enumerate(parts)]


def heading(words: str, aside: str = "") -> Content:
    """The title of a block."""
    return says((words, "bold $key"), ("  " + aside if aside else "", "$quiet"))


def shown_state(view: PostView) -> str:
    """The state that people see: that of the account that needs a person most, or the post's while it has none."""
    states = [entry.state for entry in view.accounts if entry.delivery is not None]
    return min(states, key=_ORDER.index, default=str(view.post.state))


def glass_line(view: PostView) -> Content | None:
    """That it may go out, or went out, without a clearance and nobody else has looked at that yet."""
    waiting = [glass for glass in view.break_glasses if glass.reviewed_at is None]
    if not waiting:
        return None
    by = ", ".join(dict.fromkeys(glass.person for glass in waiting))
    return says(("! UNREVIEWED", "bold $text-error"), (f"  break-glass by {by}: somebody else reviews it", "$text-warning"))


def meaning(state: str) -> str:
    """What a state means, in a few words."""
    return next((words for known, words in MEANING.items() if known == state), "")


def state_line(state: str, code: str = "") -> Content:
    """A state by sign and word, and why where it is held."""
    word = state_word(state)
    why = f"  {hold_word(code)}" if code and state == DeliveryState.HELD else ""
    return says((f"{word.sign} {word.word}", word.style if word.tone != "calm" else "bold"), why)


def time_line(view: PostView, *, zone: ZoneInfo, now: datetime) -> Content:
    """When it is due or planned, and how far away that is."""
    due = next((entry.delivery.due_at for entry in view.accounts if entry.delivery is not None), None)
    at = due or view.post.planned_at
    if at is None:
        return says("no time yet")
    away = f"in {span(at - now)}" if at >= now else f"{span(now - at)} ago"
    return says(("Due " if due else "Planned ", "$quiet"), format_local(at, zone), (f", {away}", "$quiet"))


def verdict_lines(view: PostView, *, zone: ZoneInfo, width: int = 0) -> list[Content]:
    """The verdict, and every finding with its rule, period and source; with a `width`, each source cut to one line."""
    word = verdict_word(view.verdict)
    lines = [says((f"{word.sign} {word.word}", word.style), (f"  at {format_local(view.at, zone)}", "$quiet"))]
    for finding in view.findings:
        if finding.code != "exempted":  # said with each finding that it lifts
            lines += finding_lines(finding, width=width)
    return [*lines, *flag_lines(view, zone=zone)]


def flag_lines(view: PostView, *, zone: ZoneInfo) -> list[Content]:
    """Each flag on each account: signed off by whom, or by whom it can be, and why an earlier yes does not count."""
    lines = []
    for flag in view.flags:
        about = f"{flag.account}: {flag.finding.about}"
        if flag.signed is not None:
            lines.append(
                says(
                    ("  √ ", "$text-success"),
                    f"{about}: signed off by {flag.signed.person}: “{flag.signed.reason}”",
                    (f"  {format_local(flag.signed.at, zone)}", "$quiet"),
                )
            )
            continue
        lines.append(
            says(
                ("  · ", "$text-warning"),
                f"{about}: ",
                ("a sign-off is missing. Somebody who wrote none of it gives it, with a reason", "$text-warning"),
                (f" (role {flag.role})", "$quiet"),
            )
        )
        if flag.earlier:
            lines.append(says(("    " + flag.earlier, "$text-warning")))
        lines.append(says(("    " + flag.ask_first, "$quiet")))
    return lines


def finding_lines(finding: Finding, *, width: int = 0) -> list[Content]:
    """One finding: the reason in words, the rule, the period and the sources; with a `width`, the first source in one line."""
    sign = verdict_word(finding.counts).sign
    lifted = f"  (lifted by {finding.lifted_by})" if finding.lifted else ""
    period = f", period {finding.period}" if finding.period else ""
    lines = [says(f"  {sign} ", finding.reason, (lifted, "$quiet")), says((f"    rule {finding.rule}{period}", "$quiet"))]
    addresses = [address.strip() for address in finding.source.split(" ; ") if address.strip()]
    if width and addresses:
        more = f" (+{len(addresses) - 1})" if len(addresses) > 1 else ""
        return [*lines, says(("    " + cell(addresses[0].removeprefix("https://"), width - 4 - len(more)) + more, "$quiet"))]
    return [*lines, *(says(("    " + address, "$quiet")) for address in addresses)]


def clearance_lines(view: PostView, names: dict[str, str], *, zone: ZoneInfo) -> list[Content]:
    """What stands and what is missing, and who could give it."""
    lines = []
    for decision in view.standing.counting:
        label = names.get(decision.stage, decision.stage)
        lines.append(
            says(("  √ ", "$text-success"), f"{label}: {decision.person}", (f"  {format_local(decision.at, zone)}", "$quiet"))
        )
    for decision in view.standing.rejected_by:
        label = names.get(decision.stage, decision.stage)
        lines.append(says(("  x ", "$text-warning"), f"{label}: {decision.person} said no: {decision.reason}"))
    for glass in view.break_glasses:
        state = f"reviewed by {glass.reviewed_by}" if glass.reviewed_at is not None else "UNREVIEWED"
        words = f"Break-glass {glass.id}, {state}: without {', '.join(glass.stages)}, by {glass.person}: {glass.reason}"
        lines.append(says(("  ! ", "$text-warning"), (words, "$text-warning"), (f"  {glass.incident}", "$quiet")))
    for last in view.expiring:
        words = f"{last.label}: expires {format_local(last.until, zone)}, before the planned time"
        lines.append(says(("  ! ", "$text-warning"), (words, "$text-warning"), (f"  ({last.decision.person})", "$quiet")))
    for missing in view.missing:
        if missing.want is not Want.NO_TAKEN_BACK:
            words = f"{missing.label} is missing: {missing.brief}"
            lines.append(says(("  · ", "$text-warning"), words, (f"  ({missing.who})", "$quiet")))
    return lines or [says(("  No stage concerns this post.", "$quiet"))]


def comment_lines(view: PostView, *, zone: ZoneInfo, new: Container[int] = ()) -> list[Content]:
    """What people said of it to each other, oldest first; `new` are the numbers of those that are marked as new."""
    lines = []
    for comment in comments_in(view.history):
        to = f" to {', '.join(comment.to)}" if comment.to else ""
        lines.append(
            says(
                ("  new" if comment.number in new else "", "bold $text-warning"),
                (f"  {comment.person}{to}", "bold"),
                (f"  {format_local(comment.at, zone)}, revision {comment.revision}", "$quiet"),
            )
        )
        lines.append(says("    ", comment.words or "(erased)"))
    return lines


def decision_lines(decisions: Sequence[DecisionView], names: dict[str, str], *, zone: ZoneInfo) -> list[Content]:
    """Every decision that was ever given, the stale ones with the reason why they no longer count."""
    lines = []
    for entry in decisions:
        given = entry.decision
        label = "the flag (sign-off)" if given.stage == SIGN_OFF else names.get(given.stage, given.stage)
        sign, style = ("√", "$text-success") if entry.counts and given.choice is Choice.APPROVE else ("·", "$quiet")
        why = "" if entry.counts else f"  does not count: {entry.why_not}"
        lines.append(
            says(
                (f"  {sign} ", style),
                f"{given.person} {_CHOICES[given.choice]} {label}",
                (f"  {format_local(given.at, zone)}, revision {given.revision}, {given.assurance.short}", "$quiet"),
                (why, "$text-warning"),
            )
        )
        if given.reason:
            lines.append(says("    “", given.reason, "”"))
    if any(entry.decision.assurance is Assurance.CLAIMED for entry in decisions):
        lines.append(says((f"  {Assurance.CLAIMED.words[:1].upper()}{Assurance.CLAIMED.words[1:]}.", "$quiet")))
    return lines or [says(("  Nobody has decided anything yet.", "$quiet"))]


def length_words(entry: AccountView) -> str:
    """How long the text is on its account: `93 of 280 characters`; of a thread, how long the longest part is."""
    if entry.is_thread:
        return f"{len(entry.parts)} parts, the longest {entry.count.used:,} of {entry.count.limit:,} {entry.count.unit}"
    return f"{entry.count.used:,} of {entry.count.limit:,} {entry.count.unit}"


def account_lines(entry: AccountView, *, zone: ZoneInfo) -> list[Content]:
    """One account: its state, length, problems, delivery, attempts, receipt and next step."""
    delivery = entry.delivery
    code = delivery.reason_code if delivery is not None else ""
    over = entry.count.used > entry.count.limit
    lines = [
        Content.assemble(
            says((entry.account, "bold"), (f"  on {entry.channel}  ", "$quiet")),
            state_line(entry.state, code),
            says((f"  {length_words(entry)}", "$text-error" if over else "$quiet")),
        )
    ]
    lines += [_problem_line(problem) for problem in entry.problems]
    if entry.reason:
        lines.append(says("  ", entry.reason))
    for part in entry.parts:
        if entry.is_thread and part.delivery is not None:
            which = says((f"  {part.number} of {len(entry.parts)}  ", "$key"))
            lines.append(Content.assemble(which, state_line(part.delivery.state)))
        lines += _sent_lines(part, zone=zone)
    if entry.next_step:
        lines.append(says(("  Next: ", "bold"), entry.next_step))
    return lines


def _sent_lines(part: PartView, *, zone: ZoneInfo) -> list[Content]:
    """The receipt of a part, and each try to send it."""
    lines, delivery = [], part.delivery
    if delivery is not None and delivery.state is DeliveryState.PUBLISHED:
        at = f"  {format_local(delivery.published_at, zone)}" if delivery.published_at else ""
        lines.append(says(("  √ ", "$text-success"), delivery.remote_url or delivery.remote_id, (at, "$quiet")))
    for attempt in part.attempts:
        outcome = attempt.outcome or "no outcome recorded"
        detail = f": {attempt.detail}" if attempt.detail else ""
        lines.append(says((f"  attempt {attempt.number}  {format_local(attempt.intent_at, zone)}  ", "$quiet"), outcome, detail))
    return lines


def _problem_line(problem: Problem) -> Content:
    style = "$text-error" if problem.blocking else "$text-warning"
    return says(("  ! " if problem.blocking else "  ? ", style), problem.message)


def text_block(text: str) -> Content:
    """The words of a post, set off by a bar so that nothing in them can pass for a line of the interface."""
    return Content("\n").join(
        [Content.assemble((BAR, "$rule"), row) for row in plain(text or "(no text)").split("\n", allow_blank=True)]
    )


def words_block(entry: AccountView) -> Content:
    """What the account says; of a thread each part, numbered and counted."""
    if not entry.is_thread:
        return text_block(entry.text)
    lines = []
    for part in entry.parts:
        length = f"{part.count.used:,} of {part.count.limit:,}"
        over = "$text-error" if part.count.used > part.count.limit else "$quiet"
        lines += [says((f"{part.number} of {len(entry.parts)}", "bold"), (f"  {length}", over)), text_block(part.text)]
    return Content("\n").join(lines)


def content_lines(view: PostView, categories: Mapping[str, str], *, zone: ZoneInfo) -> list[Content]:
    """How the post is classified, its window, its files and the notes beside it."""
    content = view.revision.content
    marks = [
        name.replace("_", " ")
        for name in ("names_politician", "partisan", "joint_uk", "touches_referendum")
        if getattr(content.marks, name)
    ]
    facts = [
        ("Category", categories.get(content.category, content.category)),
        ("Audience", content.nation),
        ("Area", content.area),
        ("Marks", ", ".join(marks)),
        ("Campaign", content.marks.campaign),
        ("Not before", format_local(content.not_before, zone) if content.not_before else ""),
        ("Not after", format_local(content.not_after, zone) if content.not_after else ""),
        ("Notes", view.post.notes),
    ]
    lines = [says((f"  {label:<11}", "$quiet"), said) for label, said in facts if said]
    files = [(f"{medium.type}, {medium.size:,} bytes: ", medium.alt or "no alternative text") for medium in content.media]
    return [*lines, *(says(("  File       ", "$quiet"), *words) for words in files), *card_lines(content.card)]


def exemption_lines(view: PostView, *, zone: ZoneInfo) -> list[Content]:
    """The exemptions that were granted to it or to its campaign, and whether they still stand."""
    lines = []
    for given in view.exemptions:
        ended = (
            f"revoked {format_local(given.revoked_at, zone)}"
            if given.revoked_at
            else f"until {format_local(given.expires_at, zone)}"
        )
        if given.post is not None and given.digest != view.digest:
            stale = "  (for an earlier text)"
        else:
            stale = "" if given.id in view.lifting or given.revoked_at else "  (lifts nothing of it at that time)"
        whose = f"the campaign “{given.campaign}”, " if given.campaign else ""
        lines.append(
            says(("  exempted ", "$quiet"), f"{whose}by {given.person}, {ended}: “", given.reason, "”", (stale, "$text-warning"))
        )
    return lines


# --- history ------------------------------------------------------------------------------------------------------

_DONE = {
    "post.created": "wrote it",
    "post.edited": "edited it",
    "post.retitled": "changed its title, notes or planned time",
    "post.submitted": "asked for clearance",
    "post.cancelled": "cancelled it",
    "post.scheduled": "scheduled it",
    "post.held": "held it",
    "post.released": "released it",
    "decision.approve": "approved",
    "decision.reject": "said no to",
    "decision.withdraw": "took back the decision on",
    "exemption.granted": "exempted it",
    "exemption.revoked": "revoked its exemption",
    "delivery.claimed": "began to prepare it",
    "delivery.unclaimed": "put it back in the queue",
    "delivery.sending": "recorded the intent to send it",
    "delivery.published": "published it",
    "delivery.held": "held it",
    "delivery.missed": "found it too late to send",
    "delivery.failed": "was refused by the platform for good",
    "delivery.unknown": "does not know whether it was published",
    "delivery.claim-renewed": "still prepares it",
    "delivery.late-proof": "heard that it is public after all",
    "delivery.looked-up": "looked for it on the platform",
    "delivery.look-up-asked": "asked the daemon to look for it",
    "delivery.in-hand": "took the words, to post them by hand",
    "delivery.resolved": "settled its outcome",
}
_TOLD = ("stage", "account", "accounts", "part", "state", "due", "until", "code", "period", "digest", "url", "reason")


def history_lines(entries: Sequence[Entry], names: dict[str, str], *, zone: ZoneInfo) -> list[Content]:
    """The record of this post in words, oldest first."""
    lines = []
    for entry in entries:
        known = entry.facts
        who = str(known.get("person") or "the daemon")
        done = _DONE.get(entry.action, entry.action.replace(".", " ").replace("-", " "))
        told = [_told(name, known[name], names, zone) for name in _TOLD if known.get(name)]
        face = f"  [{known['face']}]" if known.get("face") else ""
        lines.append(
            says(
                (f"  {format_local(entry.at, zone)}  ", "$quiet"),
                f"{who} {done}",
                (f"  {', '.join(told)}" if told else "", "$foreground"),
                (f"{face}  no. {entry.seq}", "$quiet"),
            )
        )
    return lines


def _told(name: str, value: Plain, names: dict[str, str], zone: ZoneInfo) -> str:
    if isinstance(value, list):
        return " and ".join(str(one) for one in value)
    said = str(value)
    if name in ("due", "until"):
        return f"{name} {format_local(datetime.fromisoformat(said), zone)}"
    if name == "digest":
        return f"text {said[:4]}-{said[4:8]}"
    if name == "stage":
        return names.get(said, said)
    return f"“{said}”" if name == "reason" else said.replace("_", " ")


def in_series(view: PostView) -> str:
    """`, 3 of 12` where the post was made with others, else an empty text."""
    return "" if view.series is None else f", {view.series.place(view.post.id)}"
