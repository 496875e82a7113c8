"""Local work on a Dask cluster: a real one, of two processes on this machine."""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
from distributed import Client, LocalCluster
from PIL import Image

from jarvis_magic import Jarvis, Options, Plan, Run, Task, errors, expert
from jarvis_magic.endpoints.cluster import Clusters, Sending, unlike
from jarvis_magic.endpoints.local import forget_models
from jarvis_magic.equipment import equipment
from jarvis_magic.errors import (
    ConfigurationError,
    EndpointRejected,
    EndpointTimeout,
    EndpointUnavailable,
    JarvisCancelled,
    JarvisError,
)
from jarvis_magic.events import Event, Noted, TaskProgressed, nowhere
from jarvis_magic.experts import forget
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Answer, Box, Kind, Label, Mask, Missing, Token, WithNotes
from jarvis_magic.media import Audio, Video
from jarvis_magic.settings import resolve
from jarvis_magic.testing import candidate
from jarvis_magic.values import Assignment, Failure, Resource, Success

from .local import tiny

pytestmark = pytest.mark.xdist_group("cluster")

SECRET = "sk-never-to-be-seen-elsewhere"  # noqa: S105 - a double


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers of one thread each."""
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as made:
        yield made


@pytest.fixture
def options(cluster: LocalCluster) -> Options:
    """Options that name the cluster, when both workers are there."""
    cluster.wait_for_workers(2, timeout=30)
    return Options(cluster=cluster.scheduler_address, response=False)


@pytest.fixture
def jarvis(options: Options) -> Iterator[Jarvis]:
    """A Jarvis that runs on the cluster."""
    with Jarvis("offline", options=options) as made:
        yield made


@pytest.fixture(autouse=True)
def _no_functions() -> Iterator[None]:
    """No function of another test is registered."""
    forget()
    yield
    forget()


@pytest.fixture
def gate() -> Iterator[socket.socket]:
    """Where experts stop: they connect and send a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


@contextlib.contextmanager
def visitor(gate: socket.socket) -> Iterator[str]:
    """The word of the next expert at the gate, which goes on after the block."""
    connection, _ = gate.accept()
    with connection:
        connection.settimeout(30)
        yield connection.recv(64).decode()


def picture() -> Image.Image:
    """A picture that is large enough to be placed before its calls."""
    return Image.effect_noise((400, 300), 50).convert("RGB")


def fan(width: int, model: str, type_: str = "text-generation", port: str = "text", kind: str = "text") -> Plan:
    """Tasks of one model that wait for nothing."""
    tasks = [Task(f"t{i}", type_, {port: "@start"}, model=model) for i in range(width)]
    return Plan(inputs={"start": Kind(kind)}, tasks=tasks)


def results(run: Run) -> list[Any]:
    """The values of all tasks."""
    return [run[task.id] for task in run.plan.tasks]


def failure(run: Run, task_id: str = "t0") -> JarvisError:
    """The error of a task that failed."""
    outcome = run.outcomes[task_id]
    assert isinstance(outcome, Failure), outcome
    return outcome.error


def test_local_work_runs_on_the_workers(jarvis: Jarvis) -> None:
    """Functions and toolbox give what they give here, notes and progress come back, and the dashboard is said once."""

    @expert("image-to-text")
    def describe(image: Image.Image) -> WithNotes:
        return WithNotes(f"{os.getpid()} {image.size}", ("It was noisy.",))

    @expert("text-generation")
    async def shout(text: str) -> str:
        return text.upper() + f" {os.getpid()}"

    plan = Plan(
        inputs={"photo": Kind("image")},
        tasks=[
            Task("words", "image-to-text", {"image": "@photo"}, model="describe"),
            Task("loud", "text-generation", {"text": "@words"}, model="shout"),
            Task("grey", "image-to-image", {"image": "@photo", "text": "make it grey"}),
        ],
    )
    events: list[Event] = []
    run = jarvis.run(plan, photo=picture(), on_event=events.append)
    where, size = run["words"].split(" ", 1)
    assert size == "(400, 300)"
    assert str(os.getpid()) not in (where, run["loud"].split()[-1])
    red, green, blue = run["grey"].convert("RGB").getpixel((7, 7))
    assert red == green == blue
    words = run.outcomes["words"]
    assert isinstance(words, Success)
    assert tuple(words.notes) == ("It was noisy.",)
    (note,) = run.notes
    assert "2 workers, 2 threads" in note
    assert "/status" in note
    assert [event.sentence for event in events if isinstance(event, Noted)] == [note]
    assert jarvis.run(plan, photo=picture()).notes == ()


