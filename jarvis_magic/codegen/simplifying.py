"""Less source that does the same: what nothing uses any more falls away.

Our functions check what was given, and say what a reader should know beside a result. Where a run needs neither, what is
left of them (a value that nothing reads, a question whose two answers are the same) would only be in the way.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Definition: TypeAlias = ast.stmt


def simplified(statement: Definition) -> Definition:
    """Return a definition without what does nothing in it."""
    before = ""
    while before != (now := ast.dump(statement)):
        before = now
        statement = _Simpler().visit(statement)
    return statement


class _Simpler(ast.NodeTransformer):
    """One pass over a definition."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Leave out what a function assigns or imports and never reads."""
        node = self.generic_visit(node)  # type: ignore[assignment]
        read = _read(node.body)
        collected = _only_collected(node.body)
        node.body = _Unread(read - collected).kept(node.body)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """What is the same either way."""
        same = not _acts(node.test) and ast.dump(node.body) == ast.dump(node.orelse)
        found: ast.AST = self.visit(node.body) if same else super().generic_visit(node)
        return found

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Simplify every list of statements."""
        super().generic_visit(node)
        for name in ("body", "orelse"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                setattr(node, name, _fewer(statements))
        return node


class _Unread(ast.NodeTransformer):
    """Leaves out assignments to names, and imports of names, that are not among those that are read."""

    def __init__(self, read: frozenset[str]) -> None:
        self._read = read

    def kept(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """The statements that are left."""
        found = [self.visit(statement) for statement in statements]
        return [statement for statement in found if statement is not None] or [ast.Pass()]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """What is inside another function has been looked at."""
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.Assign | None:
        """A name that nothing reads."""
        match node.targets:
            case [ast.Name(name)] if name not in self._read:
                return None
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        """What is added to a list that nothing reads."""
        name = _adds_to(node)
        return None if name and name not in self._read else node

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> ast.Import | ast.ImportFrom | None:
        """Of an import the names that are read."""
        node.names = [alias for alias in node.names if (alias.asname or alias.name).partition(".")[0] in self._read]
        return node if node.names else None

    visit_ImportFrom = visit_Import  # noqa: N815 - the name that `ast` looks for

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """What has no statements left does nothing."""
        super().generic_visit(node)
        if isinstance(node, ast.stmt) and getattr(node, "body", True) == []:
            node.body = [ast.Pass()]  # type: ignore[attr-defined]
        return node


def _read(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names that are read, or declared to be another function's."""
    found: set[str] = set()
    for node in (inner for outer in nodes for inner in ast.walk(outer)):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
    return frozenset(found)


