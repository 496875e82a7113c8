"""Where chat models are: base URLs of every kind of server, and which one is meant when little is said."""

from __future__ import annotations

import pytest

from jarvis_magic.chat import address_of
from jarvis_magic.equipment import find_chat
from jarvis_magic.errors import ConfigurationError
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options

OPENAI = {"OPENAI_API_KEY": "sk-a"}
HUB = {"HF_TOKEN": "hf_a"}


@pytest.mark.parametrize(
    ("written", "url", "query"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1", {}),
        ("http://localhost:11434/v1/", "http://localhost:11434/v1", {}),
        ("http://127.0.0.1:8080/v1/chat/completions", "http://127.0.0.1:8080/v1", {}),
        ("https://host/api/openai", "https://host/api/openai", {}),
        ("https://me.openai.azure.com", "https://me.openai.azure.com/openai/v1", {}),
        (
            "https://me.openai.azure.com/openai/deployments/gpt?api-version=2024-10-21",
            "https://me.openai.azure.com/openai/deployments/gpt",
            {"api-version": "2024-10-21"},
        ),
    ],
)
def test_base_urls_as_people_write_them(written: str, url: str, query: dict[str, str]) -> None:
    """Base URLs with or without a path, Azure's both forms, and one with the whole route are understood."""
    address = address_of("m", written, keys=Keys())
    assert (address.url, address.query) == (url, query)


@pytest.mark.parametrize(
    "written",
    [
        "localhost:11434",
        "ftp://host/v1",
        "not a url",
        "file:///etc/passwd",
        "http://h:99999/v1",
        "http://a b/v1",
        "http://h:x",
    ],
)
def test_what_is_no_base_url(written: str) -> None:
    """A base URL that is none is an error that shows one."""
    with pytest.raises(ConfigurationError, match="is no base URL; write for example"):
        address_of("m", written, keys=Keys())


def test_a_password_in_a_base_url_is_refused_and_not_repeated() -> None:
    """A key inside a URL would be shown with it, so it is refused, without showing it."""
    with pytest.raises(ConfigurationError) as caught:
        address_of("m", "https://user:sk-secret@host/v1", keys=Keys())
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("named", "environment", "options", "found"),
    [
        ("auto", {}, Options(), None),
        ("offline", OPENAI, Options(), None),
        ("auto", OPENAI, Options(), ("gpt-5-mini", "api.openai.com")),
        ("auto", HUB, Options(), ("openai/gpt-oss-120b", "router.huggingface.co")),
        ("auto", OPENAI | HUB, Options(), ("gpt-5-mini", "api.openai.com")),
        ("auto", OPENAI | {"OPENAI_BASE_URL": "http://gw:1/v1"}, Options(), ("gw:1", "gw:1")),
        ("auto", OPENAI, Options(base_url="http://localhost:8000"), ("localhost:8000", "localhost:8000")),
        ("gpt-9", OPENAI | HUB, Options(), ("gpt-9", "api.openai.com")),
        ("Qwen/Qwen3", OPENAI | HUB, Options(), ("Qwen/Qwen3", "router.huggingface.co")),
        ("Qwen/Qwen3", OPENAI, Options(), ("Qwen/Qwen3", "api.openai.com")),
        ("Qwen/Qwen3", HUB, Options(base_url="http://localhost:8000/v1"), ("Qwen/Qwen3", "localhost:8000")),
    ],
)
def test_which_chat_model_is_asked(
    named: str, environment: dict[str, str], options: Options, found: tuple[str, str] | None
) -> None:
    """Named, then OPENAI_API_KEY, then HF_TOKEN, then offline; and each at its own server."""
    chosen = find_chat(named, options, Keys(environment))
    assert ((chosen.chat.name, chosen.chat.place) if chosen else None) == found


def test_a_key_that_is_missing_is_said_before_anything_is_asked() -> None:
    """A model at OpenAI without a key: what to set, what to type, and how to use a server of one's own."""
    with pytest.raises(ConfigurationError) as caught:
        find_chat("gpt-5", Options(), Keys())
    for part in ("'gpt-5' at api.openai.com", "OPENAI_API_KEY", "`%jarvis key api.openai.com`", "base URL"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("model", "sees"),
    [
        ("gpt-5-mini", True), ("gpt-4o", True), ("o3", True), ("Qwen/Qwen2.5-VL-7B-Instruct", True), ("llava:13b", True),
        ("google/gemma-3-27b-it", True), ("meta-llama/Llama-4-Scout", True), ("gpt-3.5-turbo", False),
        ("openai/gpt-oss-120b", False), ("Qwen/Qwen3-8B", False), ("mistral", False), ("llama3.1:8b", False),
        ("deepseek-r1", False), ("gemma2", False),
    ],
)  # fmt: skip
def test_which_models_take_pictures(model: str, sees: bool) -> None:
    """Whether a model takes pictures is read off its name."""
    assert address_of(model, "http://localhost/v1", keys=Keys()).sees is sees
