"""Every task gets the expert that is right for it, and a reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic.catalogue import KnownCatalogue, ToolboxCatalogue, joined
from jarvis_magic.errors import ControllerUnavailable, SelectionError
from jarvis_magic.events import Noted
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind
from jarvis_magic.model_selection import Ranking, assign_by_ranking, menu_of, rank, select_models
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.store import FileCache
from jarvis_magic.tasks import Task
from jarvis_magic.testing import FunctionController, ListCatalogue, Recorder, candidate
from jarvis_magic.values import Assignment, Choice, NoExpert, Request

OCR = candidate("toolbox/ocr", "toolbox", description="Reads printed text.", purposes=("read text", "ocr", "sign"))
BLIP = candidate(
    "owner/blip", "provider", provider="hf", description="Describes.", purposes=("describe", "caption"), downloads=900
)
GIT = candidate("owner/git", "provider", provider="fal", description="Describes.", purposes=("describe",), downloads=50)
MINE = candidate("my_captioner")
PICTURES = ListCatalogue({"image-to-text": [OCR, BLIP, GIT]})


def describe(purpose: str = "describe", **more: Any) -> Task:
    """An image-to-text task."""
    return Task("caption", "image-to-text", {"image": "@photo"}, purpose, **more)


async def selected(
    *tasks: Task,
    catalogue: ListCatalogue = PICTURES,
    controller: FunctionController | None = None,
    uses: Mapping[str, str] | None = None,
    options: Options | None = None,
    recorder: Recorder | None = None,
) -> Mapping[str, Assignment | NoExpert]:
    """The assignments of a plan about a photo and words."""
    plan = Plan(inputs={"photo": Kind("image"), "words": Kind("text")}, tasks=tasks)
    request = Request("Do it.", uses=uses or {})
    chooser = controller or FunctionController()
    return (
        await select_models(plan, request, catalogue, chooser, options or Options(), recorder or Recorder())
    ).assignments


async def assigned(task: Task, **how: Any) -> Assignment:
    """The assignment of one task."""
    found = (await selected(task, **how))[task.id]
    assert isinstance(found, Assignment)
    return found


async def test_purpose_decides_between_reading_and_describing() -> None:
    """OCR and captioning are both image-to-text; the wrong one is rejected, and says what it is for."""
    reading = await assigned(describe("read the printed text"))
    assert reading.candidate == OCR
    assert [c.model for c in reading.rejected] == ["owner/blip", "owner/git"]
    describing = await assigned(describe("describe the picture"))
    assert describing.candidate == BLIP
    assert describing.rejected[0].unavailable == "It is for 'read text', not for 'describe the picture'."
    assert describing.alternatives == (GIT,)


async def test_without_a_purpose_nothing_stands_in_that_does_something_else() -> None:
    """A fallback from describing to reading would answer another question."""
    found = await assigned(describe(""))
    assert (found.candidate, found.alternatives) == (OCR, ())


async def test_nothing_stands_in_for_a_function_that_is_known_to_do_something() -> None:
    """What a function is for, its user knows: a reader of text in its place would give an empty caption."""
    other = candidate("my_other_captioner")
    found = await assigned(describe(""), catalogue=ListCatalogue({"image-to-text": [OCR, MINE, other]}))
    assert (found.candidate, found.alternatives) == (MINE, (other,))


async def test_popularity_decides_last() -> None:
    """Of equals, the one with more downloads."""
    found = await assigned(describe(), catalogue=ListCatalogue({"image-to-text": [GIT, BLIP]}))
    assert (found.candidate, found.alternatives) == (BLIP, (GIT,))
    assert found.reason


async def test_the_users_function_is_preferred_and_nobody_is_asked() -> None:
    """Defining an expert is a choice."""
    controller = FunctionController()
    found = await assigned(
        describe(), catalogue=ListCatalogue({"image-to-text": [BLIP, GIT, MINE]}), controller=controller
    )
    assert (found.candidate, found.chosen_by, found.reason) == (MINE, "ranking", "It is your own function.")
    assert controller.asked == []


async def test_what_cannot_run_here_and_now_is_rejected_with_why() -> None:
    """An expert without its libraries says what to install; what may not be used says which option."""
    lacking = candidate(
        "toolbox/x", "toolbox", purposes=("describe",), unavailable="It needs x: run `pip install y`.", downloads=9**9
    )
    catalogue = ListCatalogue({"image-to-text": [lacking, BLIP]})
    found = await assigned(describe(), catalogue=catalogue)
    assert (found.candidate, found.rejected) == (BLIP, (lacking,))
    none = (await selected(describe(), catalogue=catalogue, options=Options(where="local")))["caption"]
    assert isinstance(none, NoExpert)
    assert none.reason == (
        "No expert here yet for image-to-text ('describe'): `pip install \"jarvis_magic[toolbox]\"`, "
        'allow all experts with `--where any`, or write one with `@expert("image-to-text")`.'
    )
    assert [c.unavailable for c in none.rejected] == [
        "It needs x: run `pip install y`.",
        "It is not on this machine, and only local experts may be used.",
    ]


async def test_local_goes_before_remote_and_where_remote_keeps_it_out() -> None:
    """At equal fitness nothing is sent away, unless asked for."""
    here = candidate("here", "local", purposes=("describe",))
    catalogue = ListCatalogue({"image-to-text": [BLIP, here]})
    assert (await assigned(describe(), catalogue=catalogue)).candidate == here
    assert (await assigned(describe(), catalogue=catalogue, options=Options(where="remote"))).candidate == BLIP


async def test_a_chat_model_on_this_machine_is_local() -> None:
    """Where only local experts may be used, the chat model's own server here may, and one elsewhere may not."""
    here = candidate("llama3", "chat", provider="localhost:11434")
    elsewhere = candidate("gpt", "chat", provider="api.openai.com")
    catalogue, only = ListCatalogue({"image-to-text": [elsewhere, here]}), Options(where="local")
    found = await assigned(describe(), catalogue=catalogue, options=only)
    assert found.candidate == here
    assert [c.model for c in found.rejected] == ["gpt"]


