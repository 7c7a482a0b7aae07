"""What a cleared post may ask for and a platform does not have: told before it is sent, and never left out in silence."""

import re

from purdah_scheduler.domain.content import Outgoing, Problem

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def unsupported(outgoing: Outgoing, *, platform: str) -> tuple[Problem, ...]:
    """The problems of a post that is not simply public on a platform where every post is, or that wants a content warning."""
    found: list[Problem] = []
    if outgoing.visibility != "public":
        message = f"{platform} has only public posts; this one is marked {outgoing.visibility!r}."
        found.append(Problem(code="visibility-unsupported", message=message))
    if outgoing.content_warning:
        message = f"{platform} has no content warnings: put it into the text, or leave {platform} out of this post."
        found.append(Problem(code="content-warning-unsupported", message=message))
    return tuple(found)


def malformed_language(outgoing: Outgoing) -> tuple[Problem, ...]:
    """The problem of a language that no platform could know: it would be taken for none, or for another."""
    if not outgoing.lang or _LANGUAGE.fullmatch(outgoing.lang):
        return ()
    message = f"{outgoing.lang!r} is no language tag: write en for English, cy for Welsh, or such as zh-Hant."
    return (Problem(code="language", message=message),)
