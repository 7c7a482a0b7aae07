"""One post as everything that judges it sees it: its facts, the clearances that count, and the question to the rules."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.lists import Classed, Dossier
from purdah_scheduler.application.office import House
from purdah_scheduler.application.ports import Reader
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.calendar import having_a_say
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import Decision, Missing, Setting, Stage, Standing, may_decide, signed_off, standing
from purdah_scheduler.domain.content import Content, digest
from purdah_scheduler.domain.outlived import outlived_by
from purdah_scheduler.domain.people import Account, Person, Role
from purdah_scheduler.domain.periods import Period, name_key
from purdah_scheduler.domain.policy import Case, Finding, Judgement, judge
from purdah_scheduler.domain.posts import OVER, Delivery, Exemption, Post, Revision
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One post on one account as the store knows it: everything that the gate weighs, read in one go.

    `exemptions` are its own and those of its campaign.
    """

    post: Post
    revision: Revision
    digest: str
    authors: frozenset[str]
    decisions: tuple[Decision, ...]
    exemptions: tuple[Exemption, ...]
    break_glasses: tuple[BreakGlass, ...]
    people: tuple[Person, ...]

    @classmethod
    def read(cls, reader: Reader, house: House, post_id: int) -> "Matter":
        """Read the post and recompute its digest. Raises NotFound."""
        post = reader.post(post_id)
        return cls.of(
            house,
            Dossier(
                post=post,
                revisions=reader.revisions(post_id),
                decisions=reader.decisions(post_id),
                exemptions=reader.exemptions(post_id),
                deliveries=(),
                break_glasses=reader.break_glasses(post_id),
            ),
            house.active(reader),
            reader.campaign_exemptions(),
        )

    @classmethod
    def of(cls, house: House, dossier: Dossier, people: tuple[Person, ...], campaigns: Sequence[Exemption]) -> "Matter":
        """The same of what was read already; `people` are those who may act today, `campaigns` every campaign's exemptions.

        Signatures are verified here, each time: a decision of which there is a doubt today does not count.
        """
        current = dossier.current
        own = name_key(current.content.marks.campaign) if campaigns else ""
        of_campaign = (exemption for exemption in campaigns if own and name_key(exemption.campaign) == own)
        return cls(
            post=dossier.post,
            revision=current,
            digest=digest(current.content),
            authors=frozenset(revision.author for revision in dossier.revisions),
            decisions=house.evidence.weigh(dossier.post.id, dossier.decisions, house.people),
            exemptions=(*dossier.exemptions, *of_campaign),
            break_glasses=dossier.break_glasses,
            people=people,
        )

    @property
    def content(self) -> Content:
        return self.revision.content

    def standing(self, house: House, settings: Sequence[Setting], *, stages: Sequence[Stage] | None = None) -> Standing:
        """The clearances that count for this digest in all of `settings`, and what is missing.

        `stages`: only of these, which come in the order of the chain.
        """
        mine = {entry.account for entry in self.content.accounts}
        skips = [{stage for glass in self.broken_at(house, setting.at) for stage in glass.stages} for setting in settings]
        return standing(
            skips=frozenset(set.intersection(*skips)) if skips else frozenset(),
            chain=house.chain if stages is None else stages,
            content=self.content,
            settings=settings,
            sign_off_roles=frozenset(house.sign_off_role_for(known.body) for known in house.accounts if known.id in mine),
            digest=self.digest,
            revision=self.revision.number,
            decisions=self.decisions,
            authors=self.authors,
            people=self.people,
        )

    def broken_at(self, house: House, at: datetime) -> tuple[BreakGlass, ...]:
        """The break-glasses that count at `at`: for this text, in their time, by a non-author who may act and has the duty."""
        if not house.break_glass.enabled:
            return ()
        active = {person.id: person for person in self.people}
        return tuple(
            glass
            for glass in self.break_glasses
            if glass.covers(self.digest, self.revision.number, at)
            and glass.person in active
            and may_decide(active[glass.person], Role.DUTY, self.authors)
        )

    def exemptions_at(self, house: House, account: Account, at: datetime) -> tuple[Exemption, ...]:
        """Those that stand at `at` on this account, oldest first: not revoked, not expired, by an entitled non-author.

        One of the post is for this digest; one of its campaign is for every text in it.
        """
        active = {person.id: person for person in self.people}
        role = house.exemption_role_for(account.body)
        return tuple(
            exemption
            for exemption in self.exemptions
            if (exemption.post is None or exemption.digest == self.digest)
            and exemption.revoked_at is None
            and exemption.at <= at < exemption.expires_at
            and exemption.person in active
            and may_decide(active[exemption.person], role, self.authors)
            and house.evidence.known(exemption.assurance).rank >= house.least.exemption.rank
        )

    def signed(self, house: House, account: Account, finding: Finding) -> Decision | None:
        """The standing sign-off that covers a flag on this account, or None."""
        return signed_off(
            digest=self.digest,
            revision=self.revision.number,
            decisions=self.decisions,
            authors=self.authors,
            people=self.people,
            role=house.sign_off_role_for(account.body),
            key=finding.key,
            since=finding.since,
            least=house.least.sign_off,
        )


