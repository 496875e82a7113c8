"""The task types: what each takes, what it gives, and what it is for.

Names are the Hugging Face Hub's pipeline tags, and the control tasks of HuggingGPT (arXiv 2303.17580). Every port is
written ``name: kind``, with ``?`` behind the name where it may be left out; every type also takes ``options: json?``
for an expert's own knobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .kinds import Kind


@dataclass(frozen=True)
class Port:
    """A named, typed opening of a task type; `optional` ones may be left out."""

    name: str
    kind: Kind
    optional: bool = False


@dataclass(frozen=True)
class TaskType:
    """A kind of work: its name (the Hub's pipeline tag), ports, output kind and a one-line description."""

    name: str
    ports: tuple[Port, ...]
    output: Kind
    description: str

    @cached_property
    def by_name(self) -> dict[str, Port]:
        """The ports by name."""
        return {port.name: port for port in self.ports}


OPTIONS_PORT = Port("options", Kind("json"), optional=True)


def _task_type(name: str, ports: str, output: str, description: str) -> TaskType:
    parsed = [_port(written) for written in ports.split(", ")]
    return TaskType(name, (*parsed, OPTIONS_PORT), Kind(output), description)


def _port(written: str) -> Port:
    name, kind = written.split(": ")
    return Port(name.removesuffix("?"), Kind(kind), name.endswith("?"))


# name | ports | output | description
_TABLE = """
text-generation                | text: text | text | Write text from an instruction or a beginning
text2text-generation           | text: text | text | Rewrite a text as an instruction asks
conversational                 | text: text | text | Answer a message as in a conversation
summarization                  | text: text | text | Shorten a text to what matters
translation                    | text: text, target_language: text, source_language?: text | text | Translate a text into another language
text-classification            | text: text | labels | Classify a text, for example by sentiment
token-classification           | text: text | tokens | Find names, keywords, dates and other stretches of a text
zero-shot-classification       | text: text, labels: list[text] | labels | Say which of the given labels fit a text
feature-extraction             | text: text | vector | Turn a text into a vector
fill-mask                      | text: text | labels | Guess the masked word of a text
question-answering             | question: text, context: text | answer | Answer a question from a text
sentence-similarity            | text: text, other: text | number | Say how alike two texts are in meaning, from 0 to 1
table-question-answering       | question: text, table: table | answer | Answer a question from a table
tabular-classification         | table: table, target: text | table | Predict a column of classes from the other columns
tabular-regression             | table: table, target: text | table | Predict a column of numbers from the other columns
image-to-text                  | image: image | text | Describe a picture, or read the text in it
image-classification           | image: image | labels | Say what a picture shows
zero-shot-image-classification | image: image, labels: list[text] | labels | Say which of the given labels fit a picture
object-detection               | image: image | boxes | Find the objects in a picture and where they are
zero-shot-object-detection     | image: image, labels: list[text] | boxes | Find the named things in a picture and where they are
image-segmentation             | image: image | masks | Divide a picture into regions with names
mask-generation                | image: image | masks | Divide a picture into regions without names
depth-estimation               | image: image | image | Estimate how far away each point of a picture is
image-feature-extraction       | image: image | vector | Turn a picture into a vector
visual-question-answering      | question: text, image: image | answer | Answer a question about a picture
document-question-answering    | question: text, image: image | answer | Answer a question from the text in a picture of a document
image-text-to-text             | text: text, images: list[image] | text | Follow an instruction that refers to pictures
image-to-image                 | image: image, text: text | image | Change a picture as an instruction asks
text-to-image                  | text: text, seed?: number, width?: number, height?: number | image | Make a picture from a description
canny-control                  | image: image | image | Draw the edges of a picture (Canny)
hed-control                    | image: image | image | Draw the soft edges of a picture (HED)
mlsd-control                   | image: image | image | Draw the straight lines of a picture
openpose-control               | image: image | image | Draw the poses of the people in a picture
normal-control                 | image: image | image | Draw which way the surfaces of a picture face
depth-control                  | image: image | image | Draw how far away the parts of a picture are
seg-control                    | image: image | image | Draw the regions of a picture in flat colours
scribble-control               | image: image | image | Draw a picture as a scribble
canny-text-to-image            | image: image, text: text | image | Make a picture with the edges of another
hed-text-to-image              | image: image, text: text | image | Make a picture with the soft edges of another
mlsd-text-to-image             | image: image, text: text | image | Make a picture with the straight lines of another
openpose-text-to-image         | image: image, text: text | image | Make a picture with the poses of another
normal-text-to-image           | image: image, text: text | image | Make a picture with the surfaces of another
depth-text-to-image            | image: image, text: text | image | Make a picture with the depth of another
seg-text-to-image              | image: image, text: text | image | Make a picture with the regions of another
scribble-text-to-image         | image: image, text: text | image | Make a picture from a scribble
text-to-speech                 | text: text, voice?: text, language?: text | audio | Read a text aloud
text-to-audio                  | text: text, voice?: text, language?: text | audio | Make sound or music from a description
automatic-speech-recognition   | audio: audio, language?: text | text | Write down what is said in a recording
audio-classification           | audio: audio | labels | Say what a recording holds
zero-shot-audio-classification | audio: audio, labels: list[text] | labels | Say which of the given labels fit a recording
audio-to-audio                 | audio: audio | audio | Clean, separate or change a recording
text-to-video                  | text: text | video | Make a video from a description
image-to-video                 | image: image, text?: text | video | Set a picture in motion
video-classification           | video: video | labels | Say what a video shows
"""

TASK_TYPES: dict[str, TaskType] = {
    task_type.name: task_type
    for task_type in (_task_type(*(cell.strip() for cell in row.split("|"))) for row in _TABLE.strip().splitlines())
}

WITHOUT_KIND: dict[str, str] = {
    "any-to-any": "its ports depend on the model; use image-text-to-text, or the type of what it should give",
    "audio-text-to-text": "no library here calls it by this name; use automatic-speech-recognition, then text-generation",
    "chat-completion": "use conversational, or text-generation",
    "decision": "its questions and answers have no kind; use zero-shot-classification, whose labels are the options",
    "graph-ml": "graphs are not a kind",
    "image-to-3d": "three-dimensional models are not a kind",
    "image-text-to-image": "use image-to-image, whose instruction is its text",
    "image-text-to-video": "use image-to-video, which takes a text too",
    "keypoint-detection": "points in a picture are not a kind; openpose-control draws them",
    "keypoint-matching": "points in a picture are not a kind",
    "multiple-choice": "use zero-shot-classification, whose labels are the choices",
    "reinforcement-learning": "a policy acts in an environment; it gives no value",
    "robotics": "a policy acts in an environment; it gives no value",
    "table-to-text": "no library here calls it; use table-question-answering",
    "tabular-to-text": "no library here calls it; use table-question-answering",
    "text-ranking": "use sentence-similarity with `each`, which gives the scores to rank by",
    "text-retrieval": "an index is not a kind",
    "text-to-3d": "three-dimensional models are not a kind",
    "time-series-forecasting": "no library here calls it; use tabular-regression with the time as a column",
    "unconditional-image-generation": "it takes no input; use text-to-image",
    "video-text-to-text": "use image-text-to-text on frames: @video.frames",
    "video-to-video": "no library here calls it; use image-to-video on a frame",
    "visual-document-retrieval": "an index is not a kind",
}
"""Types of the Hub and of ``transformers`` whose values have no kind here, and what to use instead."""


def types_giving(kind: Kind) -> Iterable[TaskType]:
    """The task types whose output is of `kind`."""
    return (task_type for task_type in TASK_TYPES.values() if task_type.output == kind)
