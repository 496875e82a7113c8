"""Language models: what they write, and, where they can be talked to, everything that can be asked of one in words."""

from __future__ import annotations

from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer
from jarvis_magic.pipeline_calls import Watching, call
from jarvis_magic.prompts import expert_instruction
from jarvis_magic.task_types import TASK_TYPES

from ..messages import words
from .expert import Expert, Setting, Values
from .pipelines import pipeline_of

PLAIN = frozenset({"text-generation", "conversational"})
"""What needs no instruction."""


def load(setting: Setting) -> Expert:
    """Load a causal language model."""
    pipeline = pipeline_of("text-generation", setting)
    chats = bool(getattr(pipeline.tokenizer, "chat_template", None))

    def write(task_type: str, values: Values, watching: Watching) -> str | Answer:
        if not values.get("text", values.get("question", "")).strip():
            msg = "There is nothing to write about: the text is empty."
            raise EndpointRejected(msg)
        if task_type not in PLAIN:
            values = {**values, "text": _instructed(task_type, values)}
        written: Any = call(pipeline, "conversational" if chats else "text-generation", values, watching)
        text = str(written[0]["generated_text"]).strip()
        return Answer(text) if TASK_TYPES[task_type].output == "answer" else text

    return Expert(write, [pipeline.model])


def _instructed(task_type: str, values: Values) -> str:
    """One message with the instruction and what it is about: some templates know no system message."""
    plain = {name: value for name, value in values.items() if name != "options"}
    return f"{expert_instruction(task_type, plain)}\n\n{words(plain)}"
