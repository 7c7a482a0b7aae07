"""`db`: the schema of the queue, the roles of its database, and the way from a file to a server."""

import click

from purdah_scheduler.cli.grammar import Noun, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, say, table
from purdah_scheduler.errors import BadInput

_VERBS = {
    "migrate": ("database:migrate", "make the queue, or bring it to this version"),
    "create-roles": ("database:create_roles", "the roles of a PostgreSQL database, and their rights"),
    "link": ("database:link", "let a login of the server stand for a person"),
    "unlink": ("database:unlink", "let a login stand for nobody"),
    "logins": ("database:logins", "which login stands for whom"),
    "copy": ("database:copy", "from the file to a PostgreSQL server"),
}


@click.group("db", cls=Noun, verbs=_VERBS, example="purdah-scheduler db migrate")
def db() -> None:
    """What whoever looks after the queue's database does."""


@verb("migrate", example="purdah-scheduler db migrate")
@click.pass_obj
def migrate(call: Invocation) -> None:
    """Make the queue in an empty PostgreSQL database, or bring an older one to this version; all or nothing.

    A queue in a file is brought forward by opening it; one on a server by this alone, under a login that may.
    """
    from purdah_scheduler import bootstrap

    before, after = bootstrap.migrate_queue(call.config)
    if call.as_json:
        emit({"store": call.config.store_name, "before": before or None, "after": after})
        return
    if not before:
        say(f"Made the queue in {inline(call.config.store_name)} (schema {after}).")
        call.tell("Next: purdah-scheduler db create-roles --run, then give each person's login the role purdah_member")
    elif before == after:
        say(f"The queue is at schema {after} already; nothing was changed.")
    else:
        say(f"Brought the queue from schema {before} to {after}.")
        call.tell("Next: purdah-scheduler db create-roles --run, where the database has roles")


@verb("create-roles", example="purdah-scheduler db create-roles --run")
@click.option("--run", "grant", is_flag=True, help="Carry it out; without this it is printed for psql.")
@click.pass_obj
def create_roles(call: Invocation, *, grant: bool) -> None:
    """The roles purdah_owner, purdah_daemon, purdah_member and purdah_viewer with what each may do; harmless when repeated."""
    from purdah_scheduler import bootstrap

    if not call.config.store_url:
        raise BadInput(
            "This queue is in a file, which has no roles, so nothing was done.", next_step="Name a database with [store] url."
        )
    sql = bootstrap.database_roles(call.config, grant=grant)
    if call.as_json:
        emit({"granted": grant, "sql": sql})
    elif grant:
        say("The roles are there and have their rights.")
        call.tell("Next, in psql, for each person and each daemon:  CREATE ROLE asha LOGIN; GRANT purdah_member TO asha;")
        call.tell("Then, for each person:  purdah-scheduler db link asha asha")
    else:
        say(sql.rstrip("\n"))
        call.tell("Nothing was done. To carry it out: purdah-scheduler db create-roles --run")


@verb("link", example="purdah-scheduler --as dougal db link asha.rowntree asha")
@click.argument("login")
@click.argument("person")
@click.pass_obj
def link(call: Invocation, *, login: str, person: str) -> None:
    """Let a login of the server stand for a person: whatever it writes is that person's, and nobody else's.

    Needs the login that owns the tables.
    """
    from purdah_scheduler.application import linking

    linking.link(call.office, call.actor, login, person)
    if call.as_json:
        emit({"login": login, "person": person})
    else:
        say(f"The login {inline(login)} stands for {call.office.house.person(person).name}.")


@verb("unlink", example="purdah-scheduler --as dougal db unlink asha.rowntree")
@click.argument("login")
@click.pass_obj
def unlink(call: Invocation, *, login: str) -> None:
    """Let a login stand for nobody any more: it changes nothing until it is linked again."""
    from purdah_scheduler.application import linking

    linking.unlink(call.office, call.actor, login)
    if call.as_json:
        emit({"login": login, "person": None})
    else:
        say(f"The login {inline(login)} stands for nobody.")


@verb("logins", example="purdah-scheduler db logins")
@click.pass_obj
def logins(call: Invocation) -> None:
    """Which login of the server stands for whom."""
    with call.office.store.read() as reader:
        found = reader.logins()
    if call.as_json:
        for login in found:
            emit({"login": login.name, "person": login.person})
    elif found:
        say(table(("Login", "Person"), [(login.name, login.person) for login in found], width=call.width))
    else:
        call.tell("No login stands for anybody. Next: purdah-scheduler db link LOGIN PERSON")


@verb("copy", example='purdah-scheduler db copy --to "postgresql://owner@db.example/purdah?sslmode=verify-full"')
@click.option("--to", required=True, metavar="URL", help="The database, as [store] url would name it; db migrate has made it.")
@click.pass_obj
def copy(call: Invocation, *, to: str) -> None:
    """Copy the queue in the file, with attachments and record, into an empty one on a server, and verify what arrived.

    Stop the daemon first. The file stays as it is: do not work on it any more.
    """
    from purdah_scheduler import bootstrap
    from purdah_scheduler.config import check_store_url
    from purdah_scheduler.daemon.lock import only_daemon

    if call.config.store_url:
        raise BadInput(
            "The configuration names a server and not a file, so nothing was copied.",
            next_step="Use the configuration of the queue that is in a file: --config FILE",
        )
    check_store_url(to)
    with only_daemon(call.config.store_path, now=call.now, to="copied"):
        done = bootstrap.copy_queue(call.config, to)
    if call.as_json:
        emit(
            {
                "rows": done.rows,
                "attachments": done.attachments,
                "lost": list(done.lost),
                "entries": done.record.entries,
                "head": done.record.head,
            }
        )
        return
    say(
        f"Copied {done.rows['posts']} posts, {done.rows['deliveries']} deliveries, {done.attachments} attachments and "
        f"{done.record.entries} entries of the record, which is whole."
    )
    for sha256 in done.lost:
        say(f"The attachment {sha256[:8]} was gone or damaged before: posts with it stay held until it is attached again.")
    call.tell("Next: put the address into [store] url instead of path, here and on every other machine, then start the daemon.")
