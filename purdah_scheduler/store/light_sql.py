"""The questions of the whole reader in SQL: made of its statements by tests/store/light_questions.py, never written by hand."""

from typing import NamedTuple

EACH = "*"
"""Begins the name of an argument that is a list, in what a question binds and, between brackets, in its text."""


class Question(NamedTuple):
    """`binds` are names of arguments, or numbers that stand for themselves; `columns` are the names of those that come back.

    `instants` are the places of the columns that are instants.
    """

    sql: str
    binds: tuple[str | int, ...]
    columns: str
    instants: tuple[int, ...]


QUESTIONS: dict[str, Question] = {
    "account checks": Question(
        sql=(
            "SELECT account_checks.account, account_checks.at, account_checks.health, account_checks.said, "
            "account_checks.expires_at FROM account_checks ORDER BY account_checks.account"
        ),
        binds=(),
        columns=("account at health said expires_at"),
        instants=(1, 4),
    ),
    "attempts": Question(
        sql=(
            "SELECT attempts.delivery, attempts.number, attempts.intent_at, attempts.owner, attempts.outcome, "
            "attempts.detail, attempts.ended_at FROM attempts WHERE attempts.delivery = ? ORDER BY attempts.number"
        ),
        binds=("delivery",),
        columns=("delivery number intent_at owner outcome detail ended_at"),
        instants=(2, 6),
    ),
    "break-glasses": Question(
        sql=(
            "SELECT break_glasses.id, break_glasses.post, break_glasses.digest, break_glasses.revision, "
            "break_glasses.person, break_glasses.stages, break_glasses.reason, break_glasses.incident, break_glasses.at, "
            "break_glasses.told_at, break_glasses.reviewed_by, break_glasses.reviewed_at, break_glasses.review FROM "
            "break_glasses WHERE break_glasses.post = ? ORDER BY break_glasses.id"
        ),
        binds=("post",),
        columns=("id post digest revision person stages reason incident at told_at reviewed_by reviewed_at review"),
        instants=(8, 9, 11),
    ),
    "campaign exemptions": Question(
        sql=(
            "SELECT exemptions.id, exemptions.post, exemptions.digest, exemptions.campaign, exemptions.answers, "
            "exemptions.person, exemptions.reason, exemptions.at, exemptions.expires_at, exemptions.revoked_at, "
            "exemptions.assurance FROM exemptions WHERE exemptions.post IS NULL ORDER BY exemptions.id"
        ),
        binds=(),
        columns=("id post digest campaign answers person reason at expires_at revoked_at assurance"),
        instants=(7, 8, 9),
    ),
    "comments past": Question(
        sql=(
            "SELECT audit.seq, audit.at, audit.action, audit.post, audit.delivery, audit.public, audit.private, "
            "audit.salt, audit.commitment, audit.prev, audit.hash, audit.post IN (SELECT revisions.post FROM revisions "
            "WHERE revisions.author = ?) AS mine FROM audit LEFT OUTER JOIN readings ON readings.post = audit.post AND "
            "readings.person = ? WHERE audit.action = 'post.commented' AND audit.private IS NOT NULL AND audit.seq > "
            "coalesce(readings.comment, ?) AND (audit.post IN (SELECT revisions.post FROM revisions WHERE revisions.author "
            "= ?) OR (audit.private LIKE '%' || ? || '%' ESCAPE '/'))"
        ),
        binds=("person", "person", 0, "person", "named"),
        columns=("seq at action post delivery public private salt commitment prev hash mine"),
        instants=(1,),
    ),
    "counts": Question(
        sql=("SELECT targets.state, count(*) AS lines FROM targets GROUP BY targets.state ORDER BY targets.state"),
        binds=(),
        columns=("state lines"),
        instants=(),
    ),
    "decisions": Question(
        sql=(
            "SELECT decisions.id, decisions.post, decisions.revision, decisions.person, decisions.stage, decisions.choice, "
            "decisions.digest, decisions.at, decisions.assurance, decisions.reason, decisions.answers, decisions.proof "
            "FROM decisions WHERE decisions.post = ? ORDER BY decisions.id"
        ),
        binds=("post",),
        columns=("id post revision person stage choice digest at assurance reason answers proof"),
        instants=(7,),
    ),
    "deliveries": Question(
        sql=(
            "SELECT deliveries.id, deliveries.post, deliveries.account, deliveries.state, deliveries.due_at, "
            "deliveries.ready_at, deliveries.revision, deliveries.digest, deliveries.reason_code, deliveries.reason, "
            "deliveries.fence, deliveries.owner, deliveries.lease_until, deliveries.attempts, deliveries.not_again_before, "
            "deliveries.remote_id, deliveries.remote_url, deliveries.published_at, deliveries.staged, deliveries.part, "
            "deliveries.parts, deliveries.follows FROM deliveries WHERE deliveries.post = ? ORDER BY deliveries.id"
        ),
        binds=("post",),
        columns=(
            "id post account state due_at ready_at revision digest reason_code reason fence owner lease_until attempts "
            "not_again_before remote_id remote_url published_at staged part parts follows"
        ),
        instants=(4, 5, 12, 14, 17),
    ),
    "entries of post": Question(
        sql=(
            "SELECT audit.seq, audit.at, audit.action, audit.post, audit.delivery, audit.public, audit.private, "
            "audit.salt, audit.commitment, audit.prev, audit.hash FROM audit WHERE audit.post = ? ORDER BY audit.seq LIMIT "
            "? OFFSET ?"
        ),
        binds=("post", 1000, 0),
        columns=("seq at action post delivery public private salt commitment prev hash"),
        instants=(1,),
    ),
    "exemptions": Question(
        sql=(
            "SELECT exemptions.id, exemptions.post, exemptions.digest, exemptions.campaign, exemptions.answers, "
            "exemptions.person, exemptions.reason, exemptions.at, exemptions.expires_at, exemptions.revoked_at, "
            "exemptions.assurance FROM exemptions WHERE exemptions.post = ? ORDER BY exemptions.id"
        ),
        binds=("post",),
        columns=("id post digest campaign answers person reason at expires_at revoked_at assurance"),
        instants=(7, 8, 9),
    ),
    "fact": Question(sql=("SELECT meta.value FROM meta WHERE meta.name = ?"), binds=("name",), columns=("value"), instants=()),
    "heartbeats": Question(
        sql=(
            "SELECT daemons.owner, daemons.host, daemons.pid, daemons.started_at, daemons.seen_at, daemons.every, "
            "daemons.version, daemons.stopped_at, daemons.clock_doubt, daemons.platform_ahead, daemons.platform_heard_at "
            "FROM daemons ORDER BY daemons.seen_at DESC, daemons.owner"
        ),
        binds=(),
        columns=("owner host pid started_at seen_at every version stopped_at clock_doubt platform_ahead platform_heard_at"),
        instants=(3, 4, 7, 10),
    ),
    "newest entry": Question(
        sql=(
            "SELECT audit.seq, audit.at, audit.action, audit.post, audit.delivery, audit.public, audit.private, "
            "audit.salt, audit.commitment, audit.prev, audit.hash FROM audit ORDER BY audit.seq DESC LIMIT ? OFFSET ?"
        ),
        binds=(1, 0),
        columns=("seq at action post delivery public private salt commitment prev hash"),
        instants=(1,),
    ),
    "next due": Question(
        sql=(
            "WITH RECURSIVE waiting(account) AS (SELECT min(deliveries.account) AS account FROM deliveries WHERE "
            "deliveries.state = 'scheduled' UNION ALL SELECT (SELECT min(further.account) AS min_2 FROM deliveries AS "
            "further WHERE further.state = 'scheduled' AND further.account > waiting.account) AS anon_1 FROM waiting WHERE "
            "waiting.account IS NOT NULL) SELECT min((SELECT entry.ready_at FROM deliveries AS entry WHERE entry.state = "
            "'scheduled' AND entry.account = waiting.account ORDER BY entry.ready_at, entry.id LIMIT ? OFFSET ?)) AS min_1 "
            "FROM waiting WHERE waiting.account IS NOT NULL AND NOT (EXISTS (SELECT * FROM deliveries AS busy WHERE "
            "busy.account = waiting.account AND busy.state IN ('claimed', 'sending')))"
        ),
        binds=(1, 0),
        columns=("min"),
        instants=(0,),
    ),
    "notices": Question(
        sql=(
            "SELECT notices.id, notices.channel, notices.people, notices.kind, notices.topic, notices.items, notices.at, "
            "notices.ready_at, notices.state, notices.tries, notices.fault, notices.ended_at, notices.more FROM notices "
            "WHERE notices.state = ? ORDER BY notices.id DESC LIMIT ? OFFSET ?"
        ),
        binds=("state", "limit", 0),
        columns=("id channel people kind topic items at ready_at state tries fault ended_at more"),
        instants=(6, 7, 11),
    ),
    "overdue": Question(
        sql=("SELECT count(*) AS count_1 FROM deliveries WHERE deliveries.state = 'scheduled' AND deliveries.ready_at < ?"),
        binds=("before",),
        columns=("count"),
        instants=(),
    ),
    "pauses": Question(
        sql=("SELECT pauses.account, pauses.person, pauses.reason, pauses.at FROM pauses ORDER BY pauses.account"),
        binds=(),
        columns=("account person reason at"),
        instants=(3,),
    ),
    "period changes": Question(
        sql=(
            "SELECT period_changes.id, period_changes.period, period_changes.action, period_changes.instant, "
            "period_changes.reason, period_changes.person, period_changes.at, period_changes.second, period_changes.shape "
            "FROM period_changes ORDER BY period_changes.id"
        ),
        binds=(),
        columns=("id period action instant reason person at second shape"),
        instants=(3, 6),
    ),
    "periods": Question(
        sql=(
            "SELECT periods.id, periods.name, periods.kind, periods.bodies, periods.nations, periods.area, periods.starts, "
            "periods.ends, periods.starts_precision, periods.end_mode, periods.basis, periods.basis_note, "
            "periods.ends_note, periods.announced_at, periods.status, periods.lifted_at, periods.polling_day, "
            "periods.source, periods.confidence, periods.notes, periods.accounts, periods.channels, periods.campaign, "
            "periods.regime FROM periods ORDER BY periods.starts, periods.id"
        ),
        binds=(),
        columns=(
            "id name kind bodies nations area starts ends starts_precision end_mode basis basis_note ends_note "
            "announced_at status lifted_at polling_day source confidence notes accounts channels campaign regime"
        ),
        instants=(6, 7, 13, 15),
    ),
    "post": Question(
        sql=(
            "SELECT posts.id, posts.title, posts.state, posts.revision, posts.created_by, posts.created_at, "
            "posts.planned_at, posts.notes, posts.row_version, posts.category, posts.preview, posts.folded_title, "
            "posts.folded_text, posts.shown_state, posts.shown_at, posts.sort_at, posts.shown_reason_code, "
            "posts.shown_reason, posts.shown_url FROM posts WHERE posts.id = ?"
        ),
        binds=("post",),
        columns=(
            "id title state revision created_by created_at planned_at notes row_version category preview folded_title "
            "folded_text shown_state shown_at sort_at shown_reason_code shown_reason shown_url"
        ),
        instants=(5, 6, 14, 15),
    ),
    "posts by state": Question(
        sql=("SELECT posts.shown_state, count(*) AS posts FROM posts GROUP BY posts.shown_state ORDER BY posts.shown_state"),
        binds=(),
        columns=("shown_state posts"),
        instants=(),
    ),
    "rate limits": Question(
        sql=(
            "SELECT rate_limits.account, rate_limits.until, rate_limits.reason, rate_limits.at FROM rate_limits ORDER BY "
            "rate_limits.account"
        ),
        binds=(),
        columns=("account until reason at"),
        instants=(1, 3),
    ),
    "revisions": Question(
        sql=(
            "SELECT revisions.post, revisions.number, revisions.content, revisions.digest, revisions.author, revisions.at "
            "FROM revisions WHERE revisions.post = ? ORDER BY revisions.number"
        ),
        binds=("post",),
        columns=("post number content digest author at"),
        instants=(5,),
    ),
    "row ids since": Question(
        sql=("SELECT posts.id FROM posts WHERE posts.sort_at >= ? ORDER BY posts.sort_at, posts.id"),
        binds=("since",),
        columns=("id"),
        instants=(),
    ),
    "row ids since limit": Question(
        sql=("SELECT posts.id FROM posts WHERE posts.sort_at >= ? ORDER BY posts.sort_at, posts.id LIMIT ? OFFSET ?"),
        binds=("since", "limit", 0),
        columns=("id"),
        instants=(),
    ),
    "row ids since until": Question(
        sql=("SELECT posts.id FROM posts WHERE posts.sort_at >= ? AND posts.sort_at < ? ORDER BY posts.sort_at, posts.id"),
        binds=("since", "until"),
        columns=("id"),
        instants=(),
    ),
    "row ids states since until": Question(
        sql=(
            "SELECT posts.id FROM posts WHERE posts.sort_at >= ? AND posts.sort_at < ? AND posts.shown_state IN (*states) "
            "ORDER BY posts.sort_at, posts.id"
        ),
        binds=("since", "until", "*states"),
        columns=("id"),
        instants=(),
    ),
    "row ids states since until limit": Question(
        sql=(
            "SELECT posts.id FROM posts WHERE posts.sort_at >= ? AND posts.sort_at < ? AND posts.shown_state IN (*states) "
            "ORDER BY posts.sort_at, posts.id LIMIT ? OFFSET ?"
        ),
        binds=("since", "until", "*states", "limit", 0),
        columns=("id"),
        instants=(),
    ),
    "row ids states until": Question(
        sql=(
            "SELECT posts.id FROM posts WHERE posts.sort_at < ? AND posts.shown_state IN (*states) ORDER BY posts.sort_at, "
            "posts.id"
        ),
        binds=("until", "*states"),
        columns=("id"),
        instants=(),
    ),
    "rows": Question(
        sql=(
            "SELECT posts.id, posts.title, posts.preview, posts.shown_state, posts.shown_at, posts.sort_at, "
            "posts.category, posts.created_by, posts.shown_reason_code, posts.shown_reason, posts.shown_url, "
            "posts.revision FROM posts WHERE posts.id IN (*posts)"
        ),
        binds=("*posts",),
        columns=(
            "id title preview shown_state shown_at sort_at category created_by shown_reason_code shown_reason shown_url revision"
        ),
        instants=(4, 5),
    ),
    "series": Question(
        sql=(
            "SELECT series.id, series.source, series.rule, series.person, series.at FROM series JOIN series_posts ON "
            "series_posts.series = series.id WHERE series_posts.post = ?"
        ),
        binds=("post",),
        columns=("id source rule person at"),
        instants=(4,),
    ),
    "series posts": Question(
        sql=("SELECT series_posts.post FROM series_posts WHERE series_posts.series = ? ORDER BY series_posts.number"),
        binds=("series",),
        columns=("post"),
        instants=(),
    ),
    "server limits": Question(
        sql=(
            "SELECT server_limits.account, server_limits.max_length, server_limits.max_images, "
            "server_limits.max_image_bytes, server_limits.max_alt, server_limits.at FROM server_limits ORDER BY "
            "server_limits.account"
        ),
        binds=(),
        columns=("account max_length max_images max_image_bytes max_alt at"),
        instants=(5,),
    ),
    "suspended": Question(sql=("SELECT suspensions.person FROM suspensions"), binds=(), columns=("person"), instants=()),
    "targets of rows": Question(
        sql=("SELECT targets.post, targets.account FROM targets WHERE targets.post IN (*posts) ORDER BY targets.account"),
        binds=("*posts",),
        columns=("post account"),
        instants=(),
    ),
    "unreviewed": Question(
        sql=(
            "SELECT break_glasses.id, break_glasses.post, break_glasses.digest, break_glasses.revision, "
            "break_glasses.person, break_glasses.stages, break_glasses.reason, break_glasses.incident, break_glasses.at, "
            "break_glasses.told_at, break_glasses.reviewed_by, break_glasses.reviewed_at, break_glasses.review FROM "
            "break_glasses WHERE break_glasses.reviewed_at IS NULL ORDER BY break_glasses.id"
        ),
        binds=(),
        columns=("id post digest revision person stages reason incident at told_at reviewed_by reviewed_at review"),
        instants=(8, 9, 11),
    ),
}
