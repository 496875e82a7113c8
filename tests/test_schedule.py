"""Which task may start, and which must be skipped."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.schedule import Due, Schedule
from jarvis_magic.tasks import Task

from .plans_drawn import TYPE, needed, plans


def plan_of(*tasks: Task) -> Plan:
    """A plan with one input."""
    return Plan(inputs={"start": Kind("text")}, tasks=tasks)


def test_all_that_wait_for_nothing_start_together_in_the_plans_order() -> None:
    """Independent tasks are due at once, and only once."""
    schedule = Schedule(plan_of(Task("b", TYPE, {"text": "@start"}), Task("a", TYPE, {"text": "@start"})))
    assert schedule.due() == Due(("b", "a"))
    assert schedule.due() == Due()


def test_a_failure_skips_what_refers_to_it_and_names_the_root() -> None:
    """Dependents of a failed task are skipped through any number of steps, because of the one that failed."""
    schedule = Schedule(
        plan_of(
            Task("first", TYPE, {"text": "@start"}),
            Task("second", TYPE, {"text": "@first"}),
            Task("third", TYPE, {"text": "@second"}),
            Task("apart", TYPE, {"text": "@start"}),
        )
    )
    assert schedule.due().start == ("first", "apart")
    schedule.ended("first", has_result=False)
    assert schedule.due() == Due((), {"second": "first", "third": "first"})


def test_what_only_comes_after_a_failed_task_still_runs() -> None:
    """Order without data is kept, and is no reason to skip."""
    schedule = Schedule(plan_of(Task("a", TYPE, {"text": "@start"}), Task("b", TYPE, {"text": "@start"}, after=["a"])))
    assert schedule.due().start == ("a",)
    schedule.ended("a", has_result=False)
    assert schedule.due() == Due(("b",))


@settings(deadline=None)
@given(plans(), st.data())
def test_every_task_is_due_once_after_what_it_waits_for(plan: Plan, data: st.DataObject) -> None:
    """Whatever fails, and in whatever order tasks end: each is due once, never early, and skipped only for a cause."""
    schedule = Schedule(plan)
    ended: dict[str, bool] = {}
    running: list[str] = []
    while True:
        due = schedule.due()
        for task_id, cause in due.skip.items():
            assert ended[cause] is False
            assert any(ended[need] is False for need in needed(plan, task_id))
            assert task_id not in ended
            ended[task_id] = False
        for task_id in due.start:
            assert set(plan.dependencies(task_id)) <= ended.keys()
            assert all(ended[need] for need in needed(plan, task_id))
            assert task_id not in ended
        running += due.start
        if not running:
            break
        last = running.pop(data.draw(st.integers(0, len(running) - 1)))
        ended[last] = data.draw(st.booleans())
        schedule.ended(last, has_result=ended[last])
    assert ended.keys() == plan.by_id.keys()
