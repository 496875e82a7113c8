"""Runs local work on a cluster: the toolbox, pipelines of models, and the user's own functions."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointError, EndpointUnavailable
from jarvis_magic.events import Emit, TaskNoted, TaskProgressed
from jarvis_magic.options import Options
from jarvis_magic.values import Assignment, Resource

from ..functions import assigned_function
from .calls import Call, Ended, perform
from .clusters import Cluster
from .sending import Sending

if TYPE_CHECKING:
    from distributed import Future

RETRIES = 2
"""How often the scheduler makes a call again that raised, rather than ended: a worker's trouble, not its expert's."""

LOSSES = 5
"""How often what a call needs is sent anew, after the workers that had it were lost."""

_TRAVEL = ("device", "dtype", "model_memory", "max_download", "model_folder")


class _Lost(Exception):
    """What a call needs is no longer on the cluster."""


class ClusterEndpoint:
    """Makes calls on the workers of a cluster.

    Parameters
    ----------
    cluster
        The cluster, connected.
    sending
        What the run sends there.
    options
        ``device``, ``dtype``, ``model_memory``, ``max_download`` and ``model_folder``, which hold there.
    """

    def __init__(self, cluster: Cluster, sending: Sending, options: Options) -> None:
        self._cluster, self._sending = cluster, sending
        self._options = Options(**{f.name: getattr(options, f.name) for f in fields(options) if f.name in _TRAVEL})

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Make the assigned call on a worker; see `jarvis_magic.contracts.Endpoint`."""
        alone = replace(assignment, alternatives=(), rejected=(), reason="")
        call = Call(uuid.uuid4().hex, alone, self._options, self._cluster.topic)

        def heard(part: float | None, phrase: str) -> None:
            emit(TaskProgressed(assignment.task_id, part, phrase))

        with self._cluster.listening(call.id, heard):
            ended = await self._ended(call, arguments)
        for note in ended.notes:
            emit(TaskNoted(assignment.task_id, note))
        if ended.resource is None:
            raise ended.failure or EndpointError(f"{assignment.candidate.model} gave nothing.")
        return ended.resource

    async def _ended(self, call: Call, arguments: Mapping[str, Resource]) -> Ended:
        for _ in range(LOSSES):
            if not self._cluster.answers:
                break
            try:
                return await self._result(call, await self._submitted(call, arguments))
            except _Lost:
                continue
        msg = f"The Dask cluster at {self._cluster.address} has lost its workers or does not answer any more; look at it, or leave --on out."
        raise EndpointUnavailable(msg)

    async def _submitted(self, call: Call, arguments: Mapping[str, Resource]) -> Future:
        is_function = call.assignment.candidate.endpoint == "function"
        try:
            packed = await self._sending.function(assigned_function(call.assignment)) if is_function else None
            there = await self._sending.arguments(arguments)
        except (OSError, TimeoutError) as error:  # the connection, or a worker in the middle of it
            raise _Lost from error
        key = f"{call.assignment.type}-{call.id}"
        return self._cluster.client.submit(perform, call, packed, there, key=key, pure=False, retries=RETRIES)

    async def _result(self, call: Call, future: Future) -> Ended:
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        try:
            ended: Ended = await future
        except FutureCancelledError as error:
            raise _Lost from error
        except KilledWorker as error:
            msg = f"{call.assignment.candidate.model} ended the workers that ran it, one after another; it may need more memory than they have."
            raise EndpointError(msg) from error
        except asyncio.CancelledError:
            self._cluster.leave(call.id, future)
            raise
        return ended