def test_media_is_sent_once(jarvis: Jarvis, cluster: LocalCluster) -> None:
    """However many calls use a picture, each worker gets it once, and lets go of it when the run is over."""

    @expert("image-to-text")
    def look(image: Image.Image) -> str:
        from distributed import get_worker

        worker: Any = get_worker()
        return " ".join(key for key in worker.data if key.startswith("sent-image-"))

    copies = [picture() for _ in range(2)]
    images = [copies[0], copies[0].copy(), copies[1]]
    pairs = Plan(
        inputs={f"p{i}": Kind("image") for i in range(3)},
        tasks=[Task(f"t{i}", "image-to-text", {"image": f"@p{i % 3}"}, model="look") for i in range(12)],
    )
    run = jarvis.run(pairs, p0=images[0], p1=images[1], p2=images[2])
    seen = {key for value in results(run) for key in value.split()}
    assert len(seen) == 2, "two contents are placed, whatever the number of pictures and calls"
    with Client(cluster) as client:
        for received in client.run(_received).values():
            assert len(received) == len(set(received)), "none came to a worker a second time"
        deadline = time.monotonic() + 20
        while any(client.run(_pictures).values()):
            assert time.monotonic() < deadline, "pictures are still held"


def test_files_travel_as_what_they_hold(jarvis: Jarvis, clip: Callable[..., bytes], tmp_path: Path) -> None:
    """A video in a file, and a folder of pictures in one call, are whole where the file is not."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(3):
        picture().save(folder / f"{number}.png")
    film = tmp_path / "film.mp4"
    film.write_bytes(clip())

    @expert("video-classification")
    def watch(video: Video) -> list[Label]:
        return [Label(f"{video.size} {isinstance(video.source, bytes)}", 1.0)]

    @expert("image-text-to-text")
    def compare(text: str, images: list[Image.Image]) -> str:
        return " ".join(f"{image.size}" for image in images)

    plan = Plan(
        inputs={"film": Kind("video"), "folder": Kind("list[image]")},
        tasks=[
            Task("seen", "video-classification", {"video": "@film"}, model="watch"),
            Task("compared", "image-text-to-text", {"text": "How?", "images": "@folder"}, model="compare"),
        ],
    )
    run = jarvis.run(plan, film=Video(film), folder=folder)
    assert run["seen"] == [Label(f"{Video(film).size} True", 1.0)]
    assert run["compared"] == "(400, 300) (400, 300) (400, 300)"


def test_what_is_held_there_is_bounded(options: Options, cluster: LocalCluster) -> None:
    """Of pictures that are used one after another, those used last are held."""

    async def sent() -> None:
        clusters = Clusters()
        joined = await clusters.joined(options, nowhere)
        assert joined is not None
        sending = Sending(joined.client, held=800_000)
        for _ in range(5):
            await sending.arguments({"image": Resource(Kind("image"), picture())})
        while sum(map(len, (await joined.client.run(_pictures)).values())) > 2:
            pass
        await clusters.close()

    with Jarvis("offline", options=options) as jarvis:
        jarvis.submit(sent()).result(30)


def _received(dask_worker: Any) -> list[str]:
    return [
        key
        for transfer in dask_worker.transfer_incoming_log
        for key in transfer["keys"]
        if key.startswith("sent-image-")
    ]


def _pictures(dask_worker: Any) -> list[str]:
    return [key for key in dask_worker.data if key.startswith("sent-image-")]


def test_a_model_is_loaded_once_in_each_process(jarvis: Jarvis) -> None:
    """What a function keeps in a global is kept where it runs, from call to call and from run to run."""
    loaded: list[int] = []
    weights = os.urandom(100_000)  # it is placed before its calls, as media is

    @expert("text-generation")
    def heavy(text: str) -> str:
        if not loaded:
            loaded.append(len(weights) + id(text))
        return f"{os.getpid()} {loaded}"

    first = results(jarvis.run(fan(8, "heavy"), start="go"))
    again = results(jarvis.run(fan(8, "heavy"), start="go"))
    processes = {value.split()[0] for value in first + again}
    assert len(set(first + again)) == len(processes) <= 2
    assert loaded == [], "nothing was loaded here"


@pytest.mark.local
def test_a_pipeline_is_loaded_once(tmp_path: Path) -> None:
    """A model in a folder is found there, its loading is told here, and calls at once and later runs share it."""
    tiny.text_classifier(tmp_path)
    texts = Plan(
        inputs={"letters": Kind("list[text]")},
        tasks=[Task("mood", "text-classification", {"text": "@letters"}, model=str(tmp_path))],
    )
    said: list[str] = []

    def heard(event: Event) -> None:
        if isinstance(event, TaskProgressed):
            said.append(event.phrase)

    forget_models()
    with (  # a worker in a thread of this process, which has read the libraries for other tests
        LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, protocol="tcp://", dashboard_address=None
        ) as one,
        Jarvis("offline", options=Options(cluster=one.scheduler_address, device="cpu", response=False)) as jarvis,
    ):
        for _ in range(2):
            run = jarvis.run(texts, letters=["the red dog", "the happy dog", "the dog", "red"], on_event=heard)
            assert [type(labels[0]) for labels in run["mood"]] == [Label] * 4
    forget_models()
    assert sum("loading" in phrase for phrase in said) == 1


def test_a_worker_that_is_lost_loses_nothing(jarvis: Jarvis, gate: socket.socket) -> None:
    """Its call, and the picture that only it had, go to another."""
    port = gate.getsockname()[1]

    @expert("image-to-text")
    def waiting(image: Image.Image) -> str:
        with socket.create_connection(("127.0.0.1", port)) as out:
            out.sendall(str(os.getpid()).encode())
            out.recv(1)
        return f"{os.getpid()} {image.size}"

    ongoing = jarvis.start(fan(1, "waiting", "image-to-text", "image", "image"), start=picture())
    with visitor(gate) as lost:
        os.kill(int(lost), signal.SIGKILL)
    with visitor(gate) as other:
        assert other != lost
    assert ongoing.future.result(30)["t0"] == f"{other} (400, 300)"


def test_stopping_stops_there_too(jarvis: Jarvis, gate: socket.socket, cluster: LocalCluster) -> None:
    """A stopped call is cancelled where it runs, and the scheduler forgets it."""
    port = gate.getsockname()[1]

    @expert("text-generation")
    async def endless(text: str) -> str:
        import asyncio

        def says(word: bytes) -> None:
            with socket.create_connection(("127.0.0.1", port)) as out:
                out.sendall(word)

        says(b"begun")
        try:
            await asyncio.Event().wait()
        finally:
            says(b"left")
        return text

    ongoing = jarvis.start(fan(1, "endless"), start="go")
    with visitor(gate) as word:
        assert word == "begun"
    ongoing.stop()
    with visitor(gate) as word:
        assert word == "left"
    with pytest.raises(JarvisCancelled):
        ongoing.future.result(10)
    with Client(cluster) as client:
        assert not [key for keys in client.processing().values() for key in keys if "text-generation" in key]


def test_the_deadline_holds(options: Options) -> None:
    """A call that takes too long is left, as one in this process is."""

    @expert("text-generation")
    async def slow(text: str) -> str:
        import asyncio

        await asyncio.sleep(60)
        return text

    with Jarvis("offline", options=replace(options, timeout=0.5)) as hurried:
        run = hurried.run(fan(1, "slow"), start="go")
    assert isinstance(failure(run), EndpointTimeout)
    assert "slow gave no result within 0.5 s" in str(failure(run))


def test_failures_are_told_as_they_are_here(jarvis: Jarvis) -> None:
    """What a function raises is the same sentence; an error of ours arrives as itself."""

    def wrong(text: str) -> str:
        raise ValueError("no such " + text)

    def refusing(text: str) -> str:
        raise EndpointRejected("This text is not for me.")

    expert("text-generation")(wrong)
    error = failure(jarvis.run(fan(1, "wrong"), start="thing"))
    assert str(error).startswith("wrong raised ValueError: no such thing (test_cluster.py line ")
    forget()
    expert("text-generation")(refusing)
    refused = failure(jarvis.run(fan(1, "refusing"), start="thing"))
    assert type(refused) is EndpointRejected
    assert (str(refused), refused.task_id, refused.model) == ("This text is not for me.", "t0", "refusing")


def test_as_many_calls_at_once_as_there_are_threads(options: Options) -> None:
    """Unless the user says otherwise; in this process it is eight."""

    async def limits() -> list[int]:
        clusters = Clusters()
        joined = await clusters.joined(options, nowhere)
        every = [options, replace(options, limit=5)]
        found = [equipment(None, None, option, cluster=joined).options.at_once for option in every]
        await clusters.close()
        return [*found, equipment(None, None, Options()).options.at_once]

    with Jarvis("offline", options=options) as jarvis:
        assert jarvis.submit(limits()).result(30) == [2, 5, 8]


def test_progress_comes_back(options: Options) -> None:
    """What an expert says of its progress on a worker is heard here, of its own call only."""

    async def heard() -> list[tuple[float | None, str]]:
        clusters = Clusters()
        joined = await clusters.joined(options, nowhere)
        assert joined is not None
        said: list[tuple[float | None, str]] = []
        with joined.listening("mine", lambda part, phrase: said.append((part, phrase))):
            while not said:  # the scheduler may not know yet that we listen
                for call in ("another's", "mine"):
                    event = {"call": call, "part": 0.5, "phrase": f"step of {call}"}
                    await joined.client.log_event(joined.topic, event)
        await clusters.close()
        return said[:1]

    with Jarvis("offline", options=options) as jarvis:
        assert jarvis.submit(heard()).result(30) == [(0.5, "step of mine")]
    assert TaskProgressed("t", 0.5, "step") == cloudpickle.loads(cloudpickle.dumps(TaskProgressed("t", 0.5, "step")))


def test_no_key_travels(options: Options, cluster: LocalCluster, gate: socket.socket) -> None:
    """Keys are in no task, no log and no event of the cluster, nor is what a call is about; a function with one stays."""
    keys, mine, port = Keys({"HF_TOKEN": SECRET}), SECRET, gate.getsockname()[1]

    @expert("text-generation")
    def leaking(text: str) -> str:
        return text + mine

    @expert("text-generation")
    def failing(text: str) -> str:
        with socket.create_connection(("127.0.0.1", port)) as out:
            out.sendall(b"here")
            out.recv(1)
        raise ValueError(text)

    with Jarvis("offline", options=options, keys=keys) as jarvis:
        error = failure(jarvis.run(fan(1, "leaking"), start="go"))
        assert "leaking carries a key" in str(error)
        assert SECRET not in str(error)
        ongoing = jarvis.start(fan(1, "failing"), start="a private letter")
        with visitor(gate):
            tasks = [task for task in cluster.scheduler.tasks.values() if task.processing_on]
            sent = pickle.dumps([task.run_spec for task in tasks])
        ongoing.future.result(30)
    assert [task.key.rpartition("-")[0] for task in tasks] == ["text-generation"]
    assert b"private letter" in sent, "the call was seen as it travels"
    assert SECRET.encode() not in sent
    with Client(cluster) as client:
        logs = str([client.get_worker_logs(), client.get_scheduler_logs(), client.get_events()])
    assert "private letter" not in logs
    assert SECRET not in logs
    with pytest.raises(TypeError, match="key is not pickled"):
        cloudpickle.dumps(keys.hugging_face)


def test_functions_that_cannot_travel(jarvis: Jarvis, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """One that uses what cannot be pickled, and one whose module is not there, are a sentence each."""
    open_file = socket.socket()
    (tmp_path / "only_here.py").write_text("def made(text: str) -> str:\n    return text\n")
    monkeypatch.syspath_prepend(tmp_path)
    import only_here  # type: ignore[import-not-found]

    @expert("text-generation")
    def holding(text: str) -> str:
        return f"{text} {open_file}"

    expert("text-generation")(only_here.made)
    with open_file:
        said = str(failure(jarvis.run(fan(1, "holding"), start="go")))
    assert "holding cannot be sent to the cluster, since it uses what cannot be pickled" in said
    assert "make that inside the function" in said
    said = str(failure(jarvis.run(fan(1, "made"), start="go")))
    assert "made uses the module 'only_here', which the workers of the cluster lack" in said


def test_where_it_can_be_named(tmp_path: Path) -> None:
    """In a flag and in the environment, as every option; in a project's settings, one on this machine."""
    (tmp_path / "pyproject.toml").write_text('[tool.jarvis_magic]\ncluster = "local"\n')
    assert resolve(environment={}, folder=tmp_path).cluster == "local"
    assert (
        resolve(environment={"JARVIS_CLUSTER": "tcp://10.0.0.1:8786"}, folder=tmp_path).cluster == "tcp://10.0.0.1:8786"
    )
    assert resolve({"cluster": "tls://x:1"}, environment={"JARVIS_CLUSTER": "local"}).cluster == "tls://x:1"


