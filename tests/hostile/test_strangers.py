"""Plans, lock files, notebooks and models that come from somebody else."""

from __future__ import annotations

import ast
import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import Jarvis, load_plan, to_python
from jarvis_magic.endpoints import LocalEndpoint
from jarvis_magic.errors import EndpointRejected, JarvisError, PlanError, SourceError, UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.model_files import ModelFolder, about
from jarvis_magic.model_files.download import used_files
from jarvis_magic.options import Options
from jarvis_magic.pipeline_calls import check_options
from jarvis_magic.plans import MOST_TASKS, Plan
from jarvis_magic.store import LockedCell, LockedExpert, read_lock
from jarvis_magic.tasks import FrozenMap, Task
from jarvis_magic.testing import ListCatalogue, Recorder, RecordingEndpoint, candidate, resource
from jarvis_magic.values import Assignment, Candidate, Run
from tests.test_replaying import PLAN, repeated, request

# --- plans


def task(**changes: Any) -> dict[str, Any]:
    """A task as JSON, with changes."""
    return {"id": "short", "type": "summarization", "arguments": {"text": "@letter"}, **changes}


def plan(*tasks: Any, **changes: Any) -> str:
    """A plan as JSON."""
    return json.dumps({"inputs": {"letter": "text"}, "tasks": list(tasks), **changes})


@pytest.mark.parametrize("name", ["__class__", "__builtins__", "__import__", "_jarvis", "print", "get_ipython", "exit", "class", "outputs", "In", "ＡＢ", "a\u202eb", "x" * 41, "", "a.b", "a;import os", "../a"])  # fmt: skip
def test_no_id_hides_or_reaches_anything(name: str) -> None:
    """An id is a plain new name: nothing of Python, of IPython, of the run, and no trick of spelling."""
    with pytest.raises(PlanError):
        Plan.from_json(plan(task(id=name)))


@pytest.mark.parametrize("path", [".__class__", ".__class__.__mro__", '["__globals__"]', ".tobytes", "._repr_html_", "[*].__init__", "[0].__dict__", ".__len__()", "[999999999][999999999]", "[-999999999:999999999]"])  # fmt: skip
def test_no_reference_leads_out_of_data(path: str) -> None:
    """Paths read data fields; whatever else they are written to reach is refused or stays words."""
    plan_text = plan(task(arguments={"text": f"@letter{path}"}))
    endpoint = RecordingEndpoint(lambda text: f"got {text}")
    catalogue = ListCatalogue({"summarization": [candidate("x")]})
    with Jarvis("offline", catalogue=catalogue, endpoints={"function": endpoint}) as jarvis:
        for value in ("words", ["a", "b"], {"a": 1}):
            try:
                jarvis.run(Plan.from_json(plan_text), letter=value)
            except JarvisError:
                continue
    for call in endpoint.calls:
        assert "class" not in str(call.arguments["text"]).replace(".__class__", "")
        assert "builtin" not in str(call.arguments["text"])


def test_plans_without_measure() -> None:
    """A million tasks, a million levels, giant numbers, doubled names, endless names and circles are one short sentence."""
    many = [{"id": f"t{i}", "type": "x", "arguments": {"text": f"@u{i}"}} for i in range(2_000)]
    circle = [task(id=f"t{i}", arguments={"text": f"@t{(i + 1) % 3_000}"}) for i in range(3_000)]
    for text in (
        '{"tasks": [' + "{}," * (10 * MOST_TASKS) + "{}]}",
        '{"tasks": ' + "[" * 1_000_000,
        plan(task(arguments={"text": "@letter", "options": json.loads("[" * 60 + "]" * 60)})),
        '{"tasks": [], "seed": ' + "9" * 5_000 + "}",
        '{"tasks": [], "seed": NaN}',
        '{"tasks": [], "tasks": []}',
        plan(*many),
        plan(*circle),
        plan(task(arguments={"text": "@" + "a" * 1_000_000}), inputs={"b" * 1_000_000: "text"}),
        plan(task(arguments={"text": "\ud800"})),
        plan(task(), request="\udfff"),
    ):
        with pytest.raises(PlanError) as met:
            Plan.from_json(text)
        assert len(str(met.value)) < (10_000 if "a" * 1_000 not in text else 3_000_000)  # a name is said whole
        str(met.value).encode()


def test_a_plan_file_that_is_no_file(tmp_path: Path) -> None:
    """What is no text, or not there, is a sentence with its name."""
    (tmp_path / "a.json").write_bytes(b"\x80\x04cos\nsystem\n")
    for name in ("a.json", "gone.json"):
        with pytest.raises(JarvisError, match=name):
            load_plan(tmp_path / name)


LINES = '"""\nimport os; os.system("x")\n"""\r\nprint(1)\u2028import os\x0cimport os \\\n #'


