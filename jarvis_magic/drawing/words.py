"""Text made fit to be drawn: cleaned, escaped, measured, cut with …, and numbers as people write them."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence

from ..kinds import Box
from ..values import Assignment, Candidate, Failure, Outcome, Run, Success, Tally, Usage

# What XML forbids, what terminals obey, and what turns the direction of the text around it.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_LONGEST_LINE = 1_000
_NARROW = frozenset("fijlrtI.,:;!|'`()[]{}/\\ ")
_BROAD = frozenset("mwMW@%…—")


def clean(text: object) -> str:
    """Return the text with every character that cannot be drawn safely shown as �."""
    return _UNFIT.sub("\ufffd", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: object) -> str:
    """Return the text cleaned and on one line; of a text too long for any line, the beginning and …."""
    return _SPACES.sub(" ", clean(cut(str(text), _LONGEST_LINE))).strip()


def unescaped(markdown: str) -> str:
    """Markdown as it is read in a terminal: a mark that stands for itself needs no backslash."""
    return re.sub(r"\\([\\`*_\[\]<>#|!~])", r"\1", markdown)


def says(answer: str, sentence: str) -> bool:
    """Whether an answer, in markdown, says a sentence already, word by word."""
    return " ".join(sentence.split()) in " ".join(unescaped(answer).split())


def answer_of(run: Run) -> str:
    """The answer; none where it only tells of each task what stands on the page anyway, as one composed of the results does."""
    said = unescaped(run.response)
    told = run.outcomes and all(
        f"**{task.id}** ({task.type}" in said for task in run.plan.tasks if task.id in run.outcomes
    )
    return "" if told else run.response


def escape(text: object) -> str:
    """Return the text cleaned and escaped, for HTML and SVG, in attributes too."""
    return html.escape(clean(text))


def cut(text: str, longest: int) -> str:
    """Return the text, or its beginning and … if it has more than `longest` characters."""
    return text if len(text) <= longest else text[: max(0, longest - 1)].rstrip() + "…"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Me", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(text: str, width: int) -> str:
    """Return the text filled with spaces, or cut with …, to exactly `width` columns of a terminal."""
    if columns(text) > width:
        text = _take(text, width - 1) + "…" if width else ""
    return text + " " * (width - columns(text))


def _take(text: str, width: int) -> str:
    taken = 0
    for position, character in enumerate(text):
        taken += _columns(character)
        if taken > width:
            return text[:position]
    return text


def drawn_width(text: str, size: float, *, mono: bool = False) -> float:
    """About how many pixels wide a text is drawn in a font of `size` pixels; errs on the wide side."""
    return size * sum(_em(character, mono=mono) for character in text)


def _em(character: str, *, mono: bool) -> float:
    if _columns(character) != 1:
        return 0.5 * _columns(character) + (0.1 if _columns(character) else 0)
    if mono:
        return 0.61
    if character in _NARROW:
        return 0.34
    return 0.92 if character in _BROAD else 0.7 if character.isupper() else 0.57


def cut_to_width(text: str, pixels: float, size: float, *, mono: bool = False) -> str:
    """Return the text, cut with … where it would be drawn wider than `pixels`."""
    if drawn_width(text, size, mono=mono) <= pixels:
        return text
    room = pixels - size * _em("…", mono=mono)
    for position, character in enumerate(text):
        room -= size * _em(character, mono=mono)
        if room < 0:
            return text[:position].rstrip() + "…"
    return text


def used(usage: Usage) -> list[str]:
    """What a run used: ``["controller: 2 calls, 240 tokens", "experts: 80 tokens"]``, as far as it is counted."""
    controller = usage.plan + usage.select + usage.respond + usage.repairs
    calls = [count(controller.calls, "call")] if controller.calls else []
    said = [("controller", calls + _tokens(controller)), ("experts", _tokens(usage.experts))]
    return [f"{who}: {', '.join(what)}" for who, what in said if what]


def _tokens(tally: Tally) -> list[str]:
    tokens = tally.tokens_in + tally.tokens_out
    return [count(tokens, "token")] if tokens else []


def count(number: int, noun: str, plural: str = "") -> str:
    """``"1 task"``, ``"1,200 tasks"``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(items: Sequence[str], conjunction: str = "and") -> str:
    """``"a, b and c"``."""
    return f"{', '.join(items[:-1])} {conjunction} {items[-1]}" if len(items) > 1 else "".join(items)


