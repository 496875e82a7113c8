"""Runs as plain Python: the code runs in a process that has no jarvis_magic, and gives the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont

from jarvis_magic import Jarvis, Plan, Run, Task, expert, to_python
from jarvis_magic.errors import UsageError
from jarvis_magic.experts import forget
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.toolbox import toolbox_experts
from jarvis_magic.values import Assignment, Candidate, NoExpert

from ..servers.scripted import Answers, ScriptedServer, completion
from .alone import Alone, comparable

BEFORE = """
import pandas
from PIL import Image
photo = Image.open("photo.png")
sales = pandas.read_json("sales.json")
letter = open("letter.txt").read()
letters = [letter, "The weather was terrible."]

def describe(image):
    return f"{image.width} wide"

async def shorten(text):
    return text[:5]
"""

LETTER = (
    "Anna wrote to us on 3 May 2024. She loved the wonderful house by the lake, and paid $ 1,200 for two weeks. "
    "The house was built in 1950. It stands near Oslo, and the garden is large. We hope that she comes again."
)

TASKS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "toolbox/vader": ("text-classification", {"text": "@letter"}),
    "toolbox/langid": ("text-classification", {"text": "@letter", "options": {"top": 2}}),
    "toolbox/sentence-ranking": ("summarization", {"text": "@letter", "options": {"sentences": 2}}),
    "toolbox/patterns": ("token-classification", {"text": "@letter"}),
    "toolbox/keywords": ("token-classification", {"text": "@letter"}),
    "toolbox/passage-answers": ("question-answering", {"question": "When was the house built?", "context": "@letter"}),
    "toolbox/wordllama-similarity": ("sentence-similarity", {"text": "@letter", "other": "A holiday 'home'\n{x}"}),
    "toolbox/wordllama-zero-shot": ("zero-shot-classification", {"text": "@letter", "labels": ["travel", "sports"]}),
    "toolbox/wordllama": ("feature-extraction", {"text": "@letter"}),
    "toolbox/espeak-ng": ("text-to-speech", {"text": "hello world", "language": "en"}),
    "toolbox/pocketsphinx": ("automatic-speech-recognition", {"audio": "@espeak_ng"}),
    "toolbox/wiener": ("audio-to-audio", {"audio": "@espeak_ng"}),
    "toolbox/rapidocr": ("image-to-text", {"image": "@photo"}),
    "toolbox/picture-facts": ("image-to-text", {"image": "@photo"}),
    "toolbox/document-answers": ("document-question-answering", {"image": "@photo", "question": "What is the total?"}),
    "toolbox/pillow-edits": ("image-to-image", {"image": "@photo", "text": "make it grey, rotate 90 degrees left"}),
    "toolbox/felzenszwalb": ("image-segmentation", {"image": "@photo"}),
    "toolbox/felzenszwalb-masks": ("mask-generation", {"image": "@photo", "options": {"most": 3}}),
    "toolbox/canny": ("canny-control", {"image": "@photo"}),
    "toolbox/soft-edges": ("hed-control", {"image": "@photo"}),
    "toolbox/hough-lines": ("mlsd-control", {"image": "@photo"}),
    "toolbox/scribble": ("scribble-control", {"image": "@photo"}),
    "toolbox/table-answers": (
        "table-question-answering",
        {"table": "@sales", "question": "What is the average price?"},
    ),
    "toolbox/sklearn-classes": ("tabular-classification", {"table": "@sales", "target": "kind"}),
    "toolbox/sklearn-numbers": ("tabular-regression", {"table": "@sales", "target": "price"}),
}


def receipt() -> Image.Image:
    """A picture with printed text."""
    picture = Image.new("RGB", (320, 120), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((20, 20), "CITY CAFE", fill="black", font=ImageFont.load_default(28))
    draw.text((20, 70), "Total: 12.50", fill="darkred", font=ImageFont.load_default(28))
    return picture


INPUTS: dict[str, Any] = {
    "photo": receipt(),
    "letter": LETTER,
    "letters": [LETTER, "The weather was terrible."],
    "sales": pd.DataFrame({"size": list(range(40)), "price": [i * 2.5 for i in range(40)], "kind": ["a", "b"] * 20}),
}
KINDS = {"photo": Kind("image"), "letter": Kind("text"), "letters": Kind("list[text]"), "sales": Kind("table")}


def plan_of(*tasks: Task, outputs: Mapping[str, str] | None = None) -> Plan:
    """A plan over the inputs that its tasks use."""
    used = {reference.name for task in tasks for reference in task.references}
    inputs = {name: kind for name, kind in KINDS.items() if name in used}
    return Plan("Try 'everything'.", inputs, tasks, outputs) if outputs else Plan("Try 'everything'.", inputs, tasks)


def run_of(plan: Plan) -> Run:
    """The plan, carried out."""
    with Jarvis("offline", options=Options(response=False)) as jarvis:
        return jarvis.run(plan, **{name: INPUTS[name] for name in plan.inputs}).check()


def alone(folder: Path, code: str, names: list[str]) -> dict[str, Any]:
    """What these variables are after the code has run in a process without jarvis_magic."""
    INPUTS["photo"].save(folder / "photo.png")
    INPUTS["sales"].to_json(folder / "sales.json")
    (folder / "letter.txt").write_text(LETTER)
    process = Alone(folder, BEFORE, [*INPUTS, "describe", "shorten"])
    process.add("code", code, names)
    return process.run()["code"]


def test_every_expert_of_the_toolbox(tmp_path: Path) -> None:
    """One plan of them all: the code gives the same results, and mentions nothing of ours."""
    assert TASKS.keys() == {expert.id for expert in toolbox_experts()}
    tasks = [
        Task(model.partition("/")[2].replace("-", "_"), type_, arguments, model=model)
        for model, (type_, arguments) in TASKS.items()
    ]
    run = run_of(plan_of(*tasks))
    found = alone(tmp_path, to_python(run), list(run.plan.by_id))
    assert found == {name: comparable(run[name]) for name in run.plan.by_id}


def test_lists_paths_texts_and_names(tmp_path: Path) -> None:
    """Lists are worked through item by item; parts, longer texts and other names are as in the plan."""
    tasks = [
        Task("mood", "text-classification", {"text": "@letters"}, model="toolbox/vader"),
        Task("found", "token-classification", {"text": "@letter"}, model="toolbox/patterns"),
        Task("first", "summarization", {"text": "Dates: @found[0].text and @mood[0][0].score"}),
        Task("all_of_it", "summarization", {"text": "@letters"}, each=()),
        Task("labels", "zero-shot-classification", {"text": "@letters[0]", "labels": "@found"}),
        Task("grey", "image-to-image", {"image": "@photo", "text": "make it @letters[1]"[:7] + " grey"}),
    ]
    outputs = {
        "moods": "@mood[*]",
        "dates": "@found[*].text",
        "photo": "@grey",
        "labels": "@labels",
        "all_of_it": "@all_of_it",
    }
    run = run_of(plan_of(*tasks, outputs=outputs))
    names = [*run.plan.by_id, "moods", "dates", "photo"]
    assert alone(tmp_path, to_python(run), names) == {name: comparable(run[name]) for name in names}


def test_files_are_opened_by_the_code(tmp_path: Path) -> None:
    """Those that stood in the request, and those whose path a variable holds; both as the run saw them."""
    INPUTS["photo"].save(tmp_path / "a receipt.png")
    INPUTS["sales"].to_csv(tmp_path / "sales.csv", index=False)
    (tmp_path / "letter.txt").write_text(LETTER)
    tasks = [
        Task("facts", "image-to-text", {"image": "@photo"}, model="toolbox/picture-facts"),
        Task("found", "token-classification", {"text": "@letter"}, model="toolbox/patterns"),
        Task("mean", "table-question-answering", {"table": "@sales", "question": "What is the average price?"}),
    ]
    run = run_of(plan_of(*tasks))
    files = {"letter": "letter.txt", "sales": "sales.csv"}
    code = to_python(run, variables={"photo": "a receipt.png"}, files=files)
    assert "# photo is a variable" in code
    assert "letter is a variable" not in code
    process = Alone(tmp_path, "photo = 'a receipt.png'", ["photo"])
    process.add("code", code, list(run.plan.by_id))
    assert process.run()["code"] == {name: comparable(run[name]) for name in run.plan.by_id}
    shown = to_python(run, files={"photo": "https://x.example/a.png"})
    assert "photo = ImageOps.exif_transpose(Image.open(urlopen('https://x.example/a.png')))" in shown


def test_a_list_of_file_names_is_opened_by_the_code(tmp_path: Path) -> None:
    """Each of them, as the run did, in a column too; texts that look like names stay texts."""
    names = [str(tmp_path / "a.png"), str(tmp_path / "b.png")]
    for name in names:
        INPUTS["photo"].save(name)
    describe = Task("facts", "image-to-text", {"image": "@photos"}, model="toolbox/picture-facts")
    with Jarvis("offline", options=Options(response=False)) as jarvis:
        run = jarvis.run(Plan("…", {"photos": Kind("list[image]")}, [describe]), photos=names).check()
    process = Alone(tmp_path, f"photos = {names!r}", ["photos"])
    process.add("code", to_python(run, variables={"photos": names}), ["facts"])
    assert process.run()["code"] == {"facts": comparable(run["facts"])}
    table = pd.DataFrame({"file": names})
    describe = Task("facts", "image-to-text", {"image": "@df.file"}, model="toolbox/picture-facts")
    with Jarvis("offline", options=Options(response=False)) as jarvis:
        run = jarvis.run(Plan("…", {"df": Kind("table")}, [describe]), df=table).check()
    process = Alone(tmp_path, f"import pandas\ndf = pandas.DataFrame({{'file': {names!r}}})", ["df"])
    process.add("code", to_python(run, variables={"df": table}), ["facts"])
    assert process.run()["code"] == {"facts": comparable(run["facts"])}
    short = Run(Plan("…", {"notes": Kind("list[text]")}, [Task("short", "summarization", {"text": "@notes"})]))
    assert "read_text" not in to_python(short, variables={"notes": ["see a.txt", "b.txt"]})


def test_edits_are_a_few_lines() -> None:
    """An instruction that is known becomes the edits themselves."""
    run = run_of(plan_of(Task("grey", "image-to-image", {"image": "@photo", "text": "make it grey"})))
    code = to_python(run)
    assert "grey_2 = " in code
    assert code.splitlines()[-1] == "grey = grey_2(ready(photo))"
    assert len(code.splitlines()) < 80


@pytest.fixture
def own() -> Iterator[None]:
    """A user's two experts."""

    @expert("image-to-text")
    def describe(image: Any) -> str:
        return f"{image.width} wide"

    @expert("summarization")
    async def shorten(text: str) -> str:
        return text[:5]

    yield
    forget()


