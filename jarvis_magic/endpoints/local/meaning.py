"""Texts as vectors, and how alike two of them are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.pipeline_calls import Watching

from .expert import Expert, Setting, Values, model_of, part_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def load(setting: Setting) -> Expert:
    """Load a text encoder; one of ``sentence-transformers`` is pooled as it was trained."""
    model, tokenizer = model_of("AutoModel", setting), part_of("AutoTokenizer", setting)
    first_token = _takes_first_token(setting)

    def encode(text: str) -> NDArray[np.float32]:
        return encoded(text, model, tokenizer, first_token=first_token)

    def compare(task_type: str, values: Values, watching: Watching) -> object:  # noqa: ARG001
        if task_type == "feature-extraction":
            return encode(values["text"])
        return max(0.0, float(encode(values["text"]) @ encode(values["other"])))

    return Expert(compare, [model])


def encoded(text: str, model: Any, tokenizer: Any, *, first_token: bool) -> NDArray[np.float32]:
    """The vector of a text, of length one: the mean of its tokens' vectors, or the first token's."""
    import torch

    if not text.strip():
        msg = "There is nothing to compare: a text is empty."
        raise EndpointRejected(msg)
    most = min(int(tokenizer.model_max_length), int(getattr(model.config, "max_position_embeddings", 0) or 10**6))
    inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=most).to(model.device)
    encoder = model.get_encoder() if model.config.is_encoder_decoder else model
    with torch.inference_mode():
        hidden = encoder(**inputs).last_hidden_state[0].float()
    vector = hidden[0] if first_token else hidden.mean(dim=0)
    return torch.nn.functional.normalize(vector, dim=0).cpu().numpy()  # type: ignore[no-any-return]


def _takes_first_token(setting: Setting) -> bool:
    """Whether the model was trained with its first token standing for the text; its layers must be known here."""
    modules = setting.path / "modules.json"
    if not modules.is_file():
        return False
    types = {str(module["type"]).rpartition(".")[2] for module in json.loads(modules.read_text(encoding="utf-8"))}
    unknown = types - {"Transformer", "Pooling", "Normalize"}
    if unknown:
        msg = f"{setting.folder.model} has a layer of kind {min(unknown)}, which cannot be run here; choose another model."
        raise EndpointRejected(msg)
    pooling = setting.path / "1_Pooling" / "config.json"
    return pooling.is_file() and bool(json.loads(pooling.read_text(encoding="utf-8")).get("pooling_mode_cls_token"))
