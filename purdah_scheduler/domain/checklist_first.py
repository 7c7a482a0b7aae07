"""What people do on the first day of a period, by its kind; domain.md 2.1, 2.4, 2.7 and the end of section 3."""

from collections.abc import Iterator

from purdah_scheduler.domain.checklist import Group, Item
from purdah_scheduler.domain.checklist_notice import notice_of
from purdah_scheduler.domain.checklist_occasion import PAID, Inside, Occasion, Published, handle_of
from purdah_scheduler.domain.people import Account, Person
from purdah_scheduler.domain.periods import Kind, PeriodStatus, name_key
from purdah_scheduler.domain.policy import PUBLICITY, STRICT, Verdict

_NAMED = 5
"""Posts that an item names; the rest is counted."""


def first_day(occasion: Occasion) -> tuple[Item, ...]:
    """The items of the first day. A freeze has a shorter list, a blackout only what is inside the house."""
    kind = occasion.period.kind
    if kind is Kind.FREEZE:
        parts = [_essentials(occasion), _elsewhere(occasion), _people(occasion), _paid(occasion), _queued(occasion)]
    elif kind is Kind.DEPARTMENTAL:
        parts = [_dates(occasion), _elsewhere(occasion), _people(occasion), _paid(occasion), _queued(occasion)]
    else:
        parts = [
            *(_dates(occasion), _by_law(occasion), _notices(occasion), _pins_and_profiles(occasion), _elsewhere(occasion)),
            *(_partners_and_leaders(occasion), _replies(occasion), _people(occasion), _paid(occasion), _queued(occasion)),
        ]
    return tuple(item for part in parts for item in part)


# --- the period ---------------------------------------------------------------------------------------------------


def _dates(occasion: Occasion) -> Iterator[Item]:
    period = occasion.period
    if period.status is PeriodStatus.PROVISIONAL:
        yield Item(
            key="dates",
            group=Group.DATES,
            words=f"Confirm the dates, which nobody has: it starts {occasion.when(period.starts)}. When they are right: "
            f"purdah-scheduler calendar confirm {period.id}",
            source=period.source or occasion.source(own=True),
            about=f"{period.starts.isoformat()} to {period.ends.isoformat()}",
        )


def _by_law(occasion: Occasion) -> Iterator[Item]:
    if occasion.period.kind is Kind.REFERENDUM:
        yield Item(
            key="nothing-on-the-vote",
            group=Group.ESSENTIALS,
            words="Tell everybody who posts: by law nothing about the question, and nothing that encourages people to vote or to "
            "register. No exemption lifts that.",
            source=occasion.source("PPERA"),
        )


def _essentials(occasion: Occasion) -> Iterator[Item]:
    yield Item(
        key="who-clears",
        group=Group.ESSENTIALS,
        words="Agree who clears what cannot wait. After a royal death: the permanent secretary and Number 10, for critical, "
        "legally required or necessary factual items alone.",
        source=occasion.source("GPRD"),
    )
    yield Item(
        key="destination-page",
        group=Group.ESSENTIALS,
        words="In an emergency: agree the one page that every account leads to, and promote nothing else.",
        source=occasion.source("GPRD"),
    )


# --- the accounts -------------------------------------------------------------------------------------------------


def _speaking_of_it(occasion: Occasion) -> tuple[Account, ...]:
    """The accounts that are within the period as such: where it has an area, those of that area."""
    area = name_key(occasion.period.area)
    return tuple(account for account in occasion.accounts if not area or name_key(account.area) == area)


def _notices(occasion: Occasion) -> Iterator[Item]:
    for account in _speaking_of_it(occasion):
        regime = occasion.regime(account)
        names = {PUBLICITY: ("LGAS",)}.get(regime, ("WGSM",) if account.body == "welsh-gov" else ())
        suggestion = notice_of(occasion.period, regime)
        yield Item(
            key=f"notice-{account.id}",
            group=Group.NOTICE,
            words=f"Publish the notice on {handle_of(account)}, in words that your propriety people have agreed.",
            source=occasion.source(*names, own=True),
            about=str(occasion.period.polling_day or ""),
            suggestion=suggestion,
            account=account.id,
        )


def _pins_and_profiles(occasion: Occasion) -> Iterator[Item]:
    here = f" about {occasion.period.area}" if occasion.period.area else ""
    speaking = _speaking_of_it(occasion)
    for account in occasion.accounts:
        named = occasion.sensitive_on(account)
        if account in speaking or named:
            yield Item(
                key=f"pins-{account.id}",
                group=Group.PROFILES,
                words=f"Pins on {handle_of(account)}: unpin what promotes policy or people{here}. "
                "Delete nothing: what is published stands.",
                source=occasion.source("LGAS", "GDSP", own=True),
                details=_listed(occasion, named, "Published there in the last 8 weeks, and politically sensitive: "),
                account=account.id,
            )
        if account in speaking:
            yield Item(
                key=f"profile-{account.id}",
                group=Group.PROFILES,
                words=f"Profile of {handle_of(account)}: look at text, name, link and header image. No minister or councillor, "
                "no campaign, no slogan.",
                source=occasion.source(own=True),
                account=account.id,
            )


