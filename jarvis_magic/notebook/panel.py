"""The plan panel without a page: it takes what happened and what the user did, and says what the page shows.

The truth is here. `Panel.happened` takes the run's events, `Panel.take` the page's messages; `Panel.publish` gives the
page what has changed since, one plain dict for each trait. Nothing here knows of a browser, a comm or a thread.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from jarvis_magic.contracts import Catalogue
from jarvis_magic.drawing.words import answer_of, count, cut, listed
from jarvis_magic.errors import JarvisError, SelectionError, UsageError
from jarvis_magic.events import (
    Approved,
    Drafted,
    Event,
    Noted,
    Planned,
    TaskEnded,
)
from jarvis_magic.media import Audio
from jarvis_magic.model_selection import CONSIDERED, assign_by_ranking
from jarvis_magic.options import Options
from jarvis_magic.plans import Draft, Plan
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.values import (
    Assignment,
    Candidate,
    Menu,
    NoExpert,
    Outcome,
    Proposal,
    Run,
)

from .editing import Edition, History, argument_from
from .page_state import (
    Plain,
    candidates_of,
    destination,
    detail_state,
    graph_state,
    palette_state,
    sends_state,
    unanswered_words,
)
from .watching import Watch

Message: TypeAlias = Mapping[str, Any]
"""What the page sends: ``kind`` says what it is."""

TRAITS = ("graph", "live", "detail", "palette", "results", "sends")
WIDTHS = (320, 2400)
"""The narrowest and the widest a page may say it is, in pixels."""


class Phase(enum.StrEnum):
    """How far the cell is.

    ``PLANNING`` → ``APPROVAL`` → ``RUNNING`` → ``ENDED``; ``RUNNING`` → ``REVIEW`` → ``RUNNING`` or ``ENDED`` where
    something is left to run. Any of them may end.
    """

    PLANNING = enum.auto()
    APPROVAL = enum.auto()
    RUNNING = enum.auto()
    REVIEW = enum.auto()
    ENDED = enum.auto()


@dataclass(frozen=True)
class Doors:
    """Everything outside a panel that it uses.

    Parameters
    ----------
    catalogue, options
        Where candidates come from, and how they are ranked.
    submit
        Starts work elsewhere and returns its future.
    later
        Has something called on the panel's own thread, from any thread.
    stop
        Stops the run.
    save
        Saves a plan and returns a sentence on where it is.
    waveform
        Makes a player that draws a sound's wave, and returns the id of its widget.
    told
        Returns a sentence on where planning took place, and title and text of each message the controller was sent.
    chat
        Where the chat model is, if there is one.
    """

    catalogue: Catalogue
    options: Options
    submit: Callable[[Coroutine[Any, Any, Any]], Future[Any]]
    later: Callable[[Callable[[], None]], None]
    stop: Callable[[], None]
    save: Callable[[Plan], str]
    waveform: Callable[[Audio], str]
    told: Callable[[], tuple[str, Sequence[tuple[str, str]]]]
    chat: str = "the chat model"


class Panel:
    """A cell's plan as it is seen, changed, approved, watched and stopped.

    Parameters
    ----------
    doors
        What it uses of the outside.
    request
        The request, shown while there is no plan.
    """

    # After the user has decided, `decision` is what to run, or ``None`` for nothing.

    def __init__(self, doors: Doors, request: str = "") -> None:
        self.phase = Phase.PLANNING
        self.history = History(Edition(Draft(request)))
        self.has_decided = False
        self.decision: Proposal | None = None
        self.menu = Menu()
        self._doors = doors
        self._selected: str | None = None
        self._width = 920
        self._inputs: dict[str, str] = {}
        self._watch = Watch()
        self._notes: list[str] = []
        self._said = ""
        self._mood = ""
        self._search: dict[str, tuple[str, str, Sequence[Candidate]]] = {}
        self._sends_open = False
        self._stale: set[str] = set(TRAITS)

    # What the run says ---------------------------------------------------------------------------------------------

    def happened(self, event: Event) -> None:
        """Take an event of the run."""
        match event:
            case Drafted(draft, _):
                self._draw(Edition(replace(draft, request=draft.request or self._request)))
            case Planned(plan):
                self._draw(Edition(plan.draft()))
            case Approved(proposal):
                self._begin(proposal)
            case Noted(sentence):
                self._notes.append(sentence)
                self._stale.add("graph")
            case TaskEnded(task_id, outcome):
                self._ended(task_id, outcome)
            case _:
                self._watch.happened(event)
        self._stale.add("live")

    @property
    def _request(self) -> str:
        return self.history.present.draft.request

    def describe_inputs(self, notes: Mapping[str, str]) -> None:
        """Take a phrase on each input, by name: ``"640 × 480 pixels"``."""
        self._inputs = dict(notes)
        self._stale.add("graph")

    def offer(self, menu: Menu) -> None:
        """Take what can run here and now, for the palette."""
        self.menu = menu
        self._stale.add("palette")

    def propose(self, proposal: Proposal) -> None:
        """Show a proposal, to be changed and approved."""
        self._ask(Phase.APPROVAL)
        self._draw(Edition.of(proposal))
        if proposal.unanswered:
            self._select(proposal.unanswered[0].task_id)  # the question is put where its answer is given

    def review(self, outcomes: Mapping[str, Outcome]) -> None:
        """Show what ran and how it ended, to be changed and gone on with, or to be left as it is."""
        for task_id, outcome in outcomes.items():
            self._ended(task_id, outcome)
        self._ask(Phase.REVIEW)

    def show_run(self, run: Run) -> None:
        """Show a run that is over, to be looked at."""
        self._draw(Edition.of(Proposal(run.plan, run.assignments)))
        for task_id, outcome in run.outcomes.items():
            self._ended(task_id, outcome)
        self._watch.answer = answer_of(run)
        self._go_on(Phase.ENDED)

    def _begin(self, proposal: Proposal) -> None:
        """Execution begins: what is drawn is the whole plan, also if only a part of it runs."""
        if (
            not set(proposal.plan.by_id) <= set(self.history.present.draft.by_id)
            or not self.history.present.assignments
        ):
            self._draw(Edition.of(proposal))
        self._watch.begin(task.id for task in proposal.plan.tasks)
        self._go_on(Phase.RUNNING)

    def _ask(self, phase: Phase) -> None:
        self.has_decided, self.decision = False, None
        self._go_on(phase)

    def _go_on(self, phase: Phase) -> None:
        self.phase = phase
        self._say("", "")
        self._stale.add("detail")

    def _ended(self, task_id: str, outcome: Outcome) -> None:
        if self._watch.ended(task_id, outcome):
            self._stale.add("results")
            if self._doors.options.audio_player == "ipyaudio":
                self._draw_wave(task_id)
        self._stale.add("live")

    def _draw_wave(self, task_id: str) -> None:
        """Show a sound in the player that draws its wave, beside the plain one."""
        sound = self._watch.sound_without_wave(task_id)
        if sound is not None:
            self._watch.show_wave(task_id, self._doors.waveform(sound))
            self._stale.add("results")

    # What the user does --------------------------------------------------------------------------------------------

    def take(self, message: Message) -> None:
        """Take a message of the page. What comes too late (a second click on Run) does nothing."""
        match message:
            case {"kind": "select", "task": str() | None as task_id}:
                self._select(task_id)
            case {"kind": "search", "task": str(task_id), "words": str(words)}:
                self._find(task_id, words)
            case {"kind": "waveform", "task": str(task_id)}:
                self._draw_wave(task_id)
            case {"kind": "cancel"}:
                self._stop()
            case {"kind": "save"}:
                self._save()
            case {"kind": "width", "width": int() | float() as width}:
                self._width = round(min(max(width, WIDTHS[0]), WIDTHS[1]))
                self._stale.add("graph")
            case {"kind": "open", "drawer": str(drawer)}:
                self._sends_open |= drawer == "sends"
                self._stale.add("sends")
            case _ if self.is_editable:
                self._take_change(message)

    def _take_change(self, message: Message) -> None:
        match message:
            case {"kind": "edit"}:
                self._edit(message)
            case {"kind": "undo"}:
                self.history.undo()
                self._changed()
            case {"kind": "redo"}:
                self.history.redo()
                self._changed()
            case {"kind": "run", "to": str(task_id)}:
                self._run(self._up_to(task_id))
            case {"kind": "run" | "retry"}:
                self._run(self.history.present)
            case {"kind": "finish"}:
                self._decide(None, "Finishing…")

    @property
    def is_editable(self) -> bool:
        """Whether the plan may be changed and run now."""
        return self.phase in (Phase.APPROVAL, Phase.REVIEW) and not self.has_decided

    def _select(self, task_id: str | None) -> None:
        self._selected = task_id if task_id in self.history.present.draft.by_id else None
        self._stale.update(("detail", "live"))

    def _edit(self, message: Message) -> None:
        edition = self.history.present
        if "task" in message and str(message["task"]) not in edition.draft.by_id:
            return  # it was removed meanwhile
        self._say("", "")
        try:
            changed = self._edited(edition, message)
        except UsageError as error:
            self._say(str(error), "problem")
            return
        place = message.get("task"), message.get("port")
        self.history.change(changed, place if message.get("op") == "argument" else None)
        self._changed()

    def _edited(self, edition: Edition, message: Message) -> Edition:
        """The edition that an edit leads to."""
        match message:
            case {"op": "add", "type": str(type_name), "near": str() | None as near} if type_name in TASK_TYPES:
                edition, self._selected = edition.with_task(type_name, near)
            case {"op": "remove", "task": str(task_id)}:
                return edition.without(task_id)
            case {"op": "move", "task": str(task_id), "places": int(places)}:
                return edition.moved(task_id, places)
            case {"op": "connect", "task": str(task_id), "source": str(source)} if source in edition.kinds:
                return edition.connected(source, task_id)
            case {"op": "model", "task": str(task_id), "model": str(model), "all": bool(all_of_type)}:
                return self._with_model(edition, task_id, model, all_of_type=all_of_type)
            case {"task": str(task_id)}:
                return _with_field(edition, task_id, message)
        return edition

    def _with_model(self, edition: Edition, task_id: str, model: str, *, all_of_type: bool) -> Edition:
        """A candidate that is known and can run, or a name that has to be looked up: what it is made for counts no more."""
        found = self._search.get(task_id, ("", "", ()))[2]
        known = [*candidates_of(edition.assignments.get(task_id)), *found]
        candidate = next((c for c in known if c.model == model and not c.unavailable), None)
        if candidate is not None:
            return edition.with_candidate(task_id, candidate, all_of_type=all_of_type)
        return edition.with_model(task_id, model, all_of_type=all_of_type)

    def _changed(self) -> None:
        """After the present edition has become another."""
        if self._selected not in self.history.present.draft.by_id:
            self._selected = None
        self._stale.update(("graph", "detail", "live", "sends"))
        self._assign()

    def _draw(self, edition: Edition) -> None:
        """Show an edition that was not made here."""
        self.history = History(edition)
        self._stale.update(("graph", "detail", "live", "sends"))

    def _stop(self) -> None:
        if self.is_editable and self.phase is Phase.APPROVAL:
            self._decide(None, "Stopped.")
        elif self.phase is not Phase.ENDED:
            self._say("Stopping…", "")
            self._doors.stop()

    def _run(self, edition: Edition) -> None:
        if edition.can_run:
            self._decide(edition.proposal(), "Starting…")

    def _decide(self, decision: Proposal | None, sentence: str) -> None:
        self.has_decided, self.decision = True, decision
        self._say(sentence, "")
        self._stale.add("detail")

    def _up_to(self, task_id: str | None) -> Edition:
        edition = self.history.present
        return edition.up_to(task_id) if task_id is not None and task_id in edition.draft.by_id else edition

    def _save(self) -> None:
        if self.history.present.draft.problems:
            self._say("A plan with problems cannot be saved; solve them first.", "problem")
            return
        self._say(self._doors.save(self.history.present.draft.plan()), "good")

    def _say(self, sentence: str, mood: str) -> None:
        self._said, self._mood = sentence, mood
        self._stale.add("live")

    # Candidates ----------------------------------------------------------------------------------------------------

    def _assign(self) -> None:
        """Find experts for the tasks that have none yet: those just added, or given a model by its name."""
        edition = self.history.present
        for task_id in edition.open_tasks:
            work = assign_by_ranking(edition.draft, [task_id], self._doors.catalogue, self._doors.options)
            self._afterwards(work, partial(self._assigned, edition.draft.by_id[task_id]))

    def _assigned(self, task: Task, future: Future[dict[str, Assignment | NoExpert]]) -> None:
        edition = self.history.present
        if edition.draft.by_id.get(task.id) != task or task.id not in edition.open_tasks:
            return  # it was changed meanwhile, and is looked for anew
        try:
            self.history.amend(edition.assigned(future.result()))
        except SelectionError as error:
            self.history.amend(edition.with_misfit(task.id, str(error)))
        self._stale.update(("graph", "detail", "live", "sends"))

    def _find(self, task_id: str, words: str) -> None:
        """Search the catalogue for a task's type."""
        if task_id not in self.history.present.draft.by_id:
            return
        type_name = self.history.present.draft.by_id[task_id].type
        self._search[task_id] = (words, "searching…" if words else "", ())
        self._stale.add("detail")
        if words:
            work = self._doors.catalogue.candidates(type_name, CONSIDERED, words)
            self._afterwards(work, lambda future: self._found(task_id, words, future))

    def _found(self, task_id: str, words: str, future: Future[tuple[Candidate, ...]]) -> None:
        if self._search[task_id][0] != words:
            return  # the user has typed on
        try:
            found = future.result()
            note = f"{count(len(found), 'model')} found" if found else f"no model has {words!r}"
        except JarvisError as error:
            found, note = (), str(error)
        self._search[task_id] = (words, note, found)
        self._stale.add("detail")

    def _afterwards(self, work: Coroutine[Any, Any, Any], then: Callable[[Future[Any]], None]) -> None:
        self._doors.submit(work).add_done_callback(lambda future: self._doors.later(lambda: then(future)))

    # What the page shows -------------------------------------------------------------------------------------------

    def publish(self, show: Callable[[str, Plain], None]) -> None:
        """Give the page what has changed since it was asked last, by trait."""
        stale, self._stale = [name for name in TRAITS if name in self._stale], set()
        for name in stale:
            show(name, self._trait(name))

    @property
    def is_stale(self) -> bool:
        """Whether there is something new to publish."""
        return bool(self._stale)

    def _trait(self, name: str) -> Plain:
        edition = self.history.present
        match name:
            case "graph":
                state = graph_state(edition, self._width, self._inputs, whole=self.phase is not Phase.PLANNING)
                return {**state, "notes": [*state["notes"], *(n for n in self._notes if n not in state["notes"])]}
            case "detail" if self._selected:
                words, note, found = self._search.get(self._selected, ("", "", ()))
                return detail_state(edition, self._selected, found, words, note)
            case "palette":
                return palette_state(self.menu)
            case "results":
                return self._watch.previews
            case "sends" if self._sends_open:
                return sends_state(edition, self._doors.chat, *self._doors.told())
            case "live":
                return self._live()
        return {}

    def _live(self) -> Plain:
        banner, mood = self._banner()
        pace = self._watch.pace() if self.phase is Phase.RUNNING else ""
        facts = {"banner": banner, "pace": pace, "mood": mood, "tasks": self._watch.tasks, "answer": self._watch.answer}
        return {"phase": str(self.phase), "buttons": self._buttons(), **facts}

    def _buttons(self) -> Plain:
        editable, edition = self.is_editable, self.history.present
        can_run, reviewing = editable and edition.can_run, editable and self.phase is Phase.REVIEW
        failed = bool(self._failed())
        return {
            "run": can_run and not (reviewing and failed),
            "runTo": editable and self._selected is not None and self._up_to(self._selected).can_run,
            "retry": reviewing and failed,
            "canRetry": can_run,
            "finish": reviewing,
            "cancel": self.phase is not Phase.ENDED and not (self.has_decided and self.decision is None),
            "edit": editable,
            "undo": editable and bool(self.history.past),
            "redo": editable and bool(self.history.future),
            "save": bool(edition.draft.tasks) and self.phase is not Phase.PLANNING,
        }

    def _failed(self) -> list[str]:
        """The tasks that failed and are still in the plan."""
        return [task_id for task_id in self._watch.having("failed") if task_id in self.history.present.draft.by_id]

    def _banner(self) -> tuple[str, str]:
        """One line on where it stands, and its mood: "", "good" or "problem"."""
        edition = self.history.present
        if self._said:
            return self._said, self._mood
        match self.phase:
            case Phase.PLANNING:
                return "Planning…", ""
            case Phase.RUNNING:
                return self._watch.progress(), ""
            case Phase.ENDED:
                return self._watch.summary()
        if edition.problems:
            more = f" ({len(edition.problems)} problems in all)" if len(edition.problems) > 1 else ""
            return f"Not ready to run: {edition.problems[0].sentence}{more}", "problem"
        if edition.unanswered:
            task_id, candidate = next(iter(edition.unanswered.items()))
            return f"Not ready to run: {unanswered_words(candidate)} It is the model of {task_id!r}.", "problem"
        if edition.open_tasks:
            return f"Looking for experts for {listed(edition.open_tasks)}…", ""
        if self.phase is Phase.APPROVAL:
            return f"Ready to run: {_summary(edition, self._doors.chat)}", ""
        if failed := self._failed():
            why = f": {self._watch.tasks[failed[0]]['sentence'].rstrip('.')}" if len(failed) == 1 else ""
            do = "Change the model or an argument and press Retry, or Finish with what there is."
            return f"{listed(failed)} failed{cut(why, 300)}. {do}", "problem"
        return "Run to go on with the rest, or Finish with what there is.", ""


