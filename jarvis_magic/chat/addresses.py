"""Where a chat model is: its base URL in the form its server expects, its name, and the key that goes with it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from jarvis_magic.errors import ConfigurationError
from jarvis_magic.keys import HUGGING_FACE_URL, OPENAI_URL, Key, Keys, host_of

DEFAULT_MODELS = {host_of(OPENAI_URL): "gpt-5-mini", host_of(HUGGING_FACE_URL): "openai/gpt-oss-120b"}
"""The model asked where none is named, by host. Other servers are asked what they have."""

_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_VISION = re.compile(
    r"gpt-(4o|4\.1|4\.5|[5-9])|(^|/)o[134]\b|chatgpt|claude|gemini|gemma-?[3-9]|llama-?(4|3\.2-vision)|llava|pixtral|"
    r"-vl\b|[-_.]vl[-_:\d]|\dvl|vision|internvl|minicpm-v|moondream|smolvlm|idefics|molmo|"
    r"mistral-(small-3\.[1-9]|medium-3|large-3)|grok-[2-9]|multimodal|glm-4\.[1-9]v",
    re.IGNORECASE,
)
_WITHOUT_TEMPERATURE = re.compile(r"(^|/)(o\d|gpt-([5-9]|oss))|deepseek-r|qwq|thinking|reason", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """Where a chat model is.

    Parameters
    ----------
    url
        The base URL, to which ``/chat/completions`` is appended.
    model
        The model's name there; empty: the first one the server lists.
    key
        Sent to the URL's host and to no other.
    query
        What is appended to every request, such as Azure's API version.
    """

    url: str
    model: str = ""
    key: Key | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    def masked(self, text: str) -> str:
        """A text of the server without the key it was sent."""
        return text.replace(self.key.reveal(), "[key]") if self.key else text

    @property
    def host(self) -> str:
        """The host, without its port."""
        return host_of(self.url)

    @property
    def place(self) -> str:
        """The host as a sentence names it: with its port where it is not the usual one."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    @property
    def is_azure(self) -> bool:
        """Whether it is Azure's, which takes the key in a header of its own."""
        return self.host.endswith(_AZURE)

    @property
    def is_here(self) -> bool:
        """Whether the host is this machine."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def sees(self) -> bool:
        """Whether the model takes pictures, as far as its name tells."""
        return bool(_VISION.search(self.model))

    @property
    def takes_temperature(self) -> bool:
        """Whether the model lets its temperature be set, as far as its name tells."""
        return not _WITHOUT_TEMPERATURE.search(self.model)


def address_of(model: str = "", base_url: str | None = None, *, keys: Keys) -> Address:
    """Return where a chat model is.

    Parameters
    ----------
    model
        Its name; empty: the usual one of the host.
    base_url
        Of any server that speaks OpenAI's chat completions. Left out: ``OPENAI_BASE_URL``; for ``owner/name`` with a
        Hugging Face token and no OpenAI address, Hugging Face's router; else OpenAI.
    keys
        Which key belongs to which host.

    Raises
    ------
    ConfigurationError
        If the base URL is none, or the host is known to want a key and there is none.
    """
    url, query = _normal(base_url or usual_url(model, keys))
    key = keys.key_for(url)
    host = host_of(url)
    if key is None and host in DEFAULT_MODELS:
        variable = "OPENAI_API_KEY" if host == host_of(OPENAI_URL) else "HF_TOKEN"
        msg = f"The controller {model or DEFAULT_MODELS[host]!r} at {host} needs a key: set {variable}, or type it with `%jarvis key {host}`; for a server of your own, name its base URL, for example http://localhost:11434/v1."
        raise ConfigurationError(msg)
    return Address(url, model or DEFAULT_MODELS.get(host, ""), key, query)


def usual_url(model: str, keys: Keys) -> str:
    """The base URL that is meant where none is named, for a model's name or for none (empty)."""
    environment = keys.environment
    for_hub = "/" in model or not environment.get("OPENAI_API_KEY")
    if for_hub and environment.get("HF_TOKEN") and not environment.get("OPENAI_BASE_URL"):
        return HUGGING_FACE_URL
    return keys.openai_url


def _is_address(place: str) -> bool:
    """Whether a URL's host and port are ones that can be connected to."""
    try:
        return bool(re.fullmatch(r"[^\s]+", place)) and urlsplit(f"//{place}").port != 0
    except ValueError:
        return False


def _normal(written: str) -> tuple[str, dict[str, str]]:
    """The base URL as the client needs it, and the query that every request carries."""
    parts = urlsplit(written.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or not _is_address(parts.netloc):
        msg = f"{written!r} is no base URL; write for example http://localhost:11434/v1 or https://router.huggingface.co/v1."
        raise ConfigurationError(msg)
    if parts.username or parts.password:
        msg = f"The base URL of {parts.hostname} holds a user name or password; leave it out and name the key with --key-env."
        raise ConfigurationError(msg)
    path = parts.path.rstrip("/").removesuffix("/chat/completions")
    if parts.hostname.casefold().endswith(_AZURE) and path in ("", "/openai"):
        path = "/openai/v1"
    return urlunsplit((parts.scheme, parts.netloc, path or "/v1", "", "")), dict(parse_qsl(parts.query))