@pytest.mark.parametrize("language", ["de-AT", "German", "deutsch"])
def test_language_is_part_of_the_ranking(language: str) -> None:
    """An expert that does not know the language is rejected; one that does goes first."""
    task = Task("t", "automatic-speech-recognition", {"audio": "@a", "language": language})
    english = candidate("english", "local", languages=("en",), downloads=99)
    german, unknown = candidate("german", "local", languages=("de", "en")), candidate("any", "local", downloads=5)
    ranking = rank(task, [english, unknown, german], Options())
    assert ranking.usable == (german, unknown)
    assert ranking.rejected[0].unavailable == "It does not know 'de'; it knows 'en'."


async def test_one_question_for_all_tasks_with_a_choice() -> None:
    """The controller is asked once; where there is one candidate, or none, it is not."""
    words = candidate("only", "toolbox")
    catalogue = ListCatalogue({"image-to-text": [BLIP, GIT], "summarization": [words]})
    controller = FunctionController(choices={"caption": Choice("owner/git", "It is smaller."), "second": Choice("GIT")})
    recorder = Recorder()
    found = await selected(
        describe(),
        Task("second", "image-to-text", {"image": "@photo"}, "caption"),
        Task("summary", "summarization", {"text": "@caption"}),
        Task("french", "translation", {"text": "@summary", "target_language": "French"}),
        catalogue=catalogue,
        controller=controller,
        recorder=recorder,
    )
    assert controller.asked == [("select", {"caption": (BLIP, GIT)})]
    caption = found["caption"]
    assert isinstance(caption, Assignment)
    assert (caption.candidate, caption.reason, caption.chosen_by) == (GIT, "It is smaller.", "controller")
    assert caption.alternatives == (BLIP,)
    assert recorder.of(Noted) == [Noted("a double chose 'GIT' for 'second', which was not offered; it is not used.")]
    assert isinstance(found["french"], NoExpert)


