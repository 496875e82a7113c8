"""Speaking, understanding speech, and taking noise away."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.media import Audio

Ask = Callable[..., Any]
Notes = Callable[..., str]


@pytest.fixture(scope="module")
def spoken(ask: Ask) -> Audio:
    """A sentence, spoken."""
    sound: Audio = ask(
        "espeak-ng",
        text="Please bring the signed papers to the office on Monday.",
        language="en-us",
        voice="female",
        options={"speed": 150},
    )
    return sound


def test_a_text_is_spoken_in_a_sound_of_fitting_length(ask: Ask) -> None:
    """More words take longer."""
    short, long = (ask("espeak-ng", text="Good morning to you all. " * times) for times in (1, 3))

    assert 0.5 < short.duration < 3
    assert long.duration == pytest.approx(3 * short.duration, rel=0.3)
    assert np.abs(short.samples).max() > 0.1


@pytest.mark.parametrize("language", ["de", "German", "german", "de_DE", "DE"])
def test_a_language_is_known_by_code_and_name(ask: Ask, language: str) -> None:
    """Whichever way the user writes it, the same voice speaks."""
    asked, german = (ask("espeak-ng", text="Guten Morgen", language=name).duration for name in (language, "de"))

    assert asked == pytest.approx(german, abs=0.02)


@pytest.mark.parametrize(("voice", "other"), [("Linda", "whisper"), ("female", "male"), ("f2", "Mr Serious")])
def test_voices_differ(ask: Ask, voice: str, other: str) -> None:
    """A voice is more than a name."""
    one, two = (ask("espeak-ng", text="Good morning", voice=name) for name in (voice, other))

    assert abs(one.duration - two.duration) > 0.01


def test_a_language_given_as_voice_is_taken_as_language(ask: Ask) -> None:
    """A user who asks for the voice 'German' says clearly enough what is meant."""
    as_voice = ask("espeak-ng", text="Guten Morgen", voice="German").duration

    assert as_voice == pytest.approx(ask("espeak-ng", text="Guten Morgen", language="de").duration, abs=0.02)


def test_a_text_that_is_clearly_german_is_read_as_german_and_this_is_said(ask: Ask, notes: Notes) -> None:
    """Nobody wants to hear German by English rules; a guess is told, and can be overruled."""
    text = "Guten Morgen, wie geht es Ihnen heute?"

    assert notes("espeak-ng", text=text).startswith("Read as German")
    assert ask("espeak-ng", text=text).duration == pytest.approx(
        ask("espeak-ng", text=text, language="de").duration, abs=0.02
    )
    assert notes("espeak-ng", text=text, language="en") == ""


def test_speed_and_pitch_are_options(ask: Ask) -> None:
    """Twice the speed takes about half the time."""
    slow, fast = (
        ask("espeak-ng", text="One two three four five six seven.", options={"speed": s, "pitch": 70})
        for s in (120, 240)
    )

    assert fast.duration < 0.7 * slow.duration


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"text": "  "}, "There is nothing to read aloud: the text is empty."),
        ({"text": "hello", "voice": "Lynda"}, r"There is no voice 'Lynda'; did you mean 'Linda'"),
        ({"text": "hello", "language": "Germn"}, r"There is no espeak-ng language 'Germn'; did you mean 'German'"),
        ({"text": "hello", "options": {"speed": 9000}}, "'speed' is a number from 80 to 450, not 9000"),
        ({"text": "hello", "options": {"speed": True}}, "not True"),
        ({"text": "hello", "options": {"pitch": 1.5}}, "'pitch' is a whole number"),
        ({"text": "hello", "options": {"volume": 3}}, "no option 'volume'; it has 'speed' and 'pitch'"),
        ({"text": "x" * 100_001}, "too long to read aloud"),
    ],
)
def test_wrong_wishes_are_refused_in_one_sentence(ask: Ask, arguments: dict[str, object], sentence: str) -> None:
    """The sentence has the name that is wrong, and what would be right."""
    with pytest.raises(EndpointRejected, match=sentence):
        ask("espeak-ng", **arguments)


@pytest.mark.parametrize(
    "text", ["😀", "a\0b", "\ud800 lone surrogate", "[[fake phonemes]] <speak>tags</speak>", "東京", "x" * 2000]
)
def test_odd_texts_are_spoken_or_refused(ask: Ask, text: str) -> None:
    """No text crashes the library."""
    with contextlib.suppress(EndpointRejected):
        assert ask("espeak-ng", text=text).duration > 0


def test_clear_speech_is_understood(ask: Ask, spoken: Audio) -> None:
    """Most words of a plain sentence come back."""
    heard = ask("pocketsphinx", audio=spoken).split()

    assert len({"please", "bring", "the", "signed", "papers", "to", "office", "on", "monday"} & set(heard)) >= 5


def test_any_rate_and_channels_are_understood(ask: Ask, spoken: Audio) -> None:
    """A stereo recording at 44.1 kHz says what the mono one said."""
    stereo = Audio(np.stack([spoken.resampled(44_100).samples] * 2), 44_100)

    assert "monday" in ask("pocketsphinx", audio=stereo)


def test_the_user_is_told_how_good_recognition_is(notes: Notes, spoken: Audio) -> None:
    """Nobody takes the transcript for the truth."""
    assert "expect wrong words" in notes("pocketsphinx", audio=spoken)


@pytest.mark.parametrize(
    ("sound", "language", "sentence"),
    [
        (Audio(np.zeros(16_000, np.float32), 16_000), None, "the sound is silent"),
        (Audio(np.zeros(0, np.float32), 16_000), None, "the sound is empty"),
        (Audio(np.ones(1000, np.float32), 16_000), "de", "understands English only, not 'de'"),
        (Audio(np.ones(32 * 60, np.float32), 1), None, "takes up to 30"),
    ],
)
def test_what_cannot_be_transcribed_is_refused(ask: Ask, sound: Audio, language: str | None, sentence: str) -> None:
    """Silence, another language and hours of sound are named as what they are."""
    with pytest.raises(EndpointRejected, match=sentence):
        ask("pocketsphinx", audio=sound, language=language)


@pytest.mark.parametrize("language", ["en", "en-GB", "English", "British English", None])
def test_english_may_be_named(ask: Ask, spoken: Audio, language: str | None) -> None:
    """English in every spelling is what it understands."""
    assert ask("pocketsphinx", audio=spoken, language=language)


def noisy(sound: Audio, loudness: float = 0.05) -> Audio:
    """Add hiss."""
    hiss = np.random.default_rng(0).normal(0, loudness, sound.samples.shape)
    return Audio((sound.samples + hiss).astype(np.float32), sound.rate)


def error(sound: Audio, clean: Audio) -> float:
    """How much a sound differs from the clean one."""
    return float(np.mean((sound.samples - clean.samples) ** 2))


def test_hiss_is_taken_away(ask: Ask, spoken: Audio) -> None:
    """What is left differs far less from the clean recording."""
    recording = noisy(spoken)

    assert error(ask("wiener", audio=recording), spoken) < error(recording, spoken) / 2


def test_a_cleaned_recording_keeps_its_shape(ask: Ask, spoken: Audio) -> None:
    """Length, rate and channels stay."""
    stereo = Audio(np.stack([spoken.samples, spoken.samples[::-1]]), spoken.rate)
    cleaned = ask("wiener", audio=stereo)

    assert (cleaned.samples.shape, cleaned.rate) == (stereo.samples.shape, stereo.rate)


def test_strength_nought_changes_nothing(ask: Ask, spoken: Audio) -> None:
    """The option goes all the way down."""
    assert error(ask("wiener", audio=noisy(spoken), options={"strength": 0}), noisy(spoken)) < 1e-9


def test_silence_stays_silence(ask: Ask) -> None:
    """No sound is made out of nothing, and nothing divides by nought."""
    assert not ask("wiener", audio=Audio(np.zeros(16_000, np.float32), 16_000)).samples.any()


def test_too_little_sound_is_refused(ask: Ask) -> None:
    """Noise cannot be told from sound in a moment."""
    with pytest.raises(EndpointRejected, match=r"0\.01 seconds long"):
        ask("wiener", audio=Audio(np.ones(160, np.float32), 16_000))
