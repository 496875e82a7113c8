"""What happens in a worker's process: a call is made by endpoints that live as long as the process does.

Nothing here shows what a call is about: what travels is seen in a cluster's logs and on its dashboard.
"""

from __future__ import annotations

import concurrent.futures
import pickle
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jarvis_magic import settings
from jarvis_magic.contracts import Endpoint
from jarvis_magic.errors import EndpointRejected, JarvisError
from jarvis_magic.event_loop import EventLoop
from jarvis_magic.events import Emit, Event, TaskNoted, TaskProgressed
from jarvis_magic.experts import UserExpert
from jarvis_magic.keys import Keys
from jarvis_magic.media import Video
from jarvis_magic.options import Options
from jarvis_magic.store.results import bytes_of
from jarvis_magic.values import Assignment, Resource

from ..functions import FunctionEndpoint
from ..local import LocalEndpoint
from ..toolbox import ToolboxEndpoint


@dataclass(frozen=True, repr=False)
class Call:
    """A call to be made.

    Parameters
    ----------
    id
        What it is stopped by.
    assignment
        Who does it: the candidate alone, without its alternatives.
    options
        What a local model is loaded with.
    topic
        Where its progress is told.
    """

    id: str
    assignment: Assignment
    options: Options
    topic: str

    def __repr__(self) -> str:
        return f"<a call for {self.assignment.type}>"


class Sent:
    """A resource that travels."""

    __slots__ = ("resource",)

    def __init__(self, resource: Resource) -> None:
        self.resource = resource

    def __sizeof__(self) -> int:  # what the cluster counts it as
        return bytes_of(self.resource.value)

    def __repr__(self) -> str:
        return f"<{self.resource.kind}>"


@dataclass(frozen=True, repr=False)
class Packed:
    """A function of the user's that travels, pickled; the digest tells it from others."""

    name: str = field(compare=False)
    digest: str
    data: bytes = field(compare=False)

    def __sizeof__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return "<a function>"


@dataclass(frozen=True, repr=False)
class Ended:
    """How a call ended: its result or its failure, and what its expert has to say."""

    resource: Resource | None = None
    failure: JarvisError | None = None
    notes: Sequence[str] = ()

    def __sizeof__(self) -> int:
        return bytes_of(self.resource.value) if self.resource else 0

    def __repr__(self) -> str:
        return "<a failure>" if self.failure else "<a result>"


_loop = EventLoop("jarvis calls")
_under_way: dict[str, concurrent.futures.Future[Resource]] = {}
_left: deque[str] = deque(maxlen=1000)
"""Calls that were stopped before they came here, or elsewhere."""


def perform(call: Call, packed: Packed | None, arguments: Mapping[str, Sent]) -> Ended:
    """Make a call, in a thread of the worker, and return how it ended; only a bug is raised."""
    from distributed import get_worker

    notes: list[str] = []
    emit = _teller(call, get_worker(), notes)
    try:
        resources = {port: sent.resource for port, sent in arguments.items()}
        work = _loop.submit(_endpoint(call, packed).run(call.assignment, resources, emit))
        _under_way[call.id] = work
        if call.id in _left:
            work.cancel()
        return Ended(in_memory(work.result()), None, notes)
    except JarvisError as failure:
        return Ended(None, failure, notes)
    except concurrent.futures.CancelledError:
        return Ended(None, EndpointRejected("It was stopped."))
    finally:
        _under_way.pop(call.id, None)


def leave(call_id: str) -> None:
    """Stop a call that is under way here; what can stop stops, what cannot is abandoned."""
    _left.append(call_id)
    work = _under_way.get(call_id)
    if work is not None:
        work.cancel()


def in_memory(resource: Resource) -> Resource:
    """The resource without files: one of this machine is none elsewhere."""
    return Resource(resource.kind, _read(resource.value)) if resource.kind.base == "video" else resource


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(item) for item in value]
    return Video(value.data) if isinstance(value, Video) else value


def _teller(call: Call, worker: Any, notes: list[str]) -> Emit:
    """An `Emit` that tells progress through the scheduler, and keeps notes for the result."""

    def emit(event: Event) -> None:
        if isinstance(event, TaskNoted):
            notes.append(event.sentence)
        elif isinstance(event, TaskProgressed):
            worker.log_event(call.topic, {"call": call.id, "part": event.part, "phrase": event.phrase})

    return emit


def _endpoint(call: Call, packed: Packed | None) -> Endpoint:
    if packed is not None:
        with _making:
            function = _function(packed)
        return FunctionEndpoint(lambda _: function)
    return _local(call.options) if call.assignment.candidate.endpoint == "local" else _toolbox()


@lru_cache
def _toolbox() -> ToolboxEndpoint:
    return ToolboxEndpoint()


@lru_cache
def _local(options: Options) -> LocalEndpoint:
    """The endpoint of models, with this process's own token for the Hub: none comes from elsewhere."""
    return LocalEndpoint(options, Keys(settings.environment()).hugging_face)


_making = threading.Lock()


@lru_cache(maxsize=64)
def _function(packed: Packed) -> UserExpert:
    """The function, made once here, so that what it keeps in globals is kept."""
    try:
        made: UserExpert = pickle.loads(packed.data)  # noqa: S301 - the cluster runs what its clients send
    except ImportError as error:
        what = f"the module {error.name!r}" if error.name else str(error)
        msg = f"{packed.name} uses {what}, which the workers of the cluster lack; install it there, or define what it uses in the notebook."
        raise EndpointRejected(msg) from error
    except Exception as error:
        msg = f"{packed.name} cannot be made on a worker of the cluster: {type(error).__name__}: {error}"
        raise EndpointRejected(msg) from error
    return made