async def test_a_controller_that_fails_leaves_it_to_the_ranking_and_says_so() -> None:
    """Selection never fails for want of a controller."""
    recorder = Recorder()
    controller = FunctionController(error=ControllerUnavailable("It does not answer."))
    found = await assigned(describe(), controller=controller, recorder=recorder)
    assert (found.candidate, found.chosen_by) == (BLIP, "ranking")
    assert recorder.of(Noted)[0].sentence.endswith("It does not answer.")


@pytest.mark.parametrize(
    ("uses", "model"),
    [
        ({"caption": "owner/git"}, GIT),
        ({"image-to-text": "owner/git@fal"}, GIT),
        ({"image-to-text": "owner/blip", "caption": "git"}, GIT),
        ({"caption": "toolbox/ocr"}, OCR),
    ],
)
async def test_the_users_choice_is_taken(uses: dict[str, str], model: object) -> None:
    """By task or type, with or without provider, by its short name, also for what it is not made for."""
    controller = FunctionController()
    found = await assigned(describe(), uses=uses, controller=controller)
    assert (found.candidate, found.chosen_by) == (model, "user")
    assert controller.asked == []


async def test_a_model_in_the_plan_goes_before_one_for_the_type() -> None:
    """The more particular wish counts."""
    found = await assigned(describe(model="owner/git"), uses={"image-to-text": "owner/blip"})
    assert found.candidate == GIT


async def test_a_model_that_is_not_among_the_best_known_is_searched_for() -> None:
    """The catalogue is asked for it by name."""

    class Large(ListCatalogue):
        async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Any, ...]:
            return await super().candidates(task_type, limit if search else 1, search)

    catalogue = Large({"image-to-text": [BLIP, GIT]})
    assert (await assigned(describe(), catalogue=catalogue, uses={"caption": "owner/git"})).candidate == GIT
    assert catalogue.searches == ["owner/git"]


@pytest.mark.parametrize(
    ("uses", "words"),
    [
        ({"caption": "owner/blib"}, "no expert 'owner/blib' for task 'caption' .*did you mean 'owner/blip'"),
        ({"caption": "unheard-of"}, "there is 'toolbox/ocr', 'owner/blip' or 'owner/git'"),
        ({"captoin": "owner/blip"}, "'captoin', which is no task and no task type; did you mean 'caption'"),
        ({"caption": "owner/blip@fal"}, "no expert 'owner/blip@fal'"),
    ],
)
async def test_a_wish_that_cannot_be_met_is_told(uses: dict[str, str], words: str) -> None:
    """With close matches, before anything runs."""
    with pytest.raises(SelectionError, match=words):
        await selected(describe(), uses=uses)


async def test_a_wish_for_what_cannot_run_here_is_told_with_why() -> None:
    """The sentence ends with what to do."""
    lacking = candidate("toolbox/x", "toolbox", unavailable="It needs x: run `pip install y`.")
    with pytest.raises(SelectionError, match=r"'toolbox/x' cannot do task 'caption' .*run `pip install y`"):
        await selected(describe(model="toolbox/x"), catalogue=ListCatalogue({"image-to-text": [lacking]}))


async def test_tasks_added_while_editing_are_assigned_without_a_controller() -> None:
    """By ranking, with the same rules."""
    plan = Plan(inputs={"photo": Kind("image")}, tasks=[describe(), describe(model="owner/git")][:1])
    found = await assign_by_ranking(plan, ["caption"], PICTURES, Options())
    assert isinstance(found["caption"], Assignment)
    assert found["caption"].candidate == BLIP
    asked = await assign_by_ranking(plan.with_model("caption", "git"), ["caption"], PICTURES, Options())
    assert isinstance(asked["caption"], Assignment)
    assert asked["caption"].chosen_by == "user"


async def test_the_menu_says_what_can_run() -> None:
    """Task types with an expert that can run now, each with what its experts do."""
    lacking = candidate("x", "toolbox", unavailable="It needs x.")
    menu = await menu_of(ListCatalogue({"image-to-text": [OCR, BLIP], "summarization": [lacking]}))
    assert menu.runnable == {"image-to-text": "Reads printed text; Describes."}
    assert "summarization" not in menu