def _with_field(edition: Edition, task_id: str, message: Message) -> Edition:
    """The edition after an edit of one of a task's fields."""
    match message:
        case {"op": "argument", "port": str(name), "text": str(text)}:
            port = edition.port(task_id, name)
            return edition.with_argument(task_id, name, argument_from(text, port)) if port else edition
        case {"op": "variable", "name": str(name)}:
            return edition.with_variable(task_id, name) if name else edition.with_bound(task_id, bound=False)
        case {"op": "bind", "bound": bool(bound)}:
            return edition.with_bound(task_id, bound=bound)
        case {"op": "download"}:
            return edition.with_download(task_id)
        case {"op": "purpose", "text": str(text)}:
            return _ranked_anew(edition.with_purpose(task_id, text), task_id)
        case {"op": "lists", "rule": "items" | "whole" as rule}:
            return edition.with_each(task_id, None if rule == "items" else ())
        case {"op": "after", "other": str(other), "chosen": bool(chosen)}:
            after = [name for name in edition.draft.by_id[task_id].after if name != other]
            return edition.with_after(task_id, [*after, other] if chosen else after)
    return edition


def _ranked_anew(edition: Edition, task_id: str) -> Edition:
    """A purpose decides who is right for a task, unless the user has chosen."""
    assignment = edition.assignments.get(task_id)
    if isinstance(assignment, Assignment) and assignment.chosen_by == "user":
        return edition
    return edition.unassigned(task_id)


def _summary(edition: Edition, chat: str) -> str:
    """How many tasks, what leaves the machine, and what has no expert."""
    assignments = [edition.assignments[task_id] for task_id in edition.draft.by_id]
    hosts = dict.fromkeys(
        destination(a.candidate, chat) for a in assignments if isinstance(a, Assignment) and not a.candidate.is_local
    )
    lacking = [a.task_id for a in assignments if isinstance(a, NoExpert)]
    said = count(len(assignments) - len(lacking), "task")
    said += f", with data sent to {listed(list(hosts))}." if hosts else ", all on this machine."
    return said + (f" {listed(lacking)} will be skipped: no expert can do it here." if lacking else "")
