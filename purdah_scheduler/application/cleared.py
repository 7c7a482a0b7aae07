"""When very many posts were cleared: worked out once for all of which the same people said the same."""

from datetime import datetime

from purdah_scheduler.application.lists import Classed, Papers
from purdah_scheduler.application.office import House
from purdah_scheduler.domain.clearance import Setting, Standing, standing_on
from purdah_scheduler.domain.people import Assurance, Person

_Words = tuple[object, ...]
_Known = dict[tuple[object, ...], tuple[int, ...]]


class Clearances:
    """The clearances of posts as `Matter.standing` would have them, from their papers; `people` are those who may act today."""

    def __init__(self, house: House, people: tuple[Person, ...]) -> None:
        self._house, self._people = house, people
        self._lasts = all(stage.expires_after is None and stage.expires_inside is None for stage in house.chain)
        self._known: dict[int, tuple[Classed, _Known]] = {}

    def standing(self, papers: Papers, classed: Classed, setting: Setting) -> Standing:
        """What counts, and what is missing, of a post that goes out in that setting."""
        house = self._house
        return standing_on(
            tuple(stage for stage in house.chain if stage.covers(classed.category, classed.marks, papers.accounts)),
            settings=(setting,),
            digest=papers.digest,
            revision=papers.revision,
            decisions=house.evidence.weigh(papers.post, papers.decisions, house.people),
            authors=papers.authors,
            people=self._people,
        )

    def cleared_at(self, papers: Papers, classed: Classed, at: datetime, regimes: frozenset[str]) -> datetime | None:
        """When the oldest clearance that counts was given: `Standing.cleared_at` at `at`, in those regimes."""
        words = _words(papers) if self._lasts else None
        if words is None:
            return self.standing(papers, classed, Setting(at=at, regimes=regimes)).cleared_at
        # By identity, as a screen knows them: posts that are classified alike share what says so.
        _, known = self._known.setdefault(id(classed), (classed, {}))
        key = (words, regimes, papers.accounts, papers.authors)
        counting = known.get(key)
        if counting is None:
            stands = self.standing(papers, classed, Setting(at=at, regimes=regimes))
            counting = known[key] = tuple(
                place for place, decision in enumerate(papers.decisions) if any(decision is one for one in stands.counting)
            )
        return min((papers.decisions[place].at for place in counting), default=None)


def _words(papers: Papers) -> _Words | None:
    """Who said what, in which order; None where times or proofs could make a difference too.

    Which clearances count hangs on their times only where two have the same, or where one that expires is asked for.
    """
    words: list[object] = []
    last: datetime | None = None
    for decision in papers.decisions:
        if decision.assurance is not Assurance.CLAIMED or (last is not None and decision.at <= last):
            return None
        last = decision.at
        is_for_this = decision.digest == papers.digest and decision.revision == papers.revision
        words.append((decision.person, decision.stage, decision.choice, is_for_this))
    return tuple(words)