def test_generated_code_holds_a_plans_words_only_as_texts() -> None:
    """Whatever a plan says, its code has no statement of the plan's: line ends and quotes in it begin nothing."""
    made = Plan(
        LINES,
        {"letter": "text"},  # type: ignore[dict-item]
        [
            Task(
                "short",
                "summarization",
                {"text": f"@letter {LINES}", "options": {"truncation": LINES}},
                LINES,
                "owner/model",
            )
        ],
        notes=[LINES],
    )
    run = Run(
        made,
        FrozenMap({"short": Assignment("short", "summarization", Candidate("owner/model", "provider"), LINES)}),
        response=LINES,
    )
    tree = ast.parse(to_python(run))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    }
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert "os" not in imported
    assert not [name for name in called if "system" in name or name == "print"]


# --- locks


@pytest.mark.parametrize("name", ["print", "__builtins__", "get_ipython", "class", "_jarvis", "open"])
def test_a_lock_binds_no_name_that_hides_something(name: str) -> None:
    """A stranger's lock cannot give the user another ``print``; one that the cell wants itself it may bind."""
    made = Plan(PLAN.request, PLAN.inputs, PLAN.tasks, {name: "@short"})
    locked = LockedCell(made, FrozenMap({"short": LockedExpert("mine", "function")}))
    with pytest.raises(UsageError, match=f"The lock binds a result to '{name}'.*--refresh"):
        repeated(request(letter="x"), locked)
    for wanted in (locked, made):
        with pytest.raises(UsageError, match="binds a result"):
            repeated(request(letter="x"), wanted)


@pytest.mark.parametrize(
    ("expert", "doubt"),
    [
        (LockedExpert("https://evil.example/x", "url"), "sends to evil.example"),
        (LockedExpert("http://169.254.169.254/latest", "url"), "sends to 169.254.169.254"),
        (LockedExpert("https://huggingface.co.evil.example/x", "url"), "sends to huggingface.co.evil.example"),
        (LockedExpert("/home/me/models/evil", "local"), "loads the model in the folder"),
        (LockedExpert("../../evil", "local"), "loads the model in the folder"),
        (LockedExpert("~/evil", "local"), "loads the model in the folder"),
    ],
)
def test_a_lock_reaches_no_place_the_user_did_not_name(expert: LockedExpert, doubt: str) -> None:
    """Hosts and folders of a stranger's lock are doubted: somebody is asked, and where nobody is, it does not run."""
    found = repeated(request(letter="x"), LockedCell(PLAN, FrozenMap({"short": expert})))
    assert any(doubt in sentence for sentence in found.doubts)


@pytest.mark.parametrize("secret", ["In", "Out", "_i1", "os", "__builtins__", "password"])
def test_a_lock_reads_no_variable_the_cell_does_not_name(secret: str) -> None:
    """An input that only the lock names is doubted before anything runs, or is of no kind at all."""
    made = Plan(
        "Summarise @letter",
        {**PLAN.inputs, secret: Kind("text")},
        [Task("short", "summarization", {"text": f"@letter @{secret}"})],
    )
    locked = LockedCell(made, FrozenMap({"short": LockedExpert("mine", "function")}))
    variables: dict[str, Any] = {secret: "value"}
    assert repeated(request(letter="x"), locked, **variables).doubts == (
        f"The lock uses '@{secret}', which this cell does not name.",
    )


def test_locks_without_measure(tmp_path: Path) -> None:
    """Lock files that are anything else are a sentence with the file's name."""
    file = tmp_path / "a.lock.json"
    for text in (
        "[" * 100_000,
        "{}",
        '{"cells": 5}',
        '{"cells": {"a": {"experts": {"b": {}}, "plan": {"tasks": []}}}}',
        '{"format": 9, "cells": {}}',
        "9" * 5_000,
        '{"cells": {"a": {"plan": {"tasks": [], "request": "\\ud800"}, "experts": {}}}}',
    ):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(PlanError, match=r"a\.lock\.json"):
            read_lock(file)


def test_a_lock_that_is_no_file(tmp_path: Path) -> None:
    """A project may hold a lock that is a link to what never ends, or a pipe nobody writes to: neither is read."""
    (tmp_path / "a.lock").symlink_to("/dev/zero")
    (tmp_path / "b.lock").symlink_to("/proc/self/environ")
    os.mkfifo(tmp_path / "c.lock")
    for name in "abc":
        with pytest.raises(SourceError, match=r"pipe, device or socket|what the system says of itself"):
            read_lock(tmp_path / f"{name}.lock")
        with pytest.raises(SourceError):
            load_plan(tmp_path / f"{name}.lock")


# --- models


