"""The panel without a page: messages in, plain dicts out, and the truth between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.errors import EndpointError
from jarvis_magic.events import (
    Approved,
    Drafted,
    Noted,
    Planned,
    ResponseGrew,
    TaskEnded,
    TaskProgressed,
    TaskRetried,
    TaskStarted,
)
from jarvis_magic.kinds import Kind
from jarvis_magic.media import Audio
from jarvis_magic.notebook.panel import TRAITS, Panel, Phase
from jarvis_magic.plans import Draft
from jarvis_magic.tasks import Task
from jarvis_magic.values import Failure, Resource, Run, Skipped, Success

from .outside import Outside, panel_for
from .proposals import proposal, with_large


class Page:
    """Keeps what a panel shows."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.traits: dict[str, Any] = {}
        self.written: list[str] = []
        self.look()

    def look(self) -> None:
        """Take what has changed."""
        self.written = []
        self.panel.publish(self._show)

    def _show(self, name: str, value: dict[str, Any]) -> None:
        self.traits[name] = value
        self.written.append(name)

    def send(self, **message: Any) -> None:
        """Do as the page does."""
        self.panel.take(message)
        self.look()

    def edit(self, op: str, **what: Any) -> None:
        """Edit the plan."""
        self.send(kind="edit", op=op, **what)

    @property
    def buttons(self) -> dict[str, bool]:
        """Which buttons can be pressed."""
        return self.traits["live"]["buttons"]  # type: ignore[no-any-return]

    @property
    def banner(self) -> str:
        """The line on where it stands."""
        return self.traits["live"]["banner"]  # type: ignore[no-any-return]

    def task(self, task_id: str) -> dict[str, Any]:
        """A task of the graph."""
        return next(task for task in self.traits["graph"]["tasks"] if task["id"] == task_id)

    def port(self, name: str) -> dict[str, Any]:
        """A port of the chosen task."""
        return next(port for port in self.traits["detail"]["ports"] if port["name"] == name)


@pytest.fixture
def page() -> Page:
    """A caption that is read aloud, to be approved."""
    return Page(panel_for(proposal()))


def success(value: str = "a teal field") -> Success:
    """A text that was made in 1.2 s."""
    return Success(Resource(Kind("text"), value), "toolbox/facts", "toolbox", 0.0, 1.2)


def failure() -> Failure:
    """A failure with its sentence."""
    return Failure(EndpointError("The provider is out of credits."), "toolbox/voice")


def test_a_proposal_is_shown_before_anything_runs(page: Page) -> None:
    """Each task shows its type, variable, model and where it runs; the banner says what leaves the machine."""
    caption = page.task("caption")

    assert (caption["type"], caption["variable"], caption["model"], caption["where"]) == (
        "image-to-text", "caption", "facts", "toolbox",
    )  # fmt: skip
    assert page.banner == "Ready to run: 2 tasks, all on this machine."
    assert page.buttons["run"]
    assert page.panel.decision is None


def test_what_leaves_the_machine_and_what_is_skipped_is_said_first() -> None:
    """Before approval the banner names the hosts, and the tasks without an expert."""
    poster = Task("poster", "text-to-image", {"text": "a poster"})
    boxes = Task("boxes", "object-detection", {"image": "@poster"})

    page = Page(panel_for(proposal(poster, boxes)))

    assert "data sent to router.huggingface.co, for fal-ai" in page.banner
    assert "boxes will be skipped: no expert" in page.banner


def test_a_large_download_is_asked_for_before_anything_runs() -> None:
    """Its task is opened, its size said everywhere, and nothing runs until there is a yes; the yes can be taken back."""
    page = Page(panel_for(with_large()))
    asks = "owner/large is a download of 3.4 GB; say yes to it, or choose another model."

    assert page.banner == f"Not ready to run: {asks} It is the model of 'caption'."
    assert page.traits["detail"]["download"] == {"size": "3.4 GB", "asks": asks}
    assert page.task("caption")["problems"] == [asks]
    assert not page.buttons["run"]
    page.send(kind="run")
    assert page.panel.decision is None

    page.edit("download", task="caption")
    assert page.traits["detail"]["download"] == {"size": "3.4 GB", "asks": None}
    assert page.buttons["run"]
    page.send(kind="undo")
    assert not page.buttons["run"]
    page.send(kind="redo")
    page.send(kind="run")
    assert page.panel.decision is not None
    assert page.panel.decision.unanswered == []


def test_another_model_needs_no_download() -> None:
    """Choosing one that is here answers the question too."""
    page = Page(panel_for(with_large()))

    page.edit("model", task="caption", model="toolbox/reader", all=False)

    assert page.traits["detail"]["download"] is None
    assert page.buttons["run"]


