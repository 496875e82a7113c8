"""Which chat model is asked: the one that was named, the one a key in the environment is for, or none."""

from __future__ import annotations

from jarvis_magic.keys import HUGGING_FACE_URL, Keys
from jarvis_magic.options import Options

from .addresses import address_of
from .model import OpenAIChat, chat_model


def chosen_chat(named: str, options: Options, keys: Keys, *, api_key: str | None = None) -> OpenAIChat | None:
    """Return the chat model that plans; ``None``: the offline controller does.

    Parameters
    ----------
    named
        ``"offline"``, a chat model's name, or ``"auto"``: the server of `Options.base_url`, else the endpoint that
        ``OPENAI_API_KEY`` is for, else the one that ``HF_TOKEN`` is for. Only keys of the environment count.
    options
        The base URL, the key's variable and the other knobs of a chat model.
    keys
        Which key belongs to which host.
    api_key
        A key for the chat model's host.

    Raises
    ------
    ConfigurationError
        If the base URL is none, or a key is missing.
    """
    if named == "offline":
        return None
    model, base_url = ("", options.base_url or _found(keys)) if named == "auto" else (named, options.base_url or None)
    if named == "auto" and base_url is None:
        return None
    keys = Keys(keys.environment, {**keys.named, **options.keys}, keys.typed)
    place = address_of(model, base_url, keys=keys, needs_key=False).url
    if api_key:
        keys = keys.with_typed(place, api_key, "api_key")
    elif options.key_env:
        keys = keys.with_variable(place, options.key_env)
    return chat_model(model, base_url=place, keys=keys, timeout=options.reply_timeout, retries=options.retries)


def _found(keys: Keys) -> str | None:
    """The base URL that a key in the environment is for."""
    if keys.environment.get("OPENAI_API_KEY"):
        return keys.openai_url
    return HUGGING_FACE_URL if keys.environment.get("HF_TOKEN") else None
