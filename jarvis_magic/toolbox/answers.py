"""Extractive question answering: the likeliest sentences by meaning and words, and in them the stretch that answers.

The stretch is of the sort that is asked for: a name after "who", a date after "when", a number after "how many". Where
the question does not say, it is the longest stretch of the sentence that does not repeat the question.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from jarvis_magic.kinds import Answer, WithNotes

from .loading import Knobs, some_text
from .meaning import vectors_of
from .patterns import find_names, find_patterns
from .sentences import COMMON_WORDS, WORD, sentence_spans, stem_of, telling_stems

_SENTENCES_READ, _MOST_SENTENCES = 4, 3_000
_DOUBTFUL = 0.25
_OF_ANOTHER_SORT = 0.75  # what an answer is worth that is not of the sort asked for

Span = tuple[int, int]


def answer_from_text(question: str, context: str, options: Mapping[str, object] | None = None) -> Answer | WithNotes:
    """Answer a question with a stretch of the context.

    Parameters
    ----------
    question
        In English, about something that the context says in nearly the same words.
    context
        The text to look in.

    Returns
    -------
    Answer
        The stretch, how sure it is, and where it starts and ends in the context; a note where it is not sure at all.

    Raises
    ------
    EndpointRejected
        If the question or the context is empty.
    """
    Knobs(options)
    some_text(question, "to answer")
    return with_doubts(likeliest_answer(question, some_text(context, "to look for an answer in")))


def likeliest_answer(question: str, context: str) -> Answer:
    """The stretch of the context that answers likeliest."""
    (start, end), score = max(_Reading(question, context).answers(), key=lambda found: found[1])
    return Answer(context[start:end], round(min(1.0, max(0.0, score)), 4), start, end)


def with_doubts(answer: Answer) -> Answer | WithNotes:
    """Say of an answer that is hardly more than a guess that it is one."""
    return (
        answer
        if answer.score >= _DOUBTFUL
        else WithNotes(answer, ("Nothing there fits the question well: this is a guess.",))
    )


def is_of_the_sort_asked_for(question: str, value: str) -> bool:
    """Whether a value is what the question asks for: an amount after "how much"; true if it asks for nothing special."""
    reading = _Reading(question, value)
    return not reading.finders or any(True for find in reading.finders for _ in find(reading, (0, len(value))))


@dataclass(frozen=True)
class _Reading:
    """A question and the text it is answered from."""

    question: str
    context: str

    @cached_property
    def asked(self) -> frozenset[str]:
        return frozenset(telling_stems(self.question))

    @cached_property
    def finders(self) -> tuple[_Finder, ...]:
        folded = self.question.casefold()
        return next((finders for form, finders in _ASKED_FOR if form.search(folded)), ())

    def answers(self) -> Iterator[tuple[Span, float]]:
        """Stretches of the likeliest sentences, each with how likely it answers."""
        for sentence, score in self._likeliest_sentences():
            for rank, find in enumerate(self.finders):
                for span in find(self, sentence):
                    if not self._repeats_the_question(span):
                        yield span, score * 0.9**rank - self._distance(span, sentence)
            yield self._longest_new_stretch(sentence), score * (_OF_ANOTHER_SORT if self.finders else 1.0)

    def _likeliest_sentences(self) -> list[tuple[Span, float]]:
        """By nearness in meaning, and, twice as much, by the share of the question's words, rare ones counting more."""
        spans = list(sentence_spans(self.context))[:_MOST_SENTENCES]
        texts = [self.context[start:end] for start, end in spans]
        vectors = vectors_of([self.question, *texts])
        stems = [set(telling_stems(text)) for text in texts]
        often = Counter(stem for said in stems for stem in said)
        weight = {stem: math.log(1 + len(texts) / (1 + often[stem])) for stem in self.asked}
        total = sum(weight.values()) or 1
        scores = [
            (max(0.0, float(near)) + 2 * sum(weight[stem] for stem in self.asked & said) / total) / 3
            for near, said in zip(vectors[1:] @ vectors[0], stems, strict=True)
        ]
        return sorted(zip(spans, scores, strict=True), key=lambda pair: -pair[1])[:_SENTENCES_READ]

    def _repeats_the_question(self, span: Span) -> bool:
        said = telling_stems(self.context[slice(*span)])
        return bool(said) and set(said) <= self.asked

    def _distance(self, span: Span, sentence: Span) -> float:
        """A little for every character between a stretch and the nearest word of the question."""
        words = [m for m in WORD.finditer(self.context, *sentence) if stem_of(m[0].casefold()) in self.asked]
        gaps = [max(span[0] - m.end(), m.start() - span[1], 0) for m in words]
        return 0.001 * min(gaps, default=100)

    def _longest_new_stretch(self, sentence: Span) -> Span:
        """The run of words with most to tell that is not in the question, common words taken off its ends."""
        runs: list[list[re.Match[str]]] = [[]]
        for word in WORD.finditer(self.context, *sentence):
            gap = self.context[runs[-1][-1].end() : word.start()] if runs[-1] else ""
            if stem_of(word[0].casefold()) in self.asked or re.search(r"[;:()]", gap):
                runs.append([])
            if stem_of(word[0].casefold()) not in self.asked:
                runs[-1].append(word)
        trimmed = [_trimmed(run) for run in runs]
        best = max(trimmed, key=lambda run: sum(w[0].casefold() not in COMMON_WORDS for w in run))
        return (best[0].start(), best[-1].end()) if best else sentence


_Finder = Callable[[_Reading, Span], Iterator[Span]]
_ARTICLES = frozenset({"the", "a", "an", "more", "less", "all"})


