"""Which experts there are, and what each is good and bad at; no library is imported to say so."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from .language import recognise_language
from .meaning import classify_by_meaning, similarity, vector_of
from .ocr import read_text
from .picture_edits import edit_picture
from .recognition import transcribe
from .sentiment import judge_sentiment
from .speech import speak
from .summary import summarise
from .table_predictions import predict_classes, predict_numbers


@dataclass(frozen=True)
class ToolboxExpert:
    """An expert that needs no key and no network, and what a user should know of it.

    Parameters
    ----------
    id
        How it is shown and asked for, ``"toolbox/rapidocr"``.
    type
        Its task type.
    function
        Does the task; its keywords are the type's ports, its values those of `jarvis_magic.kinds`.
    description, weakness
        What it does, and what it is bad at, in a line each.
    purposes
        Words of a task's purpose that it is right for, where several experts share a type.
    requires
        The modules it imports.
    licence
        Of library and model.
    size
        What they take on disk, in megabytes, without NumPy, SciPy, pandas and scikit-learn.
    languages
        The languages it knows, as ISO 639 codes; empty for any.
    deterministic
        Whether the same input always gives the same result.
    """

    id: str
    type: str
    function: Callable[..., object]
    description: str
    weakness: str
    purposes: tuple[str, ...]
    requires: tuple[str, ...]
    licence: str
    size: int
    languages: tuple[str, ...] = ()
    deterministic: bool = True

    @property
    def missing(self) -> tuple[str, ...]:
        """The modules it needs that are not installed."""
        return tuple(name for name in self.requires if not _installed(name))


@functools.cache
def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def toolbox_experts() -> tuple[ToolboxExpert, ...]:
    """Return every expert of the toolbox; of those that share a type, the more general one comes first."""
    return _EXPERTS


_EXPERTS = (
    # text
    ToolboxExpert(
        id="toolbox/vader",
        type="text-classification",
        function=judge_sentiment,
        description="Says whether an English text is positive, negative or neutral, by a lexicon and rules (VADER).",
        weakness="Misses irony and feelings told without feeling words; knows English only.",
        purposes=("sentiment", "mood", "feeling", "opinion", "positive or negative", "tone", "polarity", "emotion"),
        requires=("vaderSentiment",),
        licence="MIT",
        size=1,
        languages=("en",),
    ),
    ToolboxExpert(
        id="toolbox/langid",
        type="text-classification",
        function=recognise_language,
        description="Says which of 140 languages a text is in (py3langid).",
        weakness="Unsure below a sentence, and between close relatives such as Danish and Norwegian.",
        purposes=("language", "detect the language", "which language", "identify the language"),
        requires=("py3langid",),
        licence="BSD-3-Clause",
        size=5,
    ),
    ToolboxExpert(
        id="toolbox/sentence-ranking",
        type="summarization",
        function=summarise,
        description="Shortens a text to its most telling sentences, chosen by word vectors (WordLlama).",
        weakness="Writes nothing of its own: it keeps sentences as they are, and cannot join or rephrase them.",
        purposes=("summarise", "summary", "shorten", "key points", "gist", "tl;dr"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    ToolboxExpert(
        id="toolbox/wordllama-similarity",
        type="sentence-similarity",
        function=similarity,
        description="Says from 0 to 1 how alike two texts are in meaning, by word vectors (WordLlama).",
        weakness="Looks at words, not at how they are put together: 'dog bites man' equals 'man bites dog', and 'not' hardly counts.",
        purposes=("similarity", "compare", "alike", "same meaning"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    ToolboxExpert(
        id="toolbox/wordllama-zero-shot",
        type="zero-shot-classification",
        function=classify_by_meaning,
        description="Says which of the given labels is nearest to a text in meaning, by word vectors (WordLlama).",
        weakness="Knows topics better than opinions or intentions; labels of plain nouns work best.",
        purposes=("classify", "topic", "label", "sort into", "category"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    ToolboxExpert(
        id="toolbox/wordllama",
        type="feature-extraction",
        function=vector_of,
        description="Turns a text into a vector of 256 numbers whose direction is its meaning (WordLlama).",
        weakness="An average of word vectors: word order is lost.",
        purposes=("embedding", "embed", "vector", "features"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    # sound
    ToolboxExpert(
        id="toolbox/espeak-ng",
        type="text-to-speech",
        function=speak,
        description="Reads a text aloud in one of more than 100 languages and voices (eSpeak NG).",
        weakness="Sounds like a robot; Chinese characters in Japanese are spelled out instead of read.",
        purposes=("read aloud", "speak", "say", "voice", "narrate"),
        requires=("espeakng_loader",),
        licence="GPL-3.0-or-later",
        size=21,
    ),
    ToolboxExpert(
        id="toolbox/pocketsphinx",
        type="automatic-speech-recognition",
        function=transcribe,
        description="Writes down clearly read English speech, without punctuation (PocketSphinx).",
        weakness="Of clearly read English about four words in five are right; noise, accents, names and music make it far worse.",
        purposes=("transcribe", "write down", "speech to text", "dictation"),
        requires=("pocketsphinx",),
        licence="BSD-2-Clause",
        size=38,
        languages=("en",),
    ),
    # pictures
    ToolboxExpert(
        id="toolbox/rapidocr",
        type="image-to-text",
        function=read_text,
        description="Reads printed text in photos, scans and screenshots, in reading order (PP-OCR by RapidOCR).",
        weakness="Reads Latin and Chinese print; poor at handwriting, tiny or strongly bent text; says nothing of what else is to be seen.",
        purposes=(
            "read text",
            "read printed text",
            "ocr",
            "extract text",
            "text in the picture",
            "what it says",
            "receipt",
            "sign",
            "scan",
        ),
        requires=("rapidocr", "onnxruntime"),
        licence="Apache-2.0",
        size=33 + 68 + 150,
    ),
    ToolboxExpert(
        id="toolbox/pillow-edits",
        type="image-to-image",
        function=edit_picture,
        description="Edits a picture as told in words: grey, blur, sharpen, rotate, flip, crop, resize, light, colours, edges, border.",
        weakness="Edits the whole picture by rule; it does not know what is in it, and paints nothing new.",
        purposes=(
            "grey",
            "blur",
            "sharpen",
            "rotate",
            "flip",
            "crop",
            "resize",
            "brighter",
            "contrast",
            "sepia",
            "invert",
            "border",
        ),
        requires=("PIL",),
        licence="MIT-CMU",
        size=0,
    ),
    # tables
    ToolboxExpert(
        id="toolbox/sklearn-classes",
        type="tabular-classification",
        function=predict_classes,
        description="Learns to predict a column of classes from the others, and says how well, cross-validated (scikit-learn).",
        weakness="Learns from this table alone: it needs tens of rows at least, and more for rare classes.",
        purposes=("predict", "classify rows"),
        requires=("sklearn", "pandas"),
        licence="BSD-3-Clause",
        size=51,
    ),
    ToolboxExpert(
        id="toolbox/sklearn-numbers",
        type="tabular-regression",
        function=predict_numbers,
        description="Learns to predict a column of numbers from the others, and says how well, cross-validated (scikit-learn).",
        weakness="Learns from this table alone, and takes rows as independent: it is no forecast of a time series.",
        purposes=("predict", "estimate"),
        requires=("sklearn", "pandas"),
        licence="BSD-3-Clause",
        size=51,
    ),
)