@pytest.mark.parametrize("address", ["nonsense://x", "http://127.0.0.1:9", "10.0.0.1:port"])
def test_what_is_no_address(address: str) -> None:
    """One sentence, with how an address is written, before anything is planned."""
    with (
        Jarvis("offline", options=Options(cluster=address)) as jarvis,
        pytest.raises(ConfigurationError, match="is no address of a Dask scheduler") as told,
    ):
        jarvis.run("Say hello.")
    assert "write one such as --on tcp://10.0.0.1:8786, or --on local" in str(told.value)


def test_a_cluster_without_workers() -> None:
    """It is said at once, not waited for."""
    with (
        LocalCluster(n_workers=0, dashboard_address=None, silence_logs=logging.CRITICAL) as empty,
        Jarvis("offline", options=Options(cluster=empty.scheduler_address)) as jarvis,
        pytest.raises(ConfigurationError, match="has no workers; start one with `dask worker tcp"),
    ):
        jarvis.run("Say hello.")


def test_a_cluster_that_goes_away(gate: socket.socket) -> None:
    """The calls under way fail with a sentence, and the next run says that nobody answers."""
    port = gate.getsockname()[1]

    @expert("text-generation")
    def waiting(text: str) -> str:
        with socket.create_connection(("127.0.0.1", port)) as out:
            out.sendall(b"here")
            out.recv(1)
        return text

    code = (
        "from distributed import LocalCluster\n"
        "there = LocalCluster(n_workers=1, processes=False, protocol='tcp://', dashboard_address=None)\n"
        "print(there.scheduler_address, flush=True)\n"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as there:
        assert there.stdout is not None
        options = Options(cluster=there.stdout.readline().strip(), response=False, retries=0)
        with Jarvis("offline", options=options) as jarvis:
            ongoing = jarvis.start(fan(1, "waiting"), start="go")
            with visitor(gate):
                there.kill()
            error = failure(ongoing.future.result(30))
            assert isinstance(error, EndpointUnavailable)
            assert "does not answer any more" in str(error)
            with pytest.raises(ConfigurationError, match=f"No Dask scheduler answers at '{options.cluster}'"):
                jarvis.run(fan(1, "waiting"), start="go")


def _versions(**there: str | None) -> dict[str, Any]:
    """What `Client.get_versions` says of one worker, which differs from here as told."""
    here = {"python": "3.11.7.final.0", "jarvis_magic": "0.1.0", "dask": "2026.8.0"}
    return {"client": {"packages": here}, "workers": {"tcp://10.0.0.2:4": {"packages": {**here, **there}}}}


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({}, None),
        ({"python": "3.11.2.final.0", "dask": "2026.7.0"}, None),
        (
            {"python": "3.12.1.final.0"},
            "has Python 3.12 with jarvis_magic 0.1.0, but here is Python 3.11 with jarvis_m",
        ),
        ({"jarvis_magic": "0.2.0"}, "has Python 3.11 with jarvis_magic 0.2.0, but here is Python 3.11 with jarvis_mag"),
        ({"jarvis_magic": None}, "lacks jarvis_magic; run `pip install jarvis_magic==0.1.0` there"),
    ],
)
def test_versions_that_do_not_go_together(there: dict[str, str | None], said: str | None) -> None:
    """Both versions are named, and the worker that has another."""
    sentence = unlike(_versions(**there), "tcp://10.0.0.1:8786")
    assert (sentence or "") == "" if said is None else said in str(sentence)
    assert sentence is None or "The worker tcp://10.0.0.2:4 of the Dask cluster at tcp://10.0.0.1:8786" in sentence


