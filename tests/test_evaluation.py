"""Measuring planners: the metrics by hand, and the command from end to end."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from jarvis_magic.contracts import OpenChoices
from jarvis_magic.controllers import OfflineController
from jarvis_magic.errors import ReplyError, UsageError
from jarvis_magic.evaluation import (
    Case,
    argument_f1,
    edit_distance,
    inputs_named,
    link_f1,
    node_f1,
    predict,
    predictor,
    read_cases,
    report,
    score,
    shape,
)
from jarvis_magic.evaluation.__main__ import main
from jarvis_magic.events import Emit
from jarvis_magic.kinds import BASES
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Choice, Menu, Outcome, Request
from tests.servers.scripted import Says, ScriptedServer


class Scripted:
    """A controller that always plans the same, or fails."""

    name = "scripted"

    def __init__(self, *tasks: Task, fails: bool = False) -> None:
        self.tasks, self.fails, self.asked = tasks, fails, 0

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Plan the same tasks."""
        self.asked += 1
        if self.fails:
            sentence = "The reply was no plan."
            raise ReplyError(sentence)
        return Plan(request.text, request.kinds, self.tasks)

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:
        """Choose nothing."""
        return {}

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:
        """Say nothing."""
        return ""


def write(path: Path, *rows: dict[str, object]) -> Path:
    """Write JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


# Metrics


def test_node_and_link_f1() -> None:
    """F1 over all requests together; what stands twice in a request counts once."""
    assert node_f1([({"A", "B"}, {"A"}), ({"C"}, {"C", "D"})]) == pytest.approx(2 * 2 / (3 + 3))
    assert node_f1([(["A", "A"], ["A"])]) == 1.0
    assert link_f1([({("A", "B")}, {("B", "A")})]) == 0.0
    assert node_f1([(set(), set())]) == 1.0


def test_argument_f1_compares_values_and_what_references_lead_to() -> None:
    """Ids do not matter, nor case, spaces and final marks; another source does."""
    task = {"id": "t", "type": "translation", "arguments": {"text": "@s", "target_language": "French"}}
    summary = {"id": "s", "type": "summarization", "arguments": {"text": "@letter"}}
    renamed = [{**summary, "id": "x"}, {**task, "arguments": {"text": "@x", "target_language": "french"}}]
    label = Case("1", tasks=(summary, task))
    assert argument_f1([(Case("1", tasks=tuple(renamed)), label)]) == 1.0
    other = {**task, "arguments": {"text": "@letter", "target_language": "French"}}
    assert argument_f1([(Case("1", tasks=(summary, other)), label)]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "", 0), ("ab", "ab", 0), ("ab", "ba", 1), ("abc", "c", 2 / 3), ("", "ab", 1)]
)
def test_edit_distance(a: str, b: str, distance: float) -> None:
    """The distance is a part of the longer sequence."""
    assert edit_distance(list(a), list(b)) == pytest.approx(distance)


def test_shapes() -> None:
    """A plan is single, a chain, or anything else a graph."""
    assert shape(Case("1")) == "none"
    assert shape(Case("1", nodes=("A",))) == "single"
    assert shape(Case("1", nodes=("A", "B", "C"), links=(("A", "B"), ("B", "C")))) == "sequential"
    assert shape(Case("1", nodes=("A", "B", "C"), links=(("A", "B"), ("A", "C")))) == "graph"
    assert shape(Case("1", nodes=("A", "B"))) == "graph"


def test_scores_by_shape() -> None:
    """The paper's figures are given for each shape; a label without a prediction counts as missed."""
    labels = [Case("1", nodes=("A",)), Case("2", nodes=("A", "B"), links=(("A", "B"),)), Case("3", nodes=("A",))]
    found = score([Case("1", nodes=("A",)), Case("2", nodes=("A",))], labels)
    assert found.requests == 3
    assert found.shapes["single"].accuracy == 0.5
    assert found.shapes["sequential"].precision == 1.0
    assert found.shapes["sequential"].recall == 0.5
    assert found.shapes["sequential"].f1 == pytest.approx(2 / 3)
    assert "sequential" in report(found)


def test_nothing_to_score() -> None:
    """Without labels there is no score, and a sentence says so."""
    with pytest.raises(UsageError, match="no labels"):
        score([], [])


# Predicting


def test_file_names_stand_for_inputs() -> None:
    """Files in a request become references of the kind their endings say; other text stays as it is."""
    text, kinds = inputs_named("See 'my photo.jpg', example.wav and a@b.org.")
    assert text == "See 'my @photo_jpg', @example_wav and a@@b.org."
    assert kinds == {"photo_jpg": "image", "example_wav": "audio"}


async def test_any_controller_can_be_measured() -> None:
    """A plan of any controller is told in task types or in the benchmark's tools."""
    controller = Scripted(
        Task("a", "automatic-speech-recognition", {"audio": "@talk_wav"}),
        Task("b", "text-classification", {"text": "@a"}),
    )
    (found,) = await predict([Case("1", "Judge talk.wav")], predictor(controller, "huggingface"))
    assert found.nodes == ("Automatic Speech Recognition", "Token Classification")
    assert found.links == (("Automatic Speech Recognition", "Token Classification"),)
    (found,) = await predict([Case("1", "Judge @talk_wav", {"talk_wav": "audio"})], predictor(controller))
    assert found.nodes == ("automatic-speech-recognition", "text-classification")
    assert found.tasks is not None


async def test_a_failing_controller_predicts_nothing_and_says_why() -> None:
    """One failure costs its request, not the rest, and is told."""
    told = io.StringIO()
    found = await predict([Case("1", "x"), Case("2", "y")], predictor(Scripted(fails=True)), told=told)
    assert [case.nodes for case in found] == [(), ()]
    assert "1: The reply was no plan." in told.getvalue()
    assert "2 of 2" in told.getvalue()


