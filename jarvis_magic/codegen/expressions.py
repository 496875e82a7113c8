"""Arguments of tasks as Python expressions; every string is written by ``repr``."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from jarvis_magic.conversions import texts
from jarvis_magic.errors import UsageError
from jarvis_magic.kinds import RECORDS, Kind
from jarvis_magic.plans import Plan
from jarvis_magic.references import Every, Field, Index, Key, Part, Reference, Slice, scan, whole_reference
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.tasks import Argument, Task
from jarvis_magic.values import Candidate
from jarvis_magic.wellformed import depths

from .bundling import Bundle

Arguments: TypeAlias = Mapping[str, str]
"""Python expressions by port."""


@dataclass(frozen=True)
class Said:
    """A Python expression, and the kind of its value; ``record``: it is one of what a list-like kind is made of."""

    code: str
    kind: Kind
    record: bool = False


@dataclass
class Expressions:
    """Writes the arguments of a plan's tasks.

    Parameters
    ----------
    plan
        The plan.
    bundle
        Where functions go that the expressions need.
    kinds
        The kind of each input and result.
    """

    plan: Plan
    bundle: Bundle
    kinds: Mapping[str, Kind]

    def arguments(self, task: Task) -> tuple[dict[str, str], list[dict[str, str]]]:
        """The arguments of one call by port, and for each level of list it is repeated for, what each name runs over."""
        ports = TASK_TYPES[task.type].by_name
        levels = {name: depth for name, depth in depths(task, self.kinds).items() if depth}
        said = {name: self._said(a, ports[name]) for name, a in task.arguments.items() if a is not None}
        loops: list[dict[str, str]] = []
        while levels:
            loop = {name: self._loop_name(name) for name in levels}
            loops.append({loop[name]: _items_of(said[name]) for name in levels})
            said |= {name: Said(variable, _item_kind(said[name].kind), False) for name, variable in loop.items()}
            levels = {name: level - 1 for name, level in levels.items() if level > 1}
        return {name: self._for_port(found, ports[name].kind) for name, found in said.items()}, loops

    def _loop_name(self, port: str) -> str:
        """A name for an item that hides nothing of the plan."""
        name = f"one_{port}"
        while name in self.plan.by_id or name in self.plan.inputs:
            name += "_"
        return name

    def _said(self, argument: Argument, port: Port) -> Said:
        if isinstance(argument, str):
            reference = whole_reference(argument)
            return self.referred(reference) if reference else Said(self._text(argument), Kind("text"))
        if port.kind.depth and isinstance(argument, Sequence):
            items = [self._said(item, Port(port.name, port.kind.listed(-1))) for item in argument]
            listed = [self._for_port(item, port.kind.listed(-1)) for item in items]
            return Said(f"[{', '.join(listed)}]", port.kind)
        is_number = isinstance(argument, int | float) and not isinstance(argument, bool)
        return Said(self._plain(argument), Kind("number") if is_number and port.kind != "json" else Kind("json"))

    def _plain(self, argument: Argument) -> str:
        """A JSON argument with its references replaced, at any depth."""
        if isinstance(argument, str):
            reference = whole_reference(argument)
            return self.referred(reference).code if reference else self._text(argument)
        if isinstance(argument, Mapping):
            return "{" + ", ".join(f"{key!r}: {self._plain(item)}" for key, item in argument.items()) + "}"
        if isinstance(argument, Sequence):
            return f"[{', '.join(map(self._plain, argument))}]"
        return repr(argument)

    def _text(self, text: str) -> str:
        """A text with the text form of each reference in it."""
        pieces = [
            repr(found.piece) if isinstance(found.piece, str) else self._text_form(self.referred(found.piece))
            for found in scan(text)
        ]
        return " + ".join(pieces) or "''"

    def _text_form(self, said: Said) -> str:
        if said.kind == "text":
            return said.code
        if said.kind.depth:
            item = self._text_form(Said("item", said.kind.listed(-1), said.record))
            items = said.code if item == "item" else f"[{item} for item in {said.code}]"
            return f"{self.bundle.add(texts.numbered)}({items})"
        form = self.bundle.add_entry(texts.__name__, "_FORMS", said.kind.base, f"text_of_{said.kind.base}")
        return f"{form}({said.code})"

    def _for_port(self, said: Said, port: Kind) -> str:
        """What a port gets of a value."""
        kind = said.kind
        if port == "text":
            return self._text_form(said)
        if port.depth and not kind.depth:
            records = kind in ("labels", "boxes", "tokens", "masks")
            return f"[item.label for item in {said.code}]" if records and port.base == "text" else f"[{said.code}]"
        if port == "audio" and kind == "video":
            return f"{said.code}.audio"
        if port == "table" and (kind in RECORDS or kind == "json"):
            self.bundle.bring("pandas")
            return f"pandas.DataFrame({said.code})"
        if port == "image" and kind == "text":  # the user's input that names a file
            self.bundle.bring("PIL", "Image")
            return f"Image.open({said.code})"
        return said.code

    def referred(self, reference: Reference) -> Said:
        """What a reference leads to."""
        said = Said(reference.name, self.kinds[reference.name])
        for position, part in enumerate(reference.path):
            if isinstance(part, Every):
                return self._every(said, reference.path[position + 1 :])
            said = self._followed(said, part)
        return said

    def _every(self, said: Said, path: Sequence[Part]) -> Said:
        item = Said("item", _item_kind(said.kind), said.kind in RECORDS)
        for part in path:
            if isinstance(part, Every):
                msg = "A path with two '[*]' has no plain Python yet; refer to it in two tasks."
                raise UsageError(msg)
            item = self._followed(item, part)
        items = _items_of(said)
        code = items if item.code == "item" else f"[{item.code} for item in {items}]"
        return Said(code, item.kind.listed())

    def _followed(self, said: Said, part: Part) -> Said:
        kind = said.kind
        match part:
            case Index(position):
                return Said(f"{_items_of(said)}[{position}]", _item_kind(kind), kind in RECORDS)
            case Slice():
                rows = ".iloc" if kind == "table" else ""
                return replace(said, code=f"{said.code}{rows}{part}")
            case Key(name) | Field(name) if kind == "table":
                return Said(f"{said.code}[{name!r}].tolist()", Kind("list[json]"))
            case Key(name) | Field(name) if kind == "json" and not said.record:
                return Said(f"{said.code}[{name!r}]", Kind("json"))
            case Key(name) | Field(name):
                call = "()" if (kind, name) == ("video", "frames") else ""
                return Said(f"{said.code}.{name}{call}", _field_kind(name))
        raise AssertionError(part)


def _field_kind(name: str) -> Kind:
    by_name = {"frames": "list[image]", "audio": "audio", "mask": "image"}
    return Kind(by_name.get(name, "text" if name in ("label", "text", "answer", "mode") else "number"))


def _item_kind(kind: Kind) -> Kind:
    return kind.listed(-1) if kind.depth else Kind("number" if kind == "vector" else "json")


def _items_of(said: Said) -> str:
    return f"{said.code}.to_dict('records')" if said.kind == "table" else said.code


def call(function: str, arguments: Mapping[str, str]) -> str:
    """A call; a name that is none, which only options of a plan can have, stays a text."""
    named = {name: value for name, value in arguments.items() if not name or _is_name(name)}
    others = ", ".join(f"{name!r}: {value}" for name, value in arguments.items() if name not in named)
    written = [f"{name}={value}" if name else value for name, value in named.items()]
    written += [f"**{{{others}}}"] if others else []
    return f"{function}({', '.join(written)})"


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def repeated(expression: str, loops: Sequence[Mapping[str, str]]) -> str:
    """An expression for each item of lists that go in step, at every level."""
    for loop in reversed(loops):
        names = ", ".join(loop)
        over = next(iter(loop.values())) if len(loop) == 1 else f"zip({', '.join(loop.values())}, strict=True)"
        expression = f"[{expression} for {names} in {over}]"
    return expression


def literal(expression: str) -> Any:
    """The value that an expression is, if it is known without running anything; ``None`` if not."""
    try:
        return ast.literal_eval(expression)
    except (ValueError, SyntaxError):
        return None


def no_code(task: Task, candidate: Candidate, why: str = "") -> UsageError:
    """The error that there is no plain Python for a task."""
    because = f", because {why}" if why else ""
    return UsageError(f"There is no plain Python for {task.type} by {candidate.model!r}{because}.")