def test_run_approves_what_is_shown_once(page: Page) -> None:
    """Run takes the edited proposal; a second click, and every later edit, changes nothing."""
    page.edit("variable", task="caption", name="words")
    page.send(kind="run")
    decided = page.panel.decision
    assert page.panel.has_decided
    assert decided is not None
    assert list(decided.plan.outputs) == ["words", "speech"]

    page.send(kind="run")
    page.edit("remove", task="caption")

    assert page.panel.decision is decided
    assert page.task("caption")


def test_a_decision_is_not_undone_by_what_is_said_after_it(page: Page) -> None:
    """Saving, or a late message, does not take an approval back."""
    page.send(kind="run")
    page.send(kind="save")
    page.send(kind="select", task="caption")

    assert page.panel.has_decided
    assert page.panel.decision is not None


def test_while_an_expert_is_looked_for_nothing_runs() -> None:
    """Ranking may take its time: the banner says so, Run waits, and the answer is taken when it comes."""
    waiting: list[Callable[[], None]] = []
    outside = Outside()
    panel = panel_for(proposal(), outside)
    panel._doors = replace(outside.doors, later=waiting.append)
    page = Page(panel)
    page.edit("add", type="summarization", near="caption")
    assert page.banner == "Looking for experts for summarization…"
    assert not page.buttons["run"]

    waiting.pop()()
    page.look()
    assert page.banner.startswith("Ready to run: 3 tasks")


def test_cancel_before_running_approves_nothing(page: Page) -> None:
    """The cell ends without a run."""
    page.send(kind="cancel")

    assert page.panel.has_decided
    assert page.panel.decision is None
    assert not page.buttons["cancel"]


def test_cancel_while_running_stops_the_run() -> None:
    """The stop goes out, and the banner says so."""
    outside = Outside()
    page = Page(panel_for(proposal(), outside))
    page.send(kind="run")
    page.panel.happened(Approved(proposal()))
    page.send(kind="cancel")

    assert outside.stops == 1
    assert page.banner == "Stopping…"


def test_run_to_here_runs_what_the_task_needs(page: Page) -> None:
    """Up to the caption, the speech is left out."""
    page.send(kind="select", task="caption")
    page.send(kind="run", to="caption")

    assert page.panel.decision is not None
    assert list(page.panel.decision.plan.by_id) == ["caption"]


def test_an_edit_is_validated_at_its_place(page: Page) -> None:
    """The port says what is wrong, the task is marked, the banner names it, and Run is not possible."""
    page.send(kind="select", task="speech")
    page.edit("argument", task="speech", port="text", text="@nobody")

    assert "'@nobody', which is no input and no task" in page.port("text")["problem"]
    assert page.task("speech")["problems"]
    assert page.banner.startswith("Not ready to run: Task 'speech'")
    assert not page.buttons["run"]
    page.send(kind="run")
    assert not page.panel.has_decided

    page.send(kind="undo")
    assert page.buttons["run"]


def test_a_model_is_found_by_search_and_chosen(page: Page) -> None:
    """Search asks the catalogue; what it finds can be used, and is then first."""
    page.send(kind="select", task="caption")
    page.send(kind="search", task="caption", words="reader")
    assert page.traits["detail"]["searchNote"] == "1 model found"

    page.edit("model", task="caption", model="toolbox/reader", all=False)

    assert page.traits["detail"]["model"] == "toolbox/reader"
    assert page.task("caption")["model"] == "reader"


def test_a_model_that_does_not_exist_is_explained_in_place(page: Page) -> None:
    """The field keeps what was typed and says what is wrong; Run waits for another."""
    page.send(kind="select", task="caption")
    page.edit("model", task="caption", model="toolbox/raeder", all=False)

    detail = page.traits["detail"]
    assert detail["model"] == "toolbox/raeder"
    assert "toolbox/reader" in detail["modelProblem"]
    assert not page.buttons["run"]

    page.edit("model", task="caption", model="toolbox/reader", all=False)
    assert page.traits["detail"]["modelProblem"] is None
    assert page.buttons["run"]


def test_a_candidate_that_cannot_run_says_why(page: Page) -> None:
    """It is listed with its reason, and choosing it is a problem, not a surprise later."""
    page.send(kind="select", task="caption")
    (blip,) = (c for c in page.traits["detail"]["candidates"] if c["model"] == "Salesforce/blip")
    assert blip["unavailable"] == "It needs a key: set HF_TOKEN."

    page.edit("model", task="caption", model="Salesforce/blip", all=False)
    assert "It needs a key: set HF_TOKEN." in page.traits["detail"]["modelProblem"]
    assert page.traits["detail"]["model"] == "Salesforce/blip"


