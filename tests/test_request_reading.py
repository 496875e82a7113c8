"""From what the user wrote to a request: references, files, URLs, keywords, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from jarvis_magic.errors import ConversionError, JarvisError, SourceError, UnknownName, UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.references import references_in
from jarvis_magic.request_reading import read_request, request_for_plan
from jarvis_magic.tasks import Task


def picture() -> Image.Image:
    """A small red picture."""
    return Image.new("RGB", (4, 3), "red")


def test_a_name_becomes_an_input() -> None:
    """A reference in the words is looked up, and only that."""
    request = read_request("Describe @photo.", {"photo": picture(), "secret": "hidden"})

    assert request.kinds == {"photo": "image"}
    assert request.text == "Describe @photo."


def test_a_path_is_followed_before_anything_runs() -> None:
    """A wrong path is told at once, with what there is."""
    rows = {"name": "Ada", "notes": "kind"}

    assert read_request("Summarize @rows.notes", {"rows": rows}).kinds == {"rows": "json"}
    with pytest.raises(UsageError, match=r"'@rows\.note'.*did you mean 'notes'"):
        read_request("Summarize @rows.note", {"rows": rows})


def test_a_part_of_what_is_of_no_kind() -> None:
    """Where an object as a whole is of no kind, the part that is named is the input, under a name of its own."""
    batch = {"image": picture(), "model": object()}

    request = read_request('Describe @batch["image"], and make @batch["image"] grey.', {"batch": batch})
    assert request.text == "Describe @batch_image, and make @batch_image grey."
    assert request.kinds == {"batch_image": "image"}
    with pytest.raises(UsageError, match=r"""'@batch\["imag"\]': .*did you mean 'image'"""):
        read_request('Describe @batch["imag"]', {"batch": batch})
    with pytest.raises(ConversionError, match="'model'"):
        read_request("Describe @batch", {"batch": batch})


def test_a_variable_that_is_none_has_no_value() -> None:
    """None is what a cell that went wrong leaves behind, and no text that reads null."""
    with pytest.raises(ConversionError, match="'@text' is None: it has no value yet"):
        read_request("Read @text aloud", {"text": None})


def test_an_advice_is_a_sentence_of_its_own() -> None:
    """After a question the next thing to type begins with a capital."""
    with pytest.raises(UnknownName, match=r"did you mean 'photo'\? Write '@@phto' for plain text\.$"):
        read_request("Describe @phto", {"photo": 1})


def test_a_column_that_is_there_twice_is_not_guessed() -> None:
    """Of two columns with one name neither is meant more than the other."""
    table = pd.DataFrame([["x", "y", "z"]], columns=["a", "a", "b"])
    assert read_request("Summarize @table.b", {"table": table}).inputs["table"].kind == "table"
    with pytest.raises(UsageError, match=r"'@table\.a': 2 columns of the table are called 'a'"):
        read_request("Summarize @table.a", {"table": table})


def test_a_list_index_out_of_range_says_how_long_the_list_is() -> None:
    """An item that is not there is told with the list's length."""
    with pytest.raises(UsageError, match=r"has 2 items"):
        read_request("Describe @photos[5]", {"photos": [picture(), picture()]})


def test_an_unknown_name_offers_close_ones_and_the_escape() -> None:
    """A name that does not exist is an error with close matches and how to write plain text."""
    with pytest.raises(UnknownName, match=r"no variable 'phto'; did you mean 'photo'\?.*'@@phto'"):
        read_request("Describe @phto", {"photo": picture()})


def test_plain_at_signs_stay_plain() -> None:
    """An e-mail address and a doubled @ are no references, and stay what they are."""
    request = read_request("Write to bob@example.com about @@news", {})

    assert request.inputs == {}
    assert references_in(request.text) == ()
    assert request.text.replace("@@", "@") == "Write to bob@example.com about @news"


def test_a_quoted_file_becomes_an_input_with_a_good_name(tmp_path: Path) -> None:
    """A file between quotes is read, once, under the name of its stem."""
    file = tmp_path / "My photo 1.png"
    picture().save(file)

    request = read_request(f'Compare @"{file}" with @"{file}"', {})

    assert request.kinds == {"my_photo_1": "image"}
    assert request.text == "Compare @my_photo_1 with @my_photo_1"


def test_a_file_does_not_take_the_name_of_a_variable(tmp_path: Path) -> None:
    """A file called like a variable gets another name."""
    file = tmp_path / "photo.png"
    picture().save(file)

    request = read_request(f'Compare @photo with @"{file}"', {"photo": picture()})

    assert set(request.inputs) == {"photo", "photo_2"}


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(SourceError, match=r"gone\.png"):
        read_request(f'Describe @"{tmp_path / "gone.png"}"', {})


def test_what_comes_in_is_never_scanned() -> None:
    """References inside a variable's text are not read."""
    request = read_request("Summarize @text", {"text": 'see @secret and @"/etc/passwd"', "secret": "hidden"})

    assert set(request.inputs) == {"text"}


def test_references_touch_words_of_scripts_without_spaces(tmp_path: Path) -> None:
    """Chinese words stand at a reference on both sides; a name in Chinese is told from them by the variables there are."""
    request = read_request("描述@photo里的人，总结@数据里的内容。", {"photo": picture(), "数据": "文字"})
    assert request.kinds == {"photo": "image", "数据": "text"}
    assert {reference.name for reference in references_in(request.text)} == {"photo", "数据"}
    (tmp_path / "memo.txt").write_text("hello")
    assert read_request(f'总结@"{tmp_path}/memo.txt"里的话', {}).text == "总结@memo里的话"


def test_a_variable_whose_name_reads_as_a_shorter_one() -> None:
    """The variable that really is called so is meant, and gets a name that an argument can be written with."""
    request = read_request("描述@photo里", {"photo里": picture(), "photo": "words"})
    assert request.kinds == {"photo_2": "image"}
    assert request.text == "描述@photo_2"


def test_keywords_are_inputs_even_if_not_written() -> None:
    """An object given by keyword may be used by the plan."""
    assert read_request("Describe it.", {}, {"photo": picture()}).kinds == {"photo": "image"}


@pytest.mark.parametrize("empty", ["", "   ", "\n\t"])
def test_an_empty_request_says_what_to_write(empty: str) -> None:
    """Nothing asked is told with an example."""
    with pytest.raises(UsageError, match="empty"):
        read_request(empty, {})


@given(st.text())
def test_any_text_gives_a_request_or_a_sentence(text: str) -> None:
    """No text, whatever is in it, is a bug; and no reference is invented."""
    try:
        request = read_request(text, {})
    except JarvisError as error:
        assert str(error)  # noqa: PT017 - the other branch is checked as well
    else:
        assert request.inputs == {}
        assert references_in(request.text) == ()


def plan() -> Plan:
    """A plan with one input."""
    return Plan("", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})])


def test_a_plan_takes_values_of_its_kinds() -> None:
    """A plan is given values by name."""
    assert request_for_plan(plan(), {}, {"photo": picture()}).kinds == {"photo": "image"}


def test_a_plan_without_a_value_names_the_input() -> None:
    """A missing value is an error before anything starts."""
    with pytest.raises(UnknownName, match="photo=…"):
        request_for_plan(plan(), {})


def test_a_plan_refuses_a_value_of_another_kind() -> None:
    """A value of the wrong kind is an error before anything starts."""
    with pytest.raises(ConversionError, match=r"'@photo' is an image.*text"):
        request_for_plan(plan(), {"photo": "not a picture"})
