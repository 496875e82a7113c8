"""Functions of ours as source that stands alone: with what they use of this package, and nothing else of it.

What is taken along loses its docstrings and annotations, and keeps its name where nothing of the user's has it. Our own
exceptions become plain ones, and notes of experts fall away.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import io
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias, cast

from . import plain
from .layout import laid_out
from .simplifying import needed, remembered_where_defined, simplified, without_idle_functions, without_options

PACKAGE = __name__.partition(".")[0]

Place: TypeAlias = tuple[str, str]
"""A name at the top of a module: the module, and the name."""

_PLAIN = {
    "EndpointRejected": "ValueError",
    "EndpointError": "RuntimeError",
    "ConversionError": "ValueError",
    "UsageError": "ValueError",
    "SourceError": "OSError",
    "MissingExtra": "ImportError",
}
"""What stands in for exceptions of ours."""


_STAND_INS = {
    (f"{PACKAGE}.{module}", name): (plain.__name__, name)
    for module, name in (("media", "Audio"), ("media", "Video"), ("toolbox.loading", "refuse_unknown"))
}
"""Simpler things that stand in for ours."""


@dataclass
class Bundle:
    """Source that grows with every function that is added.

    Parameters
    ----------
    taken
        Names that nothing of it may have.
    """

    taken: set[str]
    imports: dict[str, str] = field(default_factory=dict)
    _definitions: dict[str, ast.stmt] = field(default_factory=dict)
    _names: dict[Place, str] = field(default_factory=dict)
    _inner: dict[str, Place] = field(default_factory=dict)

    def add(self, function: Callable[..., Any] | type) -> str:
        """Take a function or class of ours along, and return its name there."""
        place = _home(function.__module__, function.__name__)
        return self._take(place, self._free(function.__name__.lstrip("_")) if place not in self._names else "")

    def add_entry(self, module: str, mapping: str, key: str, wanted: str) -> str:
        """Take one entry of a mapping of ours along, and return its name there."""
        place = (module, f"{mapping}[{key!r}]")
        if place not in self._names:
            statement = _statements(module)[mapping]
            entries = cast("ast.Dict", cast("ast.Assign | ast.AnnAssign", statement).value)
            value = next(v for k, v in zip(entries.keys, entries.values, strict=True) if ast.literal_eval(k) == key)  # type: ignore[arg-type]
            name = self._names[place] = self._free(wanted)
            assigned = ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)
            self._definitions[name] = _Alone(self, module, name, name).alone(assigned)
        return self._names[place]

    def bring(self, module: str, name: str | None = None) -> str:
        """Import a library, or a name of it, and return what it is called."""
        called = name or module
        self.imports[_import_line(module, name, called)] = called.partition(".")[0]
        return called

    def written(self, lines: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
        """Return the lines of imports and the definitions that some lines of Python need, and the lines with their names."""
        read = [ast.parse(line) for line in lines]
        used = frozenset(n for tree in read for node in ast.walk(tree) for n in _names_in(node))
        definitions = {name: simplified(statement) for name, statement in self._definitions.items()}
        definitions = needed(definitions, used)
        without_options(definitions, read)
        definitions = without_idle_functions(definitions, used)
        definitions = needed({name: simplified(statement) for name, statement in definitions.items()}, used)
        definitions = remembered_where_defined(definitions)
        shown = self._shown_names(definitions)
        renamed = _Renamed(shown)
        kept = [renamed.visit(statement) for statement in definitions.values()]
        mentioned = used.union(*(_names_in(node) for statement in kept for node in ast.walk(statement)))
        imports = _joined([line for line, name in self.imports.items() if name in mentioned])
        named = [_with_names(line, shown) for line in lines]
        return imports, [laid_out(statement) for statement in kept], named

    def _shown_names(self, definitions: Iterable[str]) -> dict[str, str]:
        """The names that definitions are shown under: their own, if nothing else in sight has them."""
        local = {name for d in definitions for node in ast.walk(self._definitions[d]) for name in _stored_in(node)}
        taken = {*self.taken, *local, *self.imports.values(), *dir(builtins)}
        shown: dict[str, str] = {}
        for inner in definitions:
            if inner in self._inner:
                module, name = self._inner[inner]
                own, longer = name.lstrip("_"), f"{module.rpartition('.')[2]}_{name.lstrip('_')}"
                wanted = (own, longer.upper() if name.isupper() else longer, inner)
                shown[inner] = next(one for one in wanted if one not in taken)
                taken.add(shown[inner])
        return shown

    def _take(self, place: Place, name: str) -> str:
        if place in self._names:
            return self._names[place]
        self._names[place] = name
        module, original = place
        self._definitions[name] = _Alone(self, module, original, name).alone(_statements(module)[original])
        self._definitions[name] = self._definitions.pop(name)  # after what it uses
        return name

    def named(self, module: str, name: str) -> str | None:
        """The name under which something that a module uses is there; ``None``: it is no name of the module's top."""
        imported = _imports(module).get(name)
        if imported and not _is_ours(imported[0]):
            self.imports[_import_line(*imported, name)] = name
            return name
        place = _home(module, name)
        if place[1] in _PLAIN and place[0] == f"{PACKAGE}.errors":
            return _PLAIN[place[1]]
        if place in self._names:
            return self._names[place]
        if place[1] not in _statements(place[0]):
            return None
        if isinstance(_statements(place[0])[place[1]], ast.ClassDef):
            return self._take(place, self._free(place[1]))
        inner = f"__{place[0].rpartition('.')[2]}_{place[1]}"
        self._inner[inner] = place
        return self._take(place, inner)

    def _free(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name)
        return name


