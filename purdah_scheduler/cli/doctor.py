"""`doctor`: everything looked over, one line each, with what to type."""

import click

from purdah_scheduler.cli.grammar import verb
from purdah_scheduler.cli.invocation import Invocation
from purdah_scheduler.cli.speaking import emit, inline, pad, say, wrapped
from purdah_scheduler.errors import BadSetup, NeedsAttention

_SIGNS = {"ok": "ok", "attention": "LOOK", "bad": "BAD"}
_SIGN_WIDTH, _NAME_WIDTH = 6, 22


@verb("doctor", example="purdah-scheduler doctor --thorough")
@click.option("--thorough", is_flag=True, help="Read every page, digest and attachment too.")
@click.pass_obj
def doctor(call: Invocation, *, thorough: bool) -> int:
    """Look everything over and change nothing. Exit code 0 where all is well, 2 for what is worth a look, 78 for what is bad."""
    from purdah_scheduler.checkup import examine, worst

    lines = examine(call.config_path, thorough=thorough)
    level = worst(lines)
    if call.as_json:
        checks = [{"name": line.name, "level": str(line.level), "said": line.said, "next": line.next_step} for line in lines]
        emit({"level": str(level), "checks": checks})
    else:
        for line in lines:
            _say(line.name, _SIGNS[str(line.level)], line.said, call.width)
            if line.next_step:
                _say("", "", f"Next: {line.next_step}", call.width)
    return {"ok": 0, "attention": NeedsAttention.exit_code, "bad": BadSetup.exit_code}[str(level)]


def _say(name: str, sign: str, words: str, width: int) -> None:
    start = pad(sign, _SIGN_WIDTH) + pad(inline(name), _NAME_WIDTH)
    for sentence in words.split("\n"):
        for piece in wrapped(inline(sentence), width - len(start)):
            say((start + piece).rstrip(" "))
            start = " " * len(start)
