"""What the documents say is there is there, and what is there is in the documents."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from purdah_scheduler.cli.root import root
from purdah_scheduler.config import SECTIONS, example_config, parse_config

ROOT = Path(__file__).parent.parent
PAGES = {name: ROOT / name for name in ("README.md", "docs/officer.md", "docs/operator.md", "docs/glossary.md")}
FENCE = re.compile(r"(?ms)^```[^\n]*\n(.*?)^```")
SPAN = re.compile(r"`([^`\n]+)`")


def page(name: str) -> str:
    return PAGES[name].read_text(encoding="utf-8")


def code_of(text: str) -> str:
    """Everything that a page shows as code, in blocks and in lines."""
    return "\n".join([*FENCE.findall(text), *SPAN.findall(FENCE.sub("", text))])


# --- the configuration --------------------------------------------------------------------------------------------


def test_the_example_is_what_init_writes() -> None:
    shipped = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    assert shipped == example_config("Department for Lighthouses and Tides")


def test_the_example_loads_with_four_people_and_one_stage() -> None:
    config = parse_config((ROOT / "config.example.toml").read_text(encoding="utf-8"), ROOT / "config.example.toml")
    assert config.department == "Department for Lighthouses and Tides"
    assert (len(config.people), len(config.chain), [account.channel for account in config.accounts]) == (4, 1, ["outbox"])


KEYS = [(section, key) for section, keys in SECTIONS.items() for key in keys if f"{section}.{key}" not in SECTIONS]


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_setting_is_in_the_example_under_its_section(section: str, key: str) -> None:
    text = example_config("Tides")
    parts = re.split(r"(?m)^(?:# )?\[+([a-z_.]+)\]+\n", text)
    bodies = [body for name, body in zip(parts[1::2], parts[2::2], strict=True) if name == section]
    assert any(re.search(rf"(?m)^(?:# ?)*{key} (?:=|is for a later version)", body) for body in bodies)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_is_on_the_operators_page(section: str) -> None:
    assert f"[{section}]" in code_of(page("docs/operator.md"))


@pytest.mark.parametrize("key", sorted({key for _, key in KEYS}))
def test_every_setting_is_on_the_operators_page(key: str) -> None:
    assert re.search(rf"(?<![\w-]){key}(?![\w-])", code_of(page("docs/operator.md")))


# --- the commands -------------------------------------------------------------------------------------------------


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below `group` that people may see, with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, f"{' '.join((*path, name))} is listed and cannot be loaded"
        if command.hidden:
            continue
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def test_every_command_is_in_the_documents() -> None:
    shown = "\n".join(code_of(page(name)) for name in PAGES)
    missing = [
        " ".join(path)
        for path, command in commands(root)
        if not isinstance(command, click.Group) and not re.search(rf"(?<![\w-]){re.escape(' '.join(path))}(?![\w-])", shown)
    ]
    assert not missing


def test_every_command_has_help_with_an_example() -> None:
    without = []
    for path, command in commands(root):
        shown = command.get_help(click.Context(command, info_name="it"))
        if not isinstance(command, click.Group) and "purdah-scheduler " not in shown:
            without.append(" ".join(path))
    assert not without


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """Every call of the product that a block of code shows, with the page it is on; lines that end in a backslash are joined."""
    for name, path in PAGES.items():
        if not path.exists():
            continue
        for block in FENCE.findall(path.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                call = re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?purdah-scheduler(?:\s+(.*))?$", line)
                if call:
                    yield name, shlex.split(re.split(r"\s[|>]\s", call[1] or "")[0], comments=True)


def test_the_documents_show_commands() -> None:
    assert {name for name, _ in shown_commands()} >= {"README.md", "docs/officer.md", "docs/operator.md"}


def test_every_command_that_the_documents_show_exists_with_its_options() -> None:
    wrong = []
    for name, words in shown_commands():
        command: click.Command = root
        known = options(root)
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word.startswith("--"):
                if word.partition("=")[0] not in known | {"--help"}:
                    wrong.append(f"{name}: {' '.join(words)}: no option {word}")
            elif isinstance(command, click.Group):
                found = command.get_command(click.Context(command), word)
                if found is None and word in values_before(words, word):
                    continue
                if found is None:
                    wrong.append(f"{name}: {' '.join(words)}: no command {word}")
                    break
                command = found
                known |= options(found)
    assert not wrong


def options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def values_before(words: list[str], word: str) -> set[str]:
    """`word` where it is the value of a global option such as --as, and nothing otherwise."""
    position = words.index(word)
    return {word} if position and words[position - 1] in {"--as", "--config"} else set()


# --- links --------------------------------------------------------------------------------------------------------


LINKED = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", LINKED, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (path.parent / target).exists()] == []
