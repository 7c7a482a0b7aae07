"""No widget gets a bare `str`: what reaches one is content that was made the one way, or a literal that holds no markup.

Textual reads a string as markup, and text that people wrote is full of square brackets. This reads the source: an expression
counts as content when it is made by a function that is declared to return some, or is a name or field that only ever holds some.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from purdah_scheduler import tui

FOLDER = Path(str(tui.__file__)).parent
MODULES = {path.name: ast.parse(path.read_text("utf-8")) for path in sorted(FOLDER.rglob("*.py"))}

TAKES_WORDS = {
    *("Button", "Checkbox", "Collapsible", "Digits", "Label", "Link", "Option", "Placeholder", "RadioButton", "Static", "Still"),
    *("Tab", "TabPane", "Tooltip"),
}
"""Widgets whose first argument is drawn."""

SHOWS_WORDS = {"update", "add_column", "add_row", "add_leaf", "add_option"}
"""Methods whose arguments are drawn."""

DRAWN_FIELDS = {"border_title", "border_subtitle", "tooltip"}
"""Fields that are drawn as markup as soon as they are set."""

CONTENT = {"Content", "Content | None", "Text"}
MANY = {"list[Content]", "tuple[Content, ...]", "Iterator[Content]", "Sequence[Content]"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def said(annotation: ast.expr | None) -> str:
    """An annotation as text; a quoted one without its quotes."""
    if annotation is None:
        return ""
    quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    return str(annotation.value) if isinstance(annotation, ast.Constant) and quoted else ast.unparse(annotation)


def returned(tree: ast.AST) -> dict[str, set[str]]:
    """What the functions of a module are declared to return, by their names; fields that are called count with them."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name, returns=returns) | ast.AsyncFunctionDef(name=name, returns=returns):
                found.setdefault(name, set()).add(said(returns))
            case ast.arg(arg=name, annotation=annotation) if said(annotation).startswith("Callable["):
                found.setdefault(name, set()).add(said(annotation).rpartition("], ")[2].removesuffix("]"))
    return found


def fields(tree: ast.AST) -> dict[str, set[str]]:
    """What the fields of a module are declared to hold, by their names."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name), annotation=annotation):
                found.setdefault(name, set()).add(said(annotation))
    return found


def together(parts: Iterator[dict[str, set[str]]]) -> dict[str, set[str]]:
    """Several modules as one."""
    found: dict[str, set[str]] = {}
    for part in parts:
        for name, kinds in part.items():
            found.setdefault(name, set()).update(kinds)
    return found


def _imported(tree: ast.AST) -> dict[str, set[str]]:
    """What functions return that are imported from another module of the interface."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and f"{node.module.rpartition('.')[2]}.py" in MODULES:
            there = returned(MODULES[f"{node.module.rpartition('.')[2]}.py"])
            found.update({alias.name: there[alias.name] for alias in node.names if alias.name in there})
    return found


RETURNED = together(returned(tree) for tree in MODULES.values())
FIELDS = together(fields(tree) for tree in MODULES.values())


