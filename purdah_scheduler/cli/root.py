"""The commands of purdah-scheduler and what each does, in one line."""

import click

from purdah_scheduler.cli.grammar import Noun, show_version
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.opening import open_interface

_EXAMPLE = """\
purdah-scheduler init
purdah-scheduler --as asha post new --account outbox --category operational-service --text "Our phone lines open at 8am."
purdah-scheduler check --at "tomorrow 09:30" --body uk-civil-service --nation Wales --category announcement"""

_VERBS = {
    "init": ("starting:init", "write a configuration and create the queue"),
    "demo": ("starting:demo", "an invented department to try everything on"),
    "tui": ("starting:tui", "open the interface (so does no command at all)"),
    "daemon": ("daemon:daemon", "publish what is due, and what keeps it sound"),
    "check": ("checking:check", "the verdict for a post that need not exist"),
    "post": ("posts:post", "write, clear, schedule and follow posts"),
    "import": ("posts_in:import_posts", "posts out of a file, each as a draft of yours"),
    "export": ("posts_out:export", "posts as a file that import reads back"),
    "exemption": ("exemptions:exemption", "lift a block from one post, with a reason"),
    "calendar": ("calendars:calendar", "the periods that hold or flag posts"),
    "people": ("people:people", "who may act"),
    "account": ("accounts:account", "what can be posted to: its secrets, and how it is"),
    "reconcile": ("reconciling:reconcile", "what is on an account that was not sent from here"),
    "audit": ("record:audit", "the record, and whether it is whole"),
    "backup": ("backups:backup", "everything in one file, checked"),
    "restore": ("backups:restore", "a backup into a new folder, checked"),
    "pause": ("stopping:pause", "the emergency stop"),
    "resume": ("stopping:resume", "let publishing go on"),
    "notify": ("notify:notify", "whether people would be told, and what they were told"),
    "status": ("status:status", "is it running, and what comes next"),
    "doctor": ("doctor:doctor", "is everything sound"),
    "db": ("database:db", "the queue's database: its schema, its roles, from file to server"),
    "config": ("configuration:config", "the configuration"),
}


@click.group(
    cls=Noun,
    verbs=_VERBS,
    example=_EXAMPLE,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=show_version, help="Show the version and exit."
)
@click.pass_context
def root(ctx: click.Context) -> int | None:
    """Queue a department's posts, have them cleared, and publish none that a pre-election period holds.

    Without a command it opens the interface.
    """
    if ctx.invoked_subcommand is not None:
        return None
    call = ctx.ensure_object(Invocation)
    return open_interface(call.config_path, call.as_person)
