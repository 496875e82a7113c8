"""The last door before the network: what of the environment and which key a request carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jarvis_magic.bounded_replies import UNPACKED, bounding
from jarvis_magic.errors import ControllerUnavailable
from jarvis_magic.keys import host_of

from .addresses import Address

if TYPE_CHECKING:
    import openai

_OURS = frozenset({"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"})
"""The headers that every request may carry."""

MOST = 64_000_000
"""How many bytes the reply of a chat model may have, with all that the protocol writes around its words."""

_NO_KEY = "none"
"""What the client is given in place of a key: it never holds the real one."""


def client_for(address: Address, *, of_openai: bool) -> openai.AsyncOpenAI:
    """Return a client that sends the key to its host, and nothing of the environment to any other.

    The package reads ``OPENAI_ORG_ID``, ``OPENAI_CUSTOM_HEADERS`` and more of the environment for whatever host it is
    pointed at, and follows redirects; so what goes out is decided for each request, and redirects are not followed. Where a connection costs next to nothing,
    each request has its own: what a server sends beyond the end of its reply would be read as the next one.

    Parameters
    ----------
    address
        Where the chat model is.
    of_openai
        Whether the environment's other ``OPENAI_`` variables are for this host.
    """
    import openai
    from httpx2 import Limits

    async def guarded(request: Any) -> None:
        guard(request, address, of_openai=of_openai)

    bound = bounding(
        MOST, lambda what: ControllerUnavailable(f"{address.place} {what}; name another controller with -m.")
    )
    hooks: dict[str, Any] = {"request": [guarded], "response": [bound]}
    kept: dict[str, Any] = {}
    if address.url.startswith("http://"):
        kept["limits"] = Limits(max_keepalive_connections=0)
    client = openai.DefaultAsyncHttpxClient(follow_redirects=False, event_hooks=hooks, **kept)
    return openai.AsyncOpenAI(
        api_key=_NO_KEY,
        base_url=address.url,
        default_query=dict(address.query),
        http_client=client,
        max_retries=0,
        timeout=openai.Timeout(None, connect=10.0),
    )


def guard(request: Any, address: Address, *, of_openai: bool) -> None:
    """Take from a request the headers that are not for its host, and give it the key that is."""
    request.headers.update(UNPACKED)
    for name in list(request.headers):
        if name not in _OURS and not of_openai:
            del request.headers[name]
    if request.headers.get("authorization") == f"Bearer {_NO_KEY}":
        del request.headers["authorization"]
    if address.key and host_of(str(request.url)) == address.host:
        name, value = ("api-key", "{}") if address.is_azure else ("authorization", "Bearer {}")
        request.headers.setdefault(name, value.format(address.key.reveal()))
