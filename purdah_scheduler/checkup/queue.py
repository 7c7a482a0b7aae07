"""The queue under examination: its file and place, its record, the clock it was written by, its daemon, and who must act."""

import shutil
import stat
from datetime import timedelta
from itertools import islice

import purdah_scheduler
from purdah_scheduler.application import views
from purdah_scheduler.application.office import Office
from purdah_scheduler.application.recorded import strangers_in
from purdah_scheduler.application.soundness import soundness
from purdah_scheduler.application.timekeeping import ADVICE, SET_IT, span_in_words
from purdah_scheduler.checkup.lines import Line, bad, fine, look_at, refused
from purdah_scheduler.config import Config
from purdah_scheduler.daemon.residence import Residence
from purdah_scheduler.daemon.room import ROOM, check_room
from purdah_scheduler.domain.audit import verify_links
from purdah_scheduler.domain.posts import DeliveryState
from purdah_scheduler.errors import TryAgain
from purdah_scheduler.store.light_store import LightStore
from purdah_scheduler.store.sqlite_store import SqliteStore
from purdah_scheduler.store.store import SqlStore

_COMFORT = 10 * ROOM
_SOME = 5
"""Problems of a kind that are named one by one."""

_BACKUP = "Keep a copy of the queue as it is, pause publishing, and restore a backup: purdah-scheduler restore FILE --to FOLDER"
_PLATFORM_OFF = 30.0
"""Seconds of difference from a platform's clock that are worth a look; over 120 nothing is sent."""


def store(config: Config, office: Office, *, thorough: bool) -> list[Line]:
    """The database, its guards, and the record in it."""
    opened = office.store.whole() if isinstance(office.store, LightStore) else office.store
    if not isinstance(opened, SqlStore):
        return []
    if isinstance(opened, SqliteStore):
        problems, how = opened.check(quick=not thorough), f" ({opened.library}, journal {opened.journal})"
        notes = [note for note in opened.notes() if note not in problems]
    else:
        problems, how, notes = opened.notes(), "", []
    lines = [bad("queue", " ".join(problems), _BACKUP)] if problems else []
    if not problems:
        lines.append(fine("queue", f"{config.store_name} is in order{how}."))
    lines += [look_at("library", note, "Install pysqlite3.") for note in notes]
    with opened.read() as reader:
        if thorough:
            found = soundness(reader, office.shelf)
            problems = (*found.problems, *islice(strangers_in(reader), _SOME))
            lines += [bad("contents", problem, _BACKUP) for problem in problems]
            if not problems:
                said = f"{found.revisions} revisions match their digests, {found.media} attachments are whole"
                lines.append(fine("contents", f"{said}, {found.entries} entries of the record follow each other."))
        else:
            record = verify_links(reader.links())
            if record.ok:
                lines.append(fine("record", f"{record.entries} entries follow each other."))
            else:
                lines.append(bad("record", f"The record is not whole: {record.problem}.", _BACKUP))
    return lines if config.store_url else [*lines, _shelf(config)]


def _shelf(config: Config) -> Line:
    folder = config.data_folder / "media"
    try:
        mode = stat.S_IMODE(folder.lstat().st_mode)
    except FileNotFoundError:
        return fine("attachments", "Nothing has been attached yet.")
    except OSError as fault:
        return bad("attachments", f"{folder} cannot be looked at ({fault.strerror}).", f"ls -ld {folder}")
    if not folder.is_dir() or folder.is_symlink():
        return bad("attachments", f"{folder} is not a folder of its own.", f"ls -ld {folder}")
    if mode & 0o077:
        return bad("attachments", f"{folder} is open to other users (mode {mode:04o}).", f"chmod 700 {folder}")
    return fine("attachments", f"{folder} is for its owner alone.")


def room(config: Config) -> list[Line]:
    """Whether an outcome could be recorded."""
    folder = config.data_folder
    try:
        check_room(folder)
        free = shutil.disk_usage(folder).free
    except (TryAgain, OSError) as fault:
        return [refused("disk", fault)] if isinstance(fault, TryAgain) else [bad("disk", f"{folder}: {fault.strerror}.", "df -h")]
    said = f"{free // 1_000_000} MB are free beside the queue"
    if free < _COMFORT:
        said = f"Only {said}; with less than {ROOM // 1_000_000} nothing is sent."
        return [look_at("disk", said, f"Make room on the disk that holds {folder}.")]
    return [fine("disk", f"{said}.")]


