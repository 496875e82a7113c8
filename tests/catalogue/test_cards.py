"""One clean sentence from a model's card, whatever stands before it (hard case 29)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.catalogue.cards import LONGEST, sentence_from_tags, sentence_of

BADGES = """---
license: apache-2.0
tags:
- summarization
---
<div align="center"><img src="https://x.example/logo.png"></div>

# BART (large-sized model), fine-tuned on CNN Daily Mail

[![Open in Spaces](https://img.shields.io/badge/a-b.svg)](https://x.example) ![licence](https://img.shields.io/x.svg)

**Disclaimer:** The team releasing BART did not write a model card for this model.

## Table of contents
- [Usage](#usage)
- [Training](#training)

| Model | Score |
|---|---|
| BART | 44.1 |

```python
print("This is a model that is not described by its code.")
```

[BART](https://arxiv.org/abs/1910.13461) is a *transformer* encoder-decoder with a **bidirectional** encoder. It is good.
"""


@pytest.mark.parametrize(
    ("card", "sentence"),
    [
        (BADGES, "BART is a transformer encoder-decoder with a bidirectional encoder."),
        ("Whisper is a model for speech (e.g. English) of many kinds. Read on.", "Whisper is a model for speech (e.g. English) of many kinds."),
        ("> A quote of a model that makes pictures of the sea.", "A quote of a model that makes pictures of the sea."),
        ("<p>A model&nbsp;that draws <b>manga</b> faces quite well!</p>", "A model that draws manga faces quite well!"),
        ("# Title\n\nToo short.\n\nThe second paragraph says what the model does at last.", "The second paragraph says what the model does at last."),
        ("See https://x.example. a, b, c, d, e, f, g.", ""),
        ("# Only a title", ""),
        ("", ""),
        ("---\nlicense: mit\n---\n", ""),
    ],
)  # fmt: skip
def test_the_first_sentence_that_says_something(card: str, sentence: str) -> None:
    """Not the badges, headings, tables, code, lists or disclaimers before it."""
    assert sentence_of(card) == sentence


@given(st.text(max_size=400))
def test_any_text_gives_a_line_that_is_bounded(card: str) -> None:
    """No line breaks, no tags, no more than is read."""
    sentence = sentence_of(card)
    assert "\n" not in sentence
    assert len(sentence) <= LONGEST


def test_a_long_sentence_is_cut_between_words() -> None:
    """And says so."""
    sentence = sentence_of("This model " + "writes very long texts " * 40 + "well.")
    assert sentence.endswith("…")
    assert len(sentence) <= LONGEST


def test_a_sentence_from_tags_says_what_they_say() -> None:
    """Who made it, from what, with which library."""
    said = sentence_from_tags(
        "owner/x", "text-to-image", ["base_model:a/b", "base_model:adapter:a/b", "lora"], "diffusers"
    )
    assert said == "A model for text-to-image by owner, made from a/b, for diffusers."
    assert sentence_from_tags("x", "summarization", [], None) == "A model for summarization."