class Reader:
    """One module: what its names mean is looked up in it first, and elsewhere only where it says nothing of them."""

    def __init__(self, tree: ast.AST) -> None:
        self.tree = tree
        self._returned = {**RETURNED, **_imported(tree), **returned(tree)}
        self._own = fields(tree)

    def bare(self) -> Iterator[tuple[ast.expr, str]]:
        """Everything that a widget draws and that is not known to be content, with what draws it."""
        for node, scope, by in self._drawn():
            if not self._is_content(node, scope):
                yield node, by

    def _drawn(self) -> Iterator[tuple[ast.expr, Function | None, str]]:
        scopes: dict[int, Function] = {}
        for scope in ast.walk(self.tree):
            if isinstance(scope, Function):
                scopes.update((id(inside), scope) for inside in ast.walk(scope))
        for node in ast.walk(self.tree):
            scope_of = scopes.get(id(node))
            match node:
                case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in TAKES_WORDS:
                    yield first, scope_of, name
                case ast.Call(func=ast.Name(id="Select"), args=[options, *_]):
                    yield from ((one, scope_of, "Select") for one in self._prompts(options, scope_of))
                case ast.Call(func=ast.Attribute(attr=name, value=value), args=given) if name in SHOWS_WORDS:
                    if not self._is_collection(value):
                        yield from ((one, scope_of, name) for one in given)
                case ast.Assign(targets=[ast.Attribute(attr=name)], value=value) if name in DRAWN_FIELDS:
                    yield value, scope_of, name

    def _is_collection(self, node: ast.expr) -> bool:
        """A dictionary or set, whose `update` draws nothing: known by how it was declared, or by its being a plain name."""
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                return any(kind.startswith(("dict", "set")) for kind in self._own.get(name, ()))
            case ast.Call(func=ast.Name(id="super")):
                return True  # what a widget hands on was looked at where it was given
        return False

    def _prompts(self, options: ast.expr, scope: Function | None) -> Iterator[ast.expr]:
        """The prompts of the options of a choice, wherever in the function they were put together."""
        if isinstance(options, ast.Name):
            yield from (prompt for value in _values(scope, options.id) for prompt in self._prompts(value, scope))
            return
        if isinstance(options, ast.Call) and isinstance(options.func, ast.Name):
            kinds = self._returned.get(options.func.id, {""})
            yield from () if all(kind.startswith(("list[tuple[Content, ", "list[tuple[Text, ")) for kind in kinds) else (options,)
            return
        for entry in options.elts if isinstance(options, ast.List | ast.Tuple) else [options]:
            inner = entry.value if isinstance(entry, ast.Starred) else entry
            pair = inner.elt if isinstance(inner, ast.ListComp | ast.GeneratorExp) else inner
            yield pair.elts[0] if isinstance(pair, ast.Tuple) else pair

    def _is_content(self, node: ast.expr, scope: Function | None) -> bool:
        """Whether an expression is content, or a literal in which nothing can be read as markup."""
        match node:
            case ast.Constant(value=value):
                return value is None or (isinstance(value, str) and "[" not in value)
            case ast.IfExp(body=one, orelse=other):
                return self._is_content(one, scope) and self._is_content(other, scope)
            case ast.BoolOp(values=values):
                return all(self._is_content(value, scope) for value in values)
            case ast.Call(func=ast.Name(id=name)):
                chosen = [value.id if isinstance(value, ast.Name) else "" for value in _values(scope, name)] or [name]
                return name in CONTENT or all(self._makes(one, CONTENT) for one in chosen)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="Content"))):
                return True
            case ast.Call(func=ast.Attribute(attr=name, value=value)):
                return self._makes(name, CONTENT) or self._is_content(value, scope)
            case ast.Name(id=name):
                return self._holds(name, scope)
            case ast.Attribute(attr=name):
                return self._keeps(name)
        return False

    def _keeps(self, name: str) -> bool:
        """Whether a field only ever holds content: by its declaration, or by everything that this module gives it."""
        if name in self._own:
            return self._own[name] <= CONTENT
        given = [
            (node.value, scope)
            for scope in ast.walk(self.tree)
            if isinstance(scope, Function)
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign) and any(isinstance(one, ast.Attribute) and one.attr == name for one in node.targets)
        ]
        if given:
            return all(self._is_content(value, scope) for value, scope in given)
        return bool(FIELDS.get(name)) and FIELDS[name] <= CONTENT

    def _are_content(self, node: ast.expr, scope: Function | None) -> bool:
        """Whether everything in a collection is content."""
        if isinstance(node, ast.Name) and scope is not None and (fields(scope).get(node.id) or {""}) <= MANY:
            return True
        match node:
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                return all(self._is_content(one, scope) for one in elements)
            case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element):
                return self._is_content(element, scope)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return self._makes(name, MANY)
            case ast.Name(id=name):
                values = list(_values(scope, name))
                return bool(values) and all(self._are_content(value, scope) for value in values)
        return False

    def _makes(self, name: str, kinds: set[str]) -> bool:
        return bool(self._returned.get(name)) and self._returned[name] <= kinds

    def _holds(self, name: str, scope: Function | None) -> bool:
        """Whether a name of a function only ever holds content: as an argument, a variable or what is gone through."""
        if scope is None:
            return False
        arguments = [node for node in ast.walk(scope) if isinstance(node, ast.arg) and node.arg == name]
        values = list(_values(scope, name))
        loops = list(_loops(scope, name))
        return (
            bool(arguments or values or loops)
            and all(said(argument.annotation) in CONTENT for argument in arguments)
            and all(self._is_content(value, scope) for value in values)
            and all(self._are_content(source, scope) for source in loops)
        )