class _Renamed(ast.NodeTransformer):
    """Gives definitions other names."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        """Where they are used."""
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Where they are defined."""
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)


def _with_names(line: str, names: Mapping[str, str]) -> str:
    """A line in which some names are others; what stands in texts stays."""
    tokens = [token for token in tokenize.generate_tokens(io.StringIO(line).readline) if token.string in names]
    for token in reversed(tokens):
        line = line[: token.start[1]] + names[token.string] + line[token.end[1] :]
    return line


def _joined(imports: Sequence[str]) -> list[str]:
    """The lines of imports in order, each module once."""
    names: dict[str, set[str]] = {}
    for line in imports:
        module, _, name = line.partition(" import ")
        names.setdefault(module, set()).update([name] if name else [])
    lines = [f"{module} import {', '.join(sorted(found))}" if found else module for module, found in names.items()]
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def _names_in(node: ast.AST) -> set[str]:
    """The names that are used: of variables and of attributes."""
    if isinstance(node, ast.Name):
        return {node.id}
    return {node.attr} if isinstance(node, ast.Attribute) else set()


def _stored_in(node: ast.AST) -> set[str]:
    """The names that are given inside of functions."""
    if isinstance(node, ast.arg):
        return {node.arg}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else set()


class _Alone(ast.NodeTransformer):
    """Makes one statement of a module stand alone."""

    def __init__(self, bundle: Bundle, module: str, original: str, name: str) -> None:
        self._bundle, self._module, self._own = bundle, module, {original: name}
        self._local: list[set[str]] = []

    def alone(self, statement: ast.stmt) -> ast.stmt:
        """The statement, standing alone."""
        copied = ast.parse(ast.unparse(statement)).body[0]
        visited: ast.stmt = ast.fix_missing_locations(self.visit(copied))
        return visited

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Give what is used of the module the name it has in the bundle."""
        if any(node.id in names for names in self._local):
            return node
        named = self._own.get(node.id) or self._bundle.named(self._module, node.id)
        return ast.Name(named or node.id, node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """Leave the documentation and the annotations of a function out."""
        node.name = node.name if self._local else self._own.get(node.name, node.name)
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        node.returns = None
        for argument in _arguments(node.args):
            argument.annotation = None
        node.args.args = [argument for argument in node.args.args if argument.arg != "watching"]
        node.args.defaults = [self.visit(default) for default in node.args.defaults]
        node.args.kw_defaults = [default and self.visit(default) for default in node.args.kw_defaults]
        self._local.append(_locals(node) - self._ours_inside(node))
        node.body = self._body(node.body)
        self._local.pop()
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """Keep the arguments of a function without a name."""
        self._local.append({argument.arg for argument in _arguments(node.args)})
        node = self.generic_visit(node)  # type: ignore[assignment]
        self._local.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        """Leave the documentation of a class out; its fields keep their annotations, as words."""
        node.name = self._own.get(node.name, node.name)
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        node.bases = [self.visit(base) for base in node.bases if "Generic" not in ast.unparse(base)]
        self._local.append(set())
        node.body = self._body(node.body, fields=True)
        self._local.pop()
        return node

    def visit_Call(self, node: ast.Call) -> Any:
        """Of what comes with notes, keep the value; a cast is nothing; options are read as they are."""
        match node:
            case ast.Call(ast.Name("WithNotes"), [value, *_]) | ast.Call(ast.Name("cast"), [_, value]):
                return self.visit(value)
            case ast.Call(ast.Name("Knobs"), [options, *_]):
                return ast.BoolOp(ast.Or(), [self.visit(options), ast.Dict([], [])])
            case ast.Call(ast.Attribute(knobs, "whole" | "number"), [name, default, _, _]):
                get = ast.Attribute(self.visit(knobs), "get", ast.Load())
                return ast.Call(get, [self.visit(name), self.visit(default)], [])
            case ast.Call(ast.Name("some_text"), [text, _]):
                return self.visit(text)
            case ast.Call(ast.Name("Loaded"), [make]):
                self._bundle.bring("functools", "cache")
                return ast.Call(ast.Name("cache", ast.Load()), [self.visit(make)], [])
        return self.generic_visit(node)

    def _body(self, statements: list[ast.stmt], *, fields: bool = False) -> list[ast.stmt]:
        kept = [found for statement in statements for found in self._kept(statement, fields=fields)]
        return kept or [ast.Pass()]

    def _kept(self, statement: ast.stmt, *, fields: bool) -> Iterator[ast.stmt]:
        if isinstance(statement, ast.AnnAssign) and fields:
            statement.annotation = _plain_annotation(statement.annotation)
            statement.value = self.visit(statement.value) if statement.value else None
            yield statement
        else:
            found = self.visit(statement)
            yield from found if isinstance(found, list) else [found] if found else []

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """What says nothing falls away, wherever it stands."""
        return None if _says_nothing(node.value) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | None:
        """Leave the annotation of a variable out."""
        if node.value is None:
            return None
        return ast.Assign([self.visit(node.target)], self.visit(node.value))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        """An import of ours inside a function falls away; what it brought is in the bundle."""
        return None if node.level or _is_ours(node.module or "") else node

    def _ours_inside(self, node: ast.AST) -> set[str]:
        """Names that a function imports from us: they are those of the bundle."""
        found = set()
        for inner in ast.walk(node):
            if isinstance(inner, ast.ImportFrom) and (inner.level or _is_ours(inner.module or "")):
                source = _absolute(self._module, inner)
                for alias in inner.names:
                    self._own[alias.asname or alias.name] = self._bundle.named(source, alias.name) or alias.name
                    found.add(alias.asname or alias.name)
        return found


def _plain_annotation(annotation: ast.expr) -> ast.expr:
    """The annotation of a field: as it is if it needs no import, else as words."""
    written = ast.unparse(annotation).replace("Mapping[", "dict[").replace("Sequence[", "list[")
    plain_one = ast.parse(written, mode="eval").body
    names = {node.id for node in ast.walk(plain_one) if isinstance(node, ast.Name)}
    return plain_one if names <= set(dir(builtins)) else ast.Constant(ast.unparse(annotation))


def _says_nothing(expression: ast.expr) -> bool:
    """Whether it is documentation, or only checks what was given, or tells how far it is."""
    match expression:
        case ast.Constant() | ast.Call(ast.Name("Knobs" | "some_text" | "watching")):
            return True
    return False


def _arguments(arguments: ast.arguments) -> Iterable[ast.arg]:
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]


def _locals(function: ast.FunctionDef) -> set[str]:
    """The names that are a function's own: its arguments, and what is assigned or imported in it."""
    found = {argument.arg for argument in _arguments(function.args)}
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.Lambda) and node is not function:
            found |= {argument.arg for argument in _arguments(node.args)}
            found |= {node.name} if isinstance(node, ast.FunctionDef) else set()
    return found


