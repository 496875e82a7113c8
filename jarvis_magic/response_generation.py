"""Stage four, response generation: from the outcomes to the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .contracts import Controller
from .errors import ControllerError
from .events import Emit, Noted
from .plans import Plan
from .values import Outcome, Request


async def generate_response(
    request: Request, plan: Plan, outcomes: Mapping[str, Outcome], controllers: Sequence[Controller], emit: Emit
) -> str:
    """Return the answer in markdown, by the first controller that gives one.

    Parameters
    ----------
    request, plan, outcomes
        What was asked, planned, and how each task ended.
    controllers
        The controller, and those that stand in for it, in order; the last one is not allowed to fail.
    emit
        Receives `ResponseGrew` as the answer is written, and a `Noted` when another controller stands in.
    """
    first, *rest = controllers
    try:
        return await first.respond(request, plan, outcomes, emit)
    except ControllerError as error:
        if not rest:
            raise
        if not error.said:
            emit(
                Noted(
                    f"The controller {first.name!r} wrote no answer: {error} This is the {rest[0].name} controller's."
                )
            )
        return await generate_response(request, plan, outcomes, rest, emit)
