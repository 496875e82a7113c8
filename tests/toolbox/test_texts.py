"""Sentiment, language, summaries, patterns, keywords, answers, similarity and classes of texts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer, Token
from jarvis_magic.toolbox.answers import likeliest_answer
from jarvis_magic.toolbox.keywords import find_keywords
from jarvis_magic.toolbox.patterns import find_patterns
from jarvis_magic.toolbox.sentences import sentence_spans, split_sentences
from jarvis_magic.toolbox.summary import summarise

Ask = Callable[..., Any]

MEETING = (
    "The city council met on Tuesday for almost five hours. The room was full. After a long debate, the council voted to "
    "close the old harbour bridge to cars from next spring. Engineers had found deep cracks in two of its pillars. The mayor, "
    "Helen Brandt, thanked everyone. Repairs of the bridge are expected to cost 14 million euros. I had a coffee afterwards."
)
ONE_TEXT = {
    "vader": {}, "langid": {}, "sentence-ranking": {}, "patterns": {}, "keywords": {}, "wordllama": {},
    "wordllama-similarity": {"other": "x"}, "wordllama-zero-shot": {"labels": ["a", "b"]},
}  # fmt: skip


@pytest.mark.parametrize(("expert", "others"), ONE_TEXT.items())
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_an_empty_text_is_refused(ask: Ask, expert: str, others: dict[str, object], text: str) -> None:
    """There is nothing to do, and the sentence says what there would be to do."""
    with pytest.raises(EndpointRejected, match=r"^There is nothing to .+: the text is empty\.$"):
        ask(expert, text=text, **others)


@pytest.mark.parametrize(("expert", "others"), ONE_TEXT.items())
def test_an_unknown_option_is_an_error(ask: Ask, expert: str, others: dict[str, object]) -> None:
    """A slip of the pen is not passed over in silence."""
    with pytest.raises(EndpointRejected, match="This expert has no option 'tpo'"):
        ask(expert, text="Good morning", options={"tpo": 3}, **others)


@pytest.mark.parametrize(("expert", "others"), ONE_TEXT.items())
@pytest.mark.parametrize("text", ["!?!", "😀", "\ud800", "a\0b", "東京は大きい。", "word " * 3000, "x" * 20_000])
def test_odd_texts_are_taken(ask: Ask, expert: str, others: dict[str, object], text: str) -> None:
    """Signs, other scripts, lone surrogates and endless words are no bug."""
    assert ask(expert, text=text, **others) is not None


# Classes


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this phone, it is wonderful!", "positive"),
        ("It broke after two days and the support was useless.", "negative"),
        ("The parcel weighs two kilograms.", "neutral"),
        ("The first part was dull. But the end was great, moving and beautiful, I loved it!", "positive"),
    ],
)
def test_sentiment_is_told(ask: Ask, text: str, label: str) -> None:
    """The best label comes first, and the scores are shares."""
    labels = ask("vader", text=text)

    assert labels[0].label == label
    assert sum(found.score for found in labels) == pytest.approx(1, abs=0.001)
    assert [found.score for found in labels] == sorted((found.score for found in labels), reverse=True)


def test_sentiment_of_another_language_comes_with_a_warning(notes: Callable[..., str]) -> None:
    """A lexicon of English does not judge German, and says so."""
    german = "Das Essen war kalt und der Service eine einzige Katastrophe."

    assert "VADER knows English words only" in notes("vader", text=german)
    assert notes("vader", text="The food was cold and the service was terrible.") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is the nearest station, please?", "en"),
        ("Où est la gare la plus proche ?", "fr"),
        ("Где находится ближайший вокзал?", "ru"),
    ],
)
def test_the_language_is_told(ask: Ask, text: str, code: str) -> None:
    """As the code that other experts take."""
    assert ask("langid", text=text)[0].label == code


def test_as_many_languages_as_asked_for_are_named(ask: Ask) -> None:
    """The option has its limits."""
    assert len(ask("langid", text="Good morning", options={"top": 5})) == 5
    with pytest.raises(EndpointRejected, match="'top' is a number from 1 to 100, not 0"):
        ask("langid", text="Good morning", options={"top": 0})


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The striker scored twice in the last minutes of the match.", "sports"),
        ("Simmer the onions in butter until golden.", "cooking"),
        ("The parliament passed the budget.", "politics"),
    ],
)
def test_the_label_nearest_in_meaning_comes_first(ask: Ask, text: str, label: str) -> None:
    """No word of the label stands in the text."""
    labels = ask("wordllama-zero-shot", text=text, labels=["sports", "politics", "cooking"])

    assert labels[0].label == label
    assert sum(found.score for found in labels) == pytest.approx(1)


@pytest.mark.parametrize("labels", [[], ["one"], ["same", " same "], ["one", " "]])
def test_there_must_be_labels_to_choose_from(ask: Ask, labels: list[str]) -> None:
    """One label is no choice."""
    with pytest.raises(EndpointRejected, match="at least two different labels"):
        ask("wordllama-zero-shot", text="Good morning", labels=labels)


# Meaning


def test_similarity_goes_by_meaning(ask: Ask) -> None:
    """A paraphrase is nearer than a text about something else; the same text is 1."""
    question = "How old are you?"

    same, near, far = (
        ask("wordllama-similarity", text=question, other=o)
        for o in (question, "What is your age?", "Stocks fell today.")
    )

    assert same == 1
    assert near > far
    assert 0 <= far < near < same


def test_a_vector_has_length_one_and_its_direction_is_the_meaning(ask: Ask) -> None:
    """Nearness of vectors is what the similarity expert says."""
    one, other = (ask("wordllama", text=text) for text in ("a black cat", "a dark kitten"))

    assert (one.dtype, one.shape) == (np.dtype("float32"), (256,))
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-5)
    assert float(one @ other) == pytest.approx(
        ask("wordllama-similarity", text="a black cat", other="a dark kitten"), abs=1e-5
    )


# Summaries


def test_a_summary_keeps_telling_sentences_in_their_order(ask: Ask) -> None:
    """The decision stays, the coffee goes."""
    summary = ask("sentence-ranking", text=MEETING, options={"sentences": 2})

    assert "voted to close the old harbour bridge" in summary
    assert "coffee" not in summary
    assert [MEETING.index(sentence) for sentence in split_sentences(summary)] == sorted(
        MEETING.index(s) for s in split_sentences(summary)
    )


def test_a_summary_of_a_list_has_no_numbers_and_says_nothing_twice(ask: Ask) -> None:
    """What many notes are as one text is numbered; a sentence that comes again and again is said once."""
    notes = ["The lamp broke within a week of use.", "It is brown.", "The lamp broke within a week of use."]
    summary = ask("sentence-ranking", text="\n".join(f"{i}. {note}" for i, note in enumerate(notes, 1)))
    assert summary == "The lamp broke within a week of use."
    assert ask("sentence-ranking", text="Ships sail. " * 40) == "Ships sail."


def test_a_short_text_is_its_own_summary(ask: Ask) -> None:
    """Nothing is cut from one sentence."""
    assert ask("sentence-ranking", text="The ferry leaves at noon.") == "The ferry leaves at noon."


@given(st.text(min_size=1).filter(str.strip))
def test_a_summary_says_nothing_that_the_text_does_not(text: str) -> None:
    """Every sentence of it stands in the text."""
    kept = summarise(text)

    assert all(sentence in text for sentence in split_sentences(kept))


@given(st.text())
def test_sentences_cover_the_text(text: str) -> None:
    """Only white space lies between them."""
    spans = list(sentence_spans(text))
    between = [
        text[a:b]
        for a, b in zip([0, *(end for _, end in spans)], [*(start for start, _ in spans), len(text)], strict=True)
    ]

    assert not "".join(between).strip()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Dr. Smith paid $3.50. Was it much?", ["Dr. Smith paid $3.50.", "Was it much?"]),
        ("He met J. R. Tolkien in Oxford. They talked.", ["He met J. R. Tolkien in Oxford.", "They talked."]),
        ('She said "Stop!" Then it was quiet.', ['She said "Stop!"', "Then it was quiet."]),
        ("- first item\n- second item", ["- first item", "- second item"]),
        ("これは本です。新しいです。", ["これは本です。", "新しいです。"]),
    ],
)
def test_abbreviations_and_quotes_do_not_end_sentences_where_they_should_not(text: str, sentences: list[str]) -> None:
    """A full stop has more than one use."""
    assert split_sentences(text) == sentences


# Patterns and keywords


@pytest.mark.parametrize(
    ("text", "label", "found"),
    [
        ("Due on 12 March 2024.", "DATE", ["12 March 2024"]),
        ("Between March 3rd, 2021 and 2022-10-05", "DATE", ["March 3rd, 2021", "2022-10-05"]),
        ("May I come in May 2024?", "DATE", ["May 2024"]),
        ("From 9:30 am until noon", "TIME", ["9:30 am", "noon"]),
        ("€1,234.50, 20 dollars and $3 million", "AMOUNT", ["€1,234.50", "20 dollars", "$3 million"]),
        ("It grew by 3.5% or 60 percent", "PERCENT", ["3.5%", "60 percent"]),
        ("Mail jane.doe@example.co.uk.", "EMAIL", ["jane.doe@example.co.uk"]),
        ("See https://example.com/a?b=1, or www.example.org.", "URL", ["https://example.com/a?b=1", "www.example.org"]),
        ("Call +49 30 123456 or (020) 7946 0018", "PHONE", ["+49 30 123456", "(020) 7946 0018"]),
        ("In 1999-2001 there were 12345-6789 of them", "PHONE", []),
        ("It is 30 cm long and weighs 5 kg", "QUANTITY", ["30 cm", "5 kg"]),
        ("Yesterday Ada Lovelace met Dr. Smith in Rome", "NAME", ["Ada Lovelace", "Dr. Smith", "Rome"]),
        ("The weather is nice. Nobody came.", "NAME", []),
    ],
)
def test_forms_are_found(ask: Ask, text: str, label: str, found: list[str]) -> None:
    """Each kind of stretch is found as a whole, and nothing is taken for it that is not."""
    assert [token.text for token in ask("patterns", text=text) if token.label == label] == found


@given(st.text(min_size=1).filter(str.strip))
def test_tokens_stand_where_they_say(text: str) -> None:
    """Start and end cut the words out of the text, in order and without overlaps."""
    found = find_patterns(text)

    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(one.end <= two.start for one, two in itertools.pairwise(found))


def test_long_texts_are_searched_in_no_time() -> None:
    """No form goes back and forth over a long run of digits, letters or signs."""
    for part in ("1", "1 ", "a.", "A ", "a@", "www.", "12:", "+1 ", "(1", "Aa-"):
        assert len(find_patterns(part * 20_000)) >= 0


def test_keywords_tell_the_topic(ask: Ask) -> None:
    """The thing the text is about is among the first; common words are not there."""
    found = [token.text for token in ask("keywords", text=MEETING)]

    assert "bridge" in found[:3]
    assert "council" in found
    assert not {"the", "was", "after"} & {word.casefold() for word in found}


def test_as_many_keywords_as_asked_for_are_found(ask: Ask) -> None:
    """The number is an option."""
    assert len(ask("keywords", text=MEETING, options={"top": 3})) == 3


@given(st.text(min_size=1, max_size=300).filter(str.strip))
def test_keywords_stand_where_they_say(text: str) -> None:
    """Start and end cut the words out of the text."""
    found: list[Token] = find_keywords(text)

    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(0 <= token.score <= 1 for token in found)


# Answers


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who is the mayor?", "Helen Brandt"),
        ("How much will the repairs cost?", "14 million euros"),
        ("When did the council meet?", "Tuesday"),
        ("What had engineers found?", "deep cracks in two of its pillars"),
    ],
)
def test_an_answer_is_a_stretch_of_the_text(ask: Ask, question: str, answer: str) -> None:
    """It is of the sort that is asked for, and says where it stands."""
    found: Answer = ask("passage-answers", question=question, context=MEETING)

    assert found.answer == answer
    assert MEETING[found.start : found.end] == answer
    assert 0 < found.score <= 1


def test_a_guess_is_called_a_guess(notes: Callable[..., str]) -> None:
    """The text does not say why penguins swim, and the user is told."""
    assert "this is a guess" in notes("passage-answers", question="Why do penguins swim?", context=MEETING)
    assert notes("passage-answers", question="Who is the mayor?", context=MEETING) == ""


@pytest.mark.parametrize(("question", "context"), [("", MEETING), ("Who?", " ")])
def test_question_and_context_are_needed(ask: Ask, question: str, context: str) -> None:
    """An empty one is named as such."""
    with pytest.raises(EndpointRejected, match="is empty"):
        ask("passage-answers", question=question, context=context)


@given(st.text(min_size=1, max_size=80).filter(str.strip), st.text(min_size=1, max_size=300).filter(str.strip))
def test_whatever_is_asked_the_answer_stands_in_the_text(question: str, context: str) -> None:
    """Also where question and text are nonsense."""
    found = likeliest_answer(question, context)

    assert context[found.start : found.end] == found.answer
    assert 0 <= found.score <= 1
