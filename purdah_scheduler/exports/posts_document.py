"""An export of posts as one document: those of a list, in the order of the queue, as they are at one moment."""

from purdah_scheduler.application.lists import QueueFilter
from purdah_scheduler.application.office import Office
from purdah_scheduler.exports.posts_out import lines, table
from purdah_scheduler.lean import lean_dataclass

FORMS = ("jsonl", "csv")
"""jsonl loses nothing, csv is safe in a spreadsheet; an import reads both."""


@lean_dataclass(frozen=True, slots=True, kw_only=True)
class PostsDocument:
    """What is handed out, and how many posts are in it."""

    data: bytes
    posts: int


def posts_document(office: Office, wanted: QueueFilter, *, form: str) -> PostsDocument:
    """The posts of a list in one of `FORMS`."""
    zone = office.house.zone
    with office.store.read() as reader:
        posts = reader.row_ids(wanted)
        found = reader.dossiers(posts)
        text = table(found, zone) if form == "csv" else "".join(lines(found, zone))
    return PostsDocument(data=text.encode("utf-8"), posts=len(posts))
