"""The shape of the house: what each door loads, how big its rooms are, and what no file may say."""

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "purdah_scheduler"
MODULES = sorted(PACKAGE.rglob("*.py"))
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".lock",
    ".tcss",
    ".mako",
    ".cfg",
    ".ini",
    ".sh",
    ".service",
    ".jsonl",
    ".json",
    ".in",
    "",
}

IGNORED = re.compile(r"#\s*(?:type:\s*ignore\b(?P<code>\[[^]]+\])?|noqa\b(?P<rule>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?)(?P<rest>.*)")
MAX_MODULE = 400
MAX_SCREEN = 300
MAX_METHODS = 20
TELL = "\nimport json, sys\nsys.stderr.write(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def loaded_after(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after `code`."""
    program = (
        f"{code}\nimport json, sys\nsys.stderr.write(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    )
    result = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stderr))


# --- what each door loads -----------------------------------------------------------------------------------------

RUN_MAIN = """
import sys
from purdah_scheduler.cli.main import main
sys.argv = ["purdah-scheduler", *{arguments!r}]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
"""


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]])
def test_asking_for_the_version_or_for_help_loads_no_framework(arguments: list[str]) -> None:
    loaded = loaded_after(RUN_MAIN.format(arguments=arguments))
    assert loaded.isdisjoint({"textual", "rich", "tweepy", "requests", "apscheduler", "sqlalchemy", "alembic", "dateutil"})


def test_the_daemon_never_loads_the_interface() -> None:
    assert loaded_after("import purdah_scheduler.daemon").isdisjoint({"textual", "rich"})


def test_the_interface_never_loads_a_channels_library_or_the_scheduler() -> None:
    loaded = loaded_after("import purdah_scheduler.tui.app")
    assert loaded.isdisjoint({"requests", "urllib3", "tweepy", "httpx", "pydantic", "apscheduler"})


def test_the_configuration_loads_nothing_heavy() -> None:
    code = (
        "from pathlib import Path\n"
        "from purdah_scheduler.config import example_config, parse_config\n"
        "parse_config(example_config('Tides'), Path('config.toml'))"
    )
    assert loaded_after(code).isdisjoint({"textual", "rich", "click", "sqlalchemy", "difflib", "platformdirs", "requests"})


def test_the_core_loads_nothing_but_the_standard_library_and_itself() -> None:
    code = "\n".join(f"import {'.'.join(path.relative_to(ROOT).with_suffix('').parts)}" for path in core_modules())
    third_party = {name for name in loaded_after(code) if name in packages_distributions()} - loaded_after("")
    assert third_party <= {"purdah_scheduler", "dateutil", "six", "tzdata"}


def core_modules() -> Iterator[Path]:
    for part in ("domain", "application"):
        yield from (path for path in sorted((PACKAGE / part).glob("*.py")) if path.name != "__init__.py")


# --- the size and the names of its rooms --------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_says_its_purpose(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    screens = [node.name for node in classes(tree) if any(base_name(base).endswith("Screen") for base in node.bases)]
    limit = MAX_SCREEN if screens else MAX_MODULE
    assert len(source.splitlines()) <= limit
    assert ast.get_docstring(tree), "a module says its purpose in one sentence"
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_record_is_made_the_lean_way(path: Path) -> None:
    """Every start makes hundreds of them; the standard library's frozen ones cannot inherit from a lean one either."""
    decorators = [decorator for node in classes(ast.parse(path.read_text("utf-8"))) for decorator in node.decorator_list]
    assert not [each for each in decorators if isinstance(each, ast.Call) and is_standard_record(each)]


def is_standard_record(decorator: ast.Call) -> bool:
    """Whether it makes a frozen dataclass that takes keywords only, by the standard library."""
    given = {keyword.arg for keyword in decorator.keywords}
    return {"frozen", "kw_only"} <= given and isinstance(decorator.func, ast.Name) and decorator.func.id == "dataclass"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_class_has_at_most_twenty_methods(path: Path) -> None:
    for node in classes(ast.parse(path.read_text(encoding="utf-8"))):
        if any(base_name(base) == "Protocol" for base in node.bases):
            continue  # a port is a list of what is needed; whoever fulfils it is held to the limit
        methods = [entry for entry in node.body if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef)]
        assert len(methods) <= MAX_METHODS, f"{node.name} has {len(methods)} methods"


def classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def base_name(base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        return base_name(base.value)
    return base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_an_ignored_check_has_its_reason_beside_it(path: Path) -> None:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = re.search(
            r"#\s*(?:type:\s*ignore\b(?P<code>\[[^]]+\])?|noqa\b(?P<rule>:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?)(?P<rest>.*)", line
        )
        if found:
            assert found["code"] or found["rule"], f"line {number} ignores everything"
            assert len(found["rest"].strip(" -#:")) > 5, f"line {number} gives no reason"


# --- what it depends on -------------------------------------------------------------------------------------------


def declared() -> set[str]:
    """The names of the direct dependencies, as the project file gives them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return names_of(project["dependencies"]) | extras()


def extras() -> set[str]:
    """What comes with an extra alone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {name for requirements in project.get("optional-dependencies", {}).values() for name in names_of(requirements)}


def names_of(requirements: list[str]) -> set[str]:
    """The distributions that are required."""
    return {known_as(re.split(r"[^A-Za-z0-9._-]", requirement)[0]) for requirement in requirements}


def known_as(distribution: str) -> str:
    """The one spelling of a distribution's name; a wheel may be called otherwise than its project."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_everything_that_the_package_imports_is_declared() -> None:
    distributions = packages_distributions()
    imported: dict[str, str] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            for name in names:
                imported.setdefault(name.partition(".")[0], name_of(path))
    undeclared = {
        f"{module} ({where})"
        for module, where in imported.items()
        if module in distributions and module != "purdah_scheduler" and not set(map(known_as, distributions[module])) & declared()
    }
    assert not undeclared


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_comes_with_an_extra_is_imported_where_it_is_used_alone(path: Path) -> None:
    """The product starts without it."""
    distributions, wanted = packages_distributions(), extras()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        for name in names:
            assert not set(map(known_as, distributions.get(name.partition(".")[0], ()))) & wanted, name


def test_every_dependency_has_its_reason_and_its_licence_on_the_page() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = {row.split("|")[1].strip(" `"): row.split("|") for row in page.splitlines() if row.startswith("| `")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [entry for group in project["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    wanted = declared() | {re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower() for requirement in groups}
    assert set(rows) == wanted
    assert all(len(cells[2].strip()) > 15 and cells[3].strip() for cells in rows.values())


def test_the_lock_pins_every_direct_dependency_with_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"(?m)^([a-z0-9._-]+)==\S+", lock))
    assert declared() <= pinned
    entries = re.split(r"(?m)^(?=[a-z0-9._-]+==)", lock)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(?:extra-)?index|--find-links", lock)


def test_the_wheel_carries_everything_that_the_package_reads(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    in_tree = {name_of(path) for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert in_tree <= packed
    assert any(name.endswith("data/uk/periods.toml") for name in packed)


# --- what no file may say -----------------------------------------------------------------------------------------

# Written in pieces, so that this file does not say them either.
HOMES = "|".join(("ho" + r"me/\w", "ro" + "ot/", "wo" + "rk/", "Us" + r"ers/\w"))
HOSTS = "|".join(("pyp" + r"i\.(?:org|python)", "python" + r"hosted\.org", "pyp" + r"i/simple"))
FORBIDDEN = re.compile(rf"(?<![\w.:/~$}}-])/(?:{HOMES})|{HOSTS}")


def files() -> list[Path]:
    """Every text of the project; what is made here (environments, caches) is not part of it."""
    found: list[Path] = []
    for entry in sorted(ROOT.iterdir()):
        if entry.is_file():
            found.append(entry)
        elif entry.name == ".ci" or (not entry.name.startswith(".") and entry.name not in {"build", "dist", "htmlcov"}):
            found += [path for path in sorted(entry.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return [path for path in found if path.suffix in TEXTS]


def test_no_file_names_a_home_folder_or_a_host_of_packages() -> None:
    said = []
    for path in files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if FORBIDDEN.search(line):
                said.append(f"{name_of(path)}:{number}: {line.strip()[:100]}")
    assert not said


@pytest.mark.parametrize(
    ("line", "forbidden"),
    [
        ("see /ho" + "me/asha/config.toml", True),
        ('"/ro' + 'ot/x"', True),
        ("cd /wo" + "rk/main", True),
        ("https://www.gov.uk/guidance/wo" + "rk/x", False),
        ("at home/asha", False),
        ("pip install from pyp" + "i.org", True),
    ],
)
def test_the_search_for_them_finds_them(line: str, forbidden: bool) -> None:
    assert bool(FORBIDDEN.search(line)) is forbidden
