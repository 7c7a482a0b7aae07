"""`import`: drafts out of a file, all of them or none."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import problem_facts
from purdah_scheduler.cli.speaking import emit, say
from purdah_scheduler.domain.content import Problem, short

if TYPE_CHECKING:
    from purdah_scheduler.application.bringing_in import Looked, Saved

_EXAMPLE = """\
purdah-scheduler --as asha import campaign.csv --dry-run
purdah-scheduler --as asha import campaign.csv
purdah-scheduler --as asha import posts.jsonl --json"""


@verb("import", example=_EXAMPLE)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would become of each post, and save nothing.")
@click.pass_obj
def import_posts(call: Invocation, *, file: Path, dry_run: bool) -> None:
    """Every post of a .csv or .jsonl file as a draft of yours; nothing is sent before others have cleared each of them.

    Every fault of the file is told with its line, and then nothing is saved. The first line of a .csv file names the columns:
    accounts and category are needed; `export --format csv` shows them all. Pictures lie beside the file, or below it.
    """
    from purdah_scheduler.application.bringing_in import MOST_COMPARED, NOT_COMPARED, bring_in
    from purdah_scheduler.exports.posts_file import look_into
    from purdah_scheduler.store.pictures import picture_named

    actor, office = call.actor, call.office
    brought = look_into(office, file, picture=partial(picture_named, office.shelf, file.parent))
    saved = () if dry_run else bring_in(office, actor, brought.incoming, file=brought.sha256)
    made = {each.line: each for each in saved}
    for looked in brought.looked:
        if call.as_json:
            emit(_facts(looked, made))
        else:
            _say(call, looked, made)
    if len(brought.looked) > MOST_COMPARED:
        call.tell(NOT_COMPARED)
    many = "1 post" if len(brought.looked) == 1 else f"{len(brought.looked)} posts"
    if dry_run:
        call.tell(f"{many} can be imported; nothing was saved. Next: the same without --dry-run")
    else:
        call.tell(f"{many} saved as drafts of {actor.person.id}. Next: purdah-scheduler post submit {saved[0].post} …")


def _facts(looked: "Looked", made: "Mapping[int, Saved]") -> dict[str, object]:
    """As `post new` tells a post, and its line; `post` and `digest` are null where nothing was saved."""
    saved = made.get(looked.line)
    problems = [(entry.account, problem) for entry in looked.preview.accounts for problem in entry.problems]
    beside = [(warned.account, Problem(code=warned.code, message=warned.words, blocking=False)) for warned in looked.beside]
    return {
        "line": looked.line,
        "post": None if saved is None else saved.post,
        "digest": None if saved is None else short(saved.digest),
        "state": "draft",
        "verdict": str(looked.preview.worst.verdict),
        "problems": [problem_facts(account, problem) for account, problem in (*problems, *beside)],
    }


def _say(call: Invocation, looked: "Looked", made: "Mapping[int, Saved]") -> None:
    """A line for the post, and one for each thing that is worth a look."""
    from purdah_scheduler.application.bringing_in import CAN_BE_SAVED

    saved = made.get(looked.line)
    becomes = CAN_BE_SAVED if saved is None else f"post {saved.post}, {short(saved.digest)}"
    line, *more = looked.words(becomes, now=call.now, zone=call.zone)
    say(line)
    for each in more:
        call.tell(each)
