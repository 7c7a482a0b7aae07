"""What the documents of the product tell people to type and to write down works as it stands there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from purdah_scheduler import bootstrap
from purdah_scheduler.calendars.toml_file import read_text
from purdah_scheduler.config import example_config, parse_config
from purdah_scheduler.domain.people import AccountKind
from purdah_scheduler.domain.periods import Body, Kind
from purdah_scheduler.domain.posts import MEANING, DeliveryState, PostState
from purdah_scheduler.tui.key_table import KEYS
from purdah_scheduler.tui.keys import check_keymap, names

ROOT = Path(__file__).parent.parent.parent
TOUR = re.compile(r"(?ms)^<!-- tour(?:: (\d))? -->\n```\n(.*?)^```")
TOML = re.compile(r"(?ms)^```toml\n(.*?)^```")


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_five_minute_tour_runs_line_by_line_with_the_digest_that_it_shows(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    steps = 0
    for code, block in TOUR.findall(page("README.md")):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line)
            if words[0] == "export":
                name, _, value = words[1].partition("=")
                environment[name] = value
                continue
            assert words[0] == "purdah-scheduler"
            done = subprocess.run(
                [sys.executable, "-m", "purdah_scheduler", *words[1:]],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == int(code or 0), f"{line}\n{done.stdout}{done.stderr}"
            steps += 1
    assert steps == 11
    (published,) = (tmp_path / "tour" / "outbox" / "outbox").glob("*.txt")
    assert "Our phone lines open at 8am on Monday." in published.read_text("utf-8")


def test_the_calendar_file_of_the_operators_page_is_one() -> None:
    (block,) = (block for block in TOML.findall(page("docs/operator.md")) if "[[period]]" in block)
    election, pause = read_text(block, "operator.md")
    assert (election.id, election.kind, election.area) == ("anytown-by-2027", Kind.BY_ELECTION, "Anytown")
    assert (pause.campaign, pause.channels, pause.regime) == ("Winter warmth", frozenset({"outbox"}), "strict")
    assert pause.bodies == set(Body)


def test_the_operators_page_names_every_other_key_of_a_period() -> None:
    from purdah_scheduler.calendars.period_table import KEYS as PERIOD_KEYS

    text = page("docs/operator.md")
    block = next(block for block in TOML.findall(text) if "[[period]]" in block)
    assert [key for key in PERIOD_KEYS if not re.search(rf"(?m)^{key} = ", block) and f"`{key}`" not in text] == []


def test_the_account_on_x_of_the_operators_page_can_be_added_to_the_example() -> None:
    block = next(block for block in TOML.findall(page("docs/operator.md")) if "[[account]]" in block)
    config = parse_config(example_config("Tides") + block, Path("config.toml"), known_categories=bootstrap.rulebook().categories)
    account = config.account("x-main")
    assert (account.handle, account.kind) == ("YourDepartment", AccountKind.DEPARTMENT)


def test_the_keys_that_the_operators_page_rebinds_exist() -> None:
    found = re.search(r'`"([a-z.]+)" = "([a-z+,]+)"`', page("docs/operator.md"))
    assert found is not None
    check_keymap({found[1]: found[2]}, "operator.md")


@pytest.mark.parametrize("state", [*PostState, *DeliveryState])
def test_every_state_has_a_row_on_the_officers_page(state: PostState | DeliveryState) -> None:
    assert re.search(rf"(?m)^\| {state.replace('_', ' ')} \| \S", page("docs/officer.md"))


OWN_NAMES = [state for state in PostState if str(state) not in set(map(str, DeliveryState))]
"""A delivery is `scheduled` too, and means something else by it."""


@pytest.mark.parametrize("state", OWN_NAMES)
def test_the_officers_page_says_of_a_post_what_the_product_says(state: PostState) -> None:
    row = re.search(rf"(?m)^\| {state.replace('_', ' ')} \| (.+?) \|$", page("docs/officer.md"))
    assert row is not None
    assert row[1] == MEANING[state]


def test_every_key_on_the_officers_page_is_one_of_the_interface() -> None:
    section = page("docs/officer.md").partition("## Keys")[2]
    shown = {key.casefold() for key in re.findall(r"`([^` ]+)`", section) if ":" not in key}
    known = {name.replace("^", "ctrl+").casefold() for key in KEYS for name in names(key.keys)}
    assert shown <= known


def test_the_pages_are_british_and_do_not_use_the_nickname_for_the_period() -> None:
    for name in ("README.md", "CHANGELOG.md", "docs/officer.md", "docs/operator.md", "docs/glossary.md"):
        text = page(name)
        assert not re.search(r"(?i)\b(color|behavior|authoriz|organiz|license[sd]?\b(?!\)))", text), name
        plain = re.sub(r"`[^`]*`|(?ms:^```.*?^```)", "", text)
        said = re.findall(r"(?i)(?<![\w-])purdah(?!-)", plain)
        assert len(said) <= 1, f"{name} calls the period by its nickname"
