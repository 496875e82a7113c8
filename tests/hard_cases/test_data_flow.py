"""Hard cases 1 to 12, data flow: what one task made is what the next one gets, and what the user named is what is read."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jarvis_magic import Audio, Jarvis, Plan, Task, Video
from jarvis_magic.errors import JarvisError, PlanError, SourceError, UnknownName
from jarvis_magic.kinds import Answer, Box, Kind, Label, Mask
from jarvis_magic.testing import resource
from jarvis_magic.values import Request
from tests.notebook.kernels import Kernel

from .support import Experts, chat, colour_of, picture, plan_of, sound, task

RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.mark.parametrize(
    ("request_", "producer", "made", "consumer"),
    [
        ("Summarise @article, then read the summary aloud.", "summarization", "It rained.", "text-to-speech"),
        ("Translate @article into English and draw the translation.", "translation", "rain on roofs", "text-to-image"),
        ("Write a poem about the sea and read it aloud.", "text-generation", "O waves!", "text-to-speech"),
    ],
)
def test_case_01_what_a_model_wrote_is_what_the_next_gets(
    jarvis: Jarvis, experts: Experts, request_: str, producer: str, made: str, consumer: str
) -> None:
    """Text that a model wrote feeds another: summarise and speak, translate and draw, a poem read aloud.

    Reference: hands on the first model's input, so that the whole article is read aloud (W1).
    Here: a reference is the result of the task it names, and can be nothing else.
    """
    experts.add("summarization", made)
    experts.add("translation", made)
    experts.add("text-generation", made)
    experts.add("text-to-speech", sound())
    experts.add("text-to-image", picture())
    run = jarvis.run(request_, article="Rain fell all day. Anna stayed at home.")
    assert [t.type for t in run.plan.tasks] == [producer, consumer]
    assert experts.given(consumer) == [{"text": made}]


def test_case_02_what_was_heard_is_what_the_next_gets(jarvis: Jarvis, experts: Experts) -> None:
    """Speech becomes text and goes on; speech that was just made is transcribed.

    Reference: sends the next model the literal placeholder, and cannot read the sound it made itself (W2, W35).
    Here: a transcript is text like any other, and sound is a value in memory, not a path.
    """
    experts.add("automatic-speech-recognition", lambda audio: f"{audio.duration:.1f} seconds of rain")
    experts.add("translation", lambda text, **_: text.upper())
    experts.add("text-to-speech", lambda text: sound(len(text) / 10))
    heard = jarvis.run("Transcribe @call and translate the transcript into German.", call=sound(0.5))
    assert experts.given("translation")[0]["text"] == "0.5 seconds of rain"
    assert list(heard.outputs.values())[-1] == "0.5 SECONDS OF RAIN"
    round_trip = jarvis.run("Read 'hello' aloud, then transcribe the recording.")
    assert list(round_trip.outputs.values())[-1] == "0.5 seconds of rain"


def test_case_02_the_toolbox_hears_its_own_voice(jarvis: Jarvis) -> None:
    """With the embedded experts, sound goes from one to the other as it is."""
    plan = Plan(
        "…",
        {},
        [
            Task("speech", "text-to-speech", {"text": "good morning"}),
            Task("heard", "automatic-speech-recognition", {"audio": "@speech"}),
        ],
    )
    run = jarvis.run(plan).check()
    assert isinstance(run["speech"], Audio)
    assert "morning" in run["heard"].casefold()


def test_case_03_an_answer_is_a_later_prompt(jarvis: Jarvis, experts: Experts) -> None:
    """The answer to a question about a picture, or a label, becomes part of a prompt.

    Reference: the next model gets the question instead of the answer (W3).
    Here: an answer's words stand where it is referred to, in the middle of a text as well; a label's by its path.
    """
    experts.add("visual-question-answering", Answer("three dogs"))
    experts.add("image-classification", [Label("beach", 0.9), Label("desert", 0.1)])
    experts.add("text-to-image", picture())
    written = plan_of(
        task("who", "visual-question-answering", image="@photo", question="Who is there?"),
        task("where", "image-classification", image="@photo"),
        task("poster", "text-to-image", text="a poster of @who at the @where[0].label in watercolour"),
    )
    with chat(written) as talk:
        talk.jarvis.run("Make a poster of who is in @photo and where.", photo=picture()).check()
    assert experts.given("text-to-image") == [{"text": "a poster of three dogs at the beach in watercolour"}]


def test_case_04_the_cleaned_recording_is_transcribed(jarvis: Jarvis, experts: Experts) -> None:
    """A recording is enhanced, then transcribed.

    Reference: transcribes the original, because the enhanced one is filed under another name (W4).
    Here: every task has one output, of the kind its type says.
    """
    experts.add("audio-to-audio", lambda audio: sound(audio.duration / 2))
    experts.add("automatic-speech-recognition", lambda audio: f"{audio.duration:.1f} seconds")
    run = jarvis.run("Clean up the noise in @call and write down what is said.", call=sound(1.0))
    assert [given["audio"].duration for given in experts.given("automatic-speech-recognition")] == [0.5]
    assert "0.5 seconds" in run.outputs.values()


def test_case_05_what_was_found_are_values(jarvis: Jarvis, experts: Experts) -> None:
    """Things found in a picture are counted, cut out and described one by one; masks, labels and scores are values.

    Reference: gives only an annotated picture; what was found reaches no other model.
    Here: boxes, masks and labels are lists of small records: a DataFrame, an argument by its path, a text ("2 dogs").
    """
    found = [Box("dog", 0.9, 0, 0, 20, 10), Box("dog", 0.8, 20, 10, 40, 30)]
    experts.add("object-detection", found)
    experts.add("image-segmentation", [Mask("sky", 0.7, picture("white").convert("L"))])
    experts.add("image-to-text", lambda image: f"{image.width} by {image.height}")
    experts.add("text-generation", lambda text: text)
    written = plan_of(
        task("dogs", "object-detection", image="@photo"),
        task("regions", "image-segmentation", image="@photo"),
        task("cut_out", "image-to-image", image="@photo", text="crop to @dogs[1].xmin, @dogs[1].ymin, @dogs[1].xmax, @dogs[1].ymax"),
        task("described", "image-to-text", image="@cut_out"),
        task("sky", "image-to-text", image="@regions[*].mask"),
        task("counted", "text-generation", text="There are @dogs."),
    )  # fmt: skip
    with chat(written) as talk:
        run = talk.jarvis.run("Count the dogs in @photo and describe the second one.", photo=picture()).check()
    assert pd.DataFrame(run["dogs"])["score"].tolist() == [0.9, 0.8]
    assert run["described"] == "20 by 20"
    assert run["sky"] == ["40 by 30"]
    assert "2 dogs" in run["counted"]


def test_case_06_a_question_is_asked_about_the_clean_picture(jarvis: Jarvis, experts: Experts) -> None:
    """A detector's annotated picture must not go to the model that answers questions about the photo.

    Reference: its own demonstrations teach exactly that.
    Here: detection gives boxes and leaves the picture alone; a plan that passes boxes as a picture is no plan.
    """
    photo = picture()
    experts.add("object-detection", lambda image: (image.paste("white", (0, 0, 9, 9)), [Box("dog", 0.9, 0, 0, 9, 9)])[1])  # fmt: skip
    experts.add("visual-question-answering", lambda image, **_: Answer(str(colour_of(image) == RED)))
    tasks = [
        Task("found", "object-detection", {"image": "@photo"}),
        Task("answer", "visual-question-answering", {"image": "@photo", "question": "Red?"}, after=["found"]),
    ]
    assert jarvis.run(Plan("…", {"photo": Kind("image")}, tasks), photo=photo)["answer"].answer == "True"
    with pytest.raises(PlanError, match="'@found'"):
        Plan(
            "…",
            {"photo": Kind("image")},
            [tasks[0], Task("bad", "visual-question-answering", {"image": "@found", "question": "Red?"})],
        )


@pytest.mark.parametrize(
    ("request_", "asked"),
    [
        ("Describe @photo. How many dogs are in it?", "visual-question-answering"),
        ("Find the dogs in @photo. What colour are they?", "visual-question-answering"),
        ("Describe @photo and find the people in it.", "object-detection"),
        ("Make @photo brighter and find the people in it.", "object-detection"),
    ],
)
def test_case_06_it_is_the_picture_not_what_was_said_of_it(jarvis: Jarvis, request_: str, asked: str) -> None:
    """A question after a caption or a detection looks at the picture itself, or at what was made of it."""
    plan = jarvis.plan(request_, photo=picture())
    last = plan.tasks[-1]
    edited = [t.id for t in plan.tasks if t.type == "image-to-image"]
    assert (last.type, last.arguments["image"]) == (asked, f"@{edited[0]}" if edited else "@photo")


def test_case_07_a_video_is_frames_and_sound(
    jarvis: Jarvis, experts: Experts, clip: Callable[..., bytes], tone: Callable[..., Audio]
) -> None:
    """A video is an input: its frames are described, its sound is transcribed.

    Reference: impossible; video is no legal argument (W12).
    Here: `@film.frames` are pictures and `@film.audio` is a recording, for every task that takes them.
    """
    experts.add("image-to-text", lambda image: f"{image.width} by {image.height}")
    experts.add("automatic-speech-recognition", lambda audio: f"{audio.duration:.1f} seconds")
    written = plan_of(
        task("scenes", "image-to-text", image="@film.frames[0:3]"),
        task("words", "automatic-speech-recognition", audio="@film"),
    )
    with chat(written) as talk:
        run = talk.jarvis.run("Describe the frames of @film and transcribe it.", film=Video(clip(sound=tone(0.5)))).check()  # fmt: skip
    assert run["scenes"] == ["64 by 48"] * 3
    assert run["words"].endswith("seconds")


def test_case_07_a_video_that_was_made_goes_on(jarvis: Jarvis, experts: Experts, clip: Callable[..., bytes]) -> None:
    """A video from one task is taken apart by the next."""
    experts.add("text-to-video", Video(clip()))
    experts.add("image-to-text", lambda image: f"{image.width} by {image.height}")
    tasks = [
        Task("film", "text-to-video", {"text": "a wave"}),
        Task("last", "image-to-text", {"image": "@film.frames[-1]"}),
    ]
    assert jarvis.run(Plan("…", {}, tasks)).check()["last"] == "64 by 48"


def test_case_08_references_stand_anywhere_in_an_argument(experts: Experts) -> None:
    """Two references in one argument, one inside a sentence, lists as arguments, several pictures in one task.

    Reference: crashes, or clones the task under one id and loses all results but the last (W7, W19, W21).
    Here: references stand in strings at any depth; a list goes to a port that takes lists as one value.
    """
    experts.add("summarization", lambda text: text.split(".")[0])
    experts.add("text-generation", lambda text: text)
    experts.add("zero-shot-classification", lambda labels, **_: [Label(label, 0.5) for label in labels])
    experts.add("image-text-to-text", lambda text, images: f"{text} {[colour_of(image) for image in images]}")
    written = plan_of(
        task("day", "summarization", text="@one"),
        task("night", "summarization", text="@two"),
        task("both", "text-generation", text="First @day, then @night."),
        task("fits", "zero-shot-classification", text="@one", labels=["@day", "rain"]),
        task("compared", "image-text-to-text", text="Compare.", images=["@left", "@right"]),
    )
    with chat(written) as talk:
        run = talk.jarvis.run(
            "Compare @left with @right, and @one with @two.",
            one="Sun. x", two="Moon. y", left=picture("red"), right=picture("blue"),
        ).check()  # fmt: skip
    assert run["both"] == "First Sun, then Moon."
    assert [label.label for label in run["fits"]] == ["Sun", "rain"]
    assert run["compared"] == f"Compare. {[RED, BLUE]}"
    assert experts.called.count("image-text-to-text") == 1


def test_case_09_one_result_feeds_many_and_each_argument_its_own(jarvis: Jarvis, experts: Experts) -> None:
    """One producer feeds many, a diamond, and two producers of one kind of which an argument picks one.

    Reference: hands on the first resource of a kind that it finds among the dependencies.
    Here: an argument names the task it takes; both sides of the diamond arrive where they belong.
    """
    experts.add("summarization", "rain")
    experts.add("translation", lambda text, target_language: f"{text} in {target_language}")
    experts.add("sentence-similarity", lambda text, other: float(text == "rain in French" and other == "rain in German"))  # fmt: skip
    tasks = [
        Task("short", "summarization", {"text": "@article"}),
        Task("german", "translation", {"text": "@short", "target_language": "German"}),
        Task("french", "translation", {"text": "@short", "target_language": "French"}),
        Task("alike", "sentence-similarity", {"text": "@french", "other": "@german"}),
    ]
    run = jarvis.run(Plan("…", {"article": Kind("text")}, tasks), article="It rains.").check()
    assert run["alike"] == 1.0
    assert experts.called.count("summarization") == 1


@pytest.mark.parametrize("count", [0, 1, 100])
def test_case_10_each_of_a_list_in_its_order(jarvis: Jarvis, experts: Experts, count: int) -> None:
    """One task over no, one and a hundred pictures, whose results keep their order.

    Reference: clones share one id, so that only the last result survives (W7).
    Here: a list is one argument; the task runs for each item at once, and its result is a list in the same order.
    """

    async def describe(image: Any) -> str:
        await asyncio.sleep(0.001 * (image.width % 3))  # so that they do not end in their order
        return f"picture {image.width}"

    experts.add("image-to-text", describe)
    plan = Plan("…", {"photos": Kind("list[image]")}, [Task("captions", "image-to-text", {"image": "@photos"})])
    run = jarvis.run(plan, photos=[picture(size=(i + 1, 1)) for i in range(count)]).check()
    assert run["captions"] == [f"picture {i + 1}" for i in range(count)]


def test_case_10_one_bad_item_costs_only_itself(jarvis: Jarvis, experts: Experts) -> None:
    """Of a list in which one fails, the others are there, and what is missing says why."""
    experts.add("text-generation", lambda text: {"a": "A", "c": "C"}[text])
    plan = Plan("…", {"texts": Kind("list[text]")}, [Task("written", "text-generation", {"text": "@texts"})])
    first, second, third = jarvis.run(plan, texts=["a", "b", "c"]).check()["written"]
    assert (first, third) == ("A", "C")
    assert "'b'" in second.reason


NAMES = ["a b.png", 'it\'s "quoted".png', "Größe 100%25.png", "絵.png", "../there/up.png"]


@pytest.mark.parametrize("name", NAMES)
def test_case_11_a_file_of_any_name_is_read(jarvis: Jarvis, experts: Experts, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Paths with spaces, quotes, unicode, `..` and percent signs; data URIs, URLs; files that are missing, wrong, corrupt, empty or huge; one picture under two names.

    Reference: prefixes every path with `public/`; whatever cannot be read is an exception in a thread or another's file.
    Here: a file is read where the user named it, exactly; everything else is one sentence before anything runs.
    """
    (tmp_path / "there").mkdir()
    monkeypatch.chdir(tmp_path / "there")
    picture("blue").save(name)
    experts.add("image-to-text", lambda image: str(colour_of(image)))
    written = name.replace("\\", "\\\\").replace('"', '\\"')
    run = jarvis.run(f'Describe @"{written}" and describe @twin.', variables={"twin": picture("blue")}).check()
    assert set(run.outputs.values()) == {str(BLUE)}


