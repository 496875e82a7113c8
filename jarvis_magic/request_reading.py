"""From what the user wrote to a `Request`: which objects, files and URLs its references mean.

A reference is read from the literal text once; what an object or file holds is never scanned for more.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from .conversions import open_named, to_resource
from .errors import ConversionError, UnknownName, UsageError
from .ids import valid_id
from .plans import Plan
from .references import OUTSIDE_WORDS, Found, Reference, kind_at, references_in, scan, value_at, whole_reference
from .values import Request, Resource

SOURCE = re.compile(
    rf"""{OUTSIDE_WORDS}(?<!@)@(?:"(?P<quoted>(?:[^"\\\n]|\\.)+)"|(?P<url>https?://[^\s<>"'`，。、；：！？（）【】《》「」]+))"""
)
"""A file or URL as it is written in a request: ``@"a file.wav"``, ``@https://…``."""

_AFTER_URL = ".,;:!?)]}"

_ESCAPED = re.compile(r"\\(\"|(?<!^\\)\\)")
"""A quote or backslash behind a backslash; the two that begin the path of another Windows computer are no such pair."""


def read_request(
    text: str,
    variables: Mapping[str, Any],
    named: Mapping[str, Any] | None = None,
    *,
    outputs: Sequence[str] = (),
    uses: Mapping[str, str] | None = None,
    offered: Mapping[str, Resource] | None = None,
    made: Mapping[str, Resource] | None = None,
) -> Request:
    """Read a request: resolve every ``@name``, ``@"file"`` and ``@https://…`` of its literal text.

    Parameters
    ----------
    text
        What the user wrote.
    variables
        Where names are looked up; only those written in the text are touched.
    named
        Objects given by keyword: inputs whether written or not, and looked up first.
    outputs, uses, offered
        As in `Request`.
    made
        Variables that hold results of earlier requests: they are as they were made, and nothing in them is opened.

    Raises
    ------
    UsageError
        If the text is empty, or a path does not fit; `UnknownName` for a name that does not exist.
    SourceError, ConversionError
        If a file or URL cannot be read, or an object is of no kind.
    """
    if not isinstance(text, str):
        msg = f"A request is words or a Plan, not {text!r:.60}; write for example run('Describe @photo.', photo=photo)."
        raise UsageError(msg)
    if not text.strip():
        msg = "The request is empty; say what should be done, for example: Describe @photo."
        raise UsageError(msg)
    given = dict(named or {})
    known = {**variables, **(made or {}), **given}
    inputs = {name: to_resource(value, name=name) for name, value in given.items()}
    pieces: list[str] = []
    sources: dict[str, str] = {}
    for piece in _pieces(text, known):
        if isinstance(piece, _Source):
            name = sources.get(piece.named) or valid_id(piece.stem, {*known, *inputs, *_names(text, known)})
            if piece.named not in sources:
                sources[piece.named] = name
                inputs[name] = open_named(piece.named)
            pieces.append(f"@{name}")
        elif isinstance(piece.piece, Reference):
            pieces.append(str(_looked_up(piece.piece, known, inputs)))
        else:
            pieces.append(_apart(pieces[-1:], piece.piece.replace("@", "@@")))
    results = frozenset(inputs).intersection(made or ())
    return Request("".join(pieces), inputs, tuple(outputs), dict(offered or {}), dict(uses or {}), results)


def request_for_plan(plan: Plan, variables: Mapping[str, Any], named: Mapping[str, Any] | None = None) -> Request:
    """Return the request of a plan that exists, with values for its inputs.

    Raises
    ------
    UnknownName
        If an input has no value.
    ConversionError
        If a value is not of its input's kind.
    """
    known = {**variables, **(named or {})}
    inputs = {}
    for name, kind in plan.inputs.items():
        if name not in known:
            raise UnknownName("value for the input", name, known, f"pass it by keyword, {name}=…, or define it")
        resource = known[name] if isinstance(known[name], Resource) else to_resource(known[name], name=name)
        if type(resource.value) is list and not resource.value and kind.depth:
            resource = Resource(kind, [])  # a list of nothing is one of any kind
        if resource.kind != kind:
            msg = f"The plan's input '@{name}' is {kind.phrase}, but the value given is {resource.kind.phrase}."
            raise ConversionError(msg)
        inputs[name] = resource
    return Request(plan.request, inputs, tuple(plan.outputs))


