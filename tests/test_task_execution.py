"""From a proposal to one outcome for every task."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.endpoints import FunctionEndpoint
from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointTimeout, EndpointUnavailable
from jarvis_magic.events import TaskEnded, TaskNoted, TaskProgressed, TaskRetried, TaskStarted
from jarvis_magic.experts import expert, forget
from jarvis_magic.kinds import Kind, Missing
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.runners import Backoff, abandoned, in_thread
from jarvis_magic.store import ResultCache
from jarvis_magic.task_execution import execute_tasks
from jarvis_magic.tasks import Task
from jarvis_magic.testing import (
    Gate,
    NoWaiting,
    Recorder,
    RecordingEndpoint,
    candidate,
    one_of,
    proposal,
    resource,
    run_in_no_time,
    texts,
)
from jarvis_magic.values import Assignment, Failure, NoExpert, Outcome, Proposal, Resource, Skipped, Success

from .plans_drawn import TYPE, needed, plans

START = texts(start="words")


def text_task(task_id: str, text: str, **more: Any) -> Task:
    """A task that writes a text."""
    return Task(task_id, TYPE, {"text": text}, **more)


def plan_of(*tasks: Task, **kinds: str) -> Plan:
    """A plan whose input is a text called start, unless others are named."""
    inputs = {name: Kind(kind) for name, kind in kinds.items()} or {"start": Kind("text")}
    return Plan(inputs=inputs, tasks=tasks)


async def carried_out(
    proposed: Proposal,
    models: Mapping[str, Callable[..., Any]] | Callable[..., Any] | RecordingEndpoint,
    inputs: Mapping[str, Resource] = START,
    emit: Recorder | None = None,
    options: Options | None = None,
    **how: Any,
) -> dict[str, Outcome]:
    """Execute a proposal on functions of Python values."""
    endpoint = models if isinstance(models, RecordingEndpoint) else RecordingEndpoint(models)
    kinds = {"function": endpoint, "provider": endpoint, "toolbox": endpoint}
    return await execute_tasks(proposed, inputs, kinds, options or Options(), emit or Recorder(), **how)  # type: ignore[arg-type]


def values(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """The values of the tasks that succeeded."""
    return {id_: outcome.resource.value for id_, outcome in outcomes.items() if isinstance(outcome, Success)}


def success(outcome: Outcome) -> Success:
    """The outcome, which is a success."""
    assert isinstance(outcome, Success), outcome.sentence
    return outcome


def failure(outcome: Outcome) -> Failure:
    """The outcome, which is a failure."""
    assert isinstance(outcome, Failure)
    return outcome


def raises(error: Exception) -> Callable[..., Any]:
    """An expert that always fails."""

    def fail(**_: Any) -> Any:
        raise error

    return fail


# Order


async def test_a_chain_passes_results_on_and_outcomes_are_in_the_plans_order() -> None:
    """Each task gets the results it refers to; the last in the plan may be the first to run."""
    plan = plan_of(text_task("c", "@a and @b"), text_task("b", "@a!"), text_task("a", "@start"))
    outcomes = await carried_out(proposal(plan), lambda text: f"({text})")
    assert values(outcomes) == {"c": "((words) and ((words)!))", "b": "((words)!)", "a": "(words)"}
    assert list(outcomes) == ["c", "b", "a"]


async def test_independent_tasks_run_together_and_no_task_waits_for_a_stranger() -> None:
    """A dependent starts while the sibling of what it needs still runs."""
    gate, order = Gate(), list[str]()

    async def model(text: str) -> str:
        order.append(text)
        if text == "slow words":
            await gate.passed()
        elif text == "next quick words":
            gate.open()
        return text

    plan = plan_of(text_task("slow", "slow @start"), text_task("quick", "quick @start"), text_task("n", "next @quick"))
    outcomes = await carried_out(proposal(plan), model)
    assert order == ["slow words", "quick words", "next quick words"]
    assert len(values(outcomes)) == 3


async def test_events_tell_the_story_of_each_task() -> None:
    """Started with the model, ended once with the outcome that is returned."""
    recorder = Recorder()
    plan = plan_of(text_task("a", "@start"), text_task("b", "@a"))
    outcomes = await carried_out(proposal(plan, candidate("mine")), lambda text: text, emit=recorder)
    assert recorder.events == [
        TaskStarted("a", "mine"),
        TaskEnded("a", outcomes["a"]),
        TaskStarted("b", "mine"),
        TaskEnded("b", outcomes["b"]),
    ]
    ended = success(outcomes["b"])
    assert (ended.model, ended.endpoint, len(ended.attempts)) == ("mine", "function", 1)
    assert ended.started >= success(outcomes["a"]).started


# Failures


async def test_a_failure_skips_only_what_needs_it() -> None:
    """Dependents say because of what; siblings and what merely comes after go on."""
    plan = plan_of(
        text_task("bad", "bad @start"),
        text_task("child", "@bad"),
        text_task("grandchild", "@child"),
        text_task("sibling", "@start"),
        text_task("later", "@start", after=["bad"]),
    )
    broken = EndpointRejected("It does not like it.")
    outcomes = await carried_out(proposal(plan), lambda text: text if text == "words" else raises(broken)())
    assert failure(outcomes["bad"]).error is broken
    assert (broken.task_id, broken.model) == ("bad", "expert")
    skipped = Skipped("It needs the result of 'bad', which failed.", "bad")
    assert outcomes["child"] == outcomes["grandchild"] == skipped
    assert values(outcomes) == {"sibling": "words", "later": "words"}


async def test_a_task_without_an_expert_is_skipped_with_its_reason() -> None:
    """What needs it says so too."""
    plan = plan_of(text_task("a", "@start"), text_task("b", "@a"))
    proposed = proposal(plan)
    none = NoExpert("a", TYPE, "No expert here yet: write one.")
    outcomes = await carried_out(replace(proposed, assignments={**proposed.assignments, "a": none}), raises(OSError()))
    assert outcomes["a"] == Skipped("No expert here yet: write one.")
    assert outcomes["b"] == Skipped("It needs the result of 'a', which has no expert.", "a")


async def test_a_path_that_leads_nowhere_is_a_failure_of_its_task() -> None:
    """A value has fewer items than the plan hoped."""
    plan = plan_of(text_task("a", "@many[5]"), many="list[text]")
    outcomes = await carried_out(proposal(plan), lambda text: text, {"many": resource("list[text]", ["one"])})
    assert "There is no item [5]" in failure(outcomes["a"]).sentence


async def test_a_bug_is_a_traceback() -> None:
    """What is no failure of ours comes out as it is, not in a group, and stops the run."""
    plan = plan_of(text_task("a", "@start"), text_task("b", "@many"), start="text", many="list[text]")
    inputs = {**START, "many": resource("list[text]", ["one"])}
    for broken in ("words", "one"):
        with pytest.raises(ZeroDivisionError):
            await carried_out(proposal(plan), lambda text, broken=broken: text if text != broken else 1 / 0, inputs)


# Again, and by another


async def test_what_may_pass_is_tried_again_with_growing_waits() -> None:
    """Each try is an attempt; what the endpoint asks for goes before our own waits."""
    waiting, recorder = NoWaiting(), Recorder()
    model = one_of([EndpointUnavailable("Busy."), EndpointUnavailable("Busy.", retry_after=7), "at last"])
    plan = plan_of(text_task("a", "@start"))
    outcomes = await carried_out(proposal(plan), model, emit=recorder, backoff=waiting.backoff)
    assert [attempt.failure for attempt in success(outcomes["a"]).attempts] == ["Busy.", "Busy.", None]
    assert waiting.waits == [0.5, 7]
    assert recorder.of(TaskRetried) == [TaskRetried("a", "expert", "Busy.")] * 2


async def test_tries_end_and_what_does_not_pass_is_not_tried_again() -> None:
    """Options say how often."""
    waiting = NoWaiting()
    plan = plan_of(text_task("a", "busy @start"), text_task("b", "no @start"))
    errors = {"busy words": EndpointUnavailable("Busy."), "no words": EndpointRejected("No.")}
    endpoint = RecordingEndpoint(lambda text: raises(errors[text])())
    await carried_out(proposal(plan), endpoint, backoff=waiting.backoff, options=Options(retries=3))
    assert Counter(call.task_id for call in endpoint.calls) == {"a": 4, "b": 1}
    assert waiting.waits == [0.5, 1, 2]


async def test_the_next_candidate_takes_over() -> None:
    """The outcome names who did it, and the attempts who did not."""
    recorder = Recorder()
    plan = plan_of(text_task("a", "@start"))
    proposed = proposal(plan, candidate("one"), candidate("two", "provider"), candidate("three"))
    models = {"one": raises(EndpointRejected("Not I.")), "two": lambda text: text, "three": raises(OSError())}
    ended = success((await carried_out(proposed, models, emit=recorder))["a"])
    assert (ended.model, ended.endpoint) == ("two", "provider")
    assert [(a.model, a.failure) for a in ended.attempts] == [("one", "Not I."), ("two", None)]
    assert recorder.of(TaskRetried) == [TaskRetried("a", "two", "Not I.")]


async def test_who_keeps_failing_is_left_for_the_others_and_asked_again_after_them() -> None:
    """A candidate that is down does not hold up one that works; the retries that are left come when all have failed."""
    waiting, busy = NoWaiting(), EndpointUnavailable("Busy.")
    proposed = proposal(plan_of(text_task("a", "@start")), candidate("one"), candidate("two"))
    models = {"one": raises(busy), "two": one_of([busy, busy, busy, busy, "at last"])}
    ended = success((await carried_out(proposed, models, backoff=waiting.backoff, options=Options(retries=5)))["a"])
    assert [attempt.model for attempt in ended.attempts] == ["one"] * 3 + ["two"] * 3 + ["one"] * 3 + ["two"] * 2
    assert waiting.waits == [0.5, 1, 0.5, 1, 2, 4, 8, 2, 4]


async def test_nothing_is_tried_again_where_options_say_so() -> None:
    """No retries: each candidate once."""
    proposed = proposal(plan_of(text_task("a", "@start")), candidate("one"), candidate("two"))
    endpoint = RecordingEndpoint(raises(EndpointUnavailable("Busy.")))
    await carried_out(proposed, endpoint, options=Options(retries=0))
    assert [call.model for call in endpoint.calls] == ["one", "two"]


async def test_when_all_fail_the_sentence_names_each() -> None:
    """What was tried, and what each answered."""
    plan = plan_of(text_task("a", "@start"))
    models = {"one": raises(EndpointRejected("Not I.")), "two": raises(EndpointRejected("Nor I."))}
    ended = failure((await carried_out(proposal(plan, candidate("one"), candidate("two")), models))["a"])
    assert ended.sentence == "None of 2 experts could do it. one: Not I; two: Nor I."
    assert isinstance(ended.error, EndpointError)
    assert ended.error.task_id == "a"


async def test_what_the_user_asked_for_is_not_replaced() -> None:
    """The sentence says who else might do it."""
    plan = plan_of(text_task("a", "@start"))
    asked = Assignment("a", TYPE, candidate("one"), chosen_by="user", alternatives=[candidate("two")])
    models = {"one": raises(EndpointRejected("Not I.")), "two": lambda text: text}
    ended = failure((await carried_out(Proposal(plan, {"a": asked}), models))["a"])
    assert ended.sentence == "Not I. You asked for this expert; 'two' might do it too."


async def test_an_endpoint_that_is_not_here_is_told() -> None:
    """A saved plan may need one."""
    plan = plan_of(text_task("a", "@start"))
    ended = failure((await carried_out(proposal(plan, candidate("m", "local")), lambda text: text))["a"])
    assert "no endpoint of kind 'local' here to run m" in ended.sentence


# Time


def test_a_task_that_hangs_ends_at_its_deadline_and_the_others_finish() -> None:
    """The sentence says how to allow more; no other candidate is begun with no time left."""

    async def model(text: str) -> str:
        if text == "hang words":
            await asyncio.Event().wait()
        return text

    plan = plan_of(text_task("hangs", "hang @start"), text_task("b", "@start"), text_task("c", "@hangs"))
    endpoint = RecordingEndpoint(model)
    proposed = proposal(plan, candidate("one"), candidate("two"))
    outcomes = run_in_no_time(carried_out(proposed, endpoint, options=Options(timeout=60)))
    ended = failure(outcomes["hangs"])
    assert isinstance(ended.error, EndpointTimeout)
    assert ended.sentence.startswith("one gave no result within 60 s; allow more with `--timeout 120`")
    assert values(outcomes) == {"b": "words"}
    assert isinstance(outcomes["c"], Skipped)
    assert [call.model for call in endpoint.calls if call.task_id == "hangs"] == ["one"]


async def test_a_wait_longer_than_the_time_left_is_not_begun() -> None:
    """The next candidate goes on instead."""
    waiting = NoWaiting()
    models = {"one": raises(EndpointUnavailable("Busy.", retry_after=1000)), "two": lambda text: text}
    plan = plan_of(text_task("a", "@start"))
    outcomes = await carried_out(proposal(plan, candidate("one"), candidate("two")), models, backoff=waiting.backoff)
    assert success(outcomes["a"]).model == "two"
    assert waiting.waits == []


def test_waiting_for_ones_turn_is_not_counted() -> None:
    """Many tasks under a small limit do not run out of time in the line."""

    async def model(text: str) -> str:
        await asyncio.sleep(3)
        return text

    plan = plan_of(*(text_task(f"t{i}", "@start") for i in range(12)))
    outcomes = run_in_no_time(carried_out(proposal(plan), model, options=Options(limit=1, timeout=5)))
    assert len(values(outcomes)) == 12


# Limits


async def test_no_more_calls_than_the_limit_and_than_an_expert_allows() -> None:
    """The limit holds over tasks and items; an expert of limit 1 keeps no place from the others."""

    async def model(text: str) -> str:
        await asyncio.sleep(0.001)
        return text

    inputs = {"many": resource("list[text]", ["x"] * 30)}
    plan = plan_of(text_task("a", "@many"), text_task("b", "@many"), many="list[text]")
    endpoint = RecordingEndpoint(model)
    await carried_out(proposal(plan), endpoint, inputs, options=Options(limit=4))
    assert endpoint.most_running == 4
    alone = RecordingEndpoint(model)
    await carried_out(proposal(plan, candidate("alone", limit=1)), alone, inputs)
    assert alone.most_running == 1


async def test_ten_thousand_items_are_not_ten_thousand_asyncio_tasks() -> None:
    """What is in flight is bounded by the limit."""
    most = 0

    async def model(text: str) -> str:
        nonlocal most
        most = max(most, len(asyncio.all_tasks()))
        await asyncio.sleep(0)
        return text

    inputs = {"many": resource("list[text]", [str(i) for i in range(10_000)])}
    outcomes = await carried_out(proposal(plan_of(text_task("a", "@many"), many="list[text]")), model, inputs)
    assert values(outcomes)["a"] == inputs["many"].value
    assert most < 20


# Lists


async def test_items_come_back_in_order_whenever_they_end() -> None:
    """Same nesting out, with the kind of the result."""
    waited = ["the longest first"]

    async def model(text: str) -> str:
        await asyncio.sleep(0.005 / len(waited))
        waited.append(text)
        return text.upper()

    inputs = {"many": resource("list[list[text]]", [["a", "b"], [], ["c"]])}
    outcomes = await carried_out(proposal(plan_of(text_task("t", "@many"), many="list[list[text]]")), model, inputs)
    assert success(outcomes["t"]).resource == resource("list[list[text]]", [["A", "B"], [], ["C"]])


async def test_no_items_is_a_success_with_none() -> None:
    """An empty list gives an empty list."""
    plan = plan_of(text_task("t", "@many"), many="list[text]")
    outcomes = await carried_out(proposal(plan), raises(OSError()), {"many": resource("list[text]", [])})
    assert values(outcomes) == {"t": []}


async def test_a_failed_item_is_missing_passes_through_and_is_left_out_of_wholes() -> None:
    """Per-item dependents keep the places; whole-list use drops it, and both say so."""
    recorder = Recorder()
    plan = plan_of(
        text_task("each", "@many"), text_task("after", "@each"), text_task("whole", "@each", each=[]), many="list[text]"
    )
    inputs = {"many": resource("list[text]", ["a", "bad", "c"])}
    endpoint = RecordingEndpoint(lambda text: raises(EndpointRejected("Bad."))() if text == "bad" else text + "!")
    outcomes = await carried_out(proposal(plan), endpoint, inputs, emit=recorder)
    assert values(outcomes) == {
        "each": ["a!", Missing("Bad."), "c!"],
        "after": ["a!!", Missing("Bad."), "c!!"],
        "whole": "1. a!\n2. c!!",
    }
    assert [call.arguments["text"] for call in endpoint.calls if call.task_id == "after"] == ["a!", "c!"]
    assert recorder.of(TaskNoted) == [
        TaskNoted("each", "1 of 3 items has no result; the first: Bad."),
        TaskNoted("whole", "1 of 3 items of @each have no value and were left out."),
        TaskNoted("after", "1 of 3 items has no result; the first: Bad."),
    ]
    assert success(outcomes["whole"]).notes == ("1 of 3 items of @each have no value and were left out.",)


async def test_a_list_of_which_nothing_succeeded_failed() -> None:
    """The sentence tells the first reason."""
    plan = plan_of(text_task("t", "@many"), text_task("u", "@t"), many="list[text]")
    inputs = {"many": resource("list[text]", ["a", "b"])}
    outcomes = await carried_out(proposal(plan), raises(EndpointRejected("Bad.")), inputs)
    assert failure(outcomes["t"]).sentence == "None of the 2 items has a result. The first: Bad."
    assert isinstance(outcomes["u"], Skipped)


async def test_a_task_that_needs_a_missing_item_is_skipped() -> None:
    """The reason of the item is told."""
    plan = plan_of(text_task("each", "@many"), text_task("one", "@each[1]"), many="list[text]")
    inputs = {"many": resource("list[text]", ["a", "bad"])}
    outcomes = await carried_out(
        proposal(plan), lambda text: raises(EndpointRejected("Bad."))() if text == "bad" else text, inputs
    )
    assert outcomes["one"] == Skipped("It needs a value that is missing: Bad.")


async def test_progress_over_items_says_how_many_and_how_fast() -> None:
    """A hundred words at most, the last of them all done."""
    recorder = Recorder()
    inputs = {"many": resource("list[text]", ["x"] * 1000)}
    plan = plan_of(text_task("t", "@many"), many="list[text]")
    await carried_out(proposal(plan), lambda text: text, inputs, emit=recorder)
    told = recorder.of(TaskProgressed)
    assert len(told) == 100
    assert told[-1] == TaskProgressed("t", 1.0, "1,000 of 1,000")
    assert told[0].phrase.startswith("10 of 1,000, ")
    assert told[0].phrase.endswith(" left")


# The same work once


def two_alike(**known: Any) -> Proposal:
    """Two tasks that do the same."""
    return proposal(plan_of(text_task("a", "@start"), text_task("b", "@start")), candidate("m", **known))


async def test_identical_tasks_of_a_deterministic_expert_are_computed_once() -> None:
    """Both have the result, one of them as a copy."""

    async def model(text: str) -> str:
        await asyncio.sleep(0.005)
        return text

    for known, calls in (({"deterministic": True}, 1), ({}, 2)):
        endpoint = RecordingEndpoint(model)
        outcomes = await carried_out(two_alike(**known), endpoint)
        assert values(outcomes) == {"a": "words", "b": "words"}
        assert len(endpoint.calls) == calls
        assert [success(o).reused for o in outcomes.values()].count(True) == 2 - calls


async def test_a_failure_is_not_shared() -> None:
    """The second of two identical tasks tries by itself."""
    model = one_of([EndpointRejected("Bad day."), "fine"])
    outcomes = await carried_out(two_alike(deterministic=True), model)
    assert [type(outcome) for outcome in outcomes.values()] == [Failure, Success]


async def test_a_seed_makes_a_call_repeatable_except_of_the_users_functions() -> None:
    """Equal seeds are computed once, different ones twice; of a function only its author knows."""
    pictures = {"a": {"text": "x", "seed": 1}, "b": {"text": "x", "seed": 1}, "c": {"text": "x", "seed": 2}}
    plan = plan_of(*(Task(id_, "text-to-image", arguments) for id_, arguments in pictures.items()), start="text")
    for endpoint_kind, calls in (("provider", 2), ("function", 3)):
        endpoint = RecordingEndpoint(lambda text, seed: f"{text}{seed}")
        outcomes = await carried_out(proposal(plan, candidate("m", endpoint_kind)), endpoint)  # type: ignore[arg-type]
        assert len(values(outcomes)) == 3
        assert len(endpoint.calls) == calls


async def test_results_are_used_again_in_a_later_run() -> None:
    """Only for the same content, expert and revision; shown as reused."""
    cache, plan = ResultCache(10_000), plan_of(text_task("a", "@start"))
    endpoint = RecordingEndpoint(lambda text: text.upper())

    async def run(words: str, **known: Any) -> Success:
        proposed = proposal(plan, candidate("m", deterministic=True, **known))
        outcomes = await carried_out(proposed, endpoint, texts(start=words), results=cache)
        return success(outcomes["a"])

    assert [(await run("x")).reused, (await run("x")).reused, (await run("y")).reused] == [False, True, False]
    again = await run("x")
    assert (again.resource.value, again.model, again.attempts) == ("X", "m", ())
    assert again.seconds >= 0
    assert not (await run("x", revision="2")).reused
    assert len(endpoint.calls) == 3


async def test_a_result_changed_by_a_later_cell_is_computed_again() -> None:
    """The user may edit a table in place."""
    cache = ResultCache(10_000)
    plan = plan_of(Task("a", "tabular-regression", {"table": "@t", "target": "y"}), t="table")
    inputs = {"t": resource("table", pd.DataFrame({"y": [1]}))}
    endpoint = RecordingEndpoint(lambda target, **_: pd.DataFrame({target: [2]}))
    proposed = proposal(plan, candidate("m", deterministic=True))
    first = values(await carried_out(proposed, endpoint, inputs, results=cache))["a"]
    first["y"] = 99
    second = values(await carried_out(proposed, endpoint, inputs, results=cache))["a"]
    assert list(second["y"]) == [2]
    assert len(endpoint.calls) == 2


async def test_a_fallbacks_result_is_not_taken_for_the_first_choices() -> None:
    """When the first expert is back, it is asked."""
    cache, plan = ResultCache(10_000), plan_of(text_task("a", "@start"))
    proposed = proposal(plan, candidate("one", deterministic=True), candidate("two", deterministic=True))
    models: dict[str, Callable[..., Any]] = {"one": raises(EndpointRejected("Out.")), "two": lambda **_: "by two"}
    assert values(await carried_out(proposed, models, results=cache)) == {"a": "by two"}
    assert values(await carried_out(proposed, {"one": lambda **_: "by one"}, results=cache)) == {"a": "by one"}


# Stopping


async def test_stop_keeps_what_finished_and_starts_nothing_more() -> None:
    """Every task has an outcome; a list keeps the items it has."""
    gate, stop, recorder = Gate(), asyncio.Event(), Recorder()

    async def model(text: str) -> str:
        if text.startswith("wait"):
            await gate.passed()
        return text

    plan = plan_of(
        text_task("quick", "@start"),
        text_task("slow", "wait @start"),
        text_task("items", "@many"),
        text_task("then", "@slow"),
        start="text",
        many="list[text]",
    )
    inputs = {**START, "many": resource("list[text]", ["a", "wait b", "c"])}
    endpoint = RecordingEndpoint(model)
    running = asyncio.create_task(carried_out(proposal(plan), endpoint, inputs, recorder, stop=stop))
    await gate.arrived(2)
    await recorder.until(lambda: len(recorder.of(TaskProgressed)) == 2)
    stop.set()
    outcomes = await running
    stopped = Skipped("It was stopped.")
    assert values(outcomes) == {"quick": "words", "items": ["a", Missing("It was stopped."), "c"]}
    assert (outcomes["slow"], outcomes["then"]) == (stopped, stopped)
    assert {event.task_id: event.outcome for event in recorder.of(TaskEnded)} == outcomes
    assert len(recorder.of(TaskEnded)) == 4
    assert "then" not in {call.task_id for call in endpoint.calls}


async def test_stopped_before_it_began_it_runs_nothing() -> None:
    """All is skipped."""
    stop = asyncio.Event()
    stop.set()
    endpoint = RecordingEndpoint(lambda text: text)
    outcomes = await carried_out(proposal(plan_of(text_task("a", "@start"))), endpoint, stop=stop)
    assert outcomes == {"a": Skipped("It was stopped.")}
    assert endpoint.calls == []


async def test_cancelling_tells_the_outcomes_in_events() -> None:
    """The caller's cancellation is raised; each task has ended once."""
    gate, recorder = Gate(), Recorder()

    async def model(text: str) -> str:
        if text.startswith("wait"):
            await gate.passed()
        return text

    plan = plan_of(text_task("quick", "@start"), text_task("slow", "wait @start"), text_task("then", "@slow"))
    running = asyncio.create_task(carried_out(proposal(plan), model, emit=recorder))
    await gate.arrived()
    await recorder.until(lambda: bool(recorder.of(TaskEnded)))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    ended = {event.task_id: event.outcome for event in recorder.of(TaskEnded)}
    assert {id_: type(outcome) for id_, outcome in ended.items()} == {
        "quick": Success,
        "slow": Skipped,
        "then": Skipped,
    }


