"""A case: what the rules are asked about one post on one account at one instant."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from purdah_scheduler.domain.content import Marks
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Body, Nation, Place, in_utc
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One post on one account at the instant `at`: the moment of sending, not the moment it was due.

    `nation` is the audience's, empty for the whole UK; `account` and `channel` are empty where they are not known. `approved_at`
    is when the post was last cleared. `not_lifted` names manual-lift periods to treat as open. `lifts` are the keys of findings
    and rules that exemptions on record lift, each with that exemption in words. `exemption` is the reason of a supposed one,
    which lifts all that may be lifted; empty for none.
    Raises ValueError for a naive instant, BadInput for an unknown nation.
    """

    body: Body
    category: str
    at: datetime
    nation: str = Nation.UK
    area: str = ""
    account: str = ""
    channel: str = ""
    account_kind: AccountKind = AccountKind.DEPARTMENT
    marks: Marks = field(default_factory=Marks)
    approved_at: datetime | None = None
    not_lifted: frozenset[str] = frozenset()
    exemption: str = ""
    lifts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at, "the moment of sending"))
        if self.approved_at is not None:
            object.__setattr__(self, "approved_at", in_utc(self.approved_at, "the moment of approval"))
        if self.nation and self.nation not in list(Nation):
            raise BadInput(
                f"There is no nation “{self.nation}”, so nothing was judged.", next_step=f"Choose one of {', '.join(Nation)}."
            )

    @property
    def place(self) -> Place:
        """What decides within which periods' scope the post is."""
        return Place(
            body=self.body,
            nation=self.nation,
            area=self.area,
            account=self.account,
            channel=self.channel,
            campaign=self.marks.campaign,
        )