def _trimmed(run: list[re.Match[str]]) -> list[re.Match[str]]:
    def is_common(word: re.Match[str]) -> bool:
        return word[0].casefold() in COMMON_WORDS - _ARTICLES

    while run and is_common(run[0]):
        run = run[1:]
    while run and run[-1][0].casefold() in COMMON_WORDS:
        run = run[:-1]
    return run


# Finders of the sorts of answer ------------------------------------------------------------------------------------

_NUMERAL = (
    r"(?:\d[\d.,]*\d|\d|(?:a )?(?:hundred|thousand|million|billion|dozen)|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|"
    r"twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
)
_COUNT = rf"\b(?:(?:more|less|fewer) than |up to )?{_NUMERAL}(?:[ -]{_NUMERAL})*\b(?! ?%)"
_SPELLED_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|centuries|meters?|metres?|miles?|kilometers?|kilometres?|times)"
_SPELLED_AMOUNT = r"(?:euros?|dollars?|pounds?|francs?|cents?)"
_PLACE = r"(?:(?!(?:and|who|which|that|where|when|because)\b)[\w'’-]+ ?){1,6}\b"


def _labelled(*labels: str) -> _Finder:
    def find(reading: _Reading, sentence: Span) -> Iterator[Span]:
        text = reading.context[slice(*sentence)]
        return ((sentence[0] + t.start, sentence[0] + t.end) for t in find_patterns(text) if t.label in labels)

    return find


def _like(form: str, group: int | str = 0) -> _Finder:
    pattern = re.compile(form, re.IGNORECASE)

    def find(reading: _Reading, sentence: Span) -> Iterator[Span]:
        spans = (m.span(group) for m in pattern.finditer(reading.context, *sentence))
        return (
            (start, end - len(reading.context[start:end]) + len(reading.context[start:end].rstrip()))
            for start, end in spans
        )

    return find


def _names(reading: _Reading, sentence: Span) -> Iterator[Span]:
    """Names in a sentence, joined where "and" stands between two of them."""
    names = [(n.start, n.end) for n in find_names(reading.context) if sentence[0] <= n.start < sentence[1]]
    joined: list[Span] = []
    for name in names:
        if joined and reading.context[joined[-1][1] : name[0]] == " and ":
            joined[-1] = (joined[-1][0], name[1])
        else:
            joined.append(name)
    return iter(joined)


def _first_word(reading: _Reading, sentence: Span) -> Iterator[Span]:
    """The word that opens a sentence, which may be a name."""
    opening = re.match(r"[A-Z][\w'’-]+\b(?! and\b)", reading.context[slice(*sentence)])
    if opening and opening[0].casefold() not in COMMON_WORDS:
        yield sentence[0], sentence[0] + opening.end()


_AMOUNT = (
    _labelled("AMOUNT"),
    _like(rf"{_COUNT} {_SPELLED_AMOUNT}\b"),
    _labelled("PERCENT"),
    _labelled("QUANTITY"),
    _like(_COUNT),
)
_WHEN = (
    _like(r"(?:\d{1,2}(?:st|nd|rd|th)? \w+(?: \d{4})?|\w+ \d{1,2}(?:, \d{4})?) at \d{1,2}[:.]\d\d(?: ?[ap]\.?m\.?)?"),
    _labelled("DATE", "TIME"),
    _like(rf"\b(?:{_COUNT} {_SPELLED_UNIT} (?:ago|later|earlier|before|after))\b"),
    _like(
        r"\b(?:the )?(?:\d{3}0s|\d{1,2}(?:st|nd|rd|th) century)\b|\b(?:last|next|this) (?:night|week|month|year|spring|summer|autumn|fall|winter)\b"
    ),
    _like(r"(?<![\w-])(?:1\d|20)\d\d(?![\w-])"),
)

_ASKED_FOR: tuple[tuple[re.Pattern[str], tuple[_Finder, ...]], ...] = tuple(
    (re.compile(form), finders)
    for form, finders in (
        (r"\be-?mail\b", (_labelled("EMAIL"),)),
        (r"\b(?:phone|telephone|fax|mobile)\b", (_labelled("PHONE"),)),
        (r"\b(?:url|website|web site|web page|link|homepage)\b", (_labelled("URL"),)),
        (r"\bpercent(?:age)?\b|\bwhat share\b", (_labelled("PERCENT"),)),
        (r"\bhow (?:much|high|expensive)\b|\b(?:price|cost|amount|budget|fee|salary|total)\b", _AMOUNT),
        (
            r"\bhow (?:long|old|far|tall|big|large|heavy|wide|deep|fast|often)\b",
            (_like(rf"{_COUNT} {_SPELLED_UNIT}\b"), _labelled("QUANTITY")),
        ),
        (r"\bhow many\b", (_like(_COUNT),)),
        (r"\b(?:what|which) time\b", (_labelled("TIME"),)),
        (r"\bwhen\b|\bdate\b|\b(?:what|which) (?:day|year|month|century)\b", _WHEN),
        (r"\b(?:who|whom|whose)\b", (_names, _first_word)),
        (
            r"\bwhere\b",
            (
                _like(rf"\b(?:in|at|on|from|to|into) ({_PLACE})", 1),
                _like(rf"\b(?:near|under|behind|beside|between) {_PLACE}"),
                _names,
            ),
        ),
        (r"\b(?:what|which) (?:place|city|town|country|port|person|company)\b", (_names, _first_word)),
        (r"\bwhy\b", (_like(r"\b(?:because|since|due to|so that|in order to)\b(?: of)? ([^.;!?]+)", 1),)),
    )
)
