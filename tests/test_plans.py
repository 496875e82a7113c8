"""Plans are closed and well formed; drafts say what keeps them from it; both read and write JSON."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.errors import PlanError, UnknownName
from jarvis_magic.ids import id_problem
from jarvis_magic.kinds import BASES, Kind
from jarvis_magic.plans import Draft, Plan
from jarvis_magic.references import escape
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.tasks import Task
from jarvis_magic.wellformed import takes

INPUTS = {"photo": Kind("image"), "notes": Kind("text"), "photos": Kind("list[image]"), "clip": Kind("video")}
CAPTION = Task("caption", "image-to-text", {"image": "@photo"})
SPEECH = Task("speech", "text-to-speech", {"text": "@caption"})


def plan(*tasks: Task, inputs: dict[str, Kind] | None = None, outputs: dict[str, str] | None = None) -> Plan:
    """A plan of these tasks over the inputs of this page."""
    return Plan("…", INPUTS if inputs is None else inputs, tasks, outputs)  # type: ignore[arg-type]  # None: the default


def problems(*tasks: Task, **parts: Any) -> list[str]:
    """The sentences of everything that is wrong with a plan of these tasks."""
    try:
        plan(*tasks, **parts)
    except PlanError as error:
        return [problem.sentence for problem in error.problems]
    return []


# --- any plan


ids = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(lambda name: id_problem(name) is None)
plain_text = st.text(max_size=20).map(escape)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
knobs = st.dictionaries(st.text(max_size=5), plain_text | numbers | st.booleans() | st.none(), max_size=3)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan made from the table of types: arguments refer to whatever fits, inputs or earlier tasks."""
    names = draw(st.lists(ids, min_size=1, max_size=8, unique=True))
    split = draw(st.integers(0, len(names)))
    kinds = {name: Kind(draw(st.sampled_from(BASES))).listed(draw(st.integers(0, 2))) for name in names[:split]}
    inputs = dict(kinds)
    tasks: list[Task] = []
    for name in names[split:]:
        task = _task(draw, name, kinds, [t.id for t in tasks])
        if task is not None:
            tasks.append(task)
            kinds[name] = Plan("", inputs, tasks).kinds[name]
    notes = draw(st.lists(st.text(), max_size=2))
    return Plan(draw(st.text()), inputs, draw(st.permutations(tasks)), notes=notes)


def _task(draw: st.DrawFn, name: str, kinds: dict[str, Kind], earlier: list[str]) -> Task | None:
    task_type = TASK_TYPES[draw(st.sampled_from(sorted(TASK_TYPES)))]
    arguments = {}
    for port in task_type.ports:
        choices = _arguments(port, kinds)
        if port.optional and draw(st.booleans()):
            continue
        if not choices:
            return None
        arguments[port.name] = draw(st.one_of(choices))
    after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
    return Task(name, task_type.name, arguments, draw(st.text(max_size=10)), draw(st.none() | st.just("a/b")), after)


def _arguments(port: Port, kinds: dict[str, Kind]) -> list[st.SearchStrategy[Any]]:
    if port.name == "options":
        return [knobs]
    fitting = [f"@{name}" for name, kind in kinds.items() if takes(port.kind, kind)]
    choices: list[st.SearchStrategy[Any]] = [st.sampled_from(fitting)] if fitting else []
    if port.kind == "text":
        choices.append(plain_text)
    if port.kind == "list[text]":
        choices.append(st.lists(plain_text, max_size=3))
    if port.kind == "number":
        choices.append(numbers)
    return choices


@given(plans())
@settings(deadline=None)
def test_any_plan_reads_back_from_its_json(made: Plan) -> None:
    """A plan built from fitting parts is well formed, and its JSON is the same plan."""
    again = Plan.from_json(made.to_json())
    assert again == made
    assert hash(again) == hash(made)
    assert again.draft().plan() == made
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301


@given(plans())
@settings(deadline=None)
def test_any_plan_has_an_order(made: Plan) -> None:
    """Every task comes after those it waits for, and each once."""
    order = [task.id for task in made.in_order]
    assert sorted(order) == sorted(made.by_id)
    for task_id in order:
        assert all(order.index(earlier) < order.index(task_id) for earlier in made.dependencies(task_id))
        assert all(task_id in made.dependents(earlier) for earlier in made.dependencies(task_id))


