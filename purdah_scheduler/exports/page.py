"""The record as one page to read and to print: post by post what was said, who wrote and cleared it, and what was sent."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from purdah_scheduler.application.commenting import Comment
from purdah_scheduler.application.exporting import REDACTED, Export, File
from purdah_scheduler.domain.audit import Entry
from purdah_scheduler.domain.break_glass import BreakGlass
from purdah_scheduler.domain.civiltime import format_local
from purdah_scheduler.domain.clearance import Choice, Decision
from purdah_scheduler.domain.content import Card, Media, short
from purdah_scheduler.domain.posts import Delivery, Revision
from purdah_scheduler.domain.reveal import reveal
from purdah_scheduler.exports.in_words import ERASED, details, known_by, what, who
from purdah_scheduler.html_page import document, text

_DECISION = ("Stage", "Decision", "By", "How surely known", "When", "Of", "Reason")
_BROKEN = ("By", "When", "Without", "Of", "Incident", "Reason", "Reviewed", "Found")
_DONE = {Choice.APPROVE: "approved", Choice.REJECT: "rejected", Choice.WITHDRAW: "taken back"}


class Page:
    """Writes the page of one export; `names` are people by id, `periods` periods by id, `version` is the product's."""

    def __init__(
        self, export: Export, *, zone: ZoneInfo, names: Mapping[str, str], periods: Mapping[str, str], version: str
    ) -> None:
        self._export, self._zone, self._names, self._periods = export, zone, names, periods
        self._version = version

    def html(self) -> str:
        """The whole page, A4 upright; nothing on it is told by colour alone."""
        export = self._export
        title = f"Record of post {export.wanted.post}" if export.wanted.post is not None else "Extract of the record"
        entries = list(export.entries)
        body = [
            "<header>",
            f'<p class="department">{text(export.department)}</p>',
            f"<h1>{text(title)}</h1>",
            f"<p>{text(self._scope(len(entries)))}</p>",
            *([f"<p>{text(_REDACTION)}</p>"] if export.redacted else []),
            "</header>",
            "<main>",
            *(self._file(file, [entry for entry in entries if entry.post == file.dossier.post.id]) for file in export.files),
            self._others([entry for entry in entries if entry.post is None]),
            self._proof(),
            "</main>",
            f"<footer><p>{text(f'Made on {self._at(export.made_at)} by purdah-scheduler {self._version}.')}</p></footer>",
        ]
        return document(f"{export.department}: {title}", "record.css", body)

    def _scope(self, many: int) -> str:
        wanted = self._export.wanted
        spans = [
            *([f"from {self._at(wanted.since)}"] if wanted.since else []),
            *([f"to {self._at(wanted.until)}"] if wanted.until else []),
        ]
        return f"{many} entries about {len(self._export.files)} posts{', ' if spans else ''}{' '.join(spans)}."

    # --- a post ---------------------------------------------------------------------------------------------------

    def _file(self, file: File, entries: list[Entry]) -> str:
        dossier = file.dossier
        post, newest = dossier.post, dossier.revisions[-1]
        content = newest.content
        facts = [
            ("Kind of post", content.category.replace("-", " ")),
            ("Audience", content.nation),
            ("State", str(post.state).replace("_", " ")),
            ("Written", "; ".join(self._written(revision) for revision in dossier.revisions)),
            ("Checksum", f"{short(newest.digest)} (revision {newest.number})"),
        ]
        parts = [
            f'<section class="post"><h2>{text(f"Post {post.id}: {post.title}")}</h2>',
            _listed(facts),
            "<h3>What was said</h3>",
            *(self._said(revision, newest) for revision in reversed(dossier.revisions)),
            "<h3>Who cleared it</h3>",
            _table(
                ("Stage", "Decision", "By", "How surely known", "When", "Of", "Reason"), map(self._decision, dossier.decisions)
            ),
            "<h3>Which rules applied, and what was sent</h3>",
            *(self._delivery(entry, entries) for entry in dossier.deliveries),
            *([f'<p class="none">{text("It was never queued, so nothing was sent.")}</p>'] if not dossier.deliveries else []),
        ]
        if dossier.exemptions:
            rows = (
                (self._person(one.person), self._at(one.at), f"until {self._at(one.expires_at)}", self._words(one.reason))
                for one in dossier.exemptions
            )
            parts += ["<h3>Exemptions</h3>", _table(("By", "When", "Holds", "Reason"), rows)]
        if dossier.break_glasses:
            parts += ["<h3>Break-glass</h3>", _table(_BROKEN, map(self._broken, dossier.break_glasses))]
        if file.comments:
            parts += ["<h3>Comments</h3>", _table(("By", "When", "Of", "For", "Said"), map(self._comment, file.comments))]
        parts += ["<h3>The record of it</h3>", self._log(entries), "</section>"]
        return "".join(parts)

    def _written(self, revision: Revision) -> str:
        return f"revision {revision.number} by {self._person(revision.author)}, {self._at(revision.at)}"

    def _said(self, revision: Revision, newest: Revision) -> str:
        said = "".join(
            f"<h4>{text(f'{entry.account} ({entry.channel})')}</h4>{''.join(map(_quoted, entry.parts))}"
            for entry in revision.content.accounts
        )
        media = "".join(f"<li>{text(_file(one))}</li>" for one in revision.content.media)
        said += f'<ul class="media">{media}</ul>' if media else ""
        said += "" if revision.content.card is None else f'<ul class="media"><li>{text(_card(revision.content.card))}</li></ul>'
        if revision is newest:
            return said
        heading = f"Earlier: revision {revision.number}, {short(revision.digest)}"
        return f"<details><summary>{text(heading)}</summary>{said}</details>"

    def _decision(self, decision: Decision) -> tuple[str, ...]:
        return (
            decision.stage.replace("-", " "),
            _DONE[decision.choice],
            self._person(decision.person),
            f"{decision.assurance.short} ({decision.assurance})",
            self._at(decision.at),
            f"revision {decision.revision}, {short(decision.digest)}",
            self._words(decision.reason),
        )

    def _broken(self, glass: BreakGlass) -> tuple[str, ...]:
        at = glass.reviewed_at
        return (
            self._person(glass.person),
            self._at(glass.at),
            ", ".join(glass.stages),
            f"revision {glass.revision}, {short(glass.digest)}",
            glass.incident,
            self._words(glass.reason) or ERASED,
            "UNREVIEWED" if at is None else f"{self._person(glass.reviewed_by)}, {self._at(at)}",
            "" if at is None else self._words(glass.review) or ERASED,
        )

    def _comment(self, comment: Comment) -> tuple[str, ...]:
        if comment.is_erased:
            return ERASED, self._at(comment.at), f"revision {comment.revision}", "", ERASED
        return (
            self._person(comment.person),
            self._at(comment.at),
            f"revision {comment.revision}",
            ", ".join(map(self._person, comment.to)),
            self._words(comment.words),
        )

    def _delivery(self, entry: Delivery, entries: Iterable[Entry]) -> str:
        asked = [json.loads(one.public) for one in entries if one.delivery == entry.id and one.action == "delivery.sending"]
        verdict = asked[-1] if asked else {}
        periods = [self._periods.get(str(one), str(one)) for one in verdict.get("periods", [])]
        facts = [
            ("Account", entry.account),
            ("State", str(entry.state)),
            ("Time", self._at(entry.due_at)),
            ("Verdict", str(verdict.get("verdict", ""))),
            ("Periods in force", ", ".join(periods) if periods else "none" if verdict else ""),
            ("Cleared by", ", ".join(map(str, verdict.get("clearances", [])))),
            ("Published", self._at(entry.published_at) if entry.published_at else ""),
            ("Address", entry.remote_url or entry.remote_id),
            ("Why", self._words(entry.reason)),
        ]
        return _listed(facts)

    # --- the record -----------------------------------------------------------------------------------------------

    def _log(self, entries: Iterable[Entry]) -> str:
        redacted = self._export.redacted
        rows = (
            (
                str(entry.seq),
                self._at(entry.at),
                self._names.get(who(entry, redacted=redacted), who(entry, redacted=redacted)),
                known_by(entry),
                what(entry),
                details(entry, redacted=redacted),
                entry.hash[:16],
            )
            for entry in entries
        )
        return _table(("Entry", "When", "Who", "How surely known", "What", "Details", "Hash begins"), rows, kind="log")

    def _others(self, entries: list[Entry]) -> str:
        return f"<section><h2>Not about one post</h2>{self._log(entries)}</section>" if entries else ""

    def _proof(self) -> str:
        line = text(self._export.end.line)
        return f'<section class="proof"><h2>How to verify this</h2><p>{text(_PROOF)}</p><p class="line">{line}</p></section>'

    def _person(self, person: str) -> str:
        return REDACTED if self._export.redacted else self._names.get(person, person)

    def _words(self, words: str) -> str:
        return REDACTED if words and self._export.redacted else words

    def _at(self, at: datetime) -> str:
        return format_local(at, self._zone)