def test_case_11_data_and_addresses_are_read(jarvis: Jarvis, experts: Experts, png_at: str) -> None:
    """A data URI, and a URL with a query and no extension."""
    experts.add("image-to-text", lambda image: str(colour_of(image)))
    file = io.BytesIO()
    picture("blue").save(file, "PNG")
    here = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    run = jarvis.run(f'Describe @"{here}". Describe @{png_at}?size=large&x=1.').check()
    assert list(run.outputs.values()) == [str(BLUE), str(RED)]


@pytest.fixture
def png_at() -> Iterator[str]:
    """The address of a red picture, without an extension."""
    file = io.BytesIO()
    picture("red").save(file, "PNG")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/picture?size=large&x=1"
            self.send_response(200)
            self.send_header("Content-Length", str(len(file.getvalue())))
            self.end_headers()
            self.wfile.write(file.getvalue())

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, ThreadPoolExecutor(1) as thread:
        thread.submit(server.serve_forever, 0.01)
        yield f"http://127.0.0.1:{server.server_port}/picture"
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("gone.png", None, "There is no file 'gone.png'"),
        ("empty.png", b"", "'empty.png' is empty"),
        ("cut.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20, "cut.png"),
        ("C:\\photos\\dog.png", None, "is a Windows path, and this machine is none"),
        ("\\\\server\\dog.png", None, "names a file of another computer"),
    ],
)
def test_case_11_a_file_that_is_none_is_a_sentence(
    jarvis: Jarvis, experts: Experts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes | None, said: str
) -> None:  # fmt: skip
    """Missing, empty, damaged, or of another machine: nothing is planned and nothing runs."""
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path(name).write_bytes(content)
    experts.add("image-to-text", "a picture")
    with pytest.raises(JarvisError) as failed:
        jarvis.run(f'Describe @"{name}".')
    assert said in str(failed.value)
    assert experts.calls == []


