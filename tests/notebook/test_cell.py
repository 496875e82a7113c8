"""What a cell says: its line, and the expressions of its body."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import UnknownName, UsageError
from jarvis_magic.notebook.cell import CellBody, bare_files, names_in, read_body, read_line
from jarvis_magic.references import Reference, scan

VARIABLES = {"topic": "cats", "n": 3, "photo": object(), "items": ["a", "b"], "nested": {"a": {"b": 1}}}


@pytest.mark.parametrize(
    ("line", "names", "shows", "words"),
    [
        ("", (), True, ()),
        ("-y --timeout 30", (), True, ("-y", "--timeout", "30")),
        ("caption, speech <<", ("caption", "speech"), False, ()),
        ("caption << -y", ("caption",), False, ("-y",)),
        ("grey = <<", ("grey",), True, ()),
        ("grey=<< --use image-to-image='a model'", ("grey",), True, ("--use", "image-to-image=a model")),
        ("-m 'a << b'", (), True, ("-m", "a << b")),
    ],
)
def test_line(line: str, names: tuple[str, ...], shows: bool, words: tuple[str, ...]) -> None:
    """Names stand before <<, shown too with =; the rest are words as a shell divides them."""
    read = read_line(line)
    assert (read.names, read.shows, read.words) == (names, shows, words)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("a, a <<", "wanted twice"),
        ("1a <<", "'1a' is not a variable name"),
        ("class <<", "'class' is not a variable name"),
        ("_jarvis <<", "'_jarvis' is always the last run"),
        ("a, <<", "A name is missing"),
        ("<<", "A name is missing"),
        ("--use 'a", "close the quotation marks"),
    ],
)
def test_wrong_line(line: str, said: str) -> None:
    """A line that cannot be meant is one sentence with the next step."""
    with pytest.raises(UsageError, match=said):
        read_line(line)


@pytest.mark.parametrize(
    ("body", "text", "named"),
    [
        ("Write about {{topic}}.", "Write about @topic.", {"topic": "cats"}),
        ("{{ n + 1 }} dogs", "@text dogs", {"text": "4"}),
        ("{{nested['a']}}", "@text", {"text": "{'b': 1}"}),
        ("{{ {'a': {'b': 1}} }}", "@text", {"text": "{'a': {'b': 1}}"}),
        ("read file_{{n}}.txt now", "read @n now", {"n": "file_3.txt"}),
        ("{{n}}{{n}}", "@n", {"n": "33"}),
        ("@photo and {{photo is None}}", "@photo and @text", {"text": "False"}),
        ("@topic and {{topic}}", "@topic and @topic_text", {"topic_text": "cats"}),
        ("bob@{{topic}}", "bob@@@topic", {"topic": "cats"}),
        ('JSON {"a": {"b": 1}} and f(x) = {x}', 'JSON {"a": {"b": 1}} and f(x) = {x}', {}),
        ("two braces: {{'{{'}}a}}", "two braces: {{a}}", {}),
    ],
)
def test_expressions(body: str, text: str, named: Mapping[str, str]) -> None:
    """An expression becomes a text input; single braces are never touched."""
    read = read_body(body, VARIABLES)
    assert (read.text, read.named) == (text, named)


def test_text_that_came_in_is_not_scanned() -> None:
    """References, expressions and escapes in a value stay what they are: text."""
    value = "@photo {{n}} @@ \\frac{1}{2}"
    assert read_body("say {{wish}}", {"wish": value}).named == {"wish": value}


def test_an_expression_is_evaluated_once() -> None:
    """What an expression does, it does once."""
    numbers = iter(range(10))
    assert read_body("{{next(numbers)}} and {{next(numbers)}}", {"numbers": numbers}).named == {
        "text": "0",
        "text_2": "1",
    }


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        ("{{topc}}", UnknownName, "did you mean 'topic'"),
        ("{{a b}}", UsageError, "not a Python expression"),
        ("{{}}", UsageError, "is empty"),
        ("{{topic", UsageError, "is not closed"),
        ('Describe @"{{topic}}/a.png".', UsageError, "write @name for a variable that holds the whole name"),
        ("Describe @https://a.b/{{topic}}.", UsageError, "No expression is filled into a name"),
        ("{{1 / 0}}", UsageError, "raised ZeroDivisionError: division by zero"),
        ("@photo{{n}}", UsageError, "put a space between"),
        ('@"a file.wav"{{n}}', UsageError, "put a space between"),
    ],
)
def test_wrong_expressions(body: str, error: type[Exception], said: str) -> None:
    """An expression that cannot be evaluated is one sentence."""
    with pytest.raises(error, match=said):
        read_body(body, VARIABLES)


@given(st.text(alphabet=string.printable.replace("{", ""), max_size=60))
def test_text_without_expressions_is_untouched(body: str) -> None:
    """A body without double braces goes on as it is, but for a lone @ at its end."""
    pieces = [found.piece for found in scan(read_body(body, {}).text)]
    assert "".join(map(str, pieces)) == "".join(str(found.piece) for found in scan(body))


WORD = st.text(alphabet="ab1 .[]@_-\n", max_size=6)
VALUE = st.text(alphabet="xy@{}[]. ", max_size=5)


@given(st.lists(st.tuples(WORD, VALUE), min_size=1, max_size=4), WORD)
def test_expressions_arrive_whole(parts: list[tuple[str, str]], last: str) -> None:
    """However literal text and expressions touch, the words read back as the user wrote them."""
    variables: dict[str, Any] = {f"v{i}": value for i, (_, value) in enumerate(parts)}
    body = "".join(f"{word}{{{{v{i}}}}}" for i, (word, _) in enumerate(parts)) + last
    read = understood(body, variables)
    if read is None:
        return
    heard = "".join(
        read.named.get(f.piece.name, str(f.piece)) if isinstance(f.piece, Reference) else f.piece
        for f in scan(read.text)
    )
    assert heard == "".join(word.replace("@@", "@") + value for word, value in parts) + last.replace("@@", "@")


def understood(body: str, variables: Mapping[str, Any]) -> CellBody | None:
    """The body as read; ``None`` where a reference and an expression touch, which is refused."""
    try:
        return read_body(body, variables)
    except UsageError as error:
        if "put a space between" not in str(error):
            raise
        return None


def test_an_expression_touches_words_of_scripts_without_spaces() -> None:
    """In Chinese the words around an expression are not part of one word with it."""
    assert read_body("写一首关于{{topic}}的诗", {"topic": "雨"}) == CellBody("写一首关于@topic的诗", {"topic": "雨"})


def test_names_in() -> None:
    """What a body refers to, in references and inside expressions."""
    assert names_in("总结@数据里的话", {"数据"}) == {"数据"}
    assert names_in("Make @photo like {{style + str(n)}}, mail a@b.de") == {"photo", "style", "str", "n"}


def test_bare_files_are_offered() -> None:
    """A file or address in prose is not read, and a note says how to use it."""
    notes = bare_files('Sum up notes.txt and data/a.csv, not @"b.txt", https://x.org/p.png. Node.js and e.g. this')
    assert [note.split(" is taken")[0] for note in notes] == ["https://x.org/p.png", "notes.txt", "data/a.csv"]
    assert '@"notes.txt"' in notes[1]
    assert "@https://x.org/p.png" in notes[0]
