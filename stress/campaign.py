"""A campaign: many runs under faults, several at a time, each looked at when it has ended."""

from __future__ import annotations

import contextlib
import random
import re
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from huggingface_hub import close_session

from jarvis_magic.endpoints.lines import close_idle
from jarvis_magic.errors import ConversionError, JarvisCancelled, JarvisError, SourceError
from jarvis_magic.events import Event
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Missing
from jarvis_magic.ongoing import Ongoing
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.runners import abandoned
from jarvis_magic.testing import FunctionController, ListCatalogue
from jarvis_magic.values import Assignment, Failure, Proposal, Request, Run, Success
from tests.servers.hub import TOKEN, routed

from . import faults, functions
from .drawn import Drawn, draw, with_file, words
from .experts import MAIN_PORT
from .faults import Fault, Faults, FaultyServer, Profile, Received
from .functions import Functions, candidates
from .invariants import violations
from .levels import Levels, levels, settled
from .service import OTHERS_BUSINESS, Service, called, path_of

SHOWN = 4
"""How many failures are printed."""

AT_ONCE = 6
"""How many runs are under way together."""

SLACK = 6.0
"""Seconds a run may take beyond its tasks' deadlines, on a machine that has other things to do."""

GROWTH = 40_000_000
"""How many bytes more may be held after all runs than after a third of them: what the allocator does not give back."""

STOPS_WITHIN = 3.0
"""Seconds in which a stopped run must have ended: one by design, and what a busy machine adds."""


@dataclass(frozen=True)
class Campaign:
    """What is done, and what goes wrong.

    Parameters
    ----------
    name
        What it is called.
    remote, local
        What happens to calls over the network, and to functions.
    options
        Every knob.
    planned
        Whether a chat model plans, behind the same faults.
    stops
        Whether each run is stopped at a random moment.
    found
        Whether inputs are given by URL, and candidates are those the Hub lists, behind the same faults, while what was
        kept on disk is damaged again and again.
    needed
        The share of tasks with a working candidate that must succeed.
    """

    name: str
    remote: Profile
    local: Profile
    options: Options
    planned: bool = False
    stops: bool = False
    found: bool = False
    needed: float = 0.0


def _options(**changed: Any) -> Options:
    quick = {
        "controller": "offline",
        "backoff": 0.002,
        "limit": 4,
        "response": False,
        "approve": "auto",
        "cache_bytes": 0,
    }
    return Options(**{**quick, **changed})


ALL_REMOTE = (*faults.PASSING, *faults.HARMLESS, *faults.LASTING, *faults.ENDLESS)
ALL_LOCAL = (*functions.PASSING, *functions.HARMLESS, *functions.LASTING, *functions.ENDLESS)

OF_FILES = tuple(kind for kind in faults.LASTING if kind not in ("too short a length", "no end of JSON"))
"""What may happen to a file: not what nobody could tell from a shorter file."""

CAMPAIGNS = {
    c.name: c
    for c in (
        Campaign(
            "passing",
            Profile(0.3, faults.PASSING),
            Profile(0.3, functions.PASSING),
            _options(timeout=60.0),
            needed=0.999,
        ),
        Campaign("anything", Profile(0.5, ALL_REMOTE), Profile(0.5, ALL_LOCAL), _options(timeout=0.6, retries=3)),
        Campaign(
            "stopped",
            Profile(0.5, (*ALL_REMOTE, "late", "silent")),
            Profile(0.5, (*ALL_LOCAL, "takes a while")),
            _options(timeout=3.0),
            stops=True,
        ),
        Campaign(
            "planned",
            Profile(0.3, (*faults.PASSING, *faults.HARMLESS, *faults.LASTING)),
            Profile(0.3, functions.PASSING),
            _options(controller="auto", timeout=5.0, reply_timeout=3.0, response=True),
            planned=True,
        ),
        Campaign(
            "stopped early",
            Profile(0.3, (*faults.PASSING, *faults.HARMLESS, "silent", "stalled")),
            Profile(0.3, functions.HARMLESS),
            _options(controller="auto", timeout=3.0, reply_timeout=3.0, response=True),
            planned=True,
            stops=True,
        ),
        Campaign(
            "found",
            Profile(0.4, (*faults.PASSING, *faults.HARMLESS, *OF_FILES)),
            Profile(0.3, functions.PASSING),
            _options(timeout=5.0),
            found=True,
        ),
    )
}