# Modules -------------------------------------------------------------------------------------------------------------


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(importlib.import_module(module)))


@cache
def _statements(module: str) -> dict[str, ast.stmt]:
    """What a module defines at its top, by name."""
    found: dict[str, ast.stmt] = {}
    for statement in _tree(module).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = statement
        match statement:
            case ast.Assign([ast.Tuple(names)], ast.Tuple(values)):
                pairs = zip(names, values, strict=True)
                found |= {name.id: ast.Assign([name], v, lineno=0) for name, v in pairs if isinstance(name, ast.Name)}
            case ast.Assign([ast.Name(name)]) | ast.AnnAssign(ast.Name(name)):
                found[name] = statement
    return found


@cache
def _imports(module: str) -> dict[str, tuple[str, str | None]]:
    """What a module imports at its top when it runs: name to module, and the name there."""
    found: dict[str, tuple[str, str | None]] = {}
    for statement in _tree(module).body:
        if isinstance(statement, ast.ImportFrom):
            source = _absolute(module, statement)
            found |= {alias.asname or alias.name: (source, alias.name) for alias in statement.names}
        elif isinstance(statement, ast.Import):
            found |= {alias.asname or alias.name.partition(".")[0]: (alias.name, None) for alias in statement.names}
    return found


def _home(module: str, name: str) -> Place:
    """Where a name that a module uses is defined."""
    imported = _imports(module).get(name)
    while imported and imported[1] and _is_ours(imported[0]):
        module, name = imported[0], imported[1]
        imported = _imports(module).get(name)
    return _STAND_INS.get((module, name), (module, name))


def _absolute(module: str, statement: ast.ImportFrom) -> str:
    if not statement.level:
        return statement.module or ""
    is_package = hasattr(importlib.import_module(module), "__path__")
    parts = module.split(".")
    base = parts[: len(parts) - statement.level + is_package]
    return ".".join([*base, *([statement.module] if statement.module else [])])


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == PACKAGE


def _import_line(module: str, name: str | None, known_as: str) -> str:
    line = f"import {module}" if name is None else f"from {module} import {name}"
    same = known_as == (name or module.partition(".")[0])
    return line if same else f"{line} as {known_as}"