def _values(scope: Function | None, name: str) -> Iterator[ast.expr]:
    """Everything that is given to a name in a function; what comes out of something unpacked is itself not known."""
    for node in ast.walk(scope) if scope is not None else ():
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        yield value
                    elif isinstance(target, ast.Tuple):
                        for place, one in enumerate(target.elts):
                            if isinstance(one, ast.Name) and one.id == name:
                                yield value.elts[place] if isinstance(value, ast.Tuple) else ast.Starred(value=value)
            case ast.AnnAssign(target=ast.Name(id=known), value=value) if known == name and value is not None:
                yield value
            case ast.NamedExpr(target=ast.Name(id=known), value=value) if known == name:
                yield value


def _loops(scope: Function, name: str) -> Iterator[ast.expr]:
    """Everything that a function goes through by a name, also where it is counted."""
    for node in ast.walk(scope):
        match node:
            case ast.For(target=ast.Name(id=known), iter=source) | ast.comprehension(target=ast.Name(id=known), iter=source):
                if known == name:
                    yield source
            case ast.comprehension(
                target=ast.Tuple(elts=[_, ast.Name(id=known)]),
                iter=ast.Call(func=ast.Name(id="enumerate"), args=[source, *_]),
            ) if known == name:
                yield source


@pytest.mark.parametrize("name", MODULES)
def test_no_widget_gets_a_bare_str(name: str) -> None:
    """Put it through `plain` or `says`, or give it a name that is declared to hold content."""
    assert [f"{name}:{node.lineno}: {by} gets {ast.unparse(node)}" for node, by in Reader(MODULES[name]).bare()] == []


@pytest.mark.parametrize("name", MODULES)
def test_whatever_is_notified_is_never_read_as_markup(name: str) -> None:
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "notify":
            given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
            assert given.get("markup") == "False", f"{name}:{node.lineno}"


@pytest.mark.parametrize(
    ("body", "is_safe"),
    [
        ("Static('Area')", True),
        ("Static('[bold]Area')", False),
        ("Static(plain(post))", True),
        ("Static(post)", False),
        ("Static(post.text)", False),
        ("Static(f'{post}')", False),
        ("Static(str(post))", False),
        ("shown = says(post); Static(shown)", True),
        ("shown = says(post); shown = post.text; Static(shown)", False),
        ("shown, other = says(post), post; Static(shown)", True),
        ("shown, other = says(post), post; Static(other)", False),
        ("shown, other = post; Static(shown)", False),
        ("query_one('#a', Static).update(str(post))", False),
        ("query_one('#a', Static).update(says('a') if post else '')", True),
        ("post.border_title = post.title", False),
        ("[Option(one) for one in post]", False),
        ("lines = [plain(one) for one in post]; [Option(line) for line in lines]", True),
        ("Select([(post.title, 1)])", False),
        ("Select([(plain(post.title), 1)])", True),
        ("options = [(one, one) for one in post]; Select(options)", False),
    ],
)
def test_the_search_finds_what_it_is_for(body: str, is_safe: bool) -> None:
    assert (list(Reader(ast.parse(f"def draw(post):\n    {body}\n")).bare()) == []) is is_safe
