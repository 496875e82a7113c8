"""What is seen of tasks while they run: their states, times and phrases, previews of their results, the answer."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from jarvis_magic.drawing.words import count, cut, listed, seconds
from jarvis_magic.events import Event, ResponseGrew, TaskNoted, TaskProgressed, TaskRetried, TaskStarted
from jarvis_magic.media import Audio
from jarvis_magic.values import Failure, Outcome, Resource, Skipped, Success

from .page_state import Plain
from .previews import preview


class Watch:
    """The tasks of one cell as they are watched: plain dicts for the page, never changed in place."""

    def __init__(self) -> None:
        self.answer = ""
        self.previews: dict[str, Plain] = {}
        self._results: dict[str, Resource] = {}
        self._facts: dict[str, Plain] = {}

    @property
    def tasks(self) -> dict[str, Plain]:
        """Of each task its state ("waiting", "running", "done", "failed", "skipped"), seconds, phrase, sentence, …."""
        return {task_id: _with_time(facts) for task_id, facts in self._facts.items()}

    def having(self, *states: str) -> list[str]:
        """The ids of the tasks in one of these states."""
        return [task_id for task_id, facts in self._facts.items() if facts["state"] in states]

    def begin(self, task_ids: Iterable[str]) -> None:
        """Take note that these tasks, and no others, are to run; what has ended before is told again."""
        begun = {name: facts for name, facts in self._facts.items() if facts["state"] == "running"}
        self._facts = {task_id: begun.get(task_id, {"state": "waiting"}) for task_id in task_ids}

    def happened(self, event: Event) -> None:
        """Take an event of a task that has not ended, or of the answer."""
        match event:
            case TaskStarted(task_id, model):
                self._set(task_id, state="running", model=model, phrase="", begun=time.monotonic())
            case TaskProgressed(task_id, part, phrase):
                self._set(task_id, part=part, phrase=phrase)
            case TaskRetried(task_id, model, because):
                self._set(task_id, part=None, phrase=f"again with {model}: {because}", model=model)
            case TaskNoted(task_id, sentence):
                self._set(task_id, notes=[*self._facts.get(task_id, {}).get("notes", ()), sentence])
            case ResponseGrew(text):
                self.answer += text

    def ended(self, task_id: str, outcome: Outcome) -> bool:
        """Take the outcome of a task, and return whether there is a new result."""
        match outcome:
            case Success():
                how: Plain = {"state": "done", "reused": outcome.reused, "notes": list(outcome.notes)}
            case Failure():
                how = {"state": "failed", "sentence": outcome.sentence}
            case Skipped():
                how = {"state": "skipped", "sentence": outcome.sentence}
        if not isinstance(outcome, Skipped):
            tries = [{"model": attempt.model, "failure": attempt.failure} for attempt in outcome.attempts]
            how |= {"seconds": outcome.seconds, "attempts": tries}
        self._facts[task_id] = how
        return isinstance(outcome, Success) and self._keep(task_id, outcome.resource)

    def _keep(self, task_id: str, resource: Resource) -> bool:
        if self._results.get(task_id) is resource:
            return False
        self._results[task_id] = resource
        self.previews = {**self.previews, task_id: preview(resource)}
        return True

    def _set(self, task_id: str, **facts: Any) -> None:
        self._facts[task_id] = {"state": "waiting", **self._facts.get(task_id, {}), **facts}

    def sound_without_wave(self, task_id: str) -> Audio | None:
        """A result that is sound and has only the plain player."""
        resource = self._results.get(task_id)
        plain = resource is not None and resource.kind == "audio" and "waveform" not in self.previews[task_id]
        return resource.value if resource and plain else None

    def show_wave(self, task_id: str, widget: str) -> None:
        """Show the widget of this id beside a sound's plain player."""
        self.previews = {**self.previews, task_id: {**self.previews[task_id], "waveform": widget}}

    def progress(self) -> str:
        """One line on how far it is."""
        ended, running = self.having("done", "failed", "skipped"), self.having("running")
        if len(ended) == len(self._facts):
            return "Writing the answer…"
        return f"{len(ended)} of {len(self._facts)} done" + (f"; running: {listed(running)}" if running else "")

    def pace(self) -> str:
        """What the running tasks say of themselves, which changes too often to be read out: "40 of 300, 9 a second"."""
        running = self.having("running")
        said = {task_id: cut(phrase, 80) for task_id in running if (phrase := self._facts[task_id].get("phrase"))}
        return "; ".join(f"{task_id}: {phrase}" if len(running) > 1 else phrase for task_id, phrase in said.items())

    def summary(self) -> tuple[str, str]:
        """One line on how it ended, and its mood: "good", "problem", or "" where tasks were only skipped."""
        failed, skipped = self.having("failed"), self.having("skipped")
        if not failed and not skipped:
            took = sum(facts.get("seconds", 0.0) for facts in self._facts.values())
            return f"Done: {count(len(self._facts), 'task')}, {seconds(took)} of work.", "good"
        parts = [f"{listed(names)} {word}" for names, word in ((failed, "failed"), (skipped, "skipped")) if names]
        return f"Ended: {'; '.join(parts)}.", "problem" if failed else ""


def _with_time(facts: Plain) -> Plain:
    """The facts as the page gets them: of a task that runs, how long it has."""
    said = {name: value for name, value in facts.items() if name != "begun"}
    return {**said, "seconds": time.monotonic() - facts["begun"]} if facts["state"] == "running" else said
