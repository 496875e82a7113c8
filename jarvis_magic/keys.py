"""Keys, and the hosts they belong to: the one place that holds them, and the one that shows none.

A key belongs to a host: ``OPENAI_API_KEY`` to that of ``OPENAI_BASE_URL`` or to api.openai.com, ``HF_TOKEN`` to
huggingface.co and its subdomains; others are given by name of a variable (``Options.keys``, ``--key-env``) or typed
(``%jarvis key HOST``). Nothing here reads the environment: it is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import ConfigurationError, close_matches, either

OPENAI_URL = "https://api.openai.com/v1"
HUGGING_FACE_URL = "https://router.huggingface.co/v1"
USUAL_KEYS = ("OPENAI_API_KEY", "HF_TOKEN")
"""Variables whose host is known: it need not be said, and no project's file may say another."""
_HUGGING_FACE = "huggingface.co"


def host_of(url: str) -> str:
    """Return the host of a URL, or of a bare ``host:port``, in lower case and without its port."""
    return (urlsplit(url if "://" in url else f"//{url}").hostname or "").casefold()


class Key:
    """A secret and where it came from. It is shown nowhere: only `reveal` gives it.

    Raises
    ------
    ConfigurationError
        If it has characters that could not be sent.
    """

    __slots__ = ("_secret", "origin")

    def __init__(self, secret: str, origin: str) -> None:
        self._secret, self.origin = secret.strip(), origin
        if not re.fullmatch(r"[!-~]+", self._secret):
            msg = f"The key from {origin} has spaces or characters that no key has; copy it again."
            raise ConfigurationError(msg)

    def reveal(self) -> str:
        """Return the secret, for the header of a request to its host."""
        return self._secret

    def __repr__(self) -> str:
        return f"Key(from {self.origin})"

    def __reduce__(self) -> str:
        msg = "A key is not pickled, copied to a file or sent to another process."
        raise TypeError(msg)


@dataclass(frozen=True)
class Keys:
    """Which key belongs to which host.

    Parameters
    ----------
    environment
        The environment's variables.
    named
        Host to the name of the environment variable that holds its key.
    typed
        Host to a key that was typed or passed in.
    """

    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    named: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Key] = field(default_factory=dict, repr=False)

    @property
    def openai_url(self) -> str:
        """The base URL that ``OPENAI_API_KEY`` belongs to."""
        return self.environment.get("OPENAI_BASE_URL") or OPENAI_URL

    def key_for(self, url: str) -> Key | None:
        """Return the key that belongs to the host of `url`, if there is one.

        Raises
        ------
        ConfigurationError
            If the variable named for the host is not set.
        """
        host = host_of(url)
        if host in self.typed:
            return self.typed[host]
        for named, variable in self.named.items():
            if host_of(named) == host:
                return self._variable(variable)
        if host == host_of(self.openai_url) and self.environment.get("OPENAI_API_KEY"):
            return self._variable("OPENAI_API_KEY")
        if (host == _HUGGING_FACE or host.endswith(f".{_HUGGING_FACE}")) and self.environment.get("HF_TOKEN"):
            return self._variable("HF_TOKEN")
        return None

    @property
    def hugging_face(self) -> Key | None:
        """The Hugging Face token, whichever of its hosts it was given for."""
        return self.key_for(HUGGING_FACE_URL) or self.key_for(f"https://{_HUGGING_FACE}")

    def with_typed(self, url: str, key: str | Key) -> Keys:
        """Keys in which the host of `url` has this one."""
        typed = key if isinstance(key, Key) else Key(key, "what was typed")
        return Keys(self.environment, self.named, {**self.typed, host_of(url): typed})

    def with_variable(self, url: str, variable: str) -> Keys:
        """Keys in which the host of `url` has the key of an environment variable."""
        typed = {host: key for host, key in self.typed.items() if host != host_of(url)}
        return Keys(self.environment, {**self.named, host_of(url): variable}, typed)

    def masked(self, text: str) -> str:
        """Return `text` with every key that is known here replaced."""
        for secret in sorted(self._secrets(), key=len, reverse=True):
            text = text.replace(secret, "[key]")
        return text

    def _variable(self, name: str) -> Key:
        secret = self.environment.get(name, "")
        if not secret.strip():
            close = close_matches(name, self.environment)
            hint = f"did you mean {either(close)}?" if close else "set it, or type the key with `%jarvis key HOST`."
            msg = f"The environment variable {name!r}, which should hold a key, is not set; {hint}"
            raise ConfigurationError(msg)
        return Key(secret, name)

    def _secrets(self) -> Iterator[str]:
        names = {"OPENAI_API_KEY", "HF_TOKEN", *self.named.values()}
        yield from (secret for name in names if len(secret := self.environment.get(name, "").strip()) > 3)
        yield from (key.reveal() for key in self.typed.values() if key.reveal())