def _elsewhere(occasion: Occasion) -> Iterator[Item]:
    accounts = ", ".join(handle_of(account) for account in occasion.accounts)
    names = ("GPRD",) if occasion.period.kind is Kind.FREEZE else ()
    yield Item(
        key="other-tools",
        group=Group.ELSEWHERE,
        words="Other tools that post for these accounts (schedulers, newsletters, website, feeds that post by themselves): "
        "stop what does not qualify.",
        source=occasion.source(*names, own=not names),
        about=accounts,
        details=(accounts,) if accounts else (),
    )
    yield Item(
        key="platform-schedulers",
        group=Group.ELSEWHERE,
        words="Each platform's own scheduler and drafts: stop what does not qualify. This product cannot see them.",
        source=occasion.source(*names, own=not names),
        about=accounts,
    )


def _partners_and_leaders(occasion: Occasion) -> Iterator[Item]:
    for account in occasion.partners():
        yield Item(
            key=f"partner-{account.id}",
            group=Group.PARTNERS,
            words=f"Agree with the partners of {handle_of(account)} who posts what: a shared account is covered.",
            source=occasion.source("LGAS"),
            account=account.id,
        )
    for account in occasion.leaders():
        strict = occasion.regime(account) == STRICT
        step = " Every post but safety needs a second person's sign-off." if strict else ""
        yield Item(
            key=f"leader-{account.id}",
            group=Group.PARTNERS,
            words=f"Tell the owner of {handle_of(account)} what holds: no opinion, no shares of parties or politicians.{step}",
            source=occasion.source("GCN13", "PST15"),
            account=account.id,
        )


def _replies(occasion: Occasion) -> Iterator[Item]:
    speaking = _speaking_of_it(occasion)
    if not speaking:
        return
    lga = any(occasion.regime(account) == PUBLICITY for account in speaking)
    yield Item(
        key="replies",
        group=Group.REPLIES,
        words="Say who watches replies and comments, evenings and weekends too: hide or remove political ones, answer "
        "questions about services, share nothing of parties and politicians.",
        source=occasion.source("LGAS") if lga else occasion.source("LGAS", "GCN13", own=True),
        details=(", ".join(handle_of(account) for account in speaking),),
    )


def _people(occasion: Occasion) -> Iterator[Item]:
    signers, exempters = _named(occasion.signers), _named(occasion.exempters)
    yield Item(
        key="sign-offs",
        group=Group.PEOPLE,
        words="Tell everybody who gives sign-offs and exemptions, and who stands in for them: a yes from before the period does "
        "not count inside it.",
        source=occasion.source("GCS24", own=True),
        about=f"{','.join(person.id for person in occasion.signers)};{','.join(person.id for person in occasion.exempters)}",
        details=(f"Sign-offs ({', '.join(occasion.sign_off_roles)}): {signers}", f"Exemptions: {exempters}"),
    )


# --- posts --------------------------------------------------------------------------------------------------------


def _paid(occasion: Occasion) -> Iterator[Item]:
    for account in occasion.accounts:
        stop = occasion.verdict_on("paid-advertising", account) is Verdict.BLOCK
        do = "pause every boosted post and advert" if stop else "look again at every boosted post and advert"
        rest = "" if stop else ", and pause what nobody signs off"
        yield Item(
            key=f"paid-outside-{account.id}",
            group=Group.PAID,
            words=f"Paid items of {handle_of(account)}: {do} that was bought on the platform or through an agency{rest}. "
            "This product cannot see them.",
            source=occasion.source(*(("GPRD",) if occasion.period.kind is Kind.FREEZE else ("WADDS19",)), own=True),
            account=account.id,
        )
    posts: tuple[Published | Inside, ...] = (*occasion.published, *occasion.inside)
    yield from (_paid_post(occasion, post) for post in posts if post.category in PAID)


def _paid_post(occasion: Occasion, post: Published | Inside) -> Item:
    is_public = isinstance(post, Published)
    when = f"published {occasion.when(post.at)}" if isinstance(post, Published) else f"due {occasion.when(post.due_at)}"
    return Item(
        key=f"paid-{post.post}-{post.account}",
        group=Group.PAID,
        words=f"Pause what is paid behind post {post.post}, “{post.title}”, on {post.account} ({post.category}, {when}).",
        source=occasion.source("WADDS19", own=True),
        about="published" if is_public else "queued",
        account=post.account,
        post=post.post,
    )


def _queued(occasion: Occasion) -> Iterator[Item]:
    for entry in occasion.inside:
        yield Item(
            key=f"queue-{entry.post}-{entry.account}",
            group=Group.QUEUE,
            words=f"{entry.fate}: post {entry.post}, “{entry.title}”, on {entry.account}, due {occasion.when(entry.due_at)}. "
            f"{entry.advice}",
            source=occasion.source(own=True),
            about=f"{entry.verdict}, due {entry.due_at.isoformat()}",
            account=entry.account,
            post=entry.post,
            delivery=entry.delivery,
        )
    if occasion.more_inside:
        yield Item(
            key="queue-more",
            group=Group.QUEUE,
            words=f"Read {occasion.more_inside} more queued posts that fall inside: "
            f"purdah-scheduler calendar impact --id {occasion.period.id}",
            source=occasion.source(own=True),
            about=str(occasion.more_inside),
        )


def _listed(occasion: Occasion, posts: tuple[Published, ...], head: str) -> tuple[str, ...]:
    lines = [
        f"post {post.post}, “{post.title}” ({post.category}, {occasion.when(post.at)}){' ' + post.url if post.url else ''}"
        for post in posts[:_NAMED]
    ]
    more = [f"and {len(posts) - _NAMED} more"] if len(posts) > _NAMED else []
    return (head.strip(), *lines, *more) if lines else ()


def _named(people: tuple[Person, ...]) -> str:
    return "; ".join(person.name for person in people) or "NOBODY in the configuration has the role"
