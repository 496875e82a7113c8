"""Pipelines and estimators that are in the notebook already, offered by ``expert(…)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import PIL.Image
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from jarvis_magic import Jarvis, Plan, Task, expert
from jarvis_magic.catalogue import embedded as catalogue
from jarvis_magic.endpoints import embedded as endpoints
from jarvis_magic.errors import EndpointError, UsageError
from jarvis_magic.experts import forget, registered_as
from jarvis_magic.kinds import Kind, Label

from .conftest import Made

pytestmark = pytest.mark.local

PHOTO = PIL.Image.new("RGB", (40, 40), "red")
FLOWERS = pd.DataFrame({"length": [1.0, 1.1, 5.0, 5.1], "width": [1.0, 0.9, 4.0, 4.2], "kind": ["a", "a", "b", "b"]})


@pytest.fixture(autouse=True)
def _no_experts() -> Iterator[None]:
    forget()
    yield
    forget()


def done(type_: str, arguments: dict[str, Any], **given: tuple[str, Any]) -> Any:
    """The result of a task done by the user's expert, which is preferred to the toolbox."""
    plan = Plan(inputs={name: Kind(kind) for name, (kind, _) in given.items()}, tasks=[Task("it", type_, arguments)])
    with Jarvis("offline", catalogue=catalogue(), endpoints=endpoints()) as jarvis:
        run = jarvis.run(plan, **{name: value for name, (_, value) in given.items()})
    return run["it"]


def pipeline(task: str, model: object) -> Any:
    """A pipeline as a user makes one."""
    import transformers

    return transformers.pipeline(task, model=str(model), device="cpu")


def test_a_pipeline_is_an_expert(made: Made) -> None:
    """It gets what the ports say, and says what it is."""
    offered = pipeline("image-classification", made("image_classifier"))
    assert expert("image-classification", name="pets")(offered) is offered
    found = done("image-classification", {"image": "@photo"}, photo=("image", PHOTO))
    assert {label.label for label in found} == {"cat", "dog", "car"}
    registered = registered_as("pets")
    assert registered is not None
    assert (registered.description, registered.limit) == (
        "Your ImageClassificationPipeline of ViTForImageClassification.",
        1,
    )


def test_a_pipeline_for_another_task_is_refused(made: Made) -> None:
    """The sentence says what it can do."""
    with pytest.raises(
        UsageError, match="pets: ImageClassificationPipeline does 'image-classification', not 'text-to-image'"
    ):
        expert("text-to-image", name="pets")(pipeline("image-classification", made("image_classifier")))


def test_a_pipeline_needs_a_name(made: Made) -> None:
    """It has none of its own."""
    with pytest.raises(UsageError, match="give it one"):
        expert("text-classification")(pipeline("text-classification", made("text_classifier")))


def test_a_pipeline_of_diffusers_is_an_expert(made: Made) -> None:
    """Its steps and size are options."""
    import diffusers

    drawn = diffusers.StableDiffusionPipeline.from_pretrained(made("painter"), use_safetensors=True)
    expert("text-to-image", name="painter")(drawn)
    arguments = {"text": "a red dog", "seed": 1, "width": 32, "height": 32, "options": {"steps": 1}}
    assert done("text-to-image", arguments).size == (32, 32)
    with pytest.raises(
        EndpointError, match=r"StableDiffusionPipeline has no option 'sampler'; it has seed, steps, .*guidance_scale"
    ):
        done("text-to-image", {"text": "a red dog", "options": {"sampler": "best"}})


def test_an_estimator_predicts_a_column() -> None:
    """With the columns it was fitted with, whatever others there are."""
    expert("tabular-classification", name="flowers")(
        RandomForestClassifier(random_state=0).fit(FLOWERS[["length", "width"]], FLOWERS["kind"])
    )
    table = FLOWERS.assign(note="x")
    found = done("tabular-classification", {"table": "@flowers", "target": "kind"}, flowers=("table", table))
    assert list(found["kind_predicted"]) == ["a", "a", "b", "b"]
    with pytest.raises(
        EndpointError, match="There is no column 'width'; the RandomForestClassifier was fitted with it"
    ):
        done("tabular-classification", {"table": "@f", "target": "kind"}, f=("table", table.drop(columns="width")))


def test_an_estimator_classifies_texts() -> None:
    """Scores are those it gives its classes."""
    texts = make_pipeline(CountVectorizer(), LogisticRegression()).fit(["good day", "bad day"], ["good", "bad"])
    expert("text-classification", name="moods")(texts)
    found = done("text-classification", {"text": "a good one"})
    assert isinstance(found[0], Label)
    assert [label.label for label in found] == ["good", "bad"]


def test_an_estimator_that_was_not_fitted_is_told() -> None:
    """The failure is a sentence with its name."""
    expert("tabular-regression", name="prices")(RandomForestClassifier())
    with pytest.raises(EndpointError, match="prices raised NotFittedError"):
        done("tabular-regression", {"table": "@f", "target": "width"}, f=("table", FLOWERS[["length", "width"]]))
