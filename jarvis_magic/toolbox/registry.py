"""Which experts there are, and what each is good and bad at; no library is imported to say so."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from .answers import answer_from_text
from .document_answers import answer_from_document
from .edges import find_edges
from .keywords import find_keywords
from .language import recognise_language
from .line_drawings import scribble, soft_edges, straight_lines
from .meaning import classify_by_meaning, similarity, vector_of
from .noise import reduce_noise
from .ocr import read_text
from .patterns import find_patterns
from .picture_edits import edit_picture
from .picture_facts import describe_facts
from .recognition import transcribe
from .segmentation import find_regions
from .sentiment import judge_sentiment
from .speech import speak
from .summary import summarise
from .table_answers import answer_from_table
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
        Phrases a task's purpose may hold, where several experts share a type; the first says what it is for.
    partly
        Phrases for what it does only a part of, because its weakness meets the ordinary input: an expert that does the
        whole goes before it, also one elsewhere.
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
    partly: tuple[str, ...] = ()
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


def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(", "))


_EXPERTS = (
    # text
    ToolboxExpert(
        id="toolbox/vader",
        type="text-classification",
        function=judge_sentiment,
        description="Says whether an English text is positive, negative or neutral, by a lexicon and rules (VADER).",
        weakness="Misses irony and feelings told without feeling words; knows English only.",
        purposes=_phrases("sentiment, mood, feeling, opinion, positive or negative, tone, polarity"),
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
        purposes=_phrases("language, detect the language, which language, identify the language"),
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
        purposes=_phrases("key sentences, key points"),
        partly=_phrases("summarise, summary, shorten, gist, tl;dr"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    ToolboxExpert(
        id="toolbox/patterns",
        type="token-classification",
        function=find_patterns,
        description="Finds dates, times, amounts, percentages, quantities, web and e-mail addresses, phone numbers and names by their form.",
        weakness="Knows forms, not meanings: it does not tell a person from a place, and knows English words for dates and units.",
        purposes=_phrases(
            "dates, times, amounts, money, prices, e-mail addresses, addresses, urls, links, phone numbers, numbers, percentages, quantities, extract, pattern"
        ),
        partly=_phrases("names, entities"),
        requires=(),
        licence="Apache-2.0",
        size=0,
    ),
    ToolboxExpert(
        id="toolbox/keywords",
        type="token-classification",
        function=find_keywords,
        description="Finds the words and repeated phrases that tell best what a text is about, by word vectors (WordLlama).",
        weakness="Ranks single words above phrases that stand once, and works best in English.",
        purposes=_phrases("keywords, key words, key phrases, important words, topics, tags, terms"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
    ),
    ToolboxExpert(
        id="toolbox/passage-answers",
        type="question-answering",
        function=answer_from_text,
        description="Answers a question with a stretch of the text, found by word vectors and the sort of answer asked for.",
        weakness="Finds, but does not think: a question in other words than the text, or one that joins two sentences, fails.",
        purposes=_phrases("find in the text, look up"),
        partly=_phrases("answer, question"),
        requires=("wordllama",),
        licence="MIT",
        size=33,
        languages=("en",),
    ),
    ToolboxExpert(
        id="toolbox/wordllama-similarity",
        type="sentence-similarity",
        function=similarity,
        description="Says from 0 to 1 how alike two texts are in meaning, by word vectors (WordLlama).",
        weakness="Looks at words, not at how they are put together: 'dog bites man' equals 'man bites dog', and 'not' hardly counts.",
        purposes=(),
        partly=_phrases("similarity, compare, alike, same meaning"),
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
        purposes=_phrases("topic"),
        partly=_phrases("classify, label, sort into, category"),
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
        purposes=_phrases("embedding, embed, vector, features"),
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
        purposes=_phrases("read aloud, speak, say, voice, narrate"),
        requires=("espeakng_loader",),
        licence="GPL-3.0-or-later",
        size=21,
        deterministic=False,  # samples differ a little from call to call
    ),
    ToolboxExpert(
        id="toolbox/pocketsphinx",
        type="automatic-speech-recognition",
        function=transcribe,
        description="Writes down clearly read English speech, without punctuation (PocketSphinx).",
        weakness="Of clearly read English about three words in four are right; noise, accents, names and music make it far worse.",
        purposes=(),
        partly=_phrases("transcribe, write down, speech to text, dictation"),
        requires=("pocketsphinx",),
        licence="BSD-2-Clause",
        size=38,
        languages=("en",),
    ),
    ToolboxExpert(
        id="toolbox/wiener",
        type="audio-to-audio",
        function=reduce_noise,
        description="Takes hiss, hum and other steady noise out of a recording (a Wiener filter on SciPy).",
        weakness="Leaves noise that comes and goes: other voices, music, clicks, traffic.",
        purposes=_phrases("noise, denoise, clean, enhance, remove hum, remove hiss"),
        requires=("scipy",),
        licence="BSD-3-Clause",
        size=0,
    ),
    # pictures
    ToolboxExpert(
        id="toolbox/rapidocr",
        type="image-to-text",
        function=read_text,
        description="Reads printed text in photos, scans and screenshots, in reading order (PP-OCR by RapidOCR).",
        weakness="Reads Latin and Chinese print; poor at handwriting, tiny or strongly bent text; says nothing of what else is to be seen.",
        purposes=_phrases(
            "read printed text, read text, ocr, extract text, text in the picture, what it says, receipt, sign, scan"
        ),
        partly=_phrases("handwritten, handwriting, read handwritten text"),
        requires=("rapidocr", "onnxruntime"),
        licence="Apache-2.0",
        size=33 + 68 + 150,
    ),
    ToolboxExpert(
        id="toolbox/picture-facts",
        type="image-to-text",
        function=describe_facts,
        description="Describes what can be measured in a picture: size, main colours by name, light, contrast, and printed text.",
        weakness="Recognises no things, people or places: it never says what the picture shows.",
        purposes=_phrases("facts, colours, colors, size, brightness, properties"),
        partly=_phrases("describe, description, alt text"),
        requires=("rapidocr", "onnxruntime", "skimage", "scipy"),
        licence="Apache-2.0",
        size=33 + 68 + 150 + 32,
    ),
    ToolboxExpert(
        id="toolbox/document-answers",
        type="document-question-answering",
        function=answer_from_document,
        description="Answers a question from the printed text of a form, receipt or scan, by the names of its fields (RapidOCR, WordLlama).",
        weakness="Needs the question to be near to the printed words; does not understand tables with several columns.",
        purposes=_phrases("look up, receipt, invoice, form"),
        partly=_phrases("answer, question"),
        requires=("rapidocr", "onnxruntime", "wordllama"),
        licence="Apache-2.0",
        size=33 + 68 + 150 + 33,
        languages=("en",),
    ),
    ToolboxExpert(
        id="toolbox/pillow-edits",
        type="image-to-image",
        function=edit_picture,
        description="Edits a picture as told in words: grey, blur, sharpen, rotate, flip, crop, resize, light, colours, edges, border.",
        weakness="Edits the whole picture by rule; it does not know what is in it, and paints nothing new.",
        purposes=_phrases("grey, blur, sharpen, rotate, flip, crop, resize, brighter, contrast, sepia, invert, border"),
        requires=("PIL",),
        licence="MIT-CMU",
        size=0,
    ),
    ToolboxExpert(
        id="toolbox/felzenszwalb",
        type="image-segmentation",
        function=find_regions,
        description="Divides a picture into regions, named by colour and place such as 'light blue, top' (scikit-image).",
        weakness="Goes by colour alone: a striped thing falls apart, two things of one colour stay together, and nothing is recognised.",
        purposes=_phrases("regions, areas, colours"),
        partly=_phrases("segment, parts"),
        requires=("skimage", "scipy"),
        licence="BSD-3-Clause",
        size=32,
    ),
    ToolboxExpert(
        id="toolbox/felzenszwalb-masks",
        type="mask-generation",
        function=find_regions,
        description="Divides a picture into masks of even colour (scikit-image).",
        weakness="Goes by colour alone: a striped thing falls apart, and two things of one colour stay together.",
        purposes=_phrases("regions"),
        partly=_phrases("mask, segment"),
        requires=("skimage", "scipy"),
        licence="BSD-3-Clause",
        size=32,
    ),
    ToolboxExpert(
        id="toolbox/canny",
        type="canny-control",
        function=find_edges,
        description="Draws the edges of a picture as thin white lines on black, by Canny's method (scikit-image).",
        weakness="Draws texture such as grass and fur as edges too.",
        purposes=_phrases("edges, canny, outline, line drawing"),
        requires=("skimage",),
        licence="BSD-3-Clause",
        size=32,
    ),
    ToolboxExpert(
        id="toolbox/soft-edges",
        type="hed-control",
        function=soft_edges,
        description="Draws edges softly, the brighter the more colour or light changes at several scales (SciPy).",
        weakness="Goes by colour and light, where the HED network goes by things: it draws stripes and shadows too.",
        purposes=_phrases("soft edges, edges, outline"),
        requires=("scipy", "skimage"),
        licence="BSD-3-Clause",
        size=32,
    ),
    ToolboxExpert(
        id="toolbox/hough-lines",
        type="mlsd-control",
        function=straight_lines,
        description="Draws the straight lines of a picture, such as those of buildings and rooms (Hough transform, scikit-image).",
        weakness="Breaks long lines into pieces, and takes stretches of gentle curves for straight ones.",
        purposes=_phrases("straight lines, lines, walls, wireframe"),
        requires=("skimage",),
        licence="BSD-3-Clause",
        size=32,
    ),
    ToolboxExpert(
        id="toolbox/scribble",
        type="scribble-control",
        function=scribble,
        description="Draws the strongest outlines of a picture in thick strokes, as a quick hand would (scikit-image).",
        weakness="Goes by colour and light: it draws strong shadows and patterns too, and leaves faint outlines out.",
        purposes=_phrases("scribble, sketch, outline, strokes"),
        requires=("scipy", "skimage"),
        licence="BSD-3-Clause",
        size=32,
    ),
    # tables
    ToolboxExpert(
        id="toolbox/table-answers",
        type="table-question-answering",
        function=answer_from_table,
        description="Answers counts, sums, means, extremes and look-ups from a table, and says how it read the question (pandas).",
        weakness="Reads one query with simple conditions; columns must be named nearly as in the table, and comparisons of groups fail.",
        purposes=_phrases("answer, question, look up, how many, average, total, highest"),
        requires=("pandas",),
        licence="BSD-3-Clause",
        size=0,
        languages=("en",),
    ),
    ToolboxExpert(
        id="toolbox/sklearn-classes",
        type="tabular-classification",
        function=predict_classes,
        description="Learns to predict a column of classes from the others, and says how well, cross-validated (scikit-learn).",
        weakness="Learns from this table alone: it needs tens of rows at least, and more for rare classes.",
        purposes=_phrases("predict, classify rows"),
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
        purposes=_phrases("predict, estimate"),
        requires=("sklearn", "pandas"),
        licence="BSD-3-Clause",
        size=51,
    ),
)