async def test_an_expert_that_swallows_the_cancel_starts_nothing_after_it() -> None:
    """Its result counts, its dependents do not run."""
    gate = Gate()

    async def model(text: str) -> str:
        try:
            await gate.passed()
        except asyncio.CancelledError:
            return "all the same"
        return text

    recorder, endpoint = Recorder(), RecordingEndpoint(model)
    plan = plan_of(text_task("a", "@start"), text_task("b", "@a"))
    running = asyncio.create_task(carried_out(proposal(plan), endpoint, emit=recorder))
    await gate.arrived()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [type(event.outcome) for event in recorder.of(TaskEnded)] == [Success, Skipped]
    assert [call.task_id for call in endpoint.calls] == ["a"]


@pytest.fixture
def _own_experts() -> Iterator[None]:
    yield
    forget()


@pytest.mark.usefixtures("_own_experts")
async def test_a_call_that_cannot_stop_is_abandoned_and_its_result_dropped() -> None:
    """The run is over at once; the thread is counted until it ends."""
    begun, go_on, stop = threading.Event(), threading.Event(), asyncio.Event()

    @expert(TYPE)
    def stubborn(text: str) -> str:
        begun.set()
        loop.call_soon_threadsafe(stop.set)
        go_on.wait(10)
        return text

    loop = asyncio.get_running_loop()
    proposed = proposal(plan_of(text_task("a", "@start")), candidate("stubborn"))
    outcomes = await execute_tasks(proposed, START, {"function": FunctionEndpoint()}, Options(), Recorder(), stop)
    assert begun.is_set()
    assert outcomes == {"a": Skipped("It was stopped.")}
    (left,) = abandoned()
    assert left.name == "stubborn"
    go_on.set()
    assert await in_thread(lambda: left.ended.wait(10), "wait")
    assert abandoned() == ()