def test_case_11_a_text_is_no_picture_and_a_huge_file_is_not_read(
    jarvis: Jarvis, experts: Experts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text given as a picture is said; a file of many gigabytes is refused by its size."""
    monkeypatch.chdir(tmp_path)
    experts.add("image-to-text", "a picture")
    Path("words.png").write_text("no picture at all")
    with pytest.raises(JarvisError, match="image"):
        jarvis.run(Plan("…", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})]), photo=Path("words.png")).check()  # fmt: skip
    with Path("huge.png").open("wb") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(SourceError, match="has 5,000 MB, and at most 500 MB are read"):
        jarvis.run('Describe @"huge.png".')
    assert experts.calls == []


SECOND_TURNS = """
from PIL import Image
from jarvis_magic import Audio, expert
photo = Image.new("RGB", (60, 40), (90, 90, 90))

@expert("automatic-speech-recognition")
def hear(audio):
    return f"{len(audio.samples)} samples"

@expert("text-to-speech")
def speak(text):
    return Audio([0.1] * 100 * len(text), 8000)
"""


@pytest.mark.kernel
@pytest.mark.xdist_group("hard_cases")
def test_case_12_a_second_cell_goes_on_from_the_first(notebook: Kernel) -> None:
    """A second turn: "now make that one brighter", "the second picture", "use the audio from before".

    Reference: knows only the paths that its own narration happened to repeat.
    Here: earlier results are offered by name, newest first; what is used of them becomes an input, and is shown.
    """
    notebook.run(f"%jarvis reset\n{SECOND_TURNS}")
    notebook.run("%%jarvis dark, wide << -y\nMake @photo darker. Resize @photo to 80x40.", person=True, cell_id="12a")
    brighter = notebook.run("%%jarvis bright << -y\nNow make that one brighter.", person=True, cell_id="12b")
    assert brighter.status == "ok", brighter.error
    assert "is the result of an earlier cell" in brighter.shown[-1]["text/plain"]
    assert notebook.value("list(_jarvis.plan.inputs)") == "['wide']"
    spoken = notebook.run("%%jarvis voice << -y\nRead 'good morning' aloud.", person=True, cell_id="12c")
    assert spoken.status == "ok", spoken.error
    heard = notebook.run("%%jarvis heard << -y\nTranscribe the audio from before.", person=True, cell_id="12d")
    assert heard.status == "ok", heard.error
    assert notebook.value("heard, list(_jarvis.plan.inputs)") == "('1200 samples', ['voice'])"


@pytest.mark.parametrize(
    ("request_", "meant"),
    [
        ("Make the first picture brighter.", "dark"),
        ("Make the second picture brighter.", "wide"),
        ("Make the wide picture grey.", "wide"),
        ("Make the last picture grey.", "wide"),
        ("Now make it grey.", "wide"),
        ("Transcribe the audio from before.", "voice"),
    ],
)
def test_case_12_earlier_results_are_called_by_place_name_and_kind(jarvis: Jarvis, experts: Experts, request_: str, meant: str) -> None:  # fmt: skip
    """The first, the second, the wide one, the audio: each is the result that is meant, and the only input."""
    experts.add("automatic-speech-recognition", "heard")
    newest_first = {
        "voice": resource("audio", sound()),
        "wide": resource("image", picture("blue")),
        "dark": resource("image", picture("red")),
    }
    run = jarvis.run(Request(request_, offered=newest_first)).check()
    assert list(run.plan.inputs) == [meant]
    assert len(run.outputs) == 1


@pytest.mark.kernel
@pytest.mark.xdist_group("hard_cases")
def test_case_12_a_result_of_a_list_is_told_by_its_place(notebook: Kernel) -> None:
    """The second picture of a list is the second, and a name that is not there is a sentence."""
    notebook.run(f"%jarvis reset\n{SECOND_TURNS}")
    notebook.run("photos = [photo, Image.new('RGB', (30, 20))]")
    second = notebook.run("%%jarvis small << -y\nMake @photos[1] black and white.")
    assert second.status == "ok", second.error
    assert notebook.value("small.size") == "(30, 20)"
    gone = notebook.run("%%jarvis -y\nMake @fotos[1] brighter.")
    assert gone.name == UnknownName.__name__
    assert "did you mean 'photos'" in gone.error[0]