async def test_requests_are_planned_side_by_side_up_to_the_limit() -> None:
    """As many requests are planned at once as the limit allows, and never more."""
    running = most = 0
    gate = asyncio.Event()

    async def planner(case: Case) -> Case:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 3:
            gate.set()
        await gate.wait()
        running -= 1
        return case

    await predict([Case(str(i)) for i in range(9)], planner, limit=3)
    assert most == 3


# The command


def test_predict_and_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From requests to predictions to scores, as typed in a shell."""
    requests = write(
        tmp_path / "r.jsonl",
        {"id": 7, "request": "Transcribe talk.wav into text."},
        {"id": "b", "request": "Translate 'hello' to French."},
    )
    labels = write(
        tmp_path / "l.jsonl",
        {"id": "7", "nodes": ["Automatic Speech Recognition"], "links": []},
        {"id": "b", "nodes": ["Translation"], "links": []},
        {"id": "c", "nodes": ["Time Travel"], "links": []},
    )
    assert main(["predict", "--controller", "offline", "--tools", "huggingface", "--quiet", str(requests)]) == 0
    lines = capsys.readouterr().out
    assert [json.loads(line)["id"] for line in lines.splitlines()] == ["7", "b"]
    predictions = tmp_path / "p.jsonl"
    predictions.write_text(lines, encoding="utf-8")
    assert main(["score", str(predictions), str(labels)]) == 0
    table = capsys.readouterr().out
    assert "requests within the 23 tools" in table
    assert "requests 2   n-F1 1.0000" in table
    assert "requests 3   n-F1 0.8000" in table
    assert main(["score", "--json", str(predictions), str(labels)]) == 0
    assert json.loads(capsys.readouterr().out)["requests within the 23 tools"]["nodes"] == 1.0


def test_predicting_is_resumed(tmp_path: Path) -> None:
    """What the output file holds already is not planned again."""
    requests = write(
        tmp_path / "r.jsonl",
        {"id": "a", "request": "Summarise @t.", "inputs": {"t": "text"}},
        {"id": "b", "request": "hello"},
    )
    output = write(tmp_path / "p.jsonl", {"id": "a", "nodes": ["kept"], "links": []})
    assert main(["predict", "--quiet", "--output", str(output), str(requests)]) == 0
    assert [(case.id, case.nodes) for case in read_cases(output)] == [("a", ("kept",)), ("b", ())]


def test_a_line_that_was_not_finished_and_what_failed_are_planned_again(tmp_path: Path) -> None:
    """A run that was killed while it wrote, or whose controller could not be reached, goes on where it can."""
    requests = write(tmp_path / "r.jsonl", {"id": "a", "request": "hello"}, {"id": "b", "request": "Draw a fox."})
    output = write(tmp_path / "p.jsonl", {"id": "b", "nodes": [], "links": [], "error": "The server was away."})
    output.write_bytes(output.read_bytes() + b'{"id": "a", "no')
    assert main(["predict", "--quiet", "--output", str(output), str(requests)]) == 0
    found = {case.id: case for case in read_cases(output)}
    assert (found["a"].nodes, found["b"].nodes, found["b"].error) == ((), ("text-to-image",), "")


REPLY = Says(json.dumps({"tasks": [], "notes": ["hello"]}))


def test_a_chat_model_is_measured_whatever_the_inputs_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs of all kinds need not exist: the model is told their kinds, and no sizes that nothing has."""
    requests = write(tmp_path / "r.jsonl", {"id": "1", "request": " ".join(f"@{k}, @all_{k}" for k in BASES), "inputs": {**{k: k for k in BASES}, **{f"all_{k}": f"list[{k}]" for k in BASES}}})  # fmt: skip
    monkeypatch.setenv("SPECIAL", "own")
    with ScriptedServer(REPLY) as server:
        known = ["--base-url", server.url, "--key-env", "SPECIAL"]
        assert main(["predict", "--quiet", "--controller", "tiny", *known, "--output", str(tmp_path / "p"), str(requests)]) == 0  # fmt: skip
    asked = json.dumps(server.requests[0].body)
    assert all(kind in asked for kind in BASES)
    assert "1×1" not in asked
    assert not read_cases(tmp_path / "p")[0].error


def test_a_key_is_named_for_the_usual_address_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--key-env`` without ``--base-url`` is for the host that the environment leads to."""
    requests = write(tmp_path / "r.jsonl", {"id": "1", "request": "hello"})
    monkeypatch.setenv("SPECIAL", "own")
    with ScriptedServer(REPLY) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert main(["predict", "--quiet", "--controller", "tiny", "--key-env", "SPECIAL", str(requests)]) == 0
    assert server.requests[0].headers["authorization"] == "Bearer own"


@pytest.mark.parametrize("content", ["not json\n", "[1]\n", '{"request": "x"}\n'])
def test_bad_files_are_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str) -> None:
    """A line that is no request, or a file that is not there, ends in one sentence with its place."""
    bad = tmp_path / "bad.jsonl"
    bad.write_text(content, encoding="utf-8")
    assert main(["predict", str(bad)]) == 1
    assert "Line 1" in capsys.readouterr().err
    assert main(["score", str(tmp_path / "none.jsonl"), str(bad)]) == 1
    assert "cannot be read" in capsys.readouterr().err


async def test_the_offline_planner_is_measured_by_its_learned_model() -> None:
    """In the benchmark's names the offline controller answers with one tool at least."""
    (found,) = await predict(
        [Case("1", "Detect the objects in 'street.jpg'.")], predictor(OfflineController(), "huggingface")
    )
    assert found.nodes == ("Object Detection",)
