"""Exempting: a person lifts what may be lifted from one post or one campaign, with a reason and an end, or ends that again."""

from collections.abc import Sequence
from datetime import datetime

from purdah_scheduler.application.deciding import check_digest
from purdah_scheduler.application.matter import Matter, moments
from purdah_scheduler.application.office import Actor, House, Office, require, require_known
from purdah_scheduler.application.ports import Reader, Writer
from purdah_scheduler.application.recording import record
from purdah_scheduler.application.signing import judgements
from purdah_scheduler.domain.content import clean_text
from purdah_scheduler.domain.findings import rule_keys
from purdah_scheduler.domain.people import Account, Person, Role
from purdah_scheduler.domain.periods import Body, Period
from purdah_scheduler.domain.policy import REFERENDUM, Finding
from purdah_scheduler.domain.posts import Exemption
from purdah_scheduler.errors import BadInput, NotFound, OwnWork, WrongState
from purdah_scheduler.mistyped import nearest

SHORTEST_REASON = 10
"""Characters that the reason of an exemption has at least."""


def grant_exemption(office: Office, actor: Actor, post_id: int, *, until: datetime, reason: str, typed_digest: str = "") -> int:
    """Lift what holds one post up, now and at the times at which it may go out, until `until`. Returns the exemption's id.

    It is for this digest, and for the periods and rules as they are: what comes or changes later is not lifted. It never lifts
    partisan content or the referendum regime (domain.md section 3, modifier 8). Raises NotAllowed, OwnWork, StaleDigest,
    BadInput, and WrongState where it would lift nothing.
    """
    now, house = office.now(), office.house
    with office.store.write() as tx:
        matter = Matter.read(tx, house, post_id)
        mine = {entry.account for entry in matter.content.accounts}
        _require_role(office, actor, tx, [account for account in house.accounts if account.id in mine], to="grant exemptions")
        if typed_digest:
            check_digest(matter, typed_digest)
        if actor.person.id in matter.authors:
            raise OwnWork(f"{actor.person.name} wrote a revision of post {post_id} and cannot exempt it, so nothing was granted.")
        _check_terms(reason, until, now)
        require_known(house.least.exemption, actor.assurance, "An exemption")
        lifted: dict[str, Finding] = {}
        for account, judgement in judgements(
            matter, house, house.calendar(tx), moments(matter.post, tx.deliveries(post_id), now)
        ):
            if actor.person.has(house.exemption_role_for(account.body)):
                lifted |= {finding.key: finding for finding in judgement.exemptible}
        if not lifted:
            raise WrongState(
                f"Nothing holds post {post_id} up now or at its time that {actor.person.name} may lift, so nothing was granted.",
                next_step=f"An exemption is for what there is: purdah-scheduler post show {post_id}",
            )
        exemption = Exemption(
            id=0,
            post=post_id,
            digest=matter.digest,
            person=actor.person.id,
            reason=reason.strip(),
            at=now,
            expires_at=until,
            answers=tuple(sorted(lifted)),
            assurance=actor.assurance,
        )
        new_id = tx.add_exemption(exemption)
        record(
            tx,
            actor,
            "exemption.granted",
            at=now,
            post=post_id,
            public={
                "digest": matter.digest,
                "exemption": new_id,
                "until": until.isoformat(),
                "periods": [*sorted({finding.period for finding in lifted.values() if finding.period})],
                "answers": list(exemption.answers),
            },
            private={"reason": exemption.reason},
        )
    return new_id


def exempt_campaign(office: Office, actor: Actor, campaign: str, *, periods: Sequence[str], until: datetime, reason: str) -> int:
    """Lift what these periods hold or flag from every post of a campaign, until `until`. Returns the exemption's id.

    It counts for posts of which the grantor wrote no revision, and for the periods and their rules as they are now; never for
    partisan content or the referendum regime. Nothing is sent or queued by it. Raises NotAllowed, NotFound, BadInput, and
    WrongState where it would lift nothing.
    """
    now, house = office.now(), office.house
    name = " ".join(clean_text(campaign).split())
    with office.store.write() as tx:
        _require_role(office, actor, tx, house.accounts, to="exempt campaigns")
        if not name:
            raise BadInput("The campaign has no name, so nothing was granted.", next_step="Give it with --campaign.")
        if not periods:
            raise BadInput(
                "An exemption of a campaign is for periods that are named, so none was granted.",
                next_step="Give each with --period; see purdah-scheduler calendar list",
            )
        _check_terms(reason, until, now)
        require_known(house.least.exemption, actor.assurance, "An exemption")
        known = {period.id: period for period in house.calendar(tx)}
        answers: set[str] = set()
        for wanted in dict.fromkeys(periods):
            if wanted not in known:
                close = nearest(wanted, known)
                raise NotFound(
                    f"There is no period {wanted!r}, so nothing was granted.",
                    next_step=f"Did you mean {close}?" if close else "See purdah-scheduler calendar list --all",
                )
            answers |= _rules_of(office, actor, known[wanted])
        exemption = Exemption(
            id=0,
            post=None,
            campaign=name,
            person=actor.person.id,
            reason=reason.strip(),
            at=now,
            expires_at=until,
            answers=tuple(sorted(answers)),
            assurance=actor.assurance,
        )
        new_id = tx.add_exemption(exemption)
        record(
            tx,
            actor,
            "exemption.granted",
            at=now,
            public={"exemption": new_id, "until": until.isoformat(), "periods": [*sorted(set(periods))]},
            private={"campaign": name, "reason": exemption.reason},
        )
    return new_id


