"""URLs that the user named in place of a model."""

from __future__ import annotations

from urllib.parse import urlsplit

from jarvis_magic.keys import host_of
from jarvis_magic.values import Candidate

from .served import BY_URL


class UrlCatalogue:
    """A server's URL as a candidate, when it is what is searched for: nobody but the user brings one up."""

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the URL that is searched for; see `jarvis_magic.contracts.Catalogue`."""
        if limit < 1 or not search.startswith(("http://", "https://")):
            return ()
        return (
            Candidate(
                search,
                "url",
                description=f"What stands behind {host_of(search)}, for {task_type}.",
                unavailable=_wrong(search, task_type),
            ),
        )


def _wrong(url: str, task_type: str) -> str | None:
    """Why a URL cannot be used for a task type."""
    if task_type not in BY_URL:
        return f'No server takes {task_type} in a form that is known here; write it as a function with `@expert("{task_type}")`.'
    try:
        parts, host = urlsplit(url), host_of(url)
    except ValueError:
        return "It is no URL; write it as https://host/path."
    if not host:
        return "It names no host; write it as https://host/path."
    if parts.username or parts.password:
        return (
            f"It has a key in it, which would be shown; write it without, and give the key with `%jarvis key {host}`."
        )
    return None