def seconds(duration: float) -> str:
    """A duration as people say it: ``"0.04 s"``, ``"1.2 s"``, ``"12 s"``, ``"3 min 4 s"``."""
    if duration < 0.1:
        return f"{duration:.2f} s"
    if duration < 10:
        return f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size(number: int) -> str:
    """A number of bytes: ``"940 bytes"``, ``"12 kB"``, ``"3.4 MB"``, ``"3.4 GB"``."""
    if number < 1000:
        return count(number, "byte")
    if number < 1_000_000:
        return f"{number / 1000:.0f} kB"
    return f"{number / 1_000_000:,.1f} MB" if number < 1_000_000_000 else f"{number / 1_000_000_000:,.1f} GB"


def number(value: float) -> str:
    """A number, at most six significant digits if it is not whole."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def json_text(value: object, longest: int = 10_000) -> str:
    """A JSON-like value, indented, written only as far as `longest` characters."""
    written: list[str] = []
    for piece in json.JSONEncoder(ensure_ascii=False, indent=2, default=_plain).iterencode(value):
        written.append(piece)
        longest -= len(piece)
        if longest < 0:
            return "".join(written) + "…"
    return "".join(written)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else str(value)


def corners(found: Box) -> str:
    """The corners of a box: ``"(20, 60) – (80, 120)"``."""
    return f"({found.xmin:.0f}, {found.ymin:.0f}) – ({found.xmax:.0f}, {found.ymax:.0f})"


def percent(score: float) -> str:
    """A score of [0, 1] as a percentage; small ones keep a digit."""
    return f"{score:.1%}" if 0 < score < 0.1 else f"{score:.0%}"


_WHERE = {
    "function": "your function",
    "toolbox": "toolbox",
    "local": "this machine",
    "provider": "Hugging Face",
    "url": "its own address",
    "chat": "chat model",
}


def where(candidate: Candidate) -> str:
    """Where a candidate runs, in a word or two."""
    return cut(one_line(candidate.provider), 40) if candidate.provider else _WHERE[candidate.endpoint]


def place(candidate: Candidate) -> str:
    """Where a candidate will run; of a model that will run on this machine, what has to be downloaded before."""
    return f"{size(candidate.download)} to come" if candidate.download else where(candidate)


def done_by(assignment: Assignment, outcome: Outcome | None) -> Candidate:
    """The candidate that gave a result, which may be another than the first choice."""
    known = {c.model: c for c in (assignment.candidate, *assignment.alternatives)}
    model = outcome.model if isinstance(outcome, Success | Failure) else ""
    return known.get(model, assignment.candidate)


_FAILURES = 3
"""How many failed tries of a task are told; each item of a list may have one."""


def run_notes(run: Run) -> list[str]:
    """The plan's and the run's notes, the experts' own, and which models failed before another did it."""
    answered = run.response and not run.plan.tasks  # where the notes are the answer
    notes = [*(() if answered else run.plan.notes), *run.notes]
    for task_id, outcome in run.outcomes.items():
        if isinstance(outcome, Success):
            notes += [f"{task_id}: {note}" for note in outcome.notes]
            failed = list(dict.fromkeys(f"{a.model} failed: {a.failure}" for a in outcome.attempts if a.failure))
            notes += [f"{task_id}: {sentence}" for sentence in failed[:_FAILURES]]
            notes += [f"{task_id}: {len(failed) - _FAILURES:,} more such failures"] if len(failed) > _FAILURES else []
    return list(dict.fromkeys(notes))  # the plan and the run may say the same of a controller that stood in


def as_asked(request: str) -> str:
    """A plan's request as the user wrote it: ``@@`` is a plain @."""
    return clean(request).replace("@@", "@")


def model_name(candidate: Candidate) -> str:
    """A candidate's model without the words that `where` says anyway."""
    return cut(one_line(candidate.model.removeprefix("toolbox/")), 100)