values_of_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["@photo", "image"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
messy_tasks = st.dictionaries(
    st.sampled_from(["id", "type", "arguments", "purpose", "model", "after", "each", "other"]),
    values_of_json
    | st.sampled_from(sorted(TASK_TYPES))
    | st.dictionaries(st.sampled_from(["image", "text", "labels"]), values_of_json)
    | st.lists(st.fixed_dictionaries({"name": st.text(max_size=5), "value": values_of_json}), max_size=3),
)
messy_plans = st.dictionaries(
    st.sampled_from(["format", "request", "inputs", "tasks", "outputs", "notes"]),
    values_of_json | st.lists(messy_tasks, max_size=4) | st.just({"photo": "image"}),
)


@given(st.text() | messy_plans.map(json.dumps) | st.lists(messy_tasks).map(lambda tasks: json.dumps({"tasks": tasks})))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_draft_or_a_plan_error(text: str) -> None:
    """Whatever is read, there is a draft that says its problems, or a PlanError; never another exception."""
    try:
        draft = Draft.from_json(text)
    except PlanError:
        return
    if draft.problems:
        with pytest.raises(PlanError):
            draft.plan()
    else:
        assert Plan.from_json(draft.plan().to_json()) == draft.plan()


@pytest.mark.parametrize("depth", [40, 500, 100_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    """JSON nested beyond reason is a sentence, however deep."""
    inner = "[" * depth + "]" * depth
    with pytest.raises(PlanError, match=r"nested|recursion"):
        Draft.from_json(f'{{"tasks": [{{"id": "a", "type": "summarization", "arguments": {{"text": {inner}}}}}]}}')


# --- JSON


def test_the_json_of_the_design() -> None:
    """The example of the design is read as it stands, and written in the same form."""
    text = """
    {"format": 1, "request": "…", "inputs": {"photo": "image"}, "tasks": [
      {"id": "caption", "type": "image-to-text", "arguments": {"image": "@photo"}, "purpose": "describe", "model": null},
      {"id": "speech", "type": "text-to-speech", "arguments": {"text": "@caption"}}], "outputs": {"speech": "@speech"}}
    """
    read = Plan.from_json(text)
    assert read.kinds == {"photo": "image", "caption": "text", "speech": "audio"}
    assert read.outputs == {"speech": "@speech"}
    assert json.loads(read.to_json())["tasks"][0] == json.loads(text)["tasks"][0]
    assert list(json.loads(read.to_json())) == ["format", "request", "inputs", "tasks", "outputs"]


def test_only_tasks_are_required() -> None:
    """A plan may be written by hand with its tasks alone; every id is an output then."""
    read = Plan.from_json('{"tasks": [{"id": "a", "type": "summarization", "arguments": {"text": "Long."}}]}')
    assert read.outputs == {"a": "@a"}
    assert read.request == ""


def test_arguments_may_be_a_list_of_name_and_value() -> None:
    """The form in which a strict schema makes an LLM write is read too."""
    task = {"id": "a", "type": "summarization", "arguments": [{"name": "text", "value": "Long."}]}
    wire: dict[str, Any] = {"purpose": "", "model": None, "after": [], "each": None}
    assert Plan.from_json(json.dumps({"tasks": [task | wire]})).by_id["a"].arguments == {"text": "Long."}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "not the JSON of a plan"),
        ("Sure! Here is the plan: {}", "not the JSON of a plan"),
        ("[]", "a JSON object with a list of 'tasks'"),
        ('{"tasks": {}}', "a JSON object with a list of 'tasks'"),
        ('{"tasks": [], "tasks": []}', "'tasks' stands twice"),
        ('{"tasks": [], "format": 2}', "format 2.*update jarvis_magic"),
        ('{"tasks": [{"id": "a", "type": "summarization", "arguments": {"text": NaN}}]}', "NaN is no number of JSON"),
    ],
)
def test_what_is_no_plan(text: str, sentence: str) -> None:
    """Text that has not the form of a plan is one sentence."""
    with pytest.raises(PlanError, match=sentence):
        Plan.from_json(text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": 1}, "Task number 1 has no 'id' and 'type' that are strings"),
        ({"colour": "red"}, "Task 'a' has a field 'colour'"),
        ({"model": 5}, "Task 'a' has the model 5, which is no string"),
        ({"purpose": []}, "Task 'a' has the purpose"),
        ({"after": "b"}, "Task 'a' has 'after' that is not a list of names"),
        ({"arguments": "x"}, "neither an object nor a list of name and value"),
        ({"arguments": [{"name": "text", "value": 1}, {"name": "text", "value": 2}]}, "the argument 'text' twice"),
    ],
)
def test_what_a_task_has_wrong(changes: dict[str, Any], sentence: str) -> None:
    """What is wrong with one task is a problem at that task, and the rest is kept."""
    task = {"id": "a", "type": "summarization", "arguments": {"text": "Long."}} | changes
    draft = Draft.from_json(json.dumps({"tasks": [task]}))
    assert any(sentence in problem.sentence for problem in draft.problems)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("inputs", {"photo": "picture"}, "'picture' is not a kind"),
        ("inputs", ["photo"], "'inputs' is not an object of strings"),
        ("inputs", {"my photo": "image"}, "'my photo' is not a Python name"),
        ("outputs", {"x": 1}, "'outputs' is not an object of strings"),
        ("outputs", {"x": "@nowhere"}, "The output 'x' is '@nowhere', which is no reference to a task"),
        ("outputs", {"a b": "@a"}, "The output 'a b' is not a Python name"),
        ("notes", 5, "'notes' are not a list of strings"),
        ("request", 5, "The plan has the request 5"),
    ],
)
def test_what_a_plan_has_wrong(field: str, value: Any, sentence: str) -> None:
    """What is wrong around the tasks is a problem of the whole."""
    task = {"id": "a", "type": "summarization", "arguments": {"text": "Long."}}
    draft = Draft.from_json(json.dumps({"tasks": [task], field: value}))
    assert any(sentence in problem.sentence for problem in draft.problems)