_PROOF = (
    "Each entry of the record carries a hash of itself and of the one before. The line below is how far the record went when "
    "this was made. Whoever keeps it can have the record verified beside it: purdah-scheduler audit verify --against FILE. "
    "The same extract as lines of JSON (--format jsonl) can be verified without the product. How surely a person was known "
    "stands beside each decision: recorded, not verified, means that a name was given and nothing proves it."
)
_REDACTION = (
    f"{REDACTED} stands where the name or the words of a person were: personal data, exempt under section 40(2) of the Freedom "
    "of Information Act 2000. The hashes and checksums are those of the whole record."
)


def _quoted(words: str) -> str:
    """Anybody's words with their lines."""
    return f"<blockquote>{'<br>'.join(text(line) for line in reveal(words).split(chr(10)))}</blockquote>"


def _file(medium: Media) -> str:
    focus = f" (focus {medium.focus})" if medium.focus is not None else ""
    return f"{medium.type}, {medium.size} bytes: {medium.alt}{focus}"


def _card(card: Card) -> str:
    picture = f" ({card.picture.type}, {card.picture.size} bytes)" if card.picture is not None else ""
    return f"card: {card.words}{picture}"


def _listed(facts: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>" for name, value in facts if value)
    return f"<dl>{told}</dl>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]], *, kind: str = "") -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if not lines:
        return '<p class="none">None.</p>'
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in heads)
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'