def files_of(text: str, inputs: Iterable[str]) -> dict[str, str]:
    """Return the files and URLs that a request names in its words, by the inputs that were read from them."""
    left, found = list(inputs), dict[str, str]()
    for source in (piece for piece in _pieces(text, ()) if isinstance(piece, _Source)):
        stem = valid_id(source.stem, ())
        name = next((one for one in left if re.fullmatch(rf"{re.escape(stem)}(_\d+)?", one)), None)
        if name is not None and source.named not in found.values():
            left.remove(name)
            found[name] = source.named
    return found


class _Source:
    """A file or URL written in the text."""

    def __init__(self, named: str) -> None:
        self.named = named

    @property
    def stem(self) -> str:
        path = unquote(urlsplit(self.named).path) if "://" in self.named else self.named.replace("\\", "/")
        return PurePosixPath(path).stem or "page"


def _pieces(text: str, known: Container[str]) -> Iterator[Found | _Source]:
    """The literal stretches, references and sources of a text, in order."""
    position = 0
    for match in SOURCE.finditer(text):
        yield from scan(text[position : match.start()], known)
        if match["quoted"] is not None:
            yield _Source(_ESCAPED.sub(r"\1", match["quoted"]))
            position = match.end()
        else:
            url = match["url"].rstrip(_AFTER_URL)
            yield _Source(url)
            position = match.start() + 1 + len(url)
    yield from scan(text[position:], known)


def _apart(before: Sequence[str], literal: str) -> str:
    """Words behind a reference, a space before them where its name could be read as going on in them."""
    reference = whole_reference(before[0]) if before else None
    goes_on = reference is not None and whole_reference(f"{reference}{literal[:1]}") is not None
    return f" {literal}" if goes_on else literal


def _names(text: str, known: Container[str]) -> set[str]:
    return {reference.name for reference in references_in(text, known)}


def _looked_up(reference: Reference, known: Mapping[str, Any], inputs: dict[str, Resource]) -> Reference:
    """Make sure that a reference of the text leads to something, and keep its object as an input.

    Where the object as a whole is of no kind, what the path leads to in it is the input, under a name of its own; so is a
    variable whose name reads as a shorter one and more words (``photo里``).
    """
    name = reference.name
    if whole_reference(f"@{name}") is None and name in known:
        return Reference(_part_kept(reference, known, inputs))
    if name not in inputs:
        if name not in known:
            raise UnknownName("variable", name, known, f"write '@@{name}' for plain text")
        if known[name] is None:
            msg = f"The variable '@{name}' is None: it has no value yet; run the cell that gives it one."
            raise ConversionError(msg)
        try:
            inputs[name] = to_resource(known[name], name=name)
        except ConversionError:
            if not reference.path:
                raise
            return Reference(_part_kept(reference, known, inputs))
    try:
        kind_at(inputs[name].kind, reference.path)
        if inputs[name].kind.base != "video":  # whose frames are decoded when they are needed
            value_at(inputs[name].value, reference.path)
    except UsageError as error:
        raise _leads_nowhere(reference, error) from error
    return reference


def _part_kept(reference: Reference, known: Mapping[str, Any], inputs: dict[str, Resource]) -> str:
    """Keep the part of an object that a reference leads to as an input, and return its name."""
    written = str(reference)[1:]
    try:
        part = to_resource(value_at(known[reference.name], reference.path), name=written)
    except UsageError as error:
        raise _leads_nowhere(reference, error) from error
    same = (name for name, resource in inputs.items() if name not in known and resource == part)
    name = next(same, None) or valid_id(written, {*known, *inputs})
    inputs[name] = part
    return name


def _leads_nowhere(reference: Reference, error: UsageError) -> UsageError:
    return UsageError(f"'{reference}': {error}")
