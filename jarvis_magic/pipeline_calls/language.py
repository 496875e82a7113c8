"""Pipelines that take text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .watching import Watching

Values = Mapping[str, Any]

MOST_LABELS = 10
MASKS = ("[MASK]", "<mask>", "___")
"""How a text may mark the word to be guessed, whatever the model's own mark is."""


def _write(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    return pipeline(values["text"], return_full_text=False, **_generation(pipeline, options, watching))


def _converse(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    said = [{"role": "user", "content": values["text"]}]
    return pipeline(said, return_full_text=False, **_generation(pipeline, options, watching))


def _generation(pipeline: Any, options: Values, watching: Watching) -> dict[str, Any]:
    return generation(pipeline.model, options, watching)


def generation(model: Any, options: Values, watching: Watching) -> dict[str, Any]:
    """The arguments of a generation: the options, a limit where the model has none, and a criterion that watches."""
    from transformers import StoppingCriteria, StoppingCriteriaList

    most = int(options.get("max_new_tokens") or getattr(model.generation_config, "max_new_tokens", None) or NEW_TOKENS)
    done = 0

    class Watched(StoppingCriteria):  # type: ignore[misc]  # untyped
        def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - the library's names
            import torch

            nonlocal done
            done += 1
            watching(min(done, most), most)
            return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)

    return {"max_new_tokens": most, **options, "stopping_criteria": StoppingCriteriaList([Watched()])}


NEW_TOKENS = 512
"""How many tokens a model writes that does not say how many it should."""


def _classify(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(values["text"], **{"top_k": MOST_LABELS, "truncation": True, **options})


def _classify_by(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(values["text"], candidate_labels=values["labels"], **options)


def _tokens(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(values["text"], **{"aggregation_strategy": "simple", **options})


def _fill(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    text: str = values["text"]
    for mask in MASKS:
        text = text.replace(mask, pipeline.tokenizer.mask_token)
    return pipeline(text, **options)


def _features(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    import numpy as np

    return np.asarray(pipeline(values["text"], **options))[0].mean(axis=0)


def _ask_table(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(table=values["table"].astype(str), query=values["question"], **options)


CALLS = {
    "text-generation": _write,
    "conversational": _converse,
    "text-classification": _classify,
    "zero-shot-classification": _classify_by,
    "token-classification": _tokens,
    "fill-mask": _fill,
    "feature-extraction": _features,
    "table-question-answering": _ask_table,
}
