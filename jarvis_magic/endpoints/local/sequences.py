"""Models that turn one text into another: translation, summaries, text2text (by ``AutoModelForSeq2SeqLM``)."""

from __future__ import annotations

import re
from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.pipeline_calls import Watching, generation

from .expert import Expert, Setting, Values, model_of, part_of
from .languages import Language, language

WORDS = {"summarization": "summarize: ", "translation": "translate {source} to {target}: "}
"""What models of the T5 family were trained to read before a text."""


def load(setting: Setting) -> Expert:
    """Load an encoder with a decoder."""
    model, tokenizer = model_of("AutoModelForSeq2SeqLM", setting), part_of("AutoTokenizer", setting)

    def turn(task_type: str, values: Values, watching: Watching) -> str:
        text: str = values["text"]
        if not text.strip():
            msg = "There is nothing to do: the text is empty."
            raise EndpointRejected(msg)
        more: dict[str, Any] = {}
        if task_type == "translation":
            text, more = into(values, text, model.config.model_type, tokenizer)
        elif task_type == "summarization" and "t5" in model.config.model_type:
            text = WORDS[task_type] + text
        return _generated(text, model, tokenizer, {**more, **(values.get("options") or {})}, watching)

    return Expert(turn, [model])


def _generated(text: str, model: Any, tokenizer: Any, options: Values, watching: Watching) -> str:
    import torch

    most = min(int(tokenizer.model_max_length), int(getattr(model.config, "max_position_embeddings", 0) or 10**6))
    inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=most).to(model.device)
    inputs.pop("token_type_ids", None)
    with torch.inference_mode():
        made = model.generate(**inputs, **generation(model, options, watching))
    return str(tokenizer.decode(made[0], skip_special_tokens=True)).strip()


def into(values: Values, text: str, model_type: str, tokenizer: Any) -> tuple[str, dict[str, Any]]:
    """The text and the arguments that make a model translate into the language that is wanted."""
    target = language(values["target_language"])
    source = language(values["source_language"]) if values.get("source_language") else None
    codes = _codes(tokenizer)
    if codes:
        if source:
            tokenizer.src_lang = _code(source, codes)
        return text, {"forced_bos_token_id": tokenizer.convert_tokens_to_ids(codes[_code(target, codes)])}
    marked = [code for code in getattr(tokenizer, "supported_language_codes", ()) if target.is_called(code.strip("><"))]
    if marked:
        return f"{marked[0]} {text}", {}
    fixed = getattr(tokenizer, "target_lang", None)
    if fixed and model_type == "marian":
        if not target.is_called(fixed):
            msg = f"This model translates into {language(fixed).name}, not into {target.name}."
            raise EndpointRejected(msg)
        return text, {}
    if "t5" in model_type:
        return WORDS["translation"].format(source=source.name if source else "English", target=target.name) + text, {}
    return text, {}


def _codes(tokenizer: Any) -> dict[str, str]:
    """The languages a tokenizer knows, each with its token; empty if it knows them otherwise."""
    if hasattr(tokenizer, "lang_code_to_token"):  # M2M100
        return dict(tokenizer.lang_code_to_token)
    if hasattr(tokenizer, "lang_code_to_id"):  # mBART
        return {code: code for code in tokenizer.lang_code_to_id}
    if hasattr(tokenizer, "src_lang"):  # NLLB
        return {token: token for token in tokenizer.all_special_tokens if _FLORES.fullmatch(token)}
    return {}


_FLORES = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")


def _code(wanted: Language, codes: dict[str, str]) -> str:
    found = next((code for code in codes if wanted.is_called(code)), None)
    if found is None:
        msg = f"This model does not know {wanted.name}; it knows {', '.join(sorted(codes)[:12])}, …"
        raise EndpointRejected(msg)
    return found