def home(config: Config, office: Office) -> list[Line]:
    """Whether this is the copy that is published from."""
    residence = Residence(config.store_path, shared=bool(config.store_url))
    with office.store.read() as reader:
        known, strange = reader.home(), residence.strange(reader)
    if strange:
        return [bad("place", f"{strange}, so no daemon publishes from it.", 'purdah-scheduler daemon adopt --reason "…"')]
    if config.store_url:
        return [fine("place", "The queue is on a server, and its record holds what was seen here.")]
    return [fine("place", "The queue is at home here." if known else "No daemon has published from this queue yet.")]


def clock(office: Office) -> list[Line]:
    """Whether the clock is believed, and how far it was from a platform's."""
    found = views.status(office)
    if found.clock.doubt:
        return [bad("clock", found.clock.doubt, ADVICE)]
    beat = found.heartbeat
    if beat is None or beat.platform_ahead is None or beat.platform_heard_at is None:
        return [fine("clock", "It is not behind what the queue has seen; no platform has answered yet to compare it with.")]
    off = timedelta(seconds=abs(beat.platform_ahead))
    said = f"It was within {span_in_words(max(off, timedelta(seconds=1)))} of the platform that answered last."
    if off.total_seconds() > _PLATFORM_OFF:
        return [look_at("clock", said, SET_IT)]
    return [fine("clock", said)]


def daemon(office: Office) -> list[Line]:
    """Whether somebody publishes, of this version, and in time."""
    found = views.status(office)
    beat = found.heartbeat
    start = "purdah-scheduler daemon"
    if beat is None:
        return [look_at("daemon", "No daemon has ever run on this queue, so nothing is published.", start)]
    if not found.alive:
        told = "said goodbye" if beat.stopped_at else "ended without a word"
        return [
            look_at("daemon", f"No daemon is running (the last one, on {beat.host}, {told}), so nothing is published.", start)
        ]
    lines, living = [], found.daemons.living
    for each in living:
        if each.version != purdah_scheduler.__version__:
            which = "The daemon" if len(living) == 1 else f"The daemon on {each.host}, process {each.pid},"
            said = f"{which} is version {each.version}, this program {purdah_scheduler.__version__}."
            lines.append(look_at("daemon", said, "Start the daemon again."))
        if each.clock_doubt and not found.clock.doubt:
            said = f"The daemon on {each.host}, process {each.pid}, sends nothing: {each.clock_doubt}"
            lines.append(bad("daemon", said, SET_IT))
    for each in found.daemons.silent:
        said = f"The daemon on {each.host}, process {each.pid}, ended without a word; another one publishes."
        lines.append(look_at("daemon", said, f"Start it again on {each.host}."))
    if found.overdue:
        said = f"{found.overdue} due for more than a minute wait although a daemon is alive."
        lines.append(bad("daemon", said, "purdah-scheduler status, and the daemon's log"))
    where = "; ".join(f"on {each.host}, process {each.pid}" for each in living)
    runs = f"It runs {where}," if len(living) == 1 else f"{len(living)} run ({where}),"
    return lines or [fine("daemon", f"{runs} and nothing is overdue.")]


def waiting(office: Office) -> list[Line]:
    """What no daemon settles by itself, and what is stopped."""
    with office.store.read() as reader:
        unknown = reader.how_many((DeliveryState.UNKNOWN,))
        stuck = reader.how_many((DeliveryState.HELD, DeliveryState.MISSED, DeliveryState.FAILED))
        pauses = reader.pauses()
        known = {account.id for account in office.house.accounts}
        lost = sorted({entry.account for entry in reader.waiting((DeliveryState.SCHEDULED,)) if entry.account not in known})
        unreviewed = reader.unreviewed()
    lines = []
    for glass in unreviewed:
        said = f"UNREVIEWED: {glass.person} let post {glass.post} out without {', '.join(glass.stages)} (break-glass {glass.id})."
        lines.append(look_at("break-glass", said, f"purdah-scheduler post review-break-glass {glass.post} --note …"))
    if lost:
        said = f"Posts are queued on accounts that the configuration does not have ({', '.join(lost)}); when due they are held."
        lines.append(
            look_at(
                "accounts", said, "Give the account its id back, or edit the posts: purdah-scheduler post edit POST --account …"
            )
        )
    if unknown:
        said = f"{unknown} may have been published; a person must look and say."
        lines.append(look_at("unknown", said, "purdah-scheduler post list --state unknown"))
    if stuck:
        said = f"{stuck} are held, missed or failed and wait for a person."
        lines.append(look_at("waiting", said, "purdah-scheduler post list --state held --state missed --state failed"))
    for pause in pauses:
        what = f"Publishing to {pause.account}" if pause.account else "All publishing"
        option = f" --account {pause.account}" if pause.account else ""
        lines.append(look_at("paused", f"{what} is paused by {pause.person}: {pause.reason}", f"purdah-scheduler resume{option}"))
    return lines or [fine("waiting", "Nothing waits for a person, and nothing is paused.")]
