"""Questions, comparisons and predictions."""

from __future__ import annotations

import re
from itertools import combinations

from ...errors import close_matches, either
from ...kinds import Kind
from .arguments import without_pointing
from .clauses import Wish
from .drafting import Columns, Drafting
from .lexicon import ACTIONS
from .moods import is_question
from .plainly import quotes
from .reading import fold
from .sources import Source, source_of

_A = re.ASCII
_MOST_COMPARED = 4  # sources, each with each other
_REGRESSION = re.compile(
    r"regress|price|cost|rent\b|amount|value|salary|income|revenue|sales|demand|temperature|number|estimat|forecast|mpg|score|weight|height|\bage\b|preis|miete|gehalt|prix|loyer|precio|prognos",
    _A,
)
_COLUMN = re.compile(
    r"\b(?:columns?|spalte|colonne|columna|target|by)\s+(?:named\s+|called\s+)?([a-z_]\w*)|\(column\s+([a-z_]\w*)\)", _A
)
_PREDICTED = re.compile(
    r"\b(?:predict\w*|forecast\w*|estimat\w*|classify|predis|predice|regression (?:on|for))\s+(?:whether\s+(?:\w+\s+){0,4}?(?=\w+\s*(?:$|[.,?!]|\b(?:in|from|with|using|of)\b))|(?:the\s+|column\s+|for\s+)*)([a-z_]\w*)|\bfor\s+(?:the\s+)?([a-z_]\w*)\s*$|\b(?:den|die|das|le|la|el)\s+([a-z_]\w*)\s+(?:in|von|aus|dans|de|en)\b|的([^\s\W]+)"
)
_DOCUMENT_WORDS = re.compile(
    r"\b(?:invoice|receipt|document|letter|form|bill|contract|scan|page|sender|due date|rechnung|factur\w*|dokument|brief)\b",
    _A,
)
_COMPARES = re.compile(r"(?:compare|contrast|match)(?: (?:with|and|to))?", _A)
_SOME_QUESTION = re.compile(
    r"(?:it|that|this|them|(?:the|that|this|my|his|her|their)(?: \w+)? question\b.*|(?:from|using|based on|in|according to)\b.*|die frage|la question|la pregunta|回答|.*问题)?",
    _A,
)
_BARE_ENDS = {re.compile(r"\w\s(?:is|are|was|were)$", _A): " there", re.compile(r"\w\s(?:ist|sind)$", _A): " zu sehen"}
"""What a question lacks that ended in where something is seen, and that was pointed at: "who is in @photo?"."""