# --- what a well-formed plan is


@pytest.mark.parametrize(
    ("task", "sentences"),
    [
        (Task("photo", "text-to-image", {"text": "@notes"}), ["'photo' is an input already", "'photo_2'"]),
        (Task("Caption", "image-to-text", {"image": "@photo"}), ["'Caption' cannot be a name"]),
        (Task("print", "image-to-text", {"image": "@photo"}), ["'print' would hide"]),
        (Task("a", "image-to-txt", {"image": "@photo"}), ["no task type", "did you mean", "'image-to-text'"]),
        (Task("a", "dance", {}), ["no task type", "%jarvis tasks"]),
        (Task("a", "graph-ml", {}), ["cannot be planned", "graphs are not a kind"]),
        (Task("a", "image-to-text", {}), ["needs an image for 'image'", "@photo"]),
        (Task("a", "image-to-text", {"image": "@photo", "txt": "x"}), ["has no port 'txt'", "it has 'image'"]),
        (Task("a", "text-to-speech", {"text": "x", "vioce": "en"}), ["has no port 'vioce'", "did you mean 'voice'"]),
        (Task("a", "image-to-text", {"image": "@phto"}), ["refers to '@phto'", "did you mean '@photo'"]),
        (Task("a", "image-to-text", {"image": "@notes"}), ["needs an image", "text-to-image task between"]),
        (Task("a", "summarization", {"text": "@photo"}), ["is an image", "image-to-text task (a caption) between"]),
        (Task("a", "summarization", {"text": "About @photo."}), ["stands inside a text", "caption"]),
        (Task("a", "image-to-text", {"image": "cat.jpg"}), ["needs an image for 'image', but 'cat.jpg' is text"]),
        (Task("a", "image-to-text", {"image": "@photo.heigth"}), ["did you mean 'height'"]),
        (Task("a", "text-to-image", {"text": "x", "width": "wide"}), ["needs a number for 'width'"]),
        (Task("a", "text-to-image", {"text": "x", "options": "fast"}), ["takes an object as 'options'"]),
        (Task("a", "image-to-text", {"image": "@a"}), ["wait for each other in a circle: a → a"]),
        (Task("a", "image-to-text", {"image": "@photo"}, after=["b"]), ["comes after 'b', which is no task"]),
        (Task("a", "image-to-text", {"image": "@photo"}, each=["text"]), ["splits 'text' in 'each'"]),
        (Task("a", "image-to-text", {"image": "@photo"}, each=["image"]), ["splits 'image'", "not a list"]),
        (Task("a", "image-to-text", {"image": "@photos"}, each=[]), ["add 'image' to 'each'"]),
        (
            Task("a", "image-to-text", {"image": object()}),
            ["an argument is what JSON can say", "make the object an input"],
        ),
    ],
)
def test_one_sentence_for_each_fault(task: Task, sentences: list[str]) -> None:
    """A fault is one sentence that names the task and what to write instead."""
    (found,) = problems(task)
    for sentence in sentences:
        assert sentence in found
    assert found.endswith((".", "?"))


def test_a_circle_is_shown() -> None:
    """Tasks that wait for each other are named in the order in which they wait."""
    first = Task("first", "summarization", {"text": "@second"})
    second = Task("second", "summarization", {"text": "@first"})
    (found,) = problems(first, second)
    assert "circle: first → second → first" in found or "circle: second → first → second" in found