# What does the whole, before what stands in for it

TOKEN = Keys({"HF_TOKEN": "hf_x"})


async def ranked(task: Task, folder: Path, keys: Keys = TOKEN, **options: Any) -> Ranking:
    """The real candidates of the toolbox and the Hub's well-known models, ranked."""
    catalogue = joined(ToolboxCatalogue(), KnownCatalogue(keys, FileCache(folder)))
    return rank(task, await catalogue.candidates(task.type, 20), Options(**options))


SPEECH = Task("t", "automatic-speech-recognition", {"audio": "@a"}, "transcribe")


@pytest.mark.parametrize(
    ("task", "elsewhere", "here"),
    [
        (describe("describe"), "google/gemma-3-27b-it", "toolbox/picture-facts"),
        (describe("read handwritten text"), "google/gemma-3-27b-it", "toolbox/rapidocr"),
        (SPEECH, "openai/whisper-large-v3", "toolbox/pocketsphinx"),
        (Task("t", "token-classification", {"text": "@t"}, "names"), "dslim/bert-base-NER", "toolbox/patterns"),
        (Task("t", "summarization", {"text": "@t"}), "facebook/bart-large-cnn", "toolbox/sentence-ranking"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_a_stand_in_comes_after_a_model_the_user_has_a_key_for(
    task: Task, elsewhere: str, here: str, tmp_path: Path
) -> None:
    """And first without the key, or where nothing may leave this machine."""
    ranking = await ranked(task, tmp_path)
    assert ranking.usable[0].model == elsewhere
    behind = next(c for c in ranking.usable if c.model == here)
    assert behind.behind == "It does only a part of what is asked, in place of an expert that does the whole."
    assert (await ranked(task, tmp_path, Keys())).usable[0].model == here
    assert (await ranked(task, tmp_path, where="local")).usable[0].model == here


@pytest.mark.parametrize(
    ("task", "here"),
    [
        (describe("read printed text"), "toolbox/rapidocr"),
        (describe("the main colours"), "toolbox/picture-facts"),
        (Task("t", "token-classification", {"text": "@t"}, "dates"), "toolbox/patterns"),
        (Task("t", "text-to-speech", {"text": "@t"}, "read aloud"), "toolbox/espeak-ng"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_does_the_whole_here_stays_first(task: Task, here: str, tmp_path: Path) -> None:
    """A key alone sends nothing away that this machine does as asked."""
    ranking = await ranked(task, tmp_path)
    assert ranking.usable[0].model == here
    assert all(c.behind or c.unavailable for c in (*ranking.usable[1:], *ranking.rejected))


async def test_a_stand_in_that_is_all_there_is_says_so() -> None:
    """The user sees in the plan that it is less than what was asked for."""
    found = await selected(
        describe(), catalogue=ListCatalogue({"image-to-text": await ToolboxCatalogue().candidates("image-to-text", 9)})
    )
    assert isinstance(found["caption"], Assignment)
    assert found["caption"].reason == "It does only a part of this, but nothing here and now does the whole."


async def test_each_says_what_put_it_behind_the_first() -> None:
    """Always the weightiest reason."""
    whole = candidate("whole", "local", purposes=("describe",), languages=("de",), downloads=9)
    others = [
        candidate("part", "toolbox", partly=("describe",)),
        candidate("far", "provider", purposes=("describe",), downloads=10),
        candidate("rare", "local", purposes=("describe",)),
        candidate("to come", "local", purposes=("describe",), download=5),
        candidate("same", "local", purposes=("describe",), downloads=9),
    ]
    behind = {c.model: c.behind for c in rank(describe(), [whole, *others], Options()).usable}
    assert behind == {
        "whole": None,
        "part": "It does only a part of what is asked, in place of an expert that does the whole.",
        "far": "It is not on this machine.",
        "rare": "It is used less.",
        "to come": "It is not on this machine.",
        "same": "Nothing speaks for it more than for the first.",
    }
    mine = rank(describe(), [whole, MINE], Options()).usable
    assert mine[1].behind == "It is no function of yours."