def ask(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Ask a question about each source, or about several pictures together."""
    question = _question(drafting, wish)
    if len(sources) > 1 and all(source.kind.base == "image" for source in sources):
        return _about_pictures(drafting, wish, sources, question)
    if _SOME_QUESTION.fullmatch(fold(question).rstrip("?. ")):
        question, sources = _asked_elsewhere(drafting, wish, sources)
    if not question:
        return []
    made = []
    for source in sources[:1] if all(s.kind.depth == 0 for s in sources) else sources:
        type_name, port = _answering(drafting, wish, source)
        if type_name == "video-classification":
            made += drafting.one(wish, "classify", source)
        else:
            made += drafting.one(wish, "ask", source, type_name=type_name, port=port, question=question)
    return made


def _question(drafting: Drafting, wish: Wish) -> str:
    reading = drafting.reading
    quoted = quotes(drafting, wish)
    if quoted and (quoted[0].value.endswith("?") or wish.mention.end > wish.start):
        return quoted[0].value
    asks = is_question(reading.skeleton[wish.start : wish.end])
    end = wish.reach if asks else wish.end
    question = without_pointing(reading, wish.start if asks else wish.mention.start, end, question=True)
    if asks:
        question += next((rest for verb, rest in _BARE_ENDS.items() if verb.search(fold(question))), "")
    mark = "？" if "？" in reading.text[wish.end : wish.end + 2] else "?"
    asks = asks or (mark == "？" and wish.mention.end == wish.mention.start)
    return question + mark if asks and question and not question.endswith(("?", "？")) else question


def _asked_elsewhere(drafting: Drafting, wish: Wish, sources: list[Source]) -> tuple[str, list[Source]]:
    """A question that is a result, an input or quoted before, and what is to be asked with it; nothing if it comes next."""
    if _comes_next(drafting, wish):
        return "", []
    spans = [span for span in drafting.reading.spans if span.what == "quote" and span.value.endswith(("?", "？"))]
    if spans:
        return spans[-1].value, sources
    others = [s for s in drafting.near() if s.kind.base in ("text", "audio")]
    if any(source.action == "ask" for source in drafting.results[-1:]):
        return "", []
    asking = next(
        (s for s in others if "question" in s.name or s.kind.base == "audio" or s.action == "transcribe"), None
    )
    asked = [s for s in [*sources, *drafting.near()] if s != asking and s.kind.base in ACTIONS["ask"].types]
    asked = [s for s in asked if s.action is None] or asked
    turned = drafting.turned(wish, asking, Kind("text")) if asking and asked else None
    return (turned.written, asked[:1]) if turned else ("", [])


def _comes_next(drafting: Drafting, wish: Wish) -> bool:
    """Whether the question itself stands behind a colon: "answer from @page: what is the total?"."""
    behind = next((later for later in drafting.division.wishes if later.start >= wish.end), None)
    words = drafting.reading.skeleton
    return (
        behind is not None
        and is_question(words[behind.start : behind.end], marked=words[behind.end : behind.end + 1] == "?")
        and ":" in words[wish.end : behind.start]
    )


def _answering(drafting: Drafting, wish: Wish, source: Source) -> tuple[str, str]:
    match source.kind.base:
        case "image":
            words = drafting.reading.text[wish.start : wish.reach]
            document = source.is_document or _DOCUMENT_WORDS.search(fold(words))
            return ("document-question-answering" if document else "visual-question-answering"), "image"
        case "table" if not source.kind.depth:
            return "table-question-answering", "table"
        case "video":
            return "video-classification", "video"
    return "question-answering", "context"


def compare(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Say how alike two sources are, as texts; pictures are compared by an instruction."""
    quoted = [source_of(span) for span in quotes(drafting, wish)]
    sources = list(dict.fromkeys([*sources, *quoted]))
    if len(sources) == 1:
        sources += [s for s in drafting.near() if s != sources[0] and s.kind.base in ("text", "image", "audio")][:1]
    if (
        sources
        and all(source.kind.base == "image" for source in sources)
        and (len(sources) > 1 or sources[0].kind.depth)
    ):
        asks = is_question(drafting.reading.skeleton[wish.start : wish.end])
        words = without_pointing(drafting.reading, wish.start, wish.end, question=asks)
        return _about_pictures(drafting, wish, sources, f"{words}?" if asks else words)
    if len(sources) < 2:
        return []
    texts = [text for source in sources if (text := drafting.turned(wish, source, Kind("text")))]
    return [
        drafting.add(wish, "compare", "sentence-similarity", {"text": first.written, "other": second.written})
        for first, second in combinations(texts[:_MOST_COMPARED], 2)
    ]


def _about_pictures(drafting: Drafting, wish: Wish, sources: list[Source], text: str) -> list[Source]:
    if not _COMPARES.fullmatch(fold(text)):
        text = text if " " in text else "Compare them"
    else:
        text = f"{text.split()[0]} them"
    images = sources[0].written if len(sources) == 1 else [source.written for source in sources]
    return [drafting.add(wish, "compare", "image-text-to-text", {"images": images, "text": text})]


def predict(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Predict a column of a table, of classes or of numbers: as its values say, else as the words do."""
    tables = [source for source in sources if source.kind.base == "table"]
    tables = tables or [source for source in drafting.near() if source.kind.base == "table"][:1]
    made = []
    for table in tables:
        columns = drafting.columns.get(table.name, {})
        target = _target(drafting, wish, columns)
        if columns and target and target not in columns:
            close = close_matches(target, columns) or list(columns)[:5]
            drafting.notes.append(f"{table.written} has no column {target!r}; it has {either(close, 'and')}.")
        elif target:
            type_name = (
                "tabular-regression" if _is_number(drafting, wish, target, columns) else "tabular-classification"
            )
            made.append(drafting.add(wish, "predict", type_name, {"table": table.written, "target": target}))
    if not made and not drafting.notes:
        drafting.notes.append(
            'A prediction needs a table and the name of one of its columns, for example: predict "price" in @houses.'
        )
    return made


def _target(drafting: Drafting, wish: Wish, columns: Columns) -> str:
    """The column to predict: quoted, called a column, behind the verb, or any that the table has; as the table spells it."""
    reading = drafting.reading
    named = [span.value for span in quotes(drafting, wish)]
    for pattern in (_COLUMN, _PREDICTED):
        match = pattern.search(reading.skeleton, wish.start, wish.reach)
        named += (
            [reading.text[match.start(match.lastindex) : match.end(match.lastindex)]]
            if match and match.lastindex
            else []
        )
    spelled = {fold(column): column for column in columns}
    known = [spelled[fold(name)] for name in named if fold(name) in spelled]
    said = [
        column
        for folded, column in spelled.items()
        if re.search(rf"\b{re.escape(folded)}\b", reading.skeleton[wish.start : wish.reach])
    ]
    return next(iter([*known, *said, *named]), "")


def _is_number(drafting: Drafting, wish: Wish, target: str, columns: Columns) -> bool:
    words = drafting.reading.skeleton[wish.start : wish.reach]
    if target in columns and "classif" not in words and "regress" not in words:
        return columns[target]
    return "classif" not in words and _REGRESSION.search(f"{words} {fold(target)}") is not None
