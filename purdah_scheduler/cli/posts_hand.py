"""`post by-hand`: the words for an account that a person posts on, given only where the gate says yes now."""

from pathlib import Path

import click

from purdah_scheduler.channels.pictures import ENDINGS
from purdah_scheduler.cli.grammar import post_argument, verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.shapes import card_facts
from purdah_scheduler.cli.speaking import emit, inline, say
from purdah_scheduler.domain.content import Outgoing, short
from purdah_scheduler.errors import BadInput
from purdah_scheduler.plain_file import write_plain_file


@verb(
    "by-hand",
    example="purdah-scheduler --as dougal post by-hand 12\n"
    "purdah-scheduler --as dougal post by-hand 12 --pictures ~/pictures-of-12\n"
    "purdah-scheduler --as dougal post resolve 12 --published https://www.linkedin.com/feed/update/1",
)
@post_argument
@click.option("--account", default="", metavar="ID", help="On which account, where several wait.")
@click.option(
    "--pictures",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the attachments there, named in their order, and the picture of the card.",
)
@click.pass_obj
def by_hand(call: Invocation, *, post_id: int, account: str, pictures: Path | None) -> None:
    """Take the words that you post by hand now. The gate is asked at this moment; afterwards record the address with resolve.

    The words alone go to standard output, so that they can be piped to a clipboard.
    """
    from purdah_scheduler.application import by_hand as hand

    if pictures is not None:
        _check_folder(pictures)
    taken = hand.take(call.office, call.actor, post_id, account=account)
    files = _write(taken.outgoing, pictures) if pictures is not None else []
    settle = f"purdah-scheduler post resolve {post_id} --account {taken.account.id} --published URL"
    if call.as_json:
        emit(
            {
                "post": post_id,
                "account": taken.account.id,
                "channel": taken.account.channel,
                "handle": taken.account.handle,
                "state": str(taken.delivery.state),
                "digest": short(taken.delivery.digest),
                "text": taken.outgoing.text,
                "reply_to": taken.outgoing.reply_to,
                "pictures": [{"sha256": medium.sha256, "alt": medium.alt} for medium in taken.outgoing.media],
                "card": card_facts(taken.outgoing.card),
                "files": files,
                "next": settle,
            }
        )
        return
    where = f"{inline(taken.account.handle)} ({taken.account.channel})"
    call.tell(f"Post exactly this on {where} now, {short(taken.delivery.digest)}:")
    say(taken.outgoing.text)
    if taken.outgoing.reply_to:
        call.tell(f"In reply to: {inline(taken.outgoing.reply_to)}")
    for number, medium in enumerate(taken.outgoing.media, start=1):
        file = f" ({files[number - 1]})" if files else ""
        call.tell(f"Picture {number}{file}, described as: {inline(medium.alt)}")
    if taken.outgoing.card is not None:
        card = taken.outgoing.card
        file = f" ({files[-1]})" if files and card.picture is not None else ""
        call.tell(f"Card, where the place lets you give one{file}: {inline(card.words)}")
    if taken.outgoing.files and not files:
        call.tell(f"The pictures: purdah-scheduler post by-hand {post_id} --account {taken.account.id} --pictures FOLDER")
    call.tell(f"When it is public: {settle}\nIf you do not post it: {settle.replace('--published URL', '--not-published')}")


def _check_folder(folder: Path) -> None:
    """Before the words are taken: a folder that cannot be used must not leave a post in somebody's hands."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInput(
            f"{folder} cannot be used ({fault.strerror}), so nothing was done.", next_step="Name another with --pictures."
        ) from fault


def _write(outgoing: Outgoing, folder: Path) -> list[str]:
    files = []
    for number, medium in enumerate(outgoing.files, start=1):
        name = str(number) if number <= len(outgoing.media) else "card"
        file = folder / f"{name}.{ENDINGS.get(medium.type, 'bin')}"
        try:
            write_plain_file(file, (outgoing.blobs or {})[medium.sha256])
        except OSError as fault:
            raise BadInput(
                f"{file} cannot be written ({fault.strerror}); the words were given already.",
                next_step="Give them again, with another folder: the same command.",
            ) from fault
        files.append(str(file))
    return files
