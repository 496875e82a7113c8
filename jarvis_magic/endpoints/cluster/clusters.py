"""Clusters that are connected, each once for a `Jarvis`; and what is wrong with one, in a sentence."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import uuid
import weakref
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import ConfigurationError, MissingExtra
from jarvis_magic.events import Emit, Noted
from jarvis_magic.options import Options

from .calls import leave

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

ANSWER = 5
"""Seconds in which a scheduler answers."""

PACKAGE = __name__.partition(".")[0]

Heard = Callable[[float | None, str], None]
"""Takes how far a call is: the part done, if known, and a phrase."""


class Clusters:
    """The clusters of one `Jarvis`, by address: connected when a run first needs them, closed with it."""

    def __init__(self) -> None:
        self._known: dict[str, Cluster] = {}
        self._turn = asyncio.Lock()

    async def joined(self, options: Options, emit: Emit) -> Cluster | None:
        """Return the cluster that the options name, connected; ``None`` if they name none, or only plan.

        Raises
        ------
        ConfigurationError
            If it does not answer, has no workers, or others than ours could work with.
        """
        if not options.cluster or options.approve == "plan":
            return None
        async with self._turn:
            known = self._known.get(options.cluster)
            if known is not None and known.answers:
                await known.look()
                return known
            if known is not None:
                await known.close()
            cluster = self._known[options.cluster] = await _connected(options.cluster)
            await cluster.look()
        emit(Noted(cluster.sentence))
        return cluster

    async def close(self) -> None:
        """Leave every cluster, and end the one on this machine."""
        known, self._known, self._turn = self._known, {}, asyncio.Lock()
        for cluster in known.values():
            await cluster.close()

    def __bool__(self) -> bool:
        return bool(self._known)


class Cluster:
    """A cluster that is connected.

    Parameters
    ----------
    address
        As the user wrote it.
    client
        The connection.
    local
        The cluster itself, if it is one of ours on this machine.
    """

    def __init__(self, address: str, client: Client, local: LocalCluster | None = None) -> None:
        self.address, self.client = address, client
        self.workers = self.threads = 0
        self.topic = f"jarvis-{uuid.uuid4().hex}"
        self._local = local
        self._heard: dict[str, Heard] = {}
        self._leaving: set[asyncio.Future[Any]] = set()
        client.subscribe_topic(self.topic, self._told)
        self._end = partial(_ended, asyncio.get_running_loop(), weakref.ref(self))
        atexit.register(self._end)

    @property
    def answers(self) -> bool:
        """Whether it is connected still."""
        return bool(self.client.status == "running")

    @property
    def sentence(self) -> str:
        """What it is, and where it can be watched."""
        size = f"{_counted(self.workers, 'worker')}, {_counted(self.threads, 'thread')}"
        watched = f"; watch them at {self._dashboard}" if self._dashboard else ""
        return f"Local experts run on the Dask cluster at {self.client.scheduler.address} ({size}){watched}."

    async def look(self) -> None:
        """See how large it is, and whether its workers can do our work.

        Raises
        ------
        ConfigurationError
            If there are none, or they have other versions.
        """
        try:
            async with asyncio.timeout(2 * ANSWER):
                if self._local is not None:  # those that were lost are made anew
                    await self.client.wait_for_workers(1)
                versions = await self.client.get_versions(packages=[PACKAGE])
                threads = await self.client.nthreads()
        except OSError as error:  # a timeout is one too
            raise ConfigurationError(_no_answer(self.address, error)) from error
        self.workers, self.threads = len(threads), sum(threads.values())
        if not threads:
            msg = f"The Dask cluster at {self.address} has no workers; start one with `dask worker {self.address}`, give one that adapts a minimum of 1, or leave --on out."
            raise ConfigurationError(msg)
        problem = unlike(versions, self.address)
        if problem:
            raise ConfigurationError(problem)

    @contextlib.contextmanager
    def listening(self, call_id: str, heard: Heard) -> Iterator[None]:
        """Hear how far a call is, while the block lasts."""
        self._heard[call_id] = heard
        try:
            yield
        finally:
            del self._heard[call_id]

    def leave(self, call_id: str, future: Future) -> None:
        """Stop a call: here, at the scheduler, and where it runs; nobody waits for that."""
        self._unattended(self.client.run(leave, call_id, on_error="ignore"))
        self._unattended(self.client.cancel([future]))

    async def close(self) -> None:
        """Leave it, and end it if it is one of ours."""
        atexit.unregister(self._end)
        await self.client.close()
        if self._local is not None:
            await self._local.close()

    def _unattended(self, work: Coroutine[Any, Any, Any]) -> None:
        running = asyncio.ensure_future(work)
        self._leaving.add(running)
        running.add_done_callback(self._left)

    def _left(self, done: asyncio.Future[Any]) -> None:
        self._leaving.discard(done)
        if not done.cancelled():
            done.exception()  # seen: a worker that is gone has left its calls too

    def _told(self, event: tuple[float, Mapping[str, Any]]) -> None:
        _, said = event
        heard = self._heard.get(said["call"])
        if heard is not None:
            heard(said["part"], said["phrase"])

    @property
    def _dashboard(self) -> str:
        try:
            return self.client.dashboard_link or ""
        except KeyError:  # the scheduler has none
            return ""


def _ended(loop: asyncio.AbstractEventLoop, cluster: weakref.ref[Cluster]) -> None:
    """Close a cluster that nobody has closed, when Python ends: its processes would be waited for."""
    found = cluster()
    if found is not None and loop.is_running():
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(found.close(), loop).result(ANSWER)


def unlike(versions: Mapping[str, Any], address: str) -> str | None:
    """Say which worker has another Python or another version of this package, or lacks it; ``None``: none has.

    Parameters
    ----------
    versions
        What ``Client.get_versions`` returns, this package among the packages.
    address
        How the user calls the cluster.
    """
    here = versions["client"]["packages"]
    for worker, found in versions["workers"].items():
        there = found["packages"]
        if there.get(PACKAGE) is None and here[PACKAGE] is not None:
            return f"The worker {worker} of the Dask cluster at {address} lacks {PACKAGE}; run `pip install {PACKAGE}=={here[PACKAGE]}` there, or leave --on out."
        if _both(there) != _both(here):
            return f"The worker {worker} of the Dask cluster at {address} has {_both(there)}, but here is {_both(here)}; give both the same versions, or leave --on out."
    return None


def _both(packages: Mapping[str, str | None]) -> str:
    """The versions that must agree: what one Python pickles, another does not read."""
    python = ".".join(str(packages["python"]).split(".")[:2])
    return f"Python {python} with {PACKAGE} {packages.get(PACKAGE)}"


async def _connected(address: str) -> Cluster:
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtra("Running on a Dask cluster", "distributed", "dask") from error
    local = await _on_this_machine() if address == "local" else None
    async with contextlib.AsyncExitStack() as opened:
        if local is not None:
            opened.push_async_callback(local.close)
        try:
            client = Client(local or address, asynchronous=True, set_as_default=False, timeout=ANSWER)
            opened.push_async_callback(client.close)
            async with asyncio.timeout(2 * ANSWER):
                await client
        except (OSError, ValueError, TypeError, RuntimeError, ImportError) as error:
            raise ConfigurationError(_no_answer(address, error)) from error
        opened.pop_all()
    return Cluster(address, client, local)


async def _on_this_machine() -> LocalCluster:
    """A cluster of processes here, which takes nobody who lacks the certificate made for it."""
    from distributed import LocalCluster

    try:
        return await LocalCluster(
            asynchronous=True, security=True, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        )
    except ImportError as error:
        raise MissingExtra("A Dask cluster on this machine", error.name or "cryptography", "dask") from error
    except (OSError, RuntimeError) as error:
        msg = f"A Dask cluster cannot be started on this machine ({_first_line(error)}); in a script, make the Jarvis below `if __name__ == '__main__':`, or leave --on out."
        raise ConfigurationError(msg) from error


def _no_answer(address: str, error: Exception) -> str:
    if isinstance(error, OSError):  # a timeout is one too
        return f"No Dask scheduler answers at {address!r} within {ANSWER} s; start one with `dask scheduler`, correct the address of --on, or leave it out."
    return f"{address!r} is no address of a Dask scheduler ({_first_line(error)}); write one such as --on tcp://10.0.0.1:8786, or --on local."


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
