"""Replies over HTTP that end: no server fills the memory by never coming to an end, or by a reply that unpacks without one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

UNPACKED = {"accept-encoding": "identity"}
"""The header that asks for a reply as it is: what is packed may unpack to a thousand times its size."""

Hook = Callable[["httpx2.Response"], Awaitable[None]]


def bounding(most: int, refuse: Callable[[str], Exception]) -> Hook:
    """Return a hook for the replies of an ``httpx2.AsyncClient``, whose requests carry `UNPACKED`.

    Parameters
    ----------
    most
        How many bytes a reply may have.
    refuse
        Makes the error that is raised where a reply is read on beyond that, or is packed all the same; it is given the end
        of a sentence that begins with who replied.
    """
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, response: httpx2.Response) -> None:
            self._stream: Any = response.stream
            self._packing = response.headers.get("content-encoding", "identity").casefold()

        async def __aiter__(self) -> AsyncIterator[bytes]:
            if self._packing not in ("", "identity"):
                raise refuse(f"sends its reply packed ({self._packing[:20]}), which was not asked for")
            came = 0
            async for part in self._stream:
                came += len(part)
                if came > most:
                    raise refuse(f"sends more than the {most / 1e6:,.0f} MB that a reply may have")
                yield part

        async def aclose(self) -> None:
            await self._stream.aclose()

        def __getattr__(self, name: str) -> Any:
            return getattr(self._stream, name)

    async def bound(response: httpx2.Response) -> None:
        response.stream = Bounded(response)

    return bound