class _Runs:
    """What a pickle of an attacker runs when it is loaded."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Path]]:
        return (Path.touch, (_WAS_HERE,))


_WAS_HERE = Path("/tmp/jarvis-was-here")  # noqa: S108 - nothing is ever there


def folder(path: Path, config: Any, **files: bytes) -> Path:
    """A model's folder."""
    path.mkdir()
    (path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    for name, data in files.items():
        (path / name.replace("__", ".")).write_bytes(data)
    return path


BERT = {"architectures": ["BertForSequenceClassification"], "model_type": "bert"}


@pytest.mark.parametrize(
    ("config", "files", "sentence"),
    [
        (BERT, {"pytorch_model__bin": pickle.dumps(_Runs())}, "only safetensors are loaded"),
        (BERT, {"model__pt": pickle.dumps(_Runs()), "model__ckpt": b"x"}, "only safetensors are loaded|no weights"),
        ({**BERT, "auto_map": {"AutoModel": "evil.Evil"}}, {"evil__py": b"raise SystemExit"}, "needs code of its own, which is never run"),
        (BERT, {}, "no weights in its folder"),
    ],
)  # fmt: skip
async def test_no_model_runs_code_of_its_own(
    tmp_path: Path, config: Any, files: dict[str, bytes], sentence: str
) -> None:
    """Pickles and programs in a model's folder are never loaded: the task fails with a sentence."""
    path = folder(tmp_path / "model", config, **files)
    assignment = Assignment("t", "text-classification", Candidate(str(path), "local"))
    with pytest.raises(EndpointRejected, match=sentence):
        await LocalEndpoint(Options()).run(assignment, {"text": resource("text", "x")}, Recorder())
    assert not _WAS_HERE.exists()  # noqa: ASYNC240 - one look


@pytest.mark.local
async def test_code_beside_good_weights_is_not_run(tmp_path: Path) -> None:
    """A model whose weights are fine and whose configuration asks for a program of its own does not run it."""
    from tests.endpoints.local import tiny

    path = tmp_path / "model"
    path.mkdir()
    tiny.text_classifier(path)
    mark = tmp_path / "was-here"
    (path / "evil.py").write_text(f"open({str(mark)!r}, 'w')\nclass Evil: pass\n", encoding="utf-8")
    for name in ("config.json", "tokenizer_config.json"):
        written = json.loads((path / name).read_text()) if (path / name).exists() else {}
        autos = {"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil", "AutoModelForSequenceClassification": "evil.Evil", "AutoTokenizer": ["evil.Evil", "evil.Evil"]}  # fmt: skip
        (path / name).write_text(json.dumps({**written, "auto_map": autos}), encoding="utf-8")
    assignment = Assignment("t", "text-classification", Candidate(str(path), "local"))
    try:
        await LocalEndpoint(Options(device="cpu")).run(assignment, {"text": resource("text", "dog")}, Recorder())
    except EndpointRejected as refused:
        assert "code" in str(refused)  # noqa: PT017 - refused, or done by the library's own class: both run nothing
    assert not mark.exists()
    shutil.rmtree(path)


def test_what_is_downloaded_is_no_program() -> None:
    """Of a repository come its small files and safetensors; no pickle, program, archive or weights of other libraries."""
    names = ["model.safetensors", "config.json", "pytorch_model.bin", "evil.py", "model.pt", "weights.ckpt", "a.pkl", "x.so", "tf_model.h5", "model.onnx", "a.zip", "custom_generate/generate.py", "flax_model.msgpack", "README.md"]  # fmt: skip
    assert used_files(names) == ("README.md", "config.json", "model.safetensors")


@pytest.mark.parametrize(
    "options",
    [
        {"trust_remote_code": True}, {"custom_generate": "evil/repo"}, {"generate_kwargs": {"custom_generate": "evil/repo", "trust_remote_code": True}},
        {"assistant_model": "evil/repo"}, {"preprocess_params": {"voice_preset": "/etc/passwd.npz"}}, {"custom_pipeline": "evil/repo"}, {"a": [{"b": [{"token": "x"}]}]},
    ],
)  # fmt: skip
def test_no_option_brings_code_or_files(options: dict[str, Any]) -> None:
    """A plan that asks a local model for a program of a repository is refused before the model is called."""
    with pytest.raises(EndpointRejected, match="would load code or files, which no plan may ask for"):
        check_options(options)
    check_options({"max_new_tokens": 5, "generate_kwargs": {"num_beams": 2}})


@pytest.mark.parametrize("config", [{"architectures": {"a": 1}}, {"architectures": [5]}, {"architectures": "x", "id2label": 5}, [], "x", {"architectures": [["x"]], "model_type": []}])  # fmt: skip
@pytest.mark.parametrize("card", ["---\ndate: 2024-13-45\n---\n", "---\n!!python/object/apply:os.system ['x']\n---\n", "---\n" + "[" * 90_000 + "\n---\n", "---\nlicense: [a]\nlanguage: {a: b}\n---\n", "\x00\xff"])  # fmt: skip
def test_folders_of_nonsense_are_models_without_facts(tmp_path: Path, config: Any, card: str) -> None:
    """One wrong folder among others does not keep the models of this machine from being listed."""
    path = folder(
        tmp_path / "model", config, README__md=card.encode("utf-8", "replace"), model__safetensors=b"\xff" * 20
    )
    known = about(ModelFolder("owner/model", path))
    assert (known.architecture, known.licence, known.parameters) == (known.architecture, None, 0)
    assert isinstance(known.architecture, str)