@dataclass
class Figures:
    """What came of a campaign."""

    runs: int = 0
    tasks: Counter[str] = field(default_factory=Counter)
    tries: Counter[int] = field(default_factory=Counter)
    worked: int = 0
    failed: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    slowest_stop: float = 0.0
    seconds: float = 0.0
    before: Levels | None = None
    after: Levels | None = None
    warm: int = 0
    end: int = 0

    @property
    def share(self) -> float:
        """The share of tasks with a working candidate and all their inputs that succeeded, every item of them."""
        return self.worked / max(1, self.worked + len(self.failed))

    def lines(self) -> Iterator[str]:
        """The figures, as they are printed."""
        yield f"  {self.runs} runs, {sum(self.tasks.values())} tasks ({_listed(self.tasks)}) in {self.seconds:.0f} s"
        yield f"  {self.calls} calls, {sum(self.faults.values())} faults: {_listed(self.faults)}"
        yield f"  tasks with a working candidate: {self.worked} succeeded, {len(self.failed)} did not ({self.share:.3%})"
        yield f"  calls of a task that succeeded: {_listed(self.tries)}"
        yield from (f"    {reason}" for reason in self.failed[:SHOWN])
        if self.errors:
            yield f"  runs that ended with a sentence: {_listed(self.errors)}"
        yield from (f"  said {count} times: {note}" for note, count in self.notes.most_common(SHOWN))
        if self.slowest_stop:
            yield f"  the slowest stop took {self.slowest_stop:.2f} s"
        yield f"  before: {self.before}"
        yield f"  after:  {self.after}"
        yield f"  memory: {self.warm / 1e6:.0f} MB after a third of the runs, {self.end / 1e6:.0f} MB after all"
        yield f"  violations: {len(self.violations)}"
        yield from (f"    {violation}" for violation in self.violations[:20])


def _listed(counted: Mapping[Any, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counted.items(), key=lambda item: str(item[0])))


def carry_out(campaign: Campaign, seed: int, numbers: range, *, rests: bool = True) -> Figures:
    """Carry out runs of a campaign.

    Parameters
    ----------
    campaign, seed, numbers
        What is run, and which of its runs.
    rests
        Whether to wait at the end until threads that idle have ended too, which takes ten seconds.
    """
    figures, began = Figures(), time.monotonic()
    with _Ground(campaign, seed) as ground:
        ground.warm_up()
        figures.before = levels()
        todo, under_way = iter(numbers), list[_Under]()
        while True:
            while len(under_way) < AT_ONCE and (number := next(todo, None)) is not None:
                under_way.append(_Under(ground, number))
            if not under_way:
                break
            first = under_way.pop(0)
            first.end(figures)
            if figures.runs == len(numbers) // 3:
                figures.warm = levels().memory
            if figures.runs % 100 == 0:
                ground.forget()
        figures.end = levels().memory
        figures.violations += ground.rest(figures.before, full=rests)
        figures.after = levels()
        figures.faults = ground.remote.count + ground.local.count
        figures.calls = ground.remote.calls + ground.local.calls
    figures.seconds = time.monotonic() - began
    if len(numbers) >= 300 and figures.end - figures.warm > GROWTH:
        figures.violations.append(f"memory grew from {figures.warm / 1e6:.0f} to {figures.end / 1e6:.0f} MB")
    if figures.share < campaign.needed:
        figures.violations.append(f"{figures.share:.3%} succeeded, {campaign.needed:.1%} must: {figures.failed[:5]}")
    return figures


