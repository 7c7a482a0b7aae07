"""`post duplicate`: a new draft that says what another post says."""

import click

from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.posts import view_of
from purdah_scheduler.cli.posts_new import report_new


@verb("duplicate", example="purdah-scheduler --as asha post duplicate 12")
@post_argument
@click.pass_obj
def duplicate(call: Invocation, *, post_id: int) -> None:
    """Make a draft with the words, media and classification of another post, and its title and notes.

    It has no time, no window and no clearance; the other post stays as it is.
    """
    from purdah_scheduler.application.duplicating import duplicate as make

    report_new(call, view_of(call, make(call.office, call.actor, post_id)), ())
