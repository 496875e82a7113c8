"""What is said of the experts is true of them."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts

ROOT = Path(__file__).parents[2]
HEAVY = "numpy pandas PIL scipy sklearn skimage cv2 onnxruntime rapidocr wordllama tokenizers py3langid pocketsphinx espeakng_loader vaderSentiment"

each = pytest.mark.parametrize("expert", toolbox_experts(), ids=lambda expert: expert.id)


def test_ids_are_unique_and_say_that_they_are_of_the_toolbox() -> None:
    """A user can name each expert, and sees where it runs."""
    ids = [expert.id for expert in toolbox_experts()]

    assert len(ids) == len(set(ids))
    assert all(id_.startswith("toolbox/") for id_ in ids)


@each
def test_the_keywords_of_an_expert_are_the_ports_of_its_type(expert: ToolboxExpert) -> None:
    """The endpoint calls it with the arguments of a task as they are."""
    ports = TASK_TYPES[expert.type].by_name
    keywords = inspect.signature(expert.function).parameters

    assert set(keywords) == set(ports)
    assert all((keywords[name].default is None) == port.optional for name, port in ports.items())


@each
def test_every_expert_says_what_it_is_good_and_bad_at(expert: ToolboxExpert) -> None:
    """Its description and weakness are sentences, and it names a purpose and a licence."""
    for sentence in (expert.description, expert.weakness):
        assert sentence.endswith(".")
        assert "\n" not in sentence
    assert all(expert.purposes)
    assert expert.licence


@each
def test_an_expert_is_there_when_its_libraries_are(expert: ToolboxExpert) -> None:
    """With the extra installed, nothing is missing."""
    assert expert.missing == ()


def test_an_expert_says_which_of_its_libraries_is_missing() -> None:
    """A library that is not installed is named, the others are not."""
    expert = ToolboxExpert(
        id="toolbox/x", type="summarization", function=str, description="", weakness="", purposes=(),
        requires=("json", "no_such_library"), licence="", size=0,
    )  # fmt: skip

    assert expert.missing == ("no_such_library",)


def test_listing_the_experts_imports_no_heavy_library() -> None:
    """`%jarvis models` and planning stay quick."""
    program = f"import sys, jarvis_magic.toolbox as t; t.toolbox_experts(); print(*(set(sys.modules) & set('{HEAVY}'.split())))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)

    assert loaded.stdout.split() == []


def test_every_expert_is_measured_against_something_trivial() -> None:
    """An expert without a line in the benchmark has not earned its place."""
    source = ast.parse((ROOT / "benchmarks" / "toolbox.py").read_text("utf-8"))
    measured = {
        decorator.args[0].value
        for function in source.body
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.args[0], ast.Constant)
    }

    assert measured == {expert.id for expert in toolbox_experts()}