def test_without_the_extra() -> None:
    """The sentence has the command that installs it."""
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from jarvis_magic import Jarvis, Options\n"
        "try: Jarvis('offline', options=Options(cluster='local')).run('Say hello.')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.startswith("MissingExtra Running on a Dask cluster needs distributed, which is not installed")
    assert 'pip install "jarvis_magic[dask]"' in said


def _errors() -> list[JarvisError]:
    """An error of each of our classes."""
    run = Run(Plan(tasks=[Task("t", "summarization", {"text": "words"})]))
    special: dict[str, Callable[[], JarvisError]] = {
        "UnknownName": lambda: errors.UnknownName("variable", "photo", ["photos"], "define it"),
        "MissingExtra": lambda: errors.MissingExtra("Reading", "rapidocr", "toolbox"),
        "ReplyError": lambda: errors.ReplyError("It did not fit.", "{}"),
        "ControllerUnavailable": lambda: errors.ControllerUnavailable("Busy.", passing=True, retry_after=2.0),
        "EndpointUnavailable": lambda: EndpointUnavailable("Busy.", retry_after=3.0),
        "RunFailed": lambda: errors.RunFailed("It has no value.", run),
    }
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, JarvisError)]
    return [special.get(kind.__name__, lambda kind=kind: kind("It failed."))() for kind in classes]


