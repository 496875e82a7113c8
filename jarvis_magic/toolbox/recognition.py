"""Speech to text by PocketSphinx, whose English model is in its wheel."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import WithNotes

from .loading import Knobs, Loaded

if TYPE_CHECKING:
    from pocketsphinx import Decoder

    from jarvis_magic.media import Audio

_RATE = 16_000  # Hz, what the model was trained on
_LONGEST = 30 * 60  # seconds
_QUIET = 1e-4
_HONESTY = (
    "PocketSphinx wrote this down; expect wrong words, most of all with noise, accents, names or several speakers."
)


def _load() -> Decoder:
    from pocketsphinx import Decoder

    return Decoder(samprate=_RATE, loglevel="FATAL")


_decoder = Loaded(_load)
_turn = threading.Lock()  # a decoder holds one utterance at a time


def transcribe(audio: Audio, language: str | None = None, options: Mapping[str, object] | None = None) -> WithNotes:
    """Write down English speech, in lower case and without punctuation.

    Parameters
    ----------
    audio
        Speech of any rate and channels, up to half an hour.
    language
        English in some form, or nothing.

    Returns
    -------
    str
        The words, a line for every stretch between silences.

    Raises
    ------
    EndpointRejected
        If the sound is empty, silent or too long, or another language is asked for.
    """
    Knobs(options)
    if language and not _is_english(language):
        msg = f"PocketSphinx understands English only, not {language!r}; give another model for this task."
        raise EndpointRejected(msg)
    lines = [line for part in _utterances(_pcm(audio)) if (line := _recognise(part))]
    if not lines:
        return WithNotes("", ("No words were understood in the sound.",))
    return WithNotes("\n".join(lines), (_HONESTY,))


def _is_english(language: str) -> bool:
    name = language.strip().casefold()
    return name in {"en", "eng"} or name.startswith(("en-", "en_", "english")) or name.endswith("english")


def _pcm(audio: Audio) -> bytes:
    """Return the sound as 16-bit mono samples at 16 kHz, brought to full loudness."""
    import numpy as np

    if audio.duration > _LONGEST:
        msg = f"The sound is {audio.duration / 60:.0f} minutes long; PocketSphinx takes up to {_LONGEST // 60}. Give a part of it."
        raise EndpointRejected(msg)
    samples = audio.mono().resampled(_RATE).samples
    loudest = float(np.abs(samples).max(initial=0))
    if loudest < _QUIET:
        msg = (
            "There is nothing to hear: the sound is silent."
            if samples.size
            else "There is nothing to hear: the sound is empty."
        )
        raise EndpointRejected(msg)
    return (samples / loudest * 32_000).astype("<i2").tobytes()


def _utterances(pcm: bytes) -> Iterator[bytes]:
    """Cut at silences, so that a long recording is recognised stretch by stretch."""
    from pocketsphinx import Segmenter

    for segment in Segmenter(sample_rate=_RATE).segment(io.BytesIO(pcm)):
        yield segment.pcm


def _recognise(pcm: bytes) -> str:
    decoder = _decoder()
    with _turn:
        decoder.start_utt()
        decoder.process_raw(pcm, no_search=False, full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp()
    return heard.hypstr.strip() if heard else ""
