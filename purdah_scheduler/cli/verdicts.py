"""Verdicts at the command line: the exit codes, and each finding with its rule and where the rule comes from."""

from collections.abc import Sequence

from purdah_scheduler.cli.speaking import inline, wrapped
from purdah_scheduler.domain.policy import Finding, Verdict

_INDENT = 9

EXIT = {Verdict.ALLOW: 0, Verdict.BLOCK: 1, Verdict.FLAG: 2}
"""Exit codes of `check` (cli.md)."""


def finding_lines(findings: Sequence[Finding], width: int) -> list[str]:
    """Each finding as its verdict and sentence, and under it the rule and the source."""
    lines = []
    for finding in findings:
        if finding.code == "exempted":
            continue  # said with each finding that it lifts
        word = "lifted" if finding.lifted else str(finding.verdict)
        first, *rest = wrapped(inline(finding.reason), width - _INDENT)
        lines += [f"  {word:<6} {first}", *(" " * _INDENT + line for line in rest)]
        where = f"{finding.rule}, {finding.period}" if finding.period else finding.rule
        lines.append(f"         Rule: {inline(where)}")
        lines += [f"         {inline(source)}" for source in finding.source.split(" ; ") if source]
        if finding.lifted_by:
            lines += [f"         {line}" for line in wrapped(f"Lifted by {inline(finding.lifted_by)}", width - _INDENT)]
    return lines
