"""Answers that are taken from a text, and answers to questions about pictures."""

from __future__ import annotations

from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer
from jarvis_magic.pipeline_calls import Watching, generation

from .expert import Expert, Setting, Values, model_of, part_of

LONGEST_ANSWER = 30
"""How many tokens an answer may have that is taken from a text."""
STRIDE = 128
"""How many tokens two windows of a long text share."""
WINDOW = 384


def load_extraction(setting: Setting) -> Expert:
    """Load a model that finds the answer in a text (``AutoModelForQuestionAnswering``)."""
    model, tokenizer = model_of("AutoModelForQuestionAnswering", setting), part_of("AutoTokenizer", setting)

    def ask(task_type: str, values: Values, watching: Watching) -> Answer:  # noqa: ARG001 - as every expert is called
        question, context = values["question"], values["context"]
        if not question.strip() or not context.strip():
            msg = "A question needs words, and a text that may hold its answer; one of them is empty."
            raise EndpointRejected(msg)
        return extracted(question, context, model, tokenizer)

    return Expert(ask, [model])


def extracted(question: str, context: str, model: Any, tokenizer: Any) -> Answer:
    """The best answer that stands in a text, however long it is."""
    windows = _windows(question, context, tokenizer)
    found = [_best(number, windows, context, model) for number in range(len(windows.offset_mapping))]
    return max(found, key=lambda answer: answer.score)


def _windows(question: str, context: str, tokenizer: Any) -> Any:
    """The question with each stretch of the text that fits beside it."""
    return tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=min(WINDOW, int(tokenizer.model_max_length)),
        stride=min(STRIDE, int(tokenizer.model_max_length) // 4),
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding=True,
        return_tensors="pt",
    )


def _best(number: int, windows: Any, context: str, model: Any) -> Answer:
    """The best answer of one window: the pair of beginning and end that is likeliest, with its probability."""
    import torch

    inputs = {
        n: t[number : number + 1].to(model.device)
        for n, t in windows.items()
        if n in ("input_ids", "attention_mask", "token_type_ids")
    }
    with torch.inference_mode():
        found = model(**inputs)
    in_context = torch.tensor([part == 1 for part in windows.sequence_ids(number)])
    starts, ends = (
        logits[0].float().cpu().masked_fill(~in_context, float("-inf")).softmax(-1)
        for logits in (found.start_logits, found.end_logits)
    )
    pairs = torch.triu(starts[:, None] * ends[None, :]).tril(LONGEST_ANSWER - 1)
    first, last = divmod(int(pairs.argmax()), len(ends))
    start, end = int(windows["offset_mapping"][number][first][0]), int(windows["offset_mapping"][number][last][1])
    return Answer(context[start:end], float(pairs.max()), start, end)


def load_questions(setting: Setting) -> Expert:
    """Load a model that answers questions about pictures: by choosing (ViLT), or in its own words (BLIP)."""
    model, processor = model_of("AutoModelForVisualQuestionAnswering", setting), part_of("AutoProcessor", setting)

    def ask(task_type: str, values: Values, watching: Watching) -> Answer:  # noqa: ARG001
        import torch

        options = values.get("options") or {}
        inputs = processor(values["image"].convert("RGB"), values["question"], return_tensors="pt").to(
            model.device, model.dtype
        )
        with torch.inference_mode():
            if model.can_generate():
                made = model.generate(**inputs, **generation(model, options, watching))
                return Answer(str(processor.decode(made[0], skip_special_tokens=True)).strip())
            scores = model(**inputs).logits[0].float().sigmoid()
        best = int(scores.argmax())
        return Answer(model.config.id2label[best], float(scores[best]))

    return Expert(ask, [model])
