"""A request as the planner reads it: the words folded, and everything that is not to be searched for words put away.

`read` gives a *skeleton* of the request: as long as the request, character by character, in lower case and without
accents, in which references, quoted texts, file names and addresses are covered by marks. The lexicon searches the skeleton;
arguments are cut from the request at the same places.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...errors import UsageError
from ...kinds import Kind
from ...references import Reference, kind_at, scan, whole_reference

MARKS = {
    "image": "\ue000", "audio": "\ue001", "video": "\ue002", "text": "\ue003", "table": "\ue004", "json": "\ue005",
    "quote": "\ue006", "file": "\ue007",
}  # fmt: skip
"""What stands in the skeleton at the start of a covered stretch, by what is there."""

FILLER = "\ue0ff"
ANY_REFERENCE = f"[\ue000-\ue005]{FILLER}*"

_FILES = {
    "image": "jpg jpeg png gif bmp tif tiff webp",
    "audio": "wav mp3 flac ogg m4a aac",
    "video": "mp4 mov avi mkv webm",
    "table": "csv tsv xlsx xls parquet",
    "text": "txt md pdf doc docx rtf html json tex",
}
FILE_KINDS = {ending: kind for kind, endings in _FILES.items() for ending in endings.split()}

_LETTER = r"0-9A-Za-z_\u00c0-\u024f"
_START = re.compile(
    rf"""(?P<file>https?://[^\s'"<>“”]++ | (?<![@./\\{_LETTER}-])[{_LETTER}/\\-]++\.[{_LETTER}./\\-]++)
      | (?:(?<!\w)['"`]|[“„«‘「『])(?=\S|\s?[^\W_])""",
    re.VERBOSE,
)
_CLOSING = {
    '"': re.compile(r'(?<!\\)"'), '\\"': re.compile(r'\\"'), "'": re.compile(r"(?<=\S)'(?!\w)"), "`": re.compile("`"), "“": re.compile('[”“"]'), "„": re.compile('[“”"]'),
    "«": re.compile("»"), "‘": re.compile(r"’(?!\w)"), "「": re.compile("」"), "『": re.compile("』"),
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """A covered stretch of the request.

    Parameters
    ----------
    start, end
        Where it stands.
    what
        ``"reference"``, ``"quote"`` or ``"file"``.
    value
        The written reference, the words between the quotation marks, or the file's name.
    kind
        The kind it stands for: that of the reference or the file; text for a quote.
    """

    start: int
    end: int
    what: str
    value: str
    kind: Kind


@dataclass(frozen=True)
class Reading:
    """A request, its skeleton, what was covered, in order, and the kinds that only values tell, by written reference."""

    text: str
    skeleton: str
    spans: tuple[Span, ...]
    seen: Mapping[str, Kind] = field(default_factory=dict)

    def within(self, start: int, end: int, what: str | None = None) -> list[Span]:
        """The covered stretches that start between two places, perhaps only the references, quotes or files."""
        first = bisect.bisect_left(self.spans, start, key=lambda span: span.start)
        last = bisect.bisect_left(self.spans, end, key=lambda span: span.start)
        return [span for span in self.spans[first:last] if what is None or span.what == what]


class _Folding(dict[int, str]):
    """One character to one character: lower case, without accents, in the plain form."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKD", char)[0].lower()[:1] or char
        self[code] = folded
        return folded


_FOLDING = _Folding({ord("’"): "'", ord("ß"): "s", ord("，"): ",", ord("“"): '"', ord("”"): '"'})


def fold(text: str) -> str:
    """Return `text` in lower case and without accents, as long as it was."""
    return text.translate(_FOLDING)


def read(
    text: str, kinds: Mapping[str, Kind], seen: Mapping[str, Kind] | None = None, *, files: bool = False
) -> Reading:
    """Read a request, in one pass.

    Parameters
    ----------
    text
        The request, with ``@name`` for its inputs.
    kinds
        The kind of each input, by name.
    seen
        What references lead to, as they are written, where only the values can tell.
    files
        Whether file names stand for inputs, as in the public benchmark.
    """
    spans = tuple(_as_seen(span, seen or {}) for span in _spans(text, kinds))
    if files:
        spans = tuple(_as_input(span) for span in spans)
    return Reading(text, _cover(fold(text), spans), spans, dict(seen or {}))


def _as_seen(span: Span, seen: Mapping[str, Kind]) -> Span:
    return replace(span, kind=seen[span.value]) if span.what == "reference" and span.value in seen else span


def _as_input(span: Span) -> Span:
    return Span(span.start, span.end, "reference", span.value, span.kind) if span.what == "file" else span


def _spans(text: str, kinds: Mapping[str, Kind]) -> Iterator[Span]:
    references = deque(_references(text, kinds))
    unclosed: set[str] = set()
    position = 0
    match = _START.search(text)
    while references or match:
        if match and match.start() < position:
            match = _START.search(text, position)
        elif references and references[0].start < position:
            references.popleft()
        elif references and (match is None or references[0].start <= match.start()):
            span = references.popleft()
            yield span
            position = span.end
        elif match:
            found = _file(match) if match["file"] else _quote(text, match.start(), unclosed, kinds)
            if found:
                yield found
            position = found.end if found else max(match.end(), match.start() + 1)


def _references(text: str, kinds: Mapping[str, Kind]) -> Iterator[Span]:
    for found in scan(text, kinds):
        if isinstance(found.piece, Reference) and found.piece.name in kinds:
            yield Span(found.start, found.end, "reference", *_followed(found.piece, kinds))


def _followed(reference: Reference, kinds: Mapping[str, Kind]) -> tuple[str, Kind]:
    """A reference as far as its path leads somewhere, written, and the kind there."""
    for length in range(len(reference.path), 0, -1):
        path = reference.path[:length]
        try:
            return str(Reference(reference.name, path)), kind_at(kinds[reference.name], path)
        except UsageError:
            continue
    return f"@{reference.name}", kinds[reference.name]


def _file(match: re.Match[str]) -> Span | None:
    name = match["file"].rstrip(".,;:!?)/")
    kind = FILE_KINDS.get(name.rpartition(".")[2].lower(), "text" if name.startswith("http") else None)
    return Span(match.start(), match.start() + len(name), "file", name, Kind(kind)) if kind else None


def _quote(text: str, start: int, unclosed: set[str], kinds: Mapping[str, Kind]) -> Span | None:
    """The quoted text that opens at `start`, if it is closed; `unclosed` remembers the marks that are not, so that it stays linear."""
    mark = text[start]
    if mark == '"' and text[start - 1 : start] == "\\":
        mark = '\\"'
    if mark in unclosed:
        return None
    close = _CLOSING[mark].search(text, start + 1)
    if close is None:
        unclosed.add(mark)
        return None
    words = text[start + 1 : close.start()].replace('\\"', '"').strip()
    reference = whole_reference(words)
    if reference and reference.name in kinds:
        return Span(start, close.end(), "reference", *_followed(reference, kinds))
    named = _START.fullmatch(words)
    file = _file(named) if named and named["file"] else None
    if file:
        return Span(start, close.end(), "file", words, file.kind)
    return Span(start, close.end(), "quote", words, Kind("text")) if words else None


def _cover(folded: str, spans: Iterable[Span]) -> str:
    pieces, position = [], 0
    for span in spans:
        mark = MARKS["quote" if span.what == "quote" else "file" if span.what == "file" else _mark(span.kind)]
        pieces += [folded[position : span.start], mark, FILLER * (span.end - span.start - 1)]
        position = span.end
    return "".join([*pieces, folded[position:]])


def _mark(kind: Kind) -> str:
    return kind.base if kind.base in MARKS else "json"