def test_an_added_task_finds_its_expert(page: Page) -> None:
    """A task from the palette is chosen, filled, ranked without a controller, and can be run."""
    page.edit("add", type="summarization", near="caption")

    assert page.traits["detail"]["id"] == "summarization"
    assert page.port("text")["text"] == "@caption"
    assert page.task("summarization")["model"] == "short"
    assert page.buttons["run"]


def test_an_impossible_wire_is_explained_and_nothing_lost(page: Page) -> None:
    """The banner says why; the plan is as it was."""
    before = page.panel.history.present
    page.edit("connect", source="speech", task="caption")

    assert "in a circle" in page.banner
    assert page.panel.history.present is before


def test_only_what_changed_is_written(page: Page) -> None:
    """While tasks run, the graph stays where it is: only states and results travel."""
    page.panel.happened(TaskStarted("caption", "toolbox/facts"))
    page.look()
    assert page.written == ["live"]

    before = page.traits["results"]
    page.panel.happened(TaskEnded("caption", success()))
    page.look()
    assert page.written == ["live", "results"]
    assert before == {}, "a trait is never changed in place: traitlets would see no difference, and send nothing"

    page.look()
    assert page.written == []


def test_states_progress_and_previews_arrive(page: Page) -> None:
    """A task waits, runs with a phrase, is tried again, and is done with its time and a preview."""
    page.send(kind="run")
    page.panel.happened(Approved(proposal()))
    page.look()
    live = page.traits["live"]["tasks"]
    assert live["caption"]["state"] == "waiting"

    page.panel.happened(TaskStarted("caption", "toolbox/facts"))
    page.panel.happened(TaskProgressed("caption", 0.5, "6 of 12"))
    page.look()
    live = page.traits["live"]["tasks"]
    assert (live["caption"]["state"], live["caption"]["part"], live["caption"]["phrase"]) == ("running", 0.5, "6 of 12")
    assert page.banner == "0 of 2 done; running: caption"
    assert page.traits["live"]["pace"] == "6 of 12"

    page.panel.happened(TaskRetried("caption", "toolbox/reader", "it was busy"))
    page.panel.happened(TaskEnded("caption", success("<b>bold</b>")))
    page.look()
    assert page.traits["live"]["tasks"]["caption"]["seconds"] == 1.2
    assert page.traits["results"]["caption"]["text"] == "<b>bold</b>"


def test_after_a_failure_the_user_goes_on(page: Page) -> None:
    """The failed task says why, the skipped one because of what; Retry runs again, Finish leaves it."""
    page.send(kind="run")
    page.panel.happened(Approved(proposal()))
    page.panel.review({"caption": failure(), "speech": Skipped("It waits for 'caption', which failed.", "caption")})
    page.look()
    live = page.traits["live"]["tasks"]

    assert live["caption"]["sentence"] == "The provider is out of credits."
    assert live["speech"]["sentence"] == "It waits for 'caption', which failed."
    assert page.banner.startswith("caption failed: The provider is out of credits. Change the model")
    assert (page.buttons["retry"], page.buttons["finish"], page.buttons["run"]) == (True, True, False)

    page.edit("model", task="caption", model="toolbox/reader", all=False)
    page.send(kind="retry")
    assert page.panel.decision is not None
    assert page.panel.decision.plan.by_id["caption"].model == "toolbox/reader"


def test_a_failed_task_that_is_removed_fails_no_more(page: Page) -> None:
    """What is left can be run, and Retry has nothing to retry."""
    page.send(kind="run")
    page.panel.happened(Approved(proposal()))
    page.panel.review({"caption": success(), "speech": failure()})
    page.edit("remove", task="speech")

    assert (page.buttons["retry"], page.buttons["run"]) == (False, True)


def test_a_retry_waits_for_a_plan_that_can_run(page: Page) -> None:
    """Retry is there, and can be pressed once what the user typed is well formed."""
    page.panel.review({"speech": failure()})
    page.edit("argument", task="speech", port="text", text="@nobody")
    page.send(kind="retry")
    assert (page.buttons["retry"], page.buttons["canRetry"], page.panel.has_decided) == (True, False, False)


def test_finish_keeps_what_there_is_and_cancel_stops() -> None:
    """In a review, Finish ends it as it is; Cancel is a stop, as everywhere."""
    outside = Outside()
    page = Page(panel_for(proposal(), outside))
    page.panel.review({"caption": failure()})
    page.send(kind="cancel")
    assert outside.stops == 1
    assert not page.panel.has_decided

    page.panel.review({"caption": failure()})
    page.send(kind="finish")
    assert page.panel.has_decided
    assert page.panel.decision is None


def test_after_a_part_the_rest_can_run(page: Page) -> None:
    """Run to here, then Run: the panel still holds the whole plan."""
    page.send(kind="run", to="caption")
    assert page.panel.decision is not None
    page.panel.happened(Approved(page.panel.decision))
    page.panel.review({"caption": success()})
    page.look()
    assert page.buttons["run"]
    page.send(kind="run")

    assert list(page.panel.decision.plan.by_id) == ["caption", "speech"]


