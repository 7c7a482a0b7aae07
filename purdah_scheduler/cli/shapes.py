"""What scripts receive: records as plain facts with stable names; times are RFC 3339 in the house's zone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from purdah_scheduler.application.commenting import Comment, comments_in
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.reading import how_many, new_comments
from purdah_scheduler.domain.account_health import LastCheck
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.clearance import Decision
from purdah_scheduler.domain.content import Card, Media, Problem, short
from purdah_scheduler.domain.findings import period_of
from purdah_scheduler.domain.periods import Period
from purdah_scheduler.domain.policy import Finding
from purdah_scheduler.domain.posts import MEANING, Attempt, Exemption

if TYPE_CHECKING:
    from purdah_scheduler.application.scheduling import Queued
    from purdah_scheduler.application.signing import Flag
    from purdah_scheduler.application.views import AccountView, PartView, PostView
    from purdah_scheduler.domain.period_changes import PeriodChange

Facts = dict[str, object]


def meaning(state: str) -> str:
    """What a state of a post or delivery means, in words."""
    return next(words for known, words in MEANING.items() if known == state)


def finding_facts(finding: Finding) -> Facts:
    """The seven fields of a finding that scripts rely on (cli.md)."""
    return {
        "code": finding.code,
        "verdict": str(finding.verdict),
        "period": finding.period,
        "regime": finding.regime,
        "rule": finding.rule,
        "reason": finding.reason,
        "source": finding.source,
    }


def check_facts(call: Invocation, check: LastCheck) -> Facts:
    """How an account was when its platform was last asked."""
    return {
        "account": check.account,
        "health": str(check.health),
        "said": check.said,
        "checked_at": call.stamp(check.at),
        "expires_at": call.stamp(check.expires_at),
    }


def problem_facts(account: str, problem: Problem) -> Facts:
    """One thing that is wrong with a text on an account; `position` counts characters from 0."""
    return {
        "account": account,
        "code": problem.code,
        "message": problem.message,
        "blocking": problem.blocking,
        "position": problem.position,
    }


def medium_facts(medium: Media) -> Facts:
    """One attached file; `focus` as `x,y`, or null."""
    focus = None if medium.focus is None else str(medium.focus)
    return {"sha256": medium.sha256, "bytes": medium.size, "type": medium.type, "alt": medium.alt, "focus": focus}


def card_facts(card: Card | None) -> Facts | None:
    """The card of a link as it was given."""
    if card is None:
        return None
    picture = card.picture and {"sha256": card.picture.sha256, "bytes": card.picture.size, "type": card.picture.type}
    return {"address": card.address, "title": card.title, "description": card.description, "picture": picture}


def decision_facts(call: Invocation, decision: Decision) -> Facts:
    """One decision, with how the person was known."""
    return {
        "person": decision.person,
        "stage": decision.stage,
        "choice": str(decision.choice),
        "digest": short(decision.digest),
        "revision": decision.revision,
        "at": call.stamp(decision.at),
        "assurance": str(decision.assurance),
        "reason": decision.reason,
    }


def flag_facts(call: Invocation, flag: "Flag") -> Facts:
    """One flag on one account: who may sign it off, who has, and why an earlier sign-off does not count."""
    return {
        "account": flag.account,
        "code": flag.finding.code,
        "period": flag.finding.period,
        "rule": flag.finding.rule,
        "role": str(flag.role),
        "signed": None if flag.signed is None else decision_facts(call, flag.signed),
        "earlier": flag.earlier,
        "ask_first": flag.ask_first,
    }


def exemption_facts(call: Invocation, exemption: Exemption) -> Facts:
    """One exemption, of a post or of a campaign; `periods` are those that it was granted for."""
    return {
        "exemption": exemption.id,
        "post": exemption.post,
        "digest": short(exemption.digest) if exemption.digest else "",
        "campaign": exemption.campaign,
        "periods": exemption_periods(exemption),
        "person": exemption.person,
        "reason": exemption.reason,
        "at": call.stamp(exemption.at),
        "until": call.stamp(exemption.expires_at),
        "revoked_at": call.stamp(exemption.revoked_at),
    }


def exemption_periods(exemption: Exemption) -> list[str]:
    """Ids of the periods that an exemption was granted for."""
    return sorted({period_of(key) for key in exemption.answers} - {""})


def entry_facts(call: Invocation, entry: Entry) -> Facts:
    """One entry of the record; `erased` where its personal part is gone."""
    return {
        "seq": entry.seq,
        "at": call.stamp(entry.at),
        "action": entry.action,
        "post": entry.post,
        "delivery": entry.delivery,
        "facts": entry.facts,
        "erased": entry.private is None,
        "hash": entry.hash,
    }


def period_facts(call: Invocation, period: Period) -> Facts:
    """One period, with whether it is in force at this moment."""
    return {
        "id": period.id,
        "name": period.name,
        "kind": str(period.kind),
        "bodies": sorted(map(str, period.bodies)),
        "nations": sorted(map(str, period.nations)),
        "area": period.area,
        **limit_facts(period),
        "starts": call.stamp(period.starts),
        "ends": call.stamp(period.ends),
        "end_mode": str(period.end_mode),
        "status": str(period.status),
        "lifted_at": call.stamp(period.lifted_at),
        "suppressed": period.suppressed,
        "in_force": period.in_force(call.now),
        "announced_at": call.stamp(period.announced_at),
        "basis": str(period.basis),
        "basis_note": period.basis_note,
        "polling_day": None if period.polling_day is None else period.polling_day.isoformat(),
        "source": period.source,
        "origin": period.origin,
        "notes": period.notes,
    }


def limit_facts(period: Period) -> Facts:
    """To which accounts, channels and campaign a period is limited (empty: not), and the rules of its own."""
    return {
        "accounts": sorted(period.accounts),
        "channels": sorted(period.channels),
        "campaign": period.campaign,
        "regime": period.regime,
    }


def change_facts(call: Invocation, change: "PeriodChange") -> Facts:
    """One change of a period; `second` is empty where one person was enough."""
    return {
        "action": str(change.action),
        "instant": call.stamp(change.instant),
        "person": change.person,
        "second": change.second,
        "at": call.stamp(change.at),
        "reason": change.reason,
    }


def queued_facts(call: Invocation, queued: "Queued") -> Facts:
    """What scheduling did on one account."""
    hold = queued.answer.holds[0] if queued.answer.holds else None
    return {
        "account": queued.account,
        "delivery": queued.delivery,
        "state": str(queued.state),
        "part": queued.part,
        "parts": queued.parts,
        "due_at": call.stamp(queued.due_at),
        "verdict": str(queued.answer.judgement.verdict),
        "reason": hold.reason if hold else queued.answer.missed,
        "next": hold.next_step if hold else "",
    }


def break_glass_facts(call: Invocation, glass: BreakGlass) -> dict[str, object]:
    """A break-glass; `unreviewed` until somebody else has reviewed it."""
    return {
        "break_glass": glass.id,
        "post": glass.post,
        "digest": short(glass.digest),
        "stages": list(glass.stages),
        "person": glass.person,
        "reason": glass.reason,
        "incident": glass.incident,
        "at": call.stamp(glass.at),
        "told_at": call.stamp(glass.told_at),
        "unreviewed": glass.reviewed_at is None,
        "reviewed_by": glass.reviewed_by,
        "reviewed_at": call.stamp(glass.reviewed_at),
        "review": glass.review,
    }


def comment_facts(call: Invocation, comment: Comment) -> Facts:
    """One comment; words that were erased are empty."""
    return {
        "comment": comment.number,
        "person": comment.person,
        "at": call.stamp(comment.at),
        "revision": comment.revision,
        "text": comment.words,
        "to": list(comment.to),
    }


def post_facts(call: Invocation, view: "PostView") -> Facts:
    """Everything about one post."""
    content = view.revision.content
    marks: Mapping[str, object] = {
        "names_politician": content.marks.names_politician,
        "partisan": content.marks.partisan,
        "joint_uk": content.marks.joint_uk,
        "touches_referendum": content.marks.touches_referendum,
        "campaign": content.marks.campaign,
    }
    return {
        "post": view.post.id,
        "title": view.post.title,
        "state": str(view.post.state),
        "meaning": meaning(str(view.post.state)),
        "digest": view.code,
        "digest_full": view.digest,
        "revision": view.post.revision,
        "author": view.revision.author,
        "authors": sorted(view.authors),
        "created_by": view.post.created_by,
        "created_at": call.stamp(view.post.created_at),
        "planned_at": call.stamp(view.post.planned_at),
        "category": content.category,
        "nation": content.nation,
        "area": content.area,
        "marks": marks,
        "not_before": call.stamp(content.not_before),
        "not_after": call.stamp(content.not_after),
        "notes": view.post.notes,
        "media": [medium_facts(medium) for medium in content.media],
        "card": card_facts(content.card),
        "judged_at": call.stamp(view.at),
        "verdict": str(view.verdict),
        "findings": [
            {**finding_facts(finding), "lifted": finding.lifted, "lifted_by": finding.lifted_by} for finding in view.findings
        ],
        "sign_off_needed": [finding.code for finding in view.sign_off_needed],
        "flags": [flag_facts(call, flag) for flag in view.flags],
        "clearance": {
            "complete": view.standing.complete,
            "cleared_at": call.stamp(view.standing.cleared_at),
            "counting": [decision_facts(call, decision) for decision in view.standing.counting],
            "missing": [
                {"stage": gap.stage, "label": gap.label, "reason": gap.brief, "people": list(gap.people), "want": str(gap.want)}
                for gap in view.missing
            ],
            "expiring": [
                {"stage": last.decision.stage, "person": last.decision.person, "until": call.stamp(last.until)}
                for last in view.standing.lasting
            ],
            "skipped": list(view.standing.skipped),
            "rejected_by": [decision_facts(call, decision) for decision in view.standing.rejected_by],
        },
        "decisions": [
            {**decision_facts(call, entry.decision), "counts": entry.counts, "why_not": entry.why_not} for entry in view.decisions
        ],
        "accounts": [_account_facts(call, view, account) for account in view.accounts],
        "comments": [comment_facts(call, comment) for comment in comments_in(view.history)],
        "unread_comments": how_many(new_comments(call), view.post.id),
        "break_glasses": [break_glass_facts(call, glass) for glass in view.break_glasses],
        "exemptions": [exemption_facts(call, exemption) for exemption in view.exemptions],
        "revisions": [
            {
                "number": revision.number,
                "digest": short(revision.digest),
                "author": revision.author,
                "at": call.stamp(revision.at),
            }
            for revision in view.revisions
        ],
        "history": [entry_facts(call, entry) for entry in view.history],
    }


def _account_facts(call: Invocation, view: "PostView", account: "AccountView") -> Facts:
    said, delivery = view.revision.content.on(account.account), account.delivery
    first = account.parts[0].delivery
    return {
        "account": account.account,
        "channel": account.channel,
        "text": account.text,
        "lang": said.lang,
        "visibility": said.visibility,
        "content_warning": said.content_warning,
        "reply_to": said.reply_to,
        "count": {"used": account.count.used, "limit": account.count.limit, "unit": account.count.unit},
        "problems": [problem_facts(account.account, problem) for problem in account.problems],
        "state": account.state,
        "meaning": meaning(account.state),
        "delivery": delivery.id if delivery else None,
        "due_at": call.stamp(delivery.due_at) if delivery else None,
        "reason_code": delivery.reason_code if delivery else "",
        "reason": account.reason,
        "verdict": str(account.answer.judgement.verdict),
        "holds": [{"code": str(hold.code), "reason": hold.reason, "next": hold.next_step} for hold in account.answer.holds],
        "missed": account.answer.missed,
        "next": account.next_step,
        "attempts": [_attempt_facts(call, attempt) for attempt in account.attempts],
        "remote_id": first.remote_id if first else "",
        "remote_url": first.remote_url if first else "",
        "published_at": call.stamp(delivery.published_at) if delivery else None,
        "parts": [_part_facts(call, part) for part in account.parts],
    }


def _part_facts(call: Invocation, part: "PartView") -> Facts:
    delivery = part.delivery
    return {
        "part": part.number,
        "text": part.text,
        "count": {"used": part.count.used, "limit": part.count.limit, "unit": part.count.unit},
        "delivery": delivery.id if delivery else None,
        "state": str(delivery.state) if delivery else None,
        "reason_code": delivery.reason_code if delivery else "",
        "reason": delivery.reason if delivery else "",
        "attempts": [_attempt_facts(call, attempt) for attempt in part.attempts],
        "remote_id": delivery.remote_id if delivery else "",
        "remote_url": delivery.remote_url if delivery else "",
        "published_at": call.stamp(delivery.published_at) if delivery else None,
    }


def _attempt_facts(call: Invocation, attempt: Attempt) -> Facts:
    return {
        "number": attempt.number,
        "intent_at": call.stamp(attempt.intent_at),
        "outcome": attempt.outcome,
        "detail": attempt.detail,
        "ended_at": call.stamp(attempt.ended_at),
    }
