"""What experts and functions return, as resources of their task's kind."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from huggingface_hub import AudioToAudioOutputElement, ObjectDetectionOutputElement, SummarizationOutput
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.conversions import from_expert, image_png
from jarvis_magic.errors import EndpointError
from jarvis_magic.kinds import BASES, Answer, Box, Kind, Label, Mask, Missing, Token
from jarvis_magic.media import Audio, Video
from jarvis_magic.values import Resource

RED = PIL.Image.new("RGB", (6, 4), "red")
CORNERS = {"xmin": 1, "ymin": 2, "xmax": 3, "ymax": 4}
DETECTED = ObjectDetectionOutputElement.parse_obj({"label": "dog", "score": 0.5, "box": CORNERS})


@pytest.mark.parametrize(
    ("returned", "kind", "value"),
    [
        ("words", "text", "words"),
        ([{"generated_text": "words"}], "text", "words"),
        ([{"summary_text": "words"}], "text", "words"),
        ({"text": "words", "chunks": []}, "text", "words"),
        ([{"translation_text": "words"}], "text", "words"),
        ([{"generated_text": [{"role": "user", "content": "?"}, {"role": "assistant", "content": "!"}]}], "text", "!"),
        (SummarizationOutput(summary_text="words"), "text", "words"),
        (RED, "image", RED),
        ([RED], "image", RED),
        ({"predicted_depth": np.zeros((2, 2)), "depth": RED}, "image", RED),
        (SimpleNamespace(images=[RED]).images, "image", RED),
        (image_png(RED), "image", RED),
        (io.BytesIO(image_png(RED)), "image", RED),
        (np.asarray(RED), "image", RED),
        (np.asarray(RED)[None] / 255, "image", RED),
        (Audio([0.0, 0.5], 8000), "audio", Audio([0.0, 0.5], 8000)),
        ((8000, np.array([0.0, 0.5])), "audio", Audio([0.0, 0.5], 8000)),
        ({"audio": np.array([[0.0, 0.5]]), "sampling_rate": 8000}, "audio", Audio([0.0, 0.5], 8000)),
        (Audio([0.0, 0.5], 8000).to_wav(), "audio", Audio(np.array([0, 16384], np.int16), 8000)),
        ([{"label": "dog", "score": 0.5}], "labels", [Label("dog", 0.5)]),
        ([[{"label": "dog", "score": 0.5}]], "labels", [Label("dog", 0.5)]),
        ({"label": "dog", "score": np.float32(0.5)}, "labels", [Label("dog", 0.5)]),
        (
            {"sequence": "…", "labels": ["dog", "cat"], "scores": [0.5, 0.25]},
            "labels",
            [Label("dog", 0.5), Label("cat", 0.25)],
        ),
        ({"dog": 0.5, "cat": 0.25}, "labels", [Label("dog", 0.5), Label("cat", 0.25)]),
        ([{"token_str": "dog", "score": 0.5, "token": 3, "sequence": "a dog"}], "labels", [Label("dog", 0.5)]),
        ("dog", "labels", [Label("dog", 1.0)]),
        (["dog", "cat"], "labels", [Label("dog", 1.0), Label("cat", 1.0)]),
        ([], "labels", []),
        ([{"label": "dog", "score": 0.5, "box": CORNERS}], "boxes", [Box("dog", 0.5, 1.0, 2.0, 3.0, 4.0)]),
        ([{"label": "dog", "score": 0.5, **CORNERS}], "boxes", [Box("dog", 0.5, 1.0, 2.0, 3.0, 4.0)]),
        ([{"label": "dog", "box": [1, 2, 3, 4]}], "boxes", [Box("dog", 1.0, 1.0, 2.0, 3.0, 4.0)]),
        ([DETECTED], "boxes", [Box("dog", 0.5, 1.0, 2.0, 3.0, 4.0)]),
        ([Box("dog", 0.5, 1.0, 2.0, 3.0, 4.0)], "boxes", [Box("dog", 0.5, 1.0, 2.0, 3.0, 4.0)]),
        (
            [{"entity_group": "LOC", "score": 0.5, "word": "Paris", "start": 0, "end": 5}],
            "tokens",
            [Token("Paris", "LOC", 0.5, 0, 5)],
        ),
        ({"answer": "Paris", "score": 0.5, "start": 3, "end": 8}, "answer", Answer("Paris", 0.5, 3, 8)),
        ([{"answer": "Paris", "score": 0.5}, {"answer": "Rome", "score": 0.1}], "answer", Answer("Paris", 0.5)),
        ({"answer": "AVERAGE > 3", "coordinates": [], "cells": []}, "answer", Answer("AVERAGE > 3")),
        ("Paris", "answer", Answer("Paris")),
        (np.array([[1.0, 2.0]]), "vector", np.array([1, 2], np.float32)),
        ([1, 2], "vector", np.array([1, 2], np.float32)),
        (0.5, "number", 0.5),
        (np.float64(0.5), "number", 0.5),
        ([3], "number", 3),
        (pd.DataFrame({"a": [1]}), "table", pd.DataFrame({"a": [1]})),
        ([{"a": 1}], "table", pd.DataFrame({"a": [1]})),
        ({"a": np.int64(1), "b": [None]}, "json", {"a": 1, "b": [None]}),
        ("red.png", "json", "red.png"),
        (["a", Missing("gone")], "list[text]", ["a", Missing("gone")]),
    ],
    ids=lambda value: str(value)[:40].replace("\n", " ").partition(" object at ")[0],
)
def test_what_libraries_return(returned: object, kind: str, value: Any) -> None:
    """Each library's own way of saying a result becomes the one way of its kind."""
    assert from_expert(returned, Kind(kind), model="a/b") == Resource(Kind(kind), value)