def revocable(exemptions: Sequence[Exemption], now: datetime) -> tuple[Exemption, ...]:
    """Those that somebody can still end: neither revoked nor past their end."""
    return tuple(entry for entry in exemptions if entry.revoked_at is None and now < entry.expires_at)


def why_no_revoking(house: House, person: Person, exemptions: Sequence[Exemption], now: datetime) -> str:
    """Why this person cannot end any of these exemptions now, in a sentence; empty where they can."""
    if not revocable(exemptions, now):
        return "No exemption of this post, or of its campaign, is there to be ended."
    roles = _revokers(house)
    if not person.has(*roles):
        return f"An exemption is ended by somebody with the role {', '.join(roles)}."
    return ""


def _revokers(house: House) -> tuple[Role, ...]:
    return (*sorted({house.exemption_role, *house.exemption_roles.values()}), Role.PUBLISHER)


def revoke_exemption(office: Office, actor: Actor, exemption_id: int) -> Exemption:
    """End an exemption now; what is queued under it is held at its time. Raises NotFound, NotAllowed, WrongState."""
    now, house = office.now(), office.house
    with office.store.write() as tx:
        require(actor, tx, *_revokers(house), to="revoke exemptions")
        exemption = next((known for known in tx.all_exemptions() if known.id == exemption_id), None)
        if exemption is None:
            raise NotFound(
                f"There is no exemption {exemption_id}, so nothing was revoked.", next_step="purdah-scheduler exemption list"
            )
        if exemption.revoked_at is not None:
            raise WrongState(f"Exemption {exemption_id} was revoked before, so nothing was changed.")
        tx.revoke_exemption(exemption_id, now)
        record(tx, actor, "exemption.revoked", at=now, post=exemption.post, public={"exemption": exemption_id})
    return exemption


def _require_role(office: Office, actor: Actor, tx: Writer, accounts: Sequence[Account], *, to: str) -> None:
    roles = {office.house.exemption_role_for(account.body) for account in accounts}
    require(actor, tx, *sorted(roles or {office.house.exemption_role}), to=to)


def _check_terms(reason: str, until: datetime, now: datetime) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput(
            f"An exemption needs a reason of at least {SHORTEST_REASON} characters, so none was granted.",
            next_step="Give --reason.",
        )
    if until <= now:
        raise BadInput("The exemption would end in the past, so none was granted.", next_step="Give a later --until.")


def _rules_of(office: Office, actor: Actor, period: Period) -> set[str]:
    """The keys of the period's rules for the bodies of which the actor may lift them. Raises WrongState where there is none."""
    house = office.house
    bodies = {account.body for account in house.bound_by(period)}
    regimes = {_regime(house, period, body) for body in bodies if actor.person.has(house.exemption_role_for(body))}
    if period.is_off or not regimes - {REFERENDUM}:
        if period.is_off or not bodies:
            why = "it does not hold here"
        else:
            why = "no exemption lifts the rules of a referendum" if regimes else "that takes another role"
        raise WrongState(f"Nothing of “{period.name}” can be lifted by {actor.person.name}: {why}. Nothing was granted.")
    return {key for regime in regimes - {REFERENDUM} for key in rule_keys(period, regime, house.rulebook)}


def still_lifts(reader: Reader, house: House, exemption: Exemption, now: datetime) -> tuple[str, ...]:
    """Ids of the periods of which an exemption lifts something, as text, periods and rules are now; empty once it has lapsed.

    Rules of every day of the year count as the period “”. For one of a post it is what it lifts now or at the post's time.
    """
    if exemption.revoked_at is not None or not exemption.at <= now < exemption.expires_at:
        return ()
    if exemption.person not in {person.id for person in house.active(reader)}:
        return ()
    answers = set(exemption.answers)
    calendar = house.calendar(reader)
    if exemption.post is None:
        found = {
            period.id
            for period in calendar
            if not period.is_off
            for account in house.bound_by(period)
            if not answers.isdisjoint(rule_keys(period, _regime(house, period, account.body), house.rulebook))
        }
    else:
        matter = Matter.read(reader, house, exemption.post)
        when = moments(matter.post, reader.deliveries(exemption.post), now)
        found = {
            finding.period
            for account, judgement in judgements(matter, house, calendar, when)
            if exemption in matter.exemptions_at(house, account, now)
            for finding in judgement.findings
            if finding.lifted and finding.key in answers
        }
    return tuple(sorted(found))


def _regime(house: House, period: Period, body: Body) -> str:
    return house.rulebook.regime_in(period, body) or ""
