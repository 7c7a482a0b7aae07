"""`account add`: an account's secrets from a person or a script to where the daemon looks for them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from purdah_scheduler.cli.grammar import OneOf, verb
from purdah_scheduler.cli.invocation import Invocation, decode_text
from purdah_scheduler.cli.speaking import emit, hand_over, inline, say
from purdah_scheduler.domain.people import Account, AccountKind
from purdah_scheduler.domain.periods import Body
from purdah_scheduler.errors import BadInput, BadSetup

_MOST_BYTES = 16_384
_ASK_DAY = "The day on which they end, such as 2027-03-31; Enter where none is known"


def _channels() -> tuple[str, ...]:
    from purdah_scheduler.channels.credentials import NAMES

    return tuple(sorted(NAMES))


@verb("add", example="purdah-scheduler account add x-main")
@click.argument("name", metavar="ACCOUNT")
@click.option("--from-file", metavar="FILE", help='Take the secrets from a file of lines name = "secret"; - is standard input.')
@click.option("--oauth2", is_flag=True, help="On X: tokens of OAuth 2.0, which are renewed, instead of the four texts.")
@click.option("--ends-on", metavar="DAY", help="The day on which they end, such as 2027-03-31; none takes it away.")
@click.option("--channel", type=OneOf("channel", _channels), metavar="CHANNEL", help="Of an account that is new.")
@click.option("--handle", help="Of an account that is new.")
@click.option("--kind", type=OneOf("kind", lambda: AccountKind), default="department", help="Of an account that is new.")
@click.option("--body", type=OneOf("body", lambda: Body), metavar="BODY", help="Whose rules hold for an account that is new.")
@click.option("--base-url", metavar="ADDRESS", help="The server of an account that is new.")
@click.option("--write-config", is_flag=True, help="Add an account that is new to the configuration; otherwise it is printed.")
@click.pass_obj
def add(
    call: Invocation,
    *,
    name: str,
    from_file: str | None,
    oauth2: bool,
    ends_on: str | None,
    channel: str | None,
    handle: str | None,
    kind: str,
    body: str | None,
    base_url: str | None,
    write_config: bool,
) -> None:
    """Keep an account's secrets where the daemon looks for them: a file of its own, which its owner alone can read.

    On a terminal each is asked for and not shown; Enter alone keeps what is there already. Where the platform does not say when
    they end, give the day: you are told ahead of it. Run it as the user that the daemon runs as.
    """
    from purdah_scheduler.channels.credentials import ENDS_ON
    from purdah_scheduler.channels.kept_secrets import keep_secrets, kept_names, names_of

    known = next((each for each in call.config.accounts if each.id == name), None)
    if known is not None and (channel or handle or body or base_url or write_config):
        raise BadInput(
            f"{known.id} is in the configuration already, so nothing was kept.",
            next_step=f"Change it there, or give its secrets alone: purdah-scheduler account add {known.id}",
        )
    text = "" if known else _block(name, channel=channel, handle=handle, kind=kind, body=body, base_url=base_url)
    account = known or _tried(call, name, text)
    needed, beside = names_of(account.channel, otherwise=oauth2)
    path = Path(account.credentials)
    if from_file:
        given = dict(_handed_in(from_file))
    elif ends_on is not None and kept_names(path).issuperset(needed):
        given = {}
    else:
        given = _asked(call, account, (*needed, *beside), beside, kept_names(path))
        if ends_on is None:
            given[ENDS_ON] = click.prompt(_ASK_DAY, default="", show_default=False, err=True)
    if ends_on is not None:
        given[ENDS_ON] = ends_on
    new = keep_secrets(path, given, channel=account.channel, otherwise=oauth2)
    if text and write_config:
        _write_config(call, text)
    if call.as_json:
        facts = {"account": account.id, "channel": account.channel, "file": str(path), "new": list(new)}
        emit({**facts, "config": text, "config_written": bool(text) and write_config})
        return
    if text and not write_config:
        say(text)
    call.tell(f"Kept {', '.join(new) or 'what was there'} in {inline(str(path))}; only you can read it.")
    if text and not write_config:
        call.tell(f"The lines above belong into {call.config.path}; nothing was changed there.")
    call.tell(f"Where systemd hands secrets over, add to its unit: LoadCredential={account.id}:{path}")
    call.tell(f"Next: purdah-scheduler account check {account.id}  A daemon that runs reads it by: kill -HUP, or a new start.")


def _block(name: str, *, channel: str | None, handle: str | None, kind: str, body: str | None, base_url: str | None) -> str:
    """The lines of a new account for the configuration. Raises BadInput."""
    lacking = [option for option, value in (("--channel", channel), ("--handle", handle), ("--body", body)) if not value]
    if lacking:
        raise BadInput(
            f"There is no account {name!r} in the configuration, so nothing was kept.",
            next_step=f"To add a new one give {', '.join(lacking)} too.",
        )
    facts = {"id": name, "channel": channel, "handle": handle, "kind": kind, "body": body, "base_url": base_url}
    lines = [f"{key} = {_toml(value)}" for key, value in {**facts, "credentials": f"{name}.toml"}.items() if value]
    return "\n".join(["[[account]]", *lines])


def _toml(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(sign if sign.isprintable() else " " for sign in escaped)}"'


def _tried(call: Invocation, name: str, block: str) -> Account:
    """The account as the configuration would have it. Raises ConfigFaults for what it would refuse."""
    from purdah_scheduler import bootstrap

    path = call.config.path
    return bootstrap.read_config_text(f"{path.read_text('utf-8').rstrip()}\n\n{block}\n", path).account(name)


def _write_config(call: Invocation, block: str) -> None:
    """Put the lines behind those of the file, which keeps its owner and mode: others may have to read it."""
    path = call.config.path
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\n{block}\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        raise BadSetup(
            f"The secrets are kept, and {path} could not be changed ({fault.strerror}).", next_step=f"Add to it by hand:\n{block}"
        ) from fault


def _handed_in(source: str) -> Mapping[str, str]:
    """The secrets in a file, or on standard input. Raises BadInput."""
    from purdah_scheduler.channels.kept_secrets import read_secrets
    from purdah_scheduler.plain_file import read_plain_file

    if source == "-":
        return read_secrets(decode_text(sys.stdin.buffer.read(_MOST_BYTES), "What came on standard input"), "Standard input")
    try:
        found = read_plain_file(Path(source), limit=_MOST_BYTES)
    except (OSError, ValueError):
        found = None
    if found is None or len(found.data) > _MOST_BYTES:
        raise BadInput(f"{source} cannot be read as a small file, so nothing was kept.", next_step="Name a file of secrets.")
    return read_secrets(decode_text(found.data, source), source)


def _asked(
    call: Invocation, account: Account, names: tuple[str, ...], beside: tuple[str, ...], kept: frozenset[str]
) -> dict[str, str]:
    """What a person types without seeing it. Raises BadInput where nobody can be asked."""
    if not call.on_terminal:
        raise BadInput(
            "Nobody can be asked for the secrets here, so nothing was kept.",
            next_step=f"Give them in a file: purdah-scheduler account add {account.id} --from-file FILE (- for standard input)",
        )
    hand_over()
    call.tell(f"{account.id} on {account.channel} ({account.handle}). Nothing that you type is shown.")
    given: dict[str, str] = {}
    for name in names:
        more = "; Enter keeps what is there" if name in kept else "; Enter where there is none" if name in beside else ""
        given[name] = click.prompt(f"{name}{more}", default="", hide_input=True, show_default=False, err=True).strip()
    return given
