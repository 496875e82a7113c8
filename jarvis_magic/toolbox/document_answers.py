"""Questions about a picture of a document: its printed text is read, and fields ("Total 27.70") are looked up by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer, Box, WithNotes

from .answers import is_of_the_sort_asked_for, likeliest_answer, with_doubts
from .loading import Knobs, some_text
from .meaning import vectors_of
from .ocr import read_rows
from .sentences import telling_stems

if TYPE_CHECKING:
    from PIL.Image import Image

_LONGEST_NAME = 5  # words of a field's name
_SURE = 0.45  # from here on a field is taken; below it, the text is read as prose


def answer_from_document(
    question: str, image: Image, options: Mapping[str, object] | None = None
) -> Answer | WithNotes:
    """Answer a question about a scan, a form, a receipt or a screenshot from the text printed in it.

    Parameters
    ----------
    question
        In English, near to the words of the document: ``"What is the invoice number?"``.
    image
        The document.

    Returns
    -------
    Answer
        The value or the words, and how sure they are; a note where they are not sure at all.

    Raises
    ------
    EndpointRejected
        If the question is empty or no text is found in the picture.
    """
    Knobs(options)
    some_text(question, "to answer")
    rows = read_rows(image)
    if not rows:
        msg = "No text was found in the picture, so there is nothing to answer from."
        raise EndpointRejected(msg)
    answer, score = max(_matches(question, list(_fields(rows))), key=lambda match: match[1], default=("", 0.0))
    if score >= _SURE:
        return Answer(answer, round(min(1.0, score), 4))
    found = likeliest_answer(question, "\n".join(" ".join(box.label for box in row) for row in rows))
    return with_doubts(Answer(found.answer, found.score))


def _fields(rows: Sequence[Sequence[Box]]) -> Iterator[tuple[str, str]]:
    """Names with their values: left and right in a row, before and after a colon, or one above the other."""
    for row in rows:
        texts = [box.label for box in row]
        for name, value in pairwise(texts):
            yield name, value
        for text in texts:
            name, colon, value = text.partition(":")
            if colon and value.strip():
                yield name, value.strip()
    for above, below in pairwise(rows):
        for box in above:
            beneath = [b for b in below if b.xmin < box.xmax and b.xmax > box.xmin]
            if len(beneath) == 1:
                yield box.label, beneath[0].label


def _matches(question: str, fields: Sequence[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    """How well the name of each field fits the question, in words and in meaning; a value of the wanted sort helps."""
    named = [(name.rstrip(": "), value) for name, value in fields if len(name.split()) <= _LONGEST_NAME]
    asked = set(telling_stems(question))
    vectors = vectors_of([question, *(name for name, _ in named)])
    for (name, value), nearness in zip(named, vectors[1:] @ vectors[0], strict=True):
        said = set(telling_stems(name))
        shared = len(said & asked) / len(said | asked) if said else 0.0
        yield value, 0.4 * max(0.0, float(nearness)) + 0.4 * shared + 0.2 * is_of_the_sort_asked_for(question, value)
