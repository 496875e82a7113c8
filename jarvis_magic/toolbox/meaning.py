"""How alike texts are in meaning, by WordLlama: an average of word vectors, which are in its wheel.

The vectors are taken from WordLlama and averaged here, text by text: its own ``embed`` lets the tokenizer start
threads of its own, which then warns in every process the notebook starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Label

from .loading import Knobs, Loaded, some_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from wordllama.inference import WordLlamaInference

_SHARPNESS = (
    12.0  # of the softmax over similarities; chosen so that a score of 0.9 is right nine times in ten in the benchmark
)


def _load() -> WordLlamaInference:
    import wordllama

    # Version 0.4 looks for its tokenizer in a folder of another name than its wheel has; as its cache the folder is found.
    return wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)


_model = Loaded(_load)


def vectors_of(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return one unit vector of 256 numbers a text; zeros for a text without words."""
    import numpy as np

    model = _model()
    averages = np.zeros((len(texts), model.embedding.shape[1]), np.float32)
    for row, text in zip(averages, texts, strict=True):
        sound = text.encode("utf-8", "replace").decode()  # the tokenizer takes no lone surrogates
        tokens = model.tokenizer.encode(sound, add_special_tokens=False).ids
        if tokens:
            row[:] = model.embedding[np.clip(tokens, 0, len(model.embedding) - 1)].mean(axis=0)
    lengths = np.linalg.norm(averages, axis=1, keepdims=True)
    averages /= np.where(lengths > 0, lengths, 1)
    return averages


def vector_of(text: str, options: Mapping[str, object] | None = None) -> NDArray[np.float32]:
    """Turn a text into a vector whose direction is its meaning.

    Parameters
    ----------
    text
        A word, a sentence or a short text.

    Returns
    -------
    numpy.ndarray
        256 numbers of type float32, of length 1.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    Knobs(options)
    vector: NDArray[np.float32] = vectors_of([some_text(text, "to turn into a vector")])[0]
    return vector


def similarity(text: str, other: str, options: Mapping[str, object] | None = None) -> float:
    """Say how alike two texts are in meaning: 0 for nothing in common, 1 for the same.

    Raises
    ------
    EndpointRejected
        If one of the texts is empty.
    """
    Knobs(options)
    one, two = vectors_of([some_text(text, "to compare"), some_text(other, "to compare")])
    return round(min(1.0, max(0.0, float(one @ two))), 6)


def classify_by_meaning(text: str, labels: Sequence[str], options: Mapping[str, object] | None = None) -> list[Label]:
    """Say which of the labels fits a text, best first; the scores sum to 1.

    Parameters
    ----------
    text
        A sentence or a short text.
    labels
        At least two, in plain words: ``"sports"``, ``"a complaint about delivery"``.

    Raises
    ------
    EndpointRejected
        If the text is empty, a label is empty or there are fewer than two different ones.
    """
    import numpy as np

    Knobs(options)
    some_text(text, "to classify")
    names = list(dict.fromkeys(label.strip() for label in labels))
    if len(names) < 2 or not all(names):
        msg = f"Give at least two different labels to choose from, not {list(labels)!r}."
        raise EndpointRejected(msg)
    vectors = vectors_of([text, *names])
    weights = np.exp(_SHARPNESS * (vectors[1:] @ vectors[0]))
    scores = weights / weights.sum()
    return [Label(names[i], float(scores[i])) for i in np.argsort(-scores, kind="stable")]