def test_masks_of_pictures_and_arrays() -> None:
    """Masks come as white on black, from pictures, arrays of truth, and lists of both."""
    drawn = np.zeros((4, 6), bool)
    drawn[0] = True
    image = PIL.Image.fromarray(drawn.astype(np.uint8) * 255)
    for returned in (
        [{"label": "sky", "score": 0.5, "mask": image}],
        [{"label": "sky", "score": 0.5, "mask": drawn}],
        [Mask("sky", 0.5, image)],
    ):
        (mask,) = from_expert(returned, Kind("masks"), model="a/b").value
        assert (mask.label, mask.score, mask.mask.mode) == ("sky", 0.5, "L")
        assert np.array_equal(np.asarray(mask.mask) > 0, drawn)
    (mask,) = from_expert({"masks": [drawn], "scores": [0.5]}, Kind("masks"), model="a/b").value
    assert (mask.label, mask.score) == ("", 0.5)


def test_the_blobs_of_the_hub() -> None:
    """Sound that comes as bytes in an object of the Hub's client is sound."""
    blob: Any = Audio([0.0, 0.5], 8000).to_wav()
    returned = AudioToAudioOutputElement(blob=blob, content_type="audio/wav", label="clean")
    assert from_expert([returned], Kind("audio"), model="a/b").value.rate == 8000


def test_videos(clip: Any) -> None:
    """A video comes as itself or as the bytes of a file."""
    assert from_expert(clip(), Kind("video"), model="a/b").value == Video(clip())
    assert from_expert(Video(clip()), Kind("video"), model="a/b").value == Video(clip())


@pytest.mark.parametrize(
    ("returned", "kind", "sentence"),
    [
        (None, "text", r"^a/b returned nothing \(None\), where text is needed"),
        (42, "text", r"^a/b returned an int, where text is needed\.$"),
        (None, "image", "returned nothing"),
        (3, "text", "returned an int, where text"),
        ({"score": 1}, "text", "an object with 'score', where text"),
        (RED, "text", "where text"),
        ("a str", "image", "returned a str, where an image is needed .*not opened when a model returns it"),
        (Path("red.png"), "image", "not opened"),
        ([RED, RED], "image", "returned a list of 2, the first Image, where an image"),
        (np.zeros((2, 3, 5)), "image", r"an array of shape \(2, 3, 5\), where an image"),
        (b"nothing", "image", "where an image is needed .it is text"),
        ({"audio": np.zeros(0), "sampling_rate": 8000}, "audio", "where audio is needed"),
        (RED, "audio", "it is an image"),
        ([{"score": 1}], "labels", "has no 'label'"),
        (5, "labels", "an int, where labels"),
        ([{"label": "dog", "box": [1, 2]}], "boxes", "where boxes are needed|where boxes is needed"),
        ({"label": "dog", "score": "high"}, "labels", "where labels"),
        ("many", "number", "it is no number"),
        (float("nan"), "number", "it is no number"),
        (True, "number", "it is no number"),
        ([["a"]], "vector", "where a vector"),
        ({"start": 1}, "answer", "where an answer"),
        ([1, 2], "table", "where a table"),
        (object(), "json", "where json is needed .*of no kind"),
        ("words", "list[text]", "where a list of texts is needed"),
    ],
    ids=lambda value: str(value)[:40].partition(" object at ")[0],
)
def test_what_is_not_of_the_kind(returned: object, kind: str, sentence: str) -> None:
    """A wrong result is one sentence: who returned what, and what is needed."""
    with pytest.raises(EndpointError, match=sentence) as caught:
        from_expert(returned, Kind(kind), model="a/b")
    assert str(caught.value).startswith("a/b returned ")


def test_names_in_results_stay_words(tmp_path: Path) -> None:
    """Nothing that a model returns is opened, at any depth."""
    RED.save(tmp_path / "red.png")
    name = str(tmp_path / "red.png")
    assert from_expert({"a": [name]}, Kind("json"), model="a/b").value == {"a": [name]}
    assert from_expert({"bytes": None, "path": name}, Kind("json"), model="a/b").value["path"] == name
    with pytest.raises(EndpointError, match="not opened here"):
        from_expert({"a": Path(name)}, Kind("json"), model="a/b")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(RED),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["label", "score", "box", "mask", "answer", "text", "word", "start", "end"]), inner
        )
    ),
    max_leaves=6,
)


@given(anything, st.sampled_from(BASES))
def test_whatever_is_returned_is_of_the_kind_or_refused(returned: object, base: str) -> None:
    """No result, however strange, raises anything but the one error."""
    try:
        found = from_expert(returned, Kind(base), model="a/b")
    except EndpointError:
        return
    assert found.kind == base
    assert found.digest
