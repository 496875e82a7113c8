"""The code that the documentation shows is what is written for such runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jarvis_magic import Plan, Run, Task, to_python
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.values import Assignment, Candidate

from ..endpoints.local import tiny
from ..servers.model_host import COMMIT

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "code.md"


def code(plan: Plan, **experts: Candidate) -> str:
    """The code of a run that these experts did."""
    done = {task_id: Assignment(task_id, plan.by_id[task_id].type, expert) for task_id, expert in experts.items()}
    return to_python(Run(plan, FrozenMap(done)), options=Options(device="cpu"))


def providers() -> str:
    """A picture made at one provider, and looked at by another."""
    tasks = [
        Task("painting", "text-to-image", {"text": "@note", "width": 512, "height": 512}),
        Task("labels", "image-classification", {"image": "@painting"}),
    ]
    plan = Plan("Paint what @note says, and say what the painting shows.", {"note": Kind("text")}, tasks)
    painter = Candidate("black-forest-labs/FLUX.1-schnell", "provider", provider="fal-ai")
    return code(
        plan, painting=painter, labels=Candidate("google/vit-base-patch16-224", "provider", provider="hf-inference")
    )


def local() -> str:
    """A text translated and classified here."""
    tasks = [
        Task("german", "translation", {"text": "@note", "target_language": "German"}),
        Task("mood", "text-classification", {"text": "@note"}),
    ]
    plan = Plan("Translate @note into German, and say how it sounds.", {"note": Kind("text")}, tasks)
    translator, judge = (
        Candidate(name, "local")
        for name in ("Helsinki-NLP/opus-mt-en-de", "distilbert/distilbert-base-uncased-finetuned-sst-2-english")
    )
    return code(plan, german=translator, mood=judge)


@pytest.mark.local
def test_the_page_shows_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both blocks, to the letter."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    tiny.marian(tmp_path / "models--Helsinki-NLP--opus-mt-en-de" / "snapshots" / COMMIT)
    tiny.text_classifier(
        tmp_path / "models--distilbert--distilbert-base-uncased-finetuned-sst-2-english" / "snapshots" / COMMIT
    )
    shown = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown == [providers(), local().replace("max_new_tokens=6", "max_new_tokens=512")]
