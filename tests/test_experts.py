"""`@expert`: the user's functions as expert models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from jarvis_magic.errors import UsageError
from jarvis_magic.experts import expert, forget, registered, registered_as


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    forget()
    yield
    forget()


def test_the_function_stays_as_it_is_and_becomes_an_expert() -> None:
    """The decorator returns the function; the expert is called like it and described by its docstring."""

    def my_captioner(image: object) -> str:
        """Say what is there.

        At length.
        """
        return str(image)

    assert expert("image-to-text", limit=2, cache=True)(my_captioner) is my_captioner
    (found,) = registered("image-to-text")
    assert (found.name, found.description) == ("my_captioner", "Say what is there.")
    assert (found.limit, found.cache, found.takes) == (2, True, ("image",))
    assert registered("translation") == ()


def test_the_latest_of_a_name_counts() -> None:
    """Running the cell again replaces the function, under another revision even if its text is the same."""

    def make() -> object:
        @expert("summarization", name="mine")
        def shorten(text: str) -> str:
            return text[:9]

        return shorten

    first, second = make(), make()
    assert first is not second
    found = registered_as("mine")
    assert found is not None
    assert found.function is second
    make()
    again = registered_as("mine")
    assert again is not None
    assert again.revision != found.revision
    assert len(registered()) == 1


def test_the_latest_comes_first() -> None:
    """Of several experts for a type, the one defined last is preferred."""
    for name in ("one", "two", "one"):
        expert("summarization", name=name)(lambda text: text)
    assert [e.name for e in registered("summarization")] == ["one", "two"]


def test_fewer_parameters_and_any_parameters() -> None:
    """A function may take fewer ports than there are, own knobs with defaults, or all by keywords."""

    @expert("translation")
    def some(text: str, target_language: str, politely: bool = True) -> str:
        return text + target_language + str(politely)

    @expert("translation")
    def everything(**ports: Any) -> str:
        return str(ports)

    takes = {e.name: e.takes for e in registered()}
    assert takes == {"some": ("text", "target_language"), "everything": None}


@pytest.mark.parametrize(
    ("type_name", "function", "words"),
    [
        ("image-to-txt", lambda image: image, "did you mean 'image-to-text'"),
        ("image-to-text", lambda img: img, "image-to-text has no port 'img'; did you mean 'image'?"),
        ("image-to-text", lambda voice: voice, "its ports are 'image' and 'options'"),
        ("image-to-text", lambda *images: images, "passed by name"),
        (print, lambda image: image, "takes a task type"),
    ],
)
def test_mistakes_are_told_when_the_function_is_defined(type_name: Any, function: Any, words: str) -> None:
    """A wrong task type or parameter is one sentence with close matches, before anything runs."""
    with pytest.raises(UsageError, match=words.replace("?", r"\?")):
        expert(type_name, name="mine")(function)
    assert registered() == ()


@pytest.mark.parametrize("name", ["my expert", "my/expert", "expert@home"])
def test_names_that_could_not_be_asked_for_are_refused(name: str) -> None:
    """A name must be writable in `--use TASK=NAME`."""
    with pytest.raises(UsageError, match="cannot be one"):
        expert("summarization", name=name)(lambda text: text)


def test_a_nameless_function_needs_a_name() -> None:
    """A lambda has no name to be shown."""
    with pytest.raises(UsageError, match="no name of its own"):
        expert("summarization")(lambda text: text)


def test_a_limit_is_at_least_one() -> None:
    """A limit of none would never run."""
    with pytest.raises(UsageError, match="at least 1"):
        expert("summarization", limit=0)
