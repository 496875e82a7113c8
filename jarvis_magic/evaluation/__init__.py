"""Measuring how well a controller plans: its predictions for labelled requests, and their scores.

From a shell::

    python -m jarvis_magic.evaluation predict --controller offline --tools huggingface REQUESTS.jsonl > PREDICTIONS.jsonl
    python -m jarvis_magic.evaluation score PREDICTIONS.jsonl LABELS.jsonl

A request is a line of JSON with ``id`` and ``request``, perhaps ``inputs`` (name to kind) and ``outputs``. A prediction has
``id``, ``nodes`` and ``links``: with ``--tools types`` in our task types, and with the ``tasks`` themselves; with
``--tools huggingface`` in the 23 tool names of TaskBench (arXiv 2311.18760), whose requests name files that need not exist.
Labels have the same form. Scores are TaskBench's (node, link and argument F1, edit distance) and those of the HuggingGPT
paper (arXiv 2303.17580: accuracy, precision, recall and F1 for single, sequential and graph plans).
"""

from __future__ import annotations

from .cases import Case, Link, held_out, read_cases
from .metrics import argument_f1, edit_distance, link_f1, node_f1, shape
from .predicting import Predictor, inputs_named, predict, predictions, predictor
from .scoring import Scores, ShapeScores, report, score

__all__ = [
    "Case",
    "Link",
    "Predictor",
    "Scores",
    "ShapeScores",
    "argument_f1",
    "edit_distance",
    "held_out",
    "inputs_named",
    "link_f1",
    "node_f1",
    "predict",
    "predictions",
    "predictor",
    "read_cases",
    "report",
    "score",
    "shape",
]