@pytest.mark.usefixtures("own")
def test_your_own_functions(tmp_path: Path) -> None:
    """They are called as they are; one that is async is awaited."""
    tasks = [
        Task("caption", "image-to-text", {"image": "@photo"}, purpose="describe"),
        Task("short", "summarization", {"text": "@caption, @letter"}),
    ]
    code = to_python(run_of(plan_of(*tasks)))
    assert code.splitlines()[-2:] == [
        "caption = describe(image=photo)  # describe",
        "short = await shorten(text=caption + ', ' + letter)",
    ]
    assert alone(tmp_path, code, ["caption", "short"]) == {"caption": "320 wide", "short": "320 w"}
    forget()
    with pytest.raises(UsageError, match="run the cell that defines it again"):
        to_python(run_of_nothing("describe", "function", "image-to-text", {"image": "@photo"}))


@pytest.mark.usefixtures("own")
def test_an_expert_without_a_name_of_its_own() -> None:
    """A lambda or a pipeline is called by the name it was made an expert under."""
    expert("summarization", name="Cut-Short")(lambda text: text[:3])
    run = run_of_nothing("Cut-Short", "function", "summarization", {"text": "@letter"})
    assert to_python(run).splitlines()[-1] == "result = cut_short(text=letter)"


def run_of_nothing(model: str, endpoint: Any, type_: str, arguments: Mapping[str, Any], **known: Any) -> Run:
    """A run whose one task was assigned, as far as code needs it."""
    plan = plan_of(Task("result", type_, arguments))
    assigned = Assignment("result", type_, Candidate(model, endpoint, **known))
    return Run(plan, FrozenMap({"result": assigned}))