@pytest.mark.parametrize("error", _errors(), ids=lambda error: type(error).__name__)
def test_errors_travel(error: JarvisError) -> None:
    """Each arrives as itself, with its sentence and what it keeps."""
    error.add_note("seen")
    for dumps in (pickle.dumps, cloudpickle.dumps):
        arrived = cloudpickle.loads(dumps(error))
        assert (type(arrived), str(arrived), arrived.args) == (type(error), str(error), error.args)
        assert vars(arrived) == vars(error)


def test_values_travel(clip: Callable[..., bytes]) -> None:
    """A value of each kind arrives with its content."""
    import numpy as np
    import pandas as pd

    mask = Image.new("L", (4, 4))
    values = {
        "text": "wörds",
        "image": picture().quantize(),
        "audio": Audio([0.0, 0.5], 8000),
        "video": Video(clip()),
        "table": pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
        "labels": [Label("cat", 0.5)],
        "boxes": [Box("cat", 0.5, 0, 0, 1, 1)],
        "masks": [Mask("cat", 0.5, mask)],
        "tokens": [Token("A", "PER", 1.0, 0, 1)],
        "answer": Answer("yes", 0.5, 0, 3),
        "vector": np.array([0.5, 1.0], dtype=np.float32),
        "number": 3.5,
        "json": {"a": [1, None, True]},
        "list[text]": ["a", "b"],
    }
    for kind, value in values.items():
        sent = Resource(Kind(kind), value)
        assert cloudpickle.loads(cloudpickle.dumps(sent)) == sent
    for other in (Missing("gone"), Assignment("t", "summarization", candidate("m")), Options(cluster="local")):
        assert cloudpickle.loads(cloudpickle.dumps(other)) == other
