"""What a run has sent to a cluster: each content once, held there until the run is over."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.experts import UserExpert
from jarvis_magic.keys import Keys
from jarvis_magic.runners import in_thread
from jarvis_magic.store.results import bytes_of
from jarvis_magic.values import Resource

from .calls import Packed, Sent, in_memory

if TYPE_CHECKING:
    from distributed import Client, Future

INLINE = 32_000
"""Up to how many bytes a value travels with its call: to place it beforehand would take longer."""

HELD = 500_000_000
"""How many bytes are held on the cluster for calls to come; what was used longest ago is let go of first."""

Parcel: TypeAlias = "Sent | Packed | Future"


@dataclass(eq=False)
class _Placed:
    """A content that is on the cluster, or on its way there, and its bytes."""

    future: asyncio.Task[Future]
    size: int


class Sending:
    """Sends what calls need, for one run.

    Parameters
    ----------
    client
        The connection.
    keys
        What must not travel.
    held
        How many bytes are held on the cluster.
    """

    def __init__(self, client: Client, keys: Keys | None = None, held: int = HELD) -> None:
        self._client, self._keys, self._most = client, keys or Keys(), held
        self._placed: OrderedDict[str, _Placed] = OrderedDict()
        self._packed: dict[tuple[str, str], Packed] = {}
        self._held = 0

    async def arguments(self, resources: Mapping[str, Resource]) -> dict[str, Parcel]:
        """Return the arguments of a call as they travel: small ones themselves, media as what is placed there."""
        return {port: await self._argument(resource) for port, resource in resources.items()}

    async def function(self, expert: UserExpert) -> Parcel:
        """Return a function of the user's as it travels.

        Raises
        ------
        EndpointRejected
            If it cannot be pickled, or a key would travel in it.
        """
        key = (expert.name, expert.revision)
        if key not in self._packed:
            self._packed[key] = await in_thread(lambda: _pickled(expert, self._keys), expert.name)
        packed = self._packed[key]
        size = len(packed.data)
        return packed if size <= INLINE else await self._there(packed.digest, "function", size, lambda: packed)

    def release(self) -> None:
        """Let go of everything."""
        for placed in self._placed.values():
            placed.future.cancel()
        self._placed.clear()
        self._held = 0

    async def _argument(self, resource: Resource) -> Parcel:
        if resource.kind.base == "video":
            resource = await in_thread(partial(in_memory, resource), "video")
        size = bytes_of(resource.value)
        if size <= INLINE:
            return Sent(resource)
        digest = await in_thread(lambda: resource.digest, "digest")
        return await self._there(digest, resource.kind.base, size, lambda: Sent(resource))

    async def _there(self, digest: str, name: str, size: int, content: Callable[[], Sent | Packed]) -> Future:
        """What is placed on the cluster; placed again if the workers that had it are lost."""
        while True:
            placed = self._placed.get(digest)
            if placed is None:
                sent = asyncio.ensure_future(self._place(name, content()))
                placed = self._placed[digest] = _Placed(sent, size)
                self._held += size
            try:
                future = await asyncio.shield(placed.future)  # other calls may wait for it too
            except Exception:
                self._forget(digest, placed)
                raise
            if future.status == "finished":
                self._used(digest)
                return future
            self._forget(digest, placed)

    async def _place(self, name: str, content: Sent | Packed) -> Future:
        key = f"sent-{name}-{uuid.uuid4().hex}"
        futures: dict[str, Future] = await self._client.scatter({key: content})
        return futures[key]

    def _forget(self, digest: str, placed: _Placed) -> None:
        if self._placed.get(digest) is placed:
            del self._placed[digest]
            self._held -= placed.size

    def _used(self, digest: str) -> None:
        """Note a use, and let go of what is too much; what a call still uses stays until it ends."""
        if digest in self._placed:  # it may have been let go of meanwhile
            self._placed.move_to_end(digest)
        while self._held > self._most and len(self._placed) > 1:
            self._held -= self._placed.popitem(last=False)[1].size


def _pickled(expert: UserExpert, keys: Keys) -> Packed:
    import cloudpickle

    try:
        data = cloudpickle.dumps(expert)
    except Exception as error:
        said = (str(error).splitlines() or [""])[0]
        msg = f"{expert.name} cannot be sent to the cluster, since it uses what cannot be pickled ({said}); make that inside the function, or leave --on out."
        raise EndpointRejected(msg) from error
    text = data.decode("latin-1")
    if keys.masked(text) != text:
        msg = f"{expert.name} carries a key, which does not travel to a cluster; read it inside the function from the environment there, or leave --on out."
        raise EndpointRejected(msg)
    return Packed(expert.name, hashlib.sha256(data).hexdigest(), data)