class _Ground:
    """What the runs of a campaign stand on: the server, the functions, and one Jarvis."""

    def __init__(self, campaign: Campaign, seed: int) -> None:
        self.campaign, self.seed = campaign, seed
        self.remote, self.local = Faults(seed, campaign.remote), Faults(seed, campaign.local)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self._open.callback(setattr, tempfile, "tempdir", tempfile.tempdir)
        tempfile.tempdir = self._open.enter_context(tempfile.TemporaryDirectory())
        server = FaultyServer(Service(self.drawn), self._fault)
        self.server = self._open.enter_context(server)
        self._open.enter_context(routed(server))
        self.functions = self._open.enter_context(Functions(self.local))
        self.candidates = {task_type: candidates(task_type, server.url) for task_type in MAIN_PORT}
        self.jarvis = self._open.enter_context(self._jarvis())
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def drawn(self, number: int) -> Drawn:
        """The request of a number."""
        return draw(self.seed, number, self.candidates)

    def _jarvis(self) -> Jarvis:
        chat: dict[str, Any] = (
            {"base_url": f"{self.server.url}/v1", "api_key": "none-such"} if self.campaign.planned else {}
        )
        self.cache = Path(self._open.enter_context(tempfile.TemporaryDirectory()))
        keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(self.cache)})
        catalogue = None if self.campaign.found else ListCatalogue(self.candidates)
        self.controller = FunctionController(self._plan)
        controller = self.controller if self.campaign.found else "tiny" if chat else "offline"
        return Jarvis(controller, options=self.campaign.options, keys=keys, catalogue=catalogue, **chat)

    def _plan(self, request: Request) -> Plan:
        number = int(request.text.split()[2].rstrip(":"))
        file = next((name for name, kind in request.kinds.items() if kind == "image"), None)
        return with_file(self.drawn(number).plan, file) if file else Plan(request.text)  # a page came in its place

    def _fault(self, received: Received) -> Fault | None:
        what = called(received)
        if what == OTHERS_BUSINESS:
            return None
        if "/dead-" in what and received.method == "POST":
            chance = random.Random(f"{self.seed}/{what}")
            return Fault(chance.choice(("500", "503", "404", "410", "refused", "a page")), chance.random())
        fault = self.remote.next(what)
        through_router = received.headers.get("host", "").endswith("huggingface.co")
        return None if fault and fault.kind == "twice" and through_router else fault  # no proxy passes that on

    def damage(self, number: int) -> None:
        """Take away, cut short or spoil some of what is kept on disk."""
        chance = random.Random(f"{self.seed}/damage/{number}")
        for path in sorted(self.cache.rglob("*.json")):
            with contextlib.suppress(FileNotFoundError):  # a run that found it damaged took it away
                _damage(path, chance)

    def warm_up(self) -> None:
        """Run everything once, so that what is made once is there."""
        for number in range(-12, 0):
            _Under(self, number).end(Figures())
        self.forget()
        for faults_of in (self.remote, self.local):
            faults_of.count.clear()
            faults_of.calls = 0

    def forget(self) -> None:
        """Forget which calls were made, so that counting them takes no memory."""
        self.controller.asked.clear()
        self.remote.forget()
        self.local.forget()

    def rest(self, before: Levels, *, full: bool) -> Iterator[str]:
        """Let everything come to its end, and say what does not."""
        self.functions.released.set()
        self.server.hang_up()
        if not settled(lambda: not abandoned(), 20):
            yield f"{len(abandoned())} calls that were left have not ended: {abandoned()[:3]}"
        self.jarvis.close()
        close_idle()
        close_session()
        idle = 12.0 if full else 0.0
        if not settled(lambda: not _kept_after(before, full=full), idle + 3):
            yield f"left at the end: {_kept_after(before, full=full)}"
        yield from (f"the server has a bug: {''.join(traceback.format_exception(bug))}" for bug in self.server.bugs)


def _damage(path: Path, chance: random.Random) -> None:
    match chance.randrange(4):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(path.read_bytes()[: chance.randrange(100)])
        case 2:
            path.write_bytes(path.read_bytes().replace(b'"model"', b'"expert"'))


def _kept_after(before: Levels, *, full: bool) -> str:
    now = levels()
    if not full and now.threads > before.threads:  # threads that wait for calls end after ten seconds
        now = Levels(before.threads, now.files, now.sockets, now.children, now.temporary, now.memory, now.names)
    return now.above(before)