def test_every_fault_is_said_at_once() -> None:
    """All problems of a plan are found together, each at its task."""
    tasks = [Task("a", "image-to-text", {}), Task("a", "summarization", {"text": "@x"}), Task("b", "dance")]
    with pytest.raises(PlanError) as caught:
        plan(*tasks)
    assert {problem.task for problem in caught.value.problems} == {"a", "b"}
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (Task("a", "image-to-text", {"image": "@photo"}), "text"),
        (Task("a", "image-to-text", {"image": "@photos"}), "list[text]"),
        (Task("a", "image-to-text", {"image": "@photos[0]"}), "text"),
        (Task("a", "image-to-text", {"image": "@photos[1:]"}), "list[text]"),
        (Task("a", "image-to-text", {"image": "@clip.frames"}), "list[text]"),
        (Task("a", "image-to-text", {"image": ["@photo", "@photos[0]"]}), "list[text]"),
        (Task("a", "automatic-speech-recognition", {"audio": "@clip"}), "text"),
        (Task("a", "image-text-to-text", {"text": "Compare.", "images": "@photos"}), "text"),
        (Task("a", "image-text-to-text", {"text": "Compare.", "images": "@photo"}), "text"),
        (Task("a", "zero-shot-image-classification", {"image": "@photos", "labels": ["cat", "dog"]}), "list[labels]"),
    ],
)
def test_what_a_task_gives(task: Task, kind: str) -> None:
    """A value deeper than its port runs the task once per item: the same nesting comes out."""
    assert plan(task).kinds["a"] == kind


def test_the_whole_list_in_one_call() -> None:
    """`each=[]` gives a text port its numbered text form, in one call."""
    captions = Task("captions", "image-to-text", {"image": "@photos"})
    summary = Task("summary", "summarization", {"text": "@captions"})
    assert plan(captions, summary).kinds["summary"] == "list[text]"
    assert plan(captions, Task("summary", "summarization", {"text": "@captions"}, each=[])).kinds["summary"] == "text"


def test_records_are_one_value_unless_split() -> None:
    """Boxes are one value; `each` names the port that is split by them."""
    boxes = Task("found", "object-detection", {"image": "@photo"})
    whole = Task("said", "summarization", {"text": "@found"})
    assert plan(boxes, whole).kinds["said"] == "text"
    assert plan(boxes, Task("said", "summarization", {"text": "@found"}, each=["text"])).kinds["said"] == "list[text]"


def test_tasks_may_stand_in_any_order() -> None:
    """The order of a plan is that of its references, not of its list."""
    assert [task.id for task in plan(SPEECH, CAPTION).in_order] == ["caption", "speech"]


# --- edits


def test_a_plan_is_changed_by_making_another() -> None:
    """Each edit gives a new plan and leaves the old one."""
    first = plan(CAPTION, SPEECH)
    assert first.with_model("caption", "a/b").by_id["caption"].model == "a/b"
    assert first.with_argument("speech", "voice", "en-gb").by_id["speech"].arguments["voice"] == "en-gb"
    longer = first.with_task(Task("french", "translation", {"text": "@caption", "target_language": "French"}))
    assert longer.outputs == {"caption": "@caption", "speech": "@speech", "french": "@french"}
    assert longer.without("french") == first
    assert longer.without("speech").outputs == {"caption": "@caption", "french": "@french"}
    assert first.by_id["caption"].model is None


def test_edits_that_break_a_plan_are_refused() -> None:
    """An edit that would leave a plan that is not well formed says so."""
    first = plan(CAPTION, SPEECH)
    with pytest.raises(PlanError, match="'speech' refers to '@caption'"):
        first.without("caption")
    with pytest.raises(PlanError, match="needs an image"):
        first.with_argument("caption", "image", None)
    with pytest.raises(UnknownName, match="did you mean 'caption'"):
        first.with_model("captoin", "a/b")
    with pytest.raises(PlanError, match="has no port 'volume'"):
        first.with_argument("speech", "volume", 3)


def test_values_never_change() -> None:
    """Nothing a plan is made of can be changed in place."""
    made = plan(CAPTION)
    with pytest.raises(AttributeError):
        made.request = "else"  # type: ignore[misc]
    with pytest.raises(TypeError):
        made.by_id["caption"].arguments["image"] = "@x"  # type: ignore[index]


def test_a_plan_keeps_its_own_copy() -> None:
    """What a plan was made from may change afterwards without changing the plan."""
    arguments: dict[str, Any] = {"text": "@notes", "options": {"words": [1, 2]}}
    task = Task("a", "summarization", arguments)
    arguments["options"]["words"].append(3)
    assert task.arguments["options"] == {"words": [1, 2]}


def test_two_tasks_of_one_id_are_one_sentence() -> None:
    """What follows from a doubled id is not told as well: it would mislead."""
    text = {"text": "@note"}
    draft = Draft(
        "",
        {"note": Kind("text")},
        [Task("short", "summarization", text), Task("short", "summarization", {"text": "@short"})],
    )

    assert [problem.sentence for problem in draft.problems] == [
        "Two tasks are called 'short'; give one another id, for example 'short_2'."
    ]
