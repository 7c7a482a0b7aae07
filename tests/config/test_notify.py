"""Who is told by which channels, and every fault of it on its line."""

from datetime import time

import pytest

from purdah_scheduler.domain.notices import NoticeKind, QuietHours, Subscriber, Way, WayKind
from tests.config.documents import WHOLE, faults, parse

HOOK = '[[notify.channel]]\nid = "hook"\nkind = "command"\nprogram = "/bin/tell"\narguments = ["-q", "a b"]\n'
MAIL = '[[notify.channel]]\nid = "mail"\nkind = "apprise"\n'


def with_asha(line: str, text: str = "") -> str:
    """The good configuration, with a line more about asha, and `text` at its end."""
    return WHOLE.replace('name = "Asha"\n', f'name = "Asha"\n{line}\n') + text


def test_channels_people_kinds_and_hours_are_read() -> None:
    hours = '[notify]\ncredentials = "a.toml"\nquiet_from = "19:00"\nquiet_to = "07:30"\ndigest_at = "08:05"\n'
    config = parse(with_asha('notify = ["mail", "hook"]\nnotify_kinds = ["held", "digest"]', hours + MAIL + HOOK))
    rules = config.notices
    assert rules.ways == (
        Way(id="mail", kind=WayKind.APPRISE),
        Way(id="hook", kind=WayKind.COMMAND, command=("/bin/tell", "-q", "a b")),
    )
    kinds = frozenset({NoticeKind.HELD, NoticeKind.DIGEST})
    assert rules.subscribers == (Subscriber(person="asha", ways=("mail", "hook"), kinds=kinds),)
    assert rules.quiet == QuietHours(starts=time(19), ends=time(7, 30))
    assert rules.digest_at == time(8, 5)
    assert config.notice_credentials == str(config.folder / "a.toml")


def test_without_anything_nobody_is_told() -> None:
    rules = parse(WHOLE).notices
    assert (rules.ways, rules.subscribers, rules.quiet, rules.digest_at) == ((), (), None, None)


def test_without_kinds_a_person_is_told_every_kind() -> None:
    (subscriber,) = parse(with_asha('notify = ["hook"]', HOOK)).notices.subscribers
    assert subscriber.kinds == frozenset(NoticeKind)


REFUSED = {
    "a channel that is not there": (with_asha('notify = ["hok"]', HOOK), "there is no channel 'hok'; did you mean hook?"),
    "a kind that is not there": (
        with_asha('notify = ["hook"]\nnotify_kinds = ["hold"]', HOOK),
        "there is no notify kind 'hold'; did you mean held?",
    ),
    "kinds without a channel": (with_asha('notify_kinds = ["held"]'), "notify_kinds means nothing without notify"),
    "a relative program": (WHOLE + HOOK.replace("/bin/tell", "tell"), "needs an absolute program, and 'tell' is none"),
    "a program for Apprise": (
        WHOLE + '[notify]\ncredentials = "a"\n' + MAIL + 'program = "/bin/x"\n',
        "program and arguments are for a channel of kind command",
    ),
    "Apprise without addresses": (WHOLE + MAIL, "a channel of kind apprise needs credentials"),
    "half of the quiet hours": (WHOLE + '[notify]\nquiet_from = "19:00"\n', "quiet hours need both quiet_from and quiet_to"),
    "quiet hours without an end": (
        WHOLE + '[notify]\nquiet_from = "19:00"\nquiet_to = "19:00"\n',
        "nobody would ever be told",
    ),
    "a time that is none": (WHOLE + '[notify]\ndigest_at = "8 o\'clock"\n', "is no time of day"),
    "a channel twice": (WHOLE + HOOK + HOOK, "the id hook is already that of another channel"),
    "an unknown key": (WHOLE + "[notify]\nquiet = true\n", "'quiet' is not known in [notify]"),
}


@pytest.mark.parametrize(("text", "said"), REFUSED.values(), ids=REFUSED)
def test_a_fault_is_told_once_and_in_words(text: str, said: str) -> None:
    (told,) = faults(text)
    assert said in told