# Whatever happens


@settings(max_examples=60, deadline=None)
@given(
    plans(),
    st.dictionaries(st.sampled_from([f"t{i}" for i in range(9)]), st.sampled_from(["fails", "flaky", "hangs"])),
    st.integers(1, 4),
    st.none() | st.integers(0, 12),
    st.booleans(),
)
def test_every_task_has_exactly_one_outcome(
    plan: Plan, moods: dict[str, str], limit: int, stop_after: int | None, deterministic: bool
) -> None:
    """Over flaky, failing and hanging experts, stopped or not: no task before its inputs, no success lost, skips for
    their true cause.
    """
    recorder, stop = Recorder(), asyncio.Event()
    results: dict[str, str] = {}
    calls = Counter[str]()

    class Moody:
        async def run(self, assignment: Any, arguments: Mapping[str, Resource], emit: Any) -> Resource:
            task_id = assignment.task_id
            assert needed(plan, task_id) <= results.keys()
            assert all(results[need] in arguments["text"].value for need in needed(plan, task_id))
            calls[task_id] += 1
            if sum(calls.values()) == stop_after:
                stop.set()
            await asyncio.sleep(len(calls) % 3)
            mood = moods.get(task_id)
            if mood == "fails":
                raise EndpointRejected("No.")
            if mood == "flaky" and calls[task_id] < 3:
                raise EndpointUnavailable("Later.")
            if mood == "hangs":
                await asyncio.Event().wait()
            results[task_id] = f"<{task_id}>"
            return resource("text", results[task_id])

    async def run() -> dict[str, Outcome]:
        return await execute_tasks(
            proposal(plan, candidate("m", deterministic=deterministic)),
            START,
            {"function": Moody()},
            Options(limit=limit, timeout=10),
            recorder,
            stop,
            backoff=Backoff(first=0),
        )

    outcomes = run_in_no_time(run())
    ended = [(event.task_id, event.outcome) for event in recorder.of(TaskEnded)]
    assert sorted(outcomes) == sorted(plan.by_id)
    assert len(ended) == len(outcomes)
    assert dict(ended) == outcomes
    for task_id, outcome in outcomes.items():
        check_cause(plan, task_id, outcomes, stopped=stop.is_set())
        if isinstance(outcome, Failure):
            assert moods[task_id] in ("fails", "hangs")
    if not stop.is_set():
        lost = {t for t in plan.by_id if {moods.get(n) for n in ancestors(plan, t) | {t}} & {"fails", "hangs"}}
        assert values(outcomes).keys() == plan.by_id.keys() - lost


def check_cause(plan: Plan, task_id: str, outcomes: Mapping[str, Outcome], *, stopped: bool) -> None:
    """A skip has a failed task at its root, or the run was stopped; a success has successes before it."""
    outcome = outcomes[task_id]
    if isinstance(outcome, Skipped) and outcome.cause is None:
        assert stopped
    elif isinstance(outcome, Skipped):
        assert outcome.cause in ancestors(plan, task_id)
        assert isinstance(outcomes[outcome.cause], Failure)
    elif isinstance(outcome, Success):
        assert all(isinstance(outcomes[need], Success) for need in needed(plan, task_id))


def ancestors(plan: Plan, task_id: str) -> set[str]:
    """Everything a task's arguments come from."""
    found = needed(plan, task_id)
    return found.union(*(ancestors(plan, need) for need in found))
