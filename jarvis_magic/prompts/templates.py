"""The templates of ``prompts/``, filled strictly.

Slots are filled in one pass, so what a user wrote or an expert returned arrives unchanged, even where it looks like a
slot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from jarvis_magic.assets import text as asset_text

_SLOT = re.compile(r"\{\{(\w+)\}\}")


def fill(name: str, **slots: str) -> str:
    """Return a template of ``prompts/`` with its slots filled; what fills them is not looked at.

    Raises
    ------
    ValueError
        If the slots are not those of the template, which is a bug.
    """
    return _filled(asset_text("prompts", f"{name}.md").rstrip("\n"), slots)


def _filled(template: str, slots: Mapping[str, str]) -> str:
    wanted = set(_SLOT.findall(template))
    if wanted != set(slots):
        msg = f"The template {template[:40]!r} has the slots {sorted(wanted)}, not {sorted(slots)}."
        raise ValueError(msg)
    return _SLOT.sub(lambda match: slots[match[1]], template)


@cache
def _expert_instructions() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(asset_text("prompts", "experts.json"))
    return found


def expert_instruction(task_type: str, values: Mapping[str, Any]) -> str:
    """Return what a chat model is told that does a task of this type itself, for the values of its ports."""
    template = _expert_instructions()[task_type]
    if task_type != "translation":
        return _filled(template, {})
    source = values.get("source_language")
    return _filled(
        template,
        {"target_language": str(values["target_language"]), "source_language": f" from {source}" if source else ""},
    )


def asked(text: str, inputs: Iterable[str], earlier: Iterable[str], outputs: Sequence[str]) -> str:
    """The request as it stands in a message: the words, then what is known of what they name."""
    told = [("Inputs", "; ".join(inputs)), ("Earlier results, newest first", "; ".join(earlier))]
    told.append(("Results wanted", ", ".join(outputs)))
    context = "\n".join(f"{name}: {said}" for name, said in told if said)
    return fill("request", request=text, context=context).rstrip()
