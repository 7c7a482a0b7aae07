"""Looking up what became of a delivery whose outcome is unknown: found is published, and what is not there goes to a person."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from purdah_scheduler.application import outcomes
from purdah_scheduler.application.answers import ChannelError, Proof, Receipt, RetryLater
from purdah_scheduler.application.channel_ports import Channel
from purdah_scheduler.application.look_plan import LookRules, Question, first_look, is_absent, next_look, with_looks
from purdah_scheduler.application.office import Actor, Office, require
from purdah_scheduler.application.outcomes import Owner
from purdah_scheduler.application.outgoing import outgoing_of
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.domain.audit import Plain
from purdah_scheduler.domain.content import Outgoing
from purdah_scheduler.domain.people import Account, Role
from purdah_scheduler.domain.posts import IN_HAND, Attempt, Delivery, DeliveryState, HoldReason, LookUp, Seen
from purdah_scheduler.errors import BadInput, ProductError, StoreUnusable, TryAgain, WrongState
from purdah_scheduler.lean import lean_dataclass

_ABSENT = (
    "It was looked for on the platform twice and is not there. It is not sent again by itself: look at the account, then choose "
    "a new time or cancel it."
)


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one look brought."""

    outcome: Seen
    detail: str = ""
    receipt: Receipt | None = None
    after: timedelta | None = None


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class _Sought:
    """What is looked for."""

    entry: Delivery
    outgoing: Outgoing


def wanted(office: Office) -> tuple[tuple[datetime, Delivery], ...]:
    """Every delivery that is to be looked up and when, soonest first.

    Where a look had no clear answer its whole account waits, except for what a person has asked for.
    """
    rules, found, pauses = LookRules(), [], dict[str, datetime]()
    with office.store.read() as reader:
        for entry in reader.in_state((DeliveryState.UNKNOWN,)):
            if entry.reason_code == IN_HAND:
                continue  # a person has the words, and alone can look
            looks = _looks(reader, entry)
            if looks:
                last, at = looks[-1], looks[-1].again_at
                if last.outcome is Seen.UNCLEAR and at is not None:
                    pauses[entry.account] = max(at, pauses.get(entry.account, at))
            else:
                proof = Proof(presence=True, absence=False)
                question = Question.about(_last(reader, entry), code=entry.reason_code, due_at=entry.due_at, proof=proof)
                at = first_look(question, rules)
            if at is not None:
                is_asked = bool(looks) and looks[-1].outcome is Seen.ASKED
                found.append((at, is_asked, entry))
    bounded = [(at if is_asked else max(at, pauses.get(entry.account, at)), entry) for at, is_asked, entry in found]
    return tuple(sorted(bounded, key=lambda pair: (pair[0], pair[1].id)))


def look_up(
    office: Office, owner: Owner, entry: Delivery, *, open_channel: Callable[[Account], Channel], rules: LookRules
) -> Delivery:
    """Look once for what `entry` may have published, record what was seen, and return the delivery as it stands then.

    Only reads on the platform. Found: published. Not found is believed as `is_absent` says, and then the delivery is held: it is
    never sent again by itself. Raises TryAgain and StoreUnusable.
    """
    try:
        account = office.house.account(entry.account)
        channel = open_channel(account)
        with office.store.read() as reader:
            sought = _sought(reader, account, entry)
        proof, found = channel.proof, _look(channel, sought)
    except (TryAgain, StoreUnusable):
        raise
    except ProductError as fault:
        proof, found = Proof(presence=False, absence=False), _Found(outcome=Seen.UNCLEAR, detail=str(fault))
    with office.store.write() as tx:
        current = tx.delivery(entry.id)
        if (current.state, current.fence, current.attempts) != (DeliveryState.UNKNOWN, entry.fence, entry.attempts):
            return current
        return _settle(tx, office, owner, current, proof, found, rules)


def ask_for_look(office: Office, actor: Actor, post_id: int, *, account: str = "", part: int = 0) -> Delivery:
    """Let the daemon look now for a delivery whose outcome is unknown: it alone holds the credentials.

    Raises WrongState where nothing is unknown, BadInput where several are and none is named.
    """
    now = office.now()
    with office.store.write() as tx:
        require(actor, tx, Role.PUBLISHER, Role.OPERATOR, to="settle unknown outcomes")
        entry = one_unknown(tx, post_id, account, part)
        tx.add_look_up(LookUp(delivery=entry.id, attempt=entry.attempts, at=now, outcome=Seen.ASKED, again_at=now))
        record(
            tx,
            actor,
            "delivery.look-up-asked",
            at=now,
            post=post_id,
            delivery=entry.id,
            public={"account": entry.account, **outcomes.part_facts(entry)},
        )
    return entry