def test_chat_models(tmp_path: Path) -> None:
    """The code asks the same server by the openai package, in the same words."""
    with ScriptedServer(completion("It is short.")) as server:
        arguments = {"text": "Shorten @letter, with \"quotes\" and 'more' \\ {x}"}
        host = server.url.removeprefix("http://").removesuffix("/v1")
        run = run_of_nothing("tiny", "chat", "summarization", arguments, provider=host)
        assert alone(tmp_path, to_python(run), ["result"]) == {"result": "It is short."}
        assert server.requests[0].body["messages"][1]["content"] == (
            f"Shorten {LETTER}, with \"quotes\" and 'more' \\ {{x}}"
        )


def test_a_server_at_a_url(tmp_path: Path) -> None:
    """The code asks it by the Hub's client, and gives it no token of the user's."""
    with ScriptedServer(Answers(body=[{"summary_text": "It is short."}])) as server:
        run = run_of_nothing(f"{server.url}/summary", "url", "summarization", {"text": "@letter"})
        assert alone(tmp_path, to_python(run), ["result"]) == {"result": "It is short."}
        assert server.requests[0].body["inputs"] == LETTER
        assert server.requests[0].headers.get("authorization") == "Bearer none"


def test_what_has_no_code() -> None:
    """A chat without tasks is a sentence; a task that had no expert is a comment, and so is what needed it."""
    with pytest.raises(UsageError, match="no tasks"):
        to_python(Run(Plan("Hello")))
    with pytest.raises(UsageError, match="Code is written of a run, not of a Plan; run it first"):
        to_python(Plan("Hello"))  # type: ignore[arg-type]
    tasks = [
        Task("german", "translation", {"text": "@letter", "target_language": "German"}),
        Task("speech", "text-to-speech", {"text": "@german"}),
    ]
    nobody = {task.id: NoExpert(task.id, task.type, "No expert.") for task in tasks}
    code = to_python(Run(plan_of(*tasks), FrozenMap(nobody)))
    assert "# german: no expert did this translation\n# speech: no expert did this text-to-speech" in code
    assert all(type_ in TASK_TYPES for type_, _ in TASKS.values())
