"""Requests in the manner of the public benchmark, as graphs of its tools."""

from __future__ import annotations

import numpy as np
import pytest

from jarvis_magic.controllers.offline import graphs
from jarvis_magic.controllers.offline.learned import BUCKETS
from jarvis_magic.controllers.offline.taskbench import GIVES, TAKES, TOOLS, tool_of
from jarvis_magic.evaluation import inputs_named
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task


def graph(text: str) -> graphs.Graph:
    """The graph of a request in which files are named."""
    return graphs.graph_of(*inputs_named(text))


@pytest.mark.parametrize(
    ("text", "nodes", "links"),
    [
        ("Please turn the recording 'talk.wav' into text.", {"Automatic Speech Recognition"}, set()),
        (
            "I have a recording, talk.wav. Transcribe it and translate the transcript into Spanish.",
            {"Automatic Speech Recognition", "Translation"},
            {("Automatic Speech Recognition", "Translation")},
        ),
        (
            "Take the picture 'street.jpg', segment it, and estimate the depth of the scene.",
            {"Image Segmentation", "Depth Estimation"},
            None,
        ),
        (
            "I have a photo 'a.jpg'. Please extract the text from it, summarize the text, and convert the summary into speech.",
            {"Image-to-Text", "Summarization", "Text-to-Speech"},
            None,
        ),
    ],
)
def test_graphs(text: str, nodes: set[str], links: set[tuple[str, str]] | None) -> None:
    """Plain requests get the tools a person would take, linked as they are asked for."""
    found = graph(text)
    assert set(found.nodes) == nodes
    assert links is None or set(found.links) == links


@pytest.mark.parametrize("text", ["", "?", "x" * 5000, "translate it and " * 500, "see 'a.jpg' " * 50])
def test_any_request_gives_a_graph(text: str) -> None:
    """Whatever is asked, the graph has a tool, only known ones, and no circle; the same every time."""
    found = graph(text)
    assert found.nodes
    assert set(found.nodes) <= set(TOOLS)
    order: list[str] = []
    waiting = {node: {a for a, b in found.links if b == node} for node in found.nodes}
    while ready := [node for node in waiting if not waiting[node] - set(order)]:
        order += ready
        waiting = {node: sources for node, sources in waiting.items() if node not in ready}
    assert not waiting
    assert graph(text) == found


def test_weights_are_plain_small_numbers() -> None:
    """The learned model is a few plain arrays of the right shapes, under 5 MB, and no objects to unpickle."""
    assert graphs.WEIGHTS.stat().st_size < 5e6
    weights = graphs.load_weights()
    assert weights.clause.shape == weights.whole.shape == (BUCKETS, len(TOOLS))
    assert np.isfinite(weights.link).all()


def test_every_task_type_answers_to_a_tool() -> None:
    """Plans of any controller can be told in the benchmark's names."""
    assert {tool_of(Task("t", name)) for name in TASK_TYPES} <= set(TOOLS)
    assert tool_of(Task("t", "image-to-image", {"text": "make the sky red"})) == "Image Editing"
    assert tool_of(Task("t", "image-to-image", {"text": "enhance the quality"})) == "Image-to-Image"
    assert set(TAKES) == set(GIVES) == set(TOOLS)