def one_unknown(reader: Reader, post_id: int, account: str, part: int) -> Delivery:
    """The one delivery of the post, or of the post on that account, or of that part, whose outcome is unknown.

    An empty account and a part of 0 stand for any. Raises WrongState, BadInput.
    """
    unknown = [
        entry
        for entry in reader.deliveries(post_id)
        if entry.state is DeliveryState.UNKNOWN and account in ("", entry.account) and part in (0, entry.part)
    ]
    if not unknown:
        raise WrongState(
            f"Post {post_id} has no unknown outcome, so nothing was changed.",
            next_step=f"purdah-scheduler post show {post_id}",
        )
    if len(unknown) > 1:
        several = len({entry.account for entry in unknown}) > 1
        names = ", ".join(f"{entry.account} (part {entry.part})" if entry.parts > 1 else entry.account for entry in unknown)
        raise BadInput(
            f"Post {post_id} has an unknown outcome on {names}; nothing was changed.",
            next_step="Name one with --account." if several else "Name one with --part.",
        )
    return unknown[0]


def _looks(reader: Reader, entry: Delivery) -> tuple[LookUp, ...]:
    return tuple(look for look in reader.look_ups(entry.id) if look.attempt == entry.attempts)


def _last(reader: Reader, entry: Delivery) -> Attempt | None:
    attempts = reader.attempts(entry.id)
    return attempts[-1] if attempts else None


def _sought(reader: Reader, account: Account, entry: Delivery) -> _Sought:
    """What was to be sent; it is looked for from its first attempt on, be its time later by now."""
    attempts = reader.attempts(entry.id)
    content = reader.revision(entry.post, entry.revision).content
    outgoing = outgoing_of(content, account, entry)
    since = min([entry.due_at, *(attempt.intent_at for attempt in attempts)])
    return _Sought(entry=entry, outgoing=replace(outgoing, not_before=since))


def _look(channel: Channel, sought: _Sought) -> _Found:
    try:
        receipt = channel.find_published(sought.outgoing, sought.entry.staged or {})
    except RetryLater as fault:
        return _Found(outcome=Seen.UNCLEAR, detail=str(fault), after=fault.after)
    except ChannelError as fault:
        return _Found(outcome=Seen.UNCLEAR, detail=str(fault))
    except Exception as fault:  # noqa: BLE001 - named in the look's own record; whatever it was, nothing was learnt
        return _Found(outcome=Seen.UNCLEAR, detail=f"An unforeseen fault ({type(fault).__name__}).")
    if receipt is None:
        return _Found(outcome=Seen.ABSENT)
    if not channel.proof.presence:
        return _Found(outcome=Seen.UNCLEAR, detail=f"There is {receipt.url or receipt.remote_id}, which may be another post.")
    return _Found(outcome=Seen.FOUND, detail=receipt.url, receipt=receipt)


def _settle(tx: Writer, office: Office, owner: Owner, entry: Delivery, proof: Proof, found: _Found, rules: LookRules) -> Delivery:
    now = office.now()
    others = tx.with_receipt(entry.account, found.receipt.remote_id) if found.receipt is not None else ()
    if others:
        # The same words can be of another post of the account: what has its own delivery already proves nothing here.
        whose = tx.delivery(others[0]).post
        found = _Found(outcome=Seen.UNCLEAR, detail=f"There is {found.detail}, but that is post {whose}.")
    last = _last(tx, entry)
    question = Question.about(last, code=entry.reason_code, due_at=entry.due_at, proof=proof)
    look = LookUp(delivery=entry.id, attempt=entry.attempts, at=now, outcome=found.outcome, detail=found.detail)
    looks = (*_looks(tx, entry), look)
    absent = is_absent(question, looks, rules)
    if found.receipt is None and not absent:
        look = replace(look, again_at=next_look(question, looks, rules, now=now, after=found.after))
    tx.add_look_up(look)
    words = with_looks(entry.reason, looks, zone=office.house.zone, now=now)
    facts: dict[str, Plain] = {"outcome": str(found.outcome), "looks": sum(each.outcome is not Seen.ASKED for each in looks)}
    if found.outcome is Seen.FOUND and found.receipt is not None:
        settled = replace(
            outcomes.let_go(entry, DeliveryState.PUBLISHED, reason="Found on the platform by a look-up."),
            remote_id=found.receipt.remote_id,
            remote_url=found.receipt.url,
            published_at=now,
        )
        facts |= {"remote_id": found.receipt.remote_id, "url": found.receipt.url, "found_by": "look-up"}
        outcomes.move(tx, owner, entry, settled, now, facts=facts)
        if last is not None:
            outcomes.end_attempt(tx, last, DeliveryState.PUBLISHED, "Found by a look-up.", now)
        return settled
    if absent:
        held = outcomes.let_go(
            entry,
            DeliveryState.HELD,
            code=HoldReason.NOT_SENT,
            reason=with_looks(_ABSENT, looks, zone=office.house.zone, now=now),
        )
        outcomes.move(tx, owner, entry, held, now, facts=facts)
        return held
    still = replace(entry, reason=words)
    tx.save_delivery(still, was=entry.state, fence=entry.fence)
    outcomes.note(tx, owner, still, now, "delivery.looked-up", facts)
    return still