def _only_collected(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names of lists that are only added to."""
    statements = [node for outer in nodes for node in ast.walk(outer)]
    added = Counter(name for node in statements if (name := _adds_to(node)))
    read = Counter(n.id for n in statements if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store))
    made = {n.targets[0].id for n in statements if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name) and isinstance(n.value, ast.List)}  # fmt: skip
    inside = _read(node for node in statements if isinstance(node, ast.FunctionDef | ast.Lambda))
    return frozenset(name for name, times in added.items() if read[name] == times and name in made - inside)


def _adds_to(node: ast.AST) -> str:
    match node:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append" | "extend"))):
            return name
    return ""


def _fewer(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Statements without questions that change nothing, and with values where they are raised or returned."""
    kept: list[ast.stmt] = []
    for position, statement in enumerate(statements):
        following = statements[position + 1] if position + 1 < len(statements) else None
        if isinstance(statement, ast.If) and _changes_nothing(statement, following):
            continue
        match (kept[-1] if kept else None), statement:
            case ast.Assign([ast.Name(name)], said), ast.Raise(ast.Call(_, [ast.Name(raised)])) if name == raised:
                kept.pop()
                statement.exc.args = [said]  # type: ignore[union-attr]
            case ast.Assign([ast.Name(name)], value), ast.Return(ast.Name(returned)) if name == returned:
                kept.pop()
                statement.value = value
        kept.append(statement)
    return kept


def _changes_nothing(question: ast.If, following: ast.stmt | None) -> bool:
    """Whether it is the same what the answer is."""
    if _acts(question.test):
        return False
    match question.body, question.orelse:
        case [ast.Pass()], [] | [ast.Pass()]:
            return True
        case [ast.Return() as one], []:
            return isinstance(following, ast.Return) and ast.dump(one) == ast.dump(following)
    return False


def _acts(expression: ast.expr) -> bool:
    """Whether it may do more than to have a value."""
    calls = [node for node in ast.walk(expression) if isinstance(node, ast.Call)]
    others = any(isinstance(node, ast.NamedExpr | ast.Await) for node in ast.walk(expression))
    return others or any(not isinstance(c.func, ast.Name) or c.func.id not in _ONLY_ASK for c in calls)


_ONLY_ASK = frozenset({"len", "isinstance", "str", "int", "float", "min", "max", "sum"})


# Several definitions -------------------------------------------------------------------------------------------------


def needed(definitions: Mapping[str, Definition], used: frozenset[str]) -> dict[str, Definition]:
    """Return the definitions that names lead to, and of classes the methods that are called."""
    waiting, found = [name for name in used if name in definitions], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [other for other in _mentioned([definitions[name]]) if other in definitions]
    kept = {name: statement for name, statement in definitions.items() if name in found}
    without = {name: _with_called_methods(s, kept, used) if isinstance(s, ast.ClassDef) else s for name, s in kept.items()}  # fmt: skip
    same = all(ast.dump(without[name]) == ast.dump(kept[name]) for name in kept)
    return kept if same else needed(without, used)


def _mentioned(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.id for outer in nodes for node in ast.walk(outer) if isinstance(node, ast.Name)}


def _with_called_methods(
    cls: ast.ClassDef, all_of_them: Mapping[str, Definition], used: frozenset[str]
) -> ast.ClassDef:
    """A class without the methods that nothing mentions but themselves."""
    body = []
    for statement in cls.body:
        others = [one for one in cls.body if one is not statement]
        others += [one for one in all_of_them.values() if one is not cls]
        if (
            not isinstance(statement, ast.FunctionDef)
            or statement.name.startswith("__")
            or statement.name in used
            or statement.name in _attributes(others)
        ):
            body.append(statement)
    return ast.ClassDef(cls.name, cls.bases, cls.keywords, body or [ast.Pass()], cls.decorator_list)


def _attributes(nodes: Iterable[ast.AST]) -> set[str]:
    return {node.attr for outer in nodes for node in ast.walk(outer) if isinstance(node, ast.Attribute)}


def without_idle_functions(definitions: Mapping[str, Definition], used: frozenset[str]) -> dict[str, Definition]:
    """Return them with the argument in place of calls of functions that only return it."""
    idle = {name for name, function in definitions.items() if name not in used and _is_idle(function)}
    return {name: _Arguments(idle).visit(definition) for name, definition in definitions.items()} if idle else dict(definitions)  # fmt: skip


def _is_idle(function: Definition) -> bool:
    match function:
        case ast.FunctionDef(args=ast.arguments(args=[ast.arg(given), *_]), body=[ast.Return(ast.Name(returned))]):
            return given == returned
    return False


class _Arguments(ast.NodeTransformer):
    """Puts the first argument in place of calls."""

    def __init__(self, idle: set[str]) -> None:
        self._idle = idle

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """A call of a function that only returns what it is given."""
        self.generic_visit(node)
        match node:
            case ast.Call(ast.Name(name), [given, *_]) if name in self._idle:
                return given
        return node


def remembered_where_defined(definitions: dict[str, Definition]) -> dict[str, Definition]:
    """Return them with ``name = cache(function)`` as a decorator, and ``name = function`` as its name, where it has no other use."""
    found = dict(definitions)
    for name, statement in definitions.items():
        match statement:
            case ast.Assign(_, ast.Call(ast.Name("cache") as decorator, [ast.Name(inner)])):
                _under_its_name(found, name, inner, [decorator])
            case ast.Assign(_, ast.Name(inner)):
                _under_its_name(found, name, inner, [])
    return {name: found[name] for name in definitions if name in found}


def _under_its_name(definitions: dict[str, Definition], name: str, inner: str, decorators: list[ast.expr]) -> None:
    """Give a function the name that it is used by, if it is used by no other."""
    function = definitions.get(inner)
    mentions = sum(isinstance(n, ast.Name) and n.id == inner for d in definitions.values() for n in ast.walk(d))
    if isinstance(function, ast.FunctionDef) and mentions == 1:
        del definitions[inner]
        function.name, function.decorator_list = name, [*decorators, *function.decorator_list]
        definitions[name] = function


def without_options(definitions: Mapping[str, Definition], lines: Sequence[ast.AST]) -> None:
    """Put the defaults in place of options that no call gives."""
    everything = [*definitions.values(), *lines]
    for name, function in definitions.items():
        if isinstance(function, ast.FunctionDef) and _is_never_told(name, function, everything):
            function.args = _without(function.args, "options")
            function.body = [_Defaults().visit(statement) for statement in function.body]


def _is_never_told(name: str, function: ast.FunctionDef, everything: Sequence[ast.AST]) -> bool:
    names = [argument.arg for argument in function.args.args]
    if names[-1:] != ["options"] or function.args.kwonlyargs or not function.args.defaults:
        return False
    calls = [
        node
        for outer in everything
        for node in ast.walk(outer)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]
    mentions = sum(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for outer in everything
        for node in ast.walk(outer)
    )
    told = any(
        len(call.args) >= len(names)
        or any(isinstance(argument, ast.Starred) for argument in call.args)
        or any(keyword.arg in (None, "options") for keyword in call.keywords)
        for call in calls
    )
    reads = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == "options"]
    known = [node for node in ast.walk(function) if _default_of(node) is not None]
    return mentions == len(calls) and not told and len(reads) == len(known)


def _without(arguments: ast.arguments, name: str) -> ast.arguments:
    arguments.args = [argument for argument in arguments.args if argument.arg != name]
    arguments.defaults = arguments.defaults[:-1]
    return arguments


class _Defaults(ast.NodeTransformer):
    """Puts defaults in place of options."""

    def visit_Call(self, node: ast.Call) -> Any:
        """``(options or {}).get(name, default)`` is the default."""
        default = _default_of(node)
        return default if default is not None else self.generic_visit(node)


def _default_of(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Call(
            ast.Attribute(ast.BoolOp(ast.Or(), [ast.Name("options"), ast.Dict([], [])]), "get"), [_, default]
        ):
            return default
    return None
