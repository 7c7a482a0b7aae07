"""What a cleared post may ask for and a platform does not have: told before it is sent, and never left out in silence."""

from purdah_scheduler.domain.content import Outgoing, Problem


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