def test_the_plan_draws_itself_while_it_arrives() -> None:
    """Drafts are shown as they grow, without fault-finding; the plan follows."""
    panel = Panel(Outside().doors, "Describe @photo")
    page = Page(panel)
    assert page.banner == "Planning…"

    inputs = {"photo": Kind("image")}
    panel.happened(Drafted(Draft("", inputs, [Task("caption", "image-to-text")])))
    page.look()
    assert page.traits["graph"]["request"] == "Describe @photo"
    assert page.task("caption")["problems"] == []
    assert page.task("caption")["expert"] == "open"

    panel.happened(Planned(proposal().plan))
    panel.happened(Noted("The controller was busy."))
    page.look()
    assert [task["id"] for task in page.traits["graph"]["tasks"]] == ["caption", "speech"]
    assert "The controller was busy." in page.traits["graph"]["notes"]


def test_the_answer_grows(page: Page) -> None:
    """The answer is shown while it is written."""
    page.panel.happened(ResponseGrew("A teal "))
    page.panel.happened(ResponseGrew("field."))
    page.look()

    assert page.traits["live"]["answer"] == "A teal field."


def test_what_is_sent_is_told_before_it_is_sent() -> None:
    """For each task: the host and what it gets; what stays here says so; the planning call is shown too."""
    poster = Task("poster", "text-to-image", {"text": "a poster of @caption"})
    caption = Task("caption", "image-to-text", {"image": "@photo"})
    page = Page(panel_for(proposal(caption, poster)))
    page.send(kind="open", drawer="sends")
    told = {task["id"]: task for task in page.traits["sends"]["tasks"]}

    assert told["poster"]["to"] == "router.huggingface.co, for fal-ai"
    assert told["poster"]["what"] == "text: a poster of @caption (caption is text)"
    assert "nothing leaves this machine" in told["caption"]["what"]
    assert page.traits["sends"]["told"] == [{"title": "system", "text": "You plan."}]


def test_a_waveform_is_drawn_only_when_asked_for() -> None:
    """The player of ipyaudio reaches outside, so it comes by a click, or by the option that says so."""
    sound = Success(Resource(Kind("audio"), Audio([0.0] * 800, 8000)))
    for options, shown in (({}, False), ({"audio_player": "ipyaudio"}, True)):
        outside = Outside(**options)
        page = Page(panel_for(proposal(), outside))
        page.panel.happened(TaskEnded("speech", sound))
        page.look()
        assert ("waveform" in page.traits["results"]["speech"]) is shown
        assert "fetches pictures" in page.traits["results"]["speech"]["offer"]

        page.send(kind="waveform", task="speech")
        assert page.traits["results"]["speech"]["waveform"] == "widget-1"
        assert len(outside.waves) == 1


def test_a_plan_is_saved_as_it_stands() -> None:
    """Save plan saves the edited plan, and one with problems not at all."""
    outside = Outside()
    page = Page(panel_for(proposal(), outside))
    page.edit("variable", task="caption", name="words")
    page.send(kind="save")
    assert [list(plan.outputs) for plan in outside.saved] == [["words", "speech"]]
    assert page.banner == "Saved as 'plan.json'."

    page.edit("argument", task="speech", port="text", text="")
    page.send(kind="save")
    assert len(outside.saved) == 1


def test_a_run_that_is_over_can_be_looked_at() -> None:
    """Everything is shown, and nothing can be changed or run."""
    made = proposal()
    panel = Panel(Outside().doors)
    panel.show_run(Run(made.plan, made.assignments, {"caption": success(), "speech": failure()}, "A teal field."))
    page = Page(panel)
    page.send(kind="select", task="caption")

    assert panel.phase is Phase.ENDED
    assert page.traits["detail"]["id"] == "caption"
    assert not any(value for name, value in page.buttons.items() if name != "save")


anything = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["caption", "speech"])
messages = st.dictionaries(
    st.sampled_from(
        ["kind", "op", "task", "port", "text", "name", "source", "model", "all", "bound", "type", "near", "to"]
    ),
    anything
    | st.sampled_from(["edit", "select", "run", "undo", "redo", "search", "argument", "remove", "connect", "add"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(messages, max_size=5))
def test_no_message_of_a_page_breaks_the_panel(sent: list[dict[str, Any]]) -> None:
    """Whatever a page sends, the panel goes on and its state can be drawn."""
    panel = panel_for(proposal())
    for message in sent:
        panel.take(message)
    shown: dict[str, Any] = {}
    panel.publish(shown.__setitem__)

    assert set(shown) == set(TRAITS)
