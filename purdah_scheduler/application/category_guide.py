"""What each kind of post means, and how the rules treat it: on most days, and on given accounts at a given moment."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from purdah_scheduler.application.lists import Classed
from purdah_scheduler.application.matter import case_of
from purdah_scheduler.application.office import Office
from purdah_scheduler.domain.policy import YEAR_ROUND, Finding, Verdict, judge
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """One category: `usual` is its rule on every day of the year, `verdict` the strictest at the moment asked, with its findings.

    `source` has the addresses that its rules come from, ` ; ` between them.
    """

    category: str
    label: str
    usual: Verdict
    verdict: Verdict
    findings: tuple[Finding, ...]
    source: str


def category_guide(office: Office, classed: Classed, accounts: Sequence[str], at: datetime) -> tuple[Treated, ...]:
    """Every category, in the order of the rulebook, for a post that is otherwise classified so; no account means all of ours."""
    house = office.house
    book = house.rulebook
    mine = [account for account in house.accounts if account.id in accounts] or list(house.accounts)
    with office.store.read() as reader:
        calendar = house.calendar(reader)
    found = []
    for category, label in book.categories.items():
        asked = replace(classed, category=category)
        judged = [judge(case_of(asked, account, at), calendar, book) for account in mine]
        worst = max(judged, key=lambda one: one.verdict.rank)
        found.append(
            Treated(
                category=category,
                label=label,
                usual=book.rules.get((category, YEAR_ROUND), Verdict.BLOCK),
                verdict=worst.verdict,
                findings=worst.findings,
                source=book.addresses(category),
            )
        )
    return tuple(found)
