"""Plans drawn by hypothesis: tasks that refer to earlier ones, or only come after them."""

from __future__ import annotations

from hypothesis import strategies as st

from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task

TYPE = "text-generation"


@st.composite
def plans(draw: st.DrawFn, most: int = 9) -> Plan:
    """Draw a plan of text tasks; every one uses the input, some earlier results, and may come after others."""
    tasks: list[Task] = []
    for position in range(draw(st.integers(1, most))):
        earlier = [task.id for task in tasks]
        used = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        after = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=2)) if earlier else []
        text = " ".join([f"number {position}:", *(f"@{name}" for name in ["start", *used])])
        tasks.append(Task(f"t{position}", TYPE, {"text": text}, after=after))
    return Plan(inputs={"start": Kind("text")}, tasks=draw(st.permutations(tasks)))


def needed(plan: Plan, task_id: str) -> set[str]:
    """The tasks whose results a task uses itself."""
    return {reference.name for reference in plan.by_id[task_id].references} & set(plan.by_id)
