"""The ballots of a saved answer of Every Election, read one by one: what a period needs of each, and every fault in words."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from purdah_scheduler.calendars.election_ids import ElectionId, read_id
from purdah_scheduler.calendars.timetable import nations_of
from purdah_scheduler.domain.periods import Nation
from purdah_scheduler.errors import BadInput
from purdah_scheduler.lean import lean_dataclass

_TERRITORIES = {"ENG": Nation.ENGLAND, "WLS": Nation.WALES, "SCT": Nation.SCOTLAND, "NIR": Nation.NI, "GBN": Nation.UK}
_FIRST_NOTICE = timedelta(days=92)
_LONGEST_NAME = 200
_Value = TypeVar("_Value")


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One ballot: the poll, where it is held, who holds it, and the notice that the file gives (None: to be calculated).

    `from_id`: the file only names it, as the replacement of another.
    """

    election: ElectionId
    nations: frozenset[Nation]
    organisation: str
    division: str
    notice: date | None
    cancelled: bool = False
    replaced_by: str = ""
    from_id: bool = False


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What is in the file and brings no period, with the reason."""

    election: str
    reason: str


class BadBallot(Exception):
    """A result that is not what Every Election sends; the message is a sentence about it."""


def read_result(result: object) -> Ballot | Skipped | None:
    """One result: a ballot, one that brings no period, or None for groups and for what was deleted. Raises BadBallot."""
    if not isinstance(result, dict):
        raise BadBallot("is not an object.")
    fields = _Fields(result)
    text = fields.text("election_id")
    if not text:
        raise BadBallot("has no election_id.")
    deleted = fields.flag("deleted")
    group = fields.text("group_type") or (fields.text("identifier_type") or "ballot") != "ballot"
    if deleted or group:
        return None
    try:
        election = read_id(text)
    except BadInput as refusal:
        return Skipped(election=text[:200], reason=refusal.message.partition(", so nothing")[0] + ".")
    polling_day = fields.day("poll_open_date")
    if polling_day is None:
        return Skipped(election=election.text, reason="Its polling day is not known yet.")
    if polling_day != election.polling_day:
        raise BadBallot(f"has polling day {polling_day} and an id that says {election.polling_day}.")
    organisation, division = fields.within("organisation"), fields.within("division")
    territory = division.text("territory_code") or organisation.text("territory_code")
    notice = fields.within("timetable").day("notice_of_election_deadline")
    if notice is not None and not timedelta() < polling_day - notice <= _FIRST_NOTICE:
        raise BadBallot(f"has its notice on {notice} for a poll on {polling_day}.")
    try:
        nations = nations_of(election, _TERRITORIES.get(territory))
    except BadInput:
        raise BadBallot(f"names no nation in which it can be held (territory_code {territory[:20]!r}).") from None
    return Ballot(
        election=election,
        nations=nations,
        organisation=organisation.text("common_name") or organisation.text("official_name"),
        division=division.text("name"),
        notice=notice,
        cancelled=fields.flag("cancelled"),
        replaced_by=fields.text("replaced_by"),
    )


class _Fields:
    """The fields of one object, each checked for its type; null and missing are the same."""

    def __init__(self, fields: Mapping[str, object]) -> None:
        self._fields = fields

    def text(self, key: str) -> str:
        """A line of text that can be shown; empty for null."""
        value = self._value(key, str, "text", "")
        if len(value) > _LONGEST_NAME or not value.isprintable():
            raise BadBallot(f"has a {key} with a character that cannot be shown, or more than {_LONGEST_NAME} of them.")
        return value.strip()

    def flag(self, key: str) -> bool:
        """true or false; false for null."""
        return self._value(key, bool, "true or false", False)

    def day(self, key: str) -> date | None:
        """A date such as 2026-05-07; None for null."""
        value = self.text(key)
        if not value:
            return None
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
        if found is None or value != found.isoformat():
            raise BadBallot(f"has a {key} that is no date.")
        return found

    def within(self, key: str) -> "_Fields":
        """The fields of an object in this one; none for null."""
        nothing: dict[str, object] = {}
        return _Fields(self._value(key, dict, "an object", nothing))

    def _value(self, key: str, kind: type[_Value], words: str, absent: _Value) -> _Value:
        value = self._fields.get(key)
        if value is None:
            return absent
        if not isinstance(value, kind):
            raise BadBallot(f"has a {key} that is not {words}.")
        return value
