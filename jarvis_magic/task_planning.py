"""Stage one, task planning: from a request to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from .contracts import Controller
from .errors import ControllerUnavailable, PlanError, ReplyError, either
from .events import Emit, Noted, Planned
from .plans import Plan
from .references import parse_reference
from .values import Menu, Request


async def plan_tasks(request: Request, menu: Menu, controllers: Sequence[Controller], emit: Emit) -> Plan:
    """Return the plan of the first controller that can make one.

    Parameters
    ----------
    request
        What the user asked.
    menu
        What can run here and now.
    controllers
        The controller, and those that stand in for it when its replies do not fit, in order.
    emit
        Receives `Drafted` while the plan grows, a `Noted` when another controller stands in, and `Planned`.

    Raises
    ------
    ControllerError
        If the last of them fails too.
    PlanError
        If the plan reaches for what the request does not name, or has not the outputs that were wanted.
    """
    first, *rest = controllers
    try:
        plan = _closed(await first.plan(request, menu, emit), request)
    except (ReplyError, ControllerUnavailable) as error:
        if not rest:
            raise
        gone = isinstance(error, ControllerUnavailable)
        other = f"The {rest[0].name} controller {'stands in for it' if gone else 'planned instead'}."
        note = f"The controller {first.name!r} {'cannot be asked' if gone else 'made no plan'}: {error} {other}"
        emit(Noted(note))
        plan = await plan_tasks(request, menu, rest, emit)
        return replace(plan, notes=[note, *plan.notes])
    emit(Planned(plan))
    return plan


def _closed(plan: Plan, request: Request) -> Plan:
    """The plan with the outputs that were wanted, after making sure that it reaches only what the request allows."""
    allowed = {**request.kinds, **{name: resource.kind for name, resource in request.offered.items()}}
    for name, kind in plan.inputs.items():
        if allowed.get(name) != kind:
            msg = f"The plan uses '@{name}' ({kind}), which the request does not name."
            raise PlanError(msg)
    if not request.outputs or set(request.outputs) == set(plan.outputs):
        return plan
    if not plan.tasks:
        msg = " ".join([f"The plan has no task, so nothing can become {either(request.outputs, 'and')}.", *plan.notes])
        raise PlanError(msg)
    return replace(plan, outputs=_named_outputs(plan, request.outputs))


def _named_outputs(plan: Plan, names: Sequence[str]) -> Mapping[str, str]:
    """The outputs under the names that were wanted: tasks of that id, then the plan's last results, in order."""
    by_id = {name: f"@{name}" for name in names if name in plan.by_id}
    used = {parse_reference(written).name for written in by_id.values()}
    waited_for = {dependency for task in plan.tasks for dependency in plan.dependencies(task.id)}
    free = [task.id for task in plan.tasks if task.id not in used]
    last = [task_id for task_id in free if task_id not in waited_for]
    open_names = [name for name in names if name not in by_id]
    if len(last) < len(open_names):
        last = free[-len(open_names) :]
    if len(last) < len(open_names):
        results = f"{len(plan.tasks)} result{'s' * (len(plan.tasks) > 1)}"
        msg = f"The plan gives {results} ({either(list(plan.by_id), 'and')}), but {len(names)} names are wanted ({either(list(names), 'and')}); name as many as there are results."
        raise PlanError(" ".join([msg, *plan.notes]))
    found = by_id | {
        name: f"@{task_id}"
        for name, task_id in zip(open_names, last[-len(open_names) :] if open_names else [], strict=True)
    }
    return {name: found[name] for name in names}