def case_of(content: Content | Classed, account: Account, at: datetime) -> Case:
    """The question to the rules: this content on this account at `at`, with no clearance and no exemption known.

    The classification alone will do. The account's area stands in where the post names none.
    """
    return Case(
        body=account.body,
        account_kind=account.kind,
        account=account.id,
        channel=account.channel,
        nation=content.nation,
        area=content.area or account.area,
        category=content.category,
        marks=content.marks,
        at=at,
    )


def setting_of(house: House, case: Case, calendar: Sequence[Period]) -> Setting:
    """The moment of a case, with the regimes of the periods that are in force for it then."""
    in_force, _ = having_a_say(calendar, case.place, case.at, None, frozenset())
    regimes = (house.rulebook.regime_in(period, case.body) for period in in_force)
    return Setting(at=case.at, regimes=frozenset(regime for regime in regimes if regime is not None))


def settings_ahead(
    matter: Matter, house: House, calendar: Sequence[Period], deliveries: Iterable[Delivery], now: datetime
) -> tuple[Setting, ...]:
    """What clearances given now are for: the regimes at each time at which the post may go out, or at `now` where none is known.

    Their age counts as of `now`; how old they will be at that time, the gate says of that time.
    """
    planned = [moment for moment in moments(matter.post, deliveries, now) if moment > now] or [now]
    mine = {entry.account for entry in matter.content.accounts}
    found = {
        replace(setting_of(house, case_of(matter.content, account, at), calendar), at=now)
        for account in house.accounts
        if account.id in mine
        for at in planned
    }
    return tuple(sorted(found, key=lambda setting: sorted(setting.regimes))) or (Setting(at=now),)


def moments(post: Post, deliveries: Iterable[Delivery], now: datetime) -> tuple[datetime, ...]:
    """When a post can go out as far as anybody knows: now, at its planned time, and at the due time of each open delivery."""
    due = [delivery.due_at for delivery in deliveries if delivery.state not in OVER]
    planned = [post.planned_at] if post.planned_at is not None else []
    return tuple(sorted({now, *(at for at in (*planned, *due) if at > now)}))


def judgement_of(
    matter: Matter,
    reader: Reader,
    house: House,
    account: Account,
    at: datetime,
    *,
    calendar: Sequence[Period] | None = None,
) -> Judgement:
    """The verdict on this post on this account if it were sent at `at`, by `calendar` (the one that is known now)."""
    known = house.calendar(reader) if calendar is None else calendar
    return judge(whole_case(matter, house, account, at, known), known, house.rulebook)


def whole_case(matter: Matter, house: House, account: Account, at: datetime, calendar: Sequence[Period]) -> Case:
    """The question to the rules with all that is known: the clearances that count, and what exemptions lift at `at`."""
    case = case_of(matter.content, account, at)
    return completed(case, matter, house, account, matter.standing(house, (setting_of(house, case, calendar),)))


def completed(case: Case, matter: Matter, house: House, account: Account, stands: Standing) -> Case:
    """The same of a case whose clearances are known."""
    lifts: dict[str, str] = {}
    for exemption in matter.exemptions_at(house, account, case.at):
        words = exemption_words(exemption, house.zone)
        for key in exemption.answers:
            lifts.setdefault(key, words)
    return replace(case, approved_at=stands.cleared_at, lifts=lifts)


def exemption_words(exemption: Exemption, zone: ZoneInfo) -> str:
    """Which exemption it is, by whom, until when and why."""
    campaign = f" for the campaign “{exemption.campaign}”" if exemption.campaign else ""
    until = format_local(exemption.expires_at, zone)
    return f"exemption {exemption.id}{campaign}, granted by {exemption.person} until {until}: {exemption.reason.strip()}"


def cleared_too_early(matter: Matter, house: House, case: Case, calendar: Sequence[Period]) -> tuple[Missing, Period] | None:
    """The first stage that has to be cleared again because a strict period has outlived its clearance, with that period.

    None where nothing was outlived, or where every stage was cleared anew since the period began, be it by other people.
    """
    setting = setting_of(house, case, calendar)
    return outlived_stage(matter, house, case, calendar, setting, matter.standing(house, (setting,)))


def outlived_stage(
    matter: Matter, house: House, case: Case, calendar: Sequence[Period], setting: Setting, stands: Standing
) -> tuple[Missing, Period] | None:
    """The same where the setting of the case, and the clearances that count in it, are known."""
    oldest = stands.cleared_at
    period = None if oldest is None else outlived_by(case, oldest, calendar, house.rulebook)
    if period is None:
        return None
    since = tuple(decision for decision in matter.decisions if decision.at >= period.starts)
    missing = replace(matter, decisions=since).standing(house, (setting,)).missing
    return (missing[0], period) if missing else None