class _Under:
    """A run under way."""

    def __init__(self, ground: _Ground, number: int) -> None:
        self.campaign, self.number, self.seed = ground.campaign, number, ground.seed
        self.drawn = ground.drawn(number)
        self.events: list[Event] = []
        self.proposed: Mapping[str, Any] = {}
        asked: Any = words(self.drawn) if self.campaign.planned else self.drawn.plan
        if self.campaign.found:
            asked = f'Do run {number}: @start, @many, @"{ground.server.url}{path_of(number)}".'
            ground.damage(number)
        self.ongoing: Ongoing = ground.jarvis.start(
            asked,
            approve=self._approve,
            on_event=self.events.append,
            variables=self.drawn.values,
            **({} if isinstance(asked, str) else self.drawn.values),
        )
        self.began = time.monotonic()
        self.stop_after = random.Random(f"{self.seed}/stop/{number}").expovariate(8)

    def _approve(self, proposal: Any) -> Any:
        approved = _checkable(proposal) if self.campaign.found else self.drawn.approve(proposal)
        self.proposed = approved.assignments
        return approved

    def end(self, figures: Figures) -> None:
        """Wait until it has ended, and look at it."""
        figures.runs += 1
        found = list(self._found(figures))
        again = f"python -m stress {self.campaign.name} --seed {self.seed} --only {self.number}"
        figures.violations += [f"{sentence} ({again})" for sentence in found]

    def _found(self, figures: Figures) -> Iterator[str]:
        if not self.campaign.stops:
            yield from self._ended(figures, self._deadline(), stopped=False)
            return
        _until(self.began + self.stop_after, self.ongoing)
        stopped_at = time.monotonic()
        self.ongoing.stop()
        yield from self._ended(figures, STOPS_WITHIN, stopped=True)
        figures.slowest_stop = max(figures.slowest_stop, time.monotonic() - stopped_at)

    def _ended(self, figures: Figures, patience: float, *, stopped: bool) -> Iterator[str]:
        """Wait for the end, and say what does not hold."""
        try:
            run: Run | None = self.ongoing.future.result(timeout=patience)
        except JarvisCancelled as stop:
            run = stop.run
            if not stopped:
                yield f"nobody stopped it, and it says {stop}"
        except JarvisError as error:
            run = None
            figures.errors[type(error).__name__] += 1
            if not self.campaign.planned and not (
                self.campaign.found and isinstance(error, SourceError | ConversionError)
            ):
                yield f"no run: {error}"
        except TimeoutError:
            run = None
            yield f"it has not ended after {patience:.1f} s"
        except BaseException as bug:  # noqa: BLE001 - every other error is what is looked for
            run = None
            yield f"a bug: {bug!r}"
        if run is not None:
            yield from self._looked_at(run, figures, stopped=stopped)

    def _deadline(self) -> float:
        """How long it may take: each task all its time, one after another, and its controller."""
        options = self.campaign.options
        controller = 3 * options.reply_timeout if self.campaign.planned else 0.0
        return self.began + len(self.drawn.plan.tasks) * options.timeout + controller + SLACK - time.monotonic() + 1

    def _looked_at(self, run: Run, figures: Figures, *, stopped: bool) -> Iterator[str]:
        values = {name: self.drawn.values.get(name, self.drawn.values["photo"]) for name in run.plan.inputs}
        yield from violations(run, self.events, values, stopped=stopped)
        figures.notes.update(re.sub(r"'[^']*'|\d+", "…", note) for note in run.notes)
        for task_id, outcome in run.outcomes.items():
            figures.tasks[type(outcome).__name__.casefold()] += 1
            whole = isinstance(outcome, Success) and not _has_gaps(outcome.resource.value)
            if isinstance(outcome, Success):
                figures.tries[len(outcome.attempts)] += 1
            if isinstance(self.proposed.get(task_id), Assignment):
                figures.worked += whole
                if isinstance(outcome, Failure) or (isinstance(outcome, Success) and not whole):
                    figures.failed.append(f"{self.number} {task_id}: {getattr(outcome, 'sentence', 'an item')}")


def _checkable(proposal: Proposal) -> Proposal:
    """The proposal with those candidates only whose results are known."""
    assignments = dict(proposal.assignments)
    for task_id, assigned in assignments.items():
        if isinstance(assigned, Assignment):
            known = [a for a in assigned.fallbacks() if a.candidate.endpoint in ("function", "provider")]
            others = tuple(a.candidate for a in known[1:])
            assignments[task_id] = replace(known[0], alternatives=others)
    return Proposal(proposal.plan, assignments)


def _has_gaps(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(item, Missing) for item in value)


def _until(moment: float, ongoing: Ongoing) -> None:
    """Wait for a moment, or for the end of a run."""
    try:
        ongoing.future.exception(timeout=max(0.0, moment - time.monotonic()))
    except TimeoutError:
        return


def told(name: str, seed: int, numbers: range) -> int:
    """Carry out a campaign, print its figures, and return how many violations there were."""
    print(f"{name}: seed {seed}", flush=True)
    figures = carry_out(CAMPAIGNS[name], seed, numbers)
    print("\n".join(figures.lines()), flush=True)
    return len(figures.violations)
