"""Keys belong to hosts, and are shown nowhere."""

from __future__ import annotations

import copy
import pickle

import pytest

from jarvis_magic.errors import ConfigurationError
from jarvis_magic.keys import Key, Keys, host_of

SECRET = "sk-very-secret-0123456789"  # noqa: S105 (no real one)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.OpenAI.com/v1", "api.openai.com"),
        ("http://localhost:11434/v1", "localhost"),
        ("localhost:8000", "localhost"),
        ("example.org", "example.org"),
        ("http://[::1]:8000/v1", "::1"),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    """A host is found in a URL or in what a user types for one, whatever its case and port."""
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("environment", "url", "origin"),
    [
        ({"OPENAI_API_KEY": SECRET}, "https://api.openai.com/v1", "OPENAI_API_KEY"),
        ({"OPENAI_API_KEY": SECRET}, "https://evil.example/v1", None),
        ({"OPENAI_API_KEY": SECRET}, "https://api.openai.com.evil.example/v1", None),
        (
            {"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "https://my.gateway/v1"},
            "https://my.gateway/v2",
            "OPENAI_API_KEY",
        ),
        ({"OPENAI_API_KEY": SECRET, "OPENAI_BASE_URL": "https://my.gateway/v1"}, "https://api.openai.com/v1", None),
        ({"HF_TOKEN": SECRET}, "https://router.huggingface.co/v1", "HF_TOKEN"),
        ({"HF_TOKEN": SECRET}, "https://huggingface.co", "HF_TOKEN"),
        ({"HF_TOKEN": SECRET}, "https://nothuggingface.co", None),
        ({"HF_TOKEN": SECRET}, "https://api.openai.com/v1", None),
        ({"OPENAI_API_KEY": ""}, "https://api.openai.com/v1", None),
    ],
)
def test_a_key_goes_only_to_its_host(environment: dict[str, str], url: str, origin: str | None) -> None:
    """The keys of the environment belong to the hosts they are made for, and to no host that looks like them."""
    key = Keys(environment).key_for(url)
    assert (key.origin if key else None) == origin


def test_named_and_typed_keys() -> None:
    """A variable may be named for a host, a key may be typed for one, and the last word counts."""
    keys = Keys({"GROQ_KEY": SECRET}, {"api.groq.com": "GROQ_KEY"})
    found = keys.key_for("https://api.groq.com/openai/v1")
    assert found is not None
    assert found.reveal() == SECRET
    typed = keys.with_typed("api.groq.com", " other ").key_for("https://api.groq.com")
    assert typed is not None
    assert typed.reveal() == "other"
    again = keys.with_typed("api.groq.com", "other").with_variable("https://api.groq.com", "GROQ_KEY")
    assert (found := again.key_for("https://api.groq.com")) is not None
    assert found.origin == "GROQ_KEY"


def test_a_variable_that_is_not_set_is_an_error_with_close_names() -> None:
    """A slip in --key-env is met with what was meant."""
    keys = Keys({"GROQ_API_KEY": SECRET}).with_variable("https://api.groq.com", "GROK_API_KEY")
    with pytest.raises(ConfigurationError, match="did you mean 'GROQ_API_KEY'"):
        keys.key_for("https://api.groq.com")


def test_keys_are_shown_nowhere() -> None:
    """No repr, string, copy or pickle of them holds the secret (hard case 46)."""
    keys = Keys({"OPENAI_API_KEY": SECRET}).with_typed("host", SECRET)
    key = Key(SECRET, "OPENAI_API_KEY")
    for shown in (repr(keys), str(keys), repr(key), str(key), f"{keys.typed}"):
        assert SECRET not in shown
    for leave in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not pickled"):
            leave(key)


def test_masking() -> None:
    """Keys are taken out of any text."""
    keys = Keys({"OPENAI_API_KEY": SECRET}, {}).with_typed("h", "hf_typed_secret")
    assert keys.masked(f"a {SECRET} b hf_typed_secret c") == "a [key] b [key] c"


@pytest.mark.parametrize("secret", ["two words", "schlüssel", "a\nb", "sk-…"])
def test_what_cannot_be_a_key(secret: str) -> None:
    """A key with a line break or a typographic character was copied wrongly, and is not repeated."""
    with pytest.raises(ConfigurationError, match="The key from typing has spaces or characters") as caught:
        Key(secret, "typing")
    assert secret not in str(caught.value)
