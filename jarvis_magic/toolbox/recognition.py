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
    import numpy as np
    from numpy.typing import NDArray
    from pocketsphinx import Decoder

    from jarvis_magic.media import Audio

_RATE = 16_000  # Hz, what the model was trained on
_LONGEST = 30 * 60  # seconds
_IN_ONE_PIECE = 20  # seconds
_QUIET, _FULL, _BREATH = 1e-4, 0.97, 0.001  # of full loudness
_PAUSE = 0.3  # seconds of stillness before and after
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
    lines = [line for part in _stretches(_prepared(audio)) if (line := _recognise(part))]
    if not lines:
        return WithNotes("", ("No words were understood in the sound.",))
    return WithNotes("\n".join(lines), (_HONESTY,))


def _is_english(language: str) -> bool:
    name = language.strip().casefold()
    return name in {"en", "eng"} or name.startswith(("en-", "en_", "english")) or name.endswith("english")


def _prepared(audio: Audio) -> NDArray[np.float32]:
    """Return the sound in mono at 16 kHz and full loudness, over a breath of noise.

    The noise lies 60 dB below full loudness. The model was trained on recordings of rooms and takes the perfect
    stillness between the tones of synthetic speech for something else: of eSpeak's speech it understands a tenth of
    the words without the noise and three quarters with it; of recordings of people as many as before.
    """
    import numpy as np

    if audio.duration > _LONGEST:
        msg = f"The sound is {audio.duration / 60:.0f} minutes long; PocketSphinx takes up to {_LONGEST // 60}. Give a part of it."
        raise EndpointRejected(msg)
    samples = audio.mono().resampled(_RATE).samples
    loudest = float(np.abs(samples).max(initial=0))
    if loudest < _QUIET:
        state = "silent" if samples.size else "empty"
        msg = f"There is nothing to hear: the sound is {state}."
        raise EndpointRejected(msg)
    noise = np.random.default_rng(0).normal(0, _BREATH, samples.shape)
    prepared: NDArray[np.float32] = (samples / loudest * _FULL + noise).astype(np.float32)
    return prepared


def _stretches(samples: NDArray[np.float32]) -> Iterator[bytes]:
    """The sound as 16-bit samples; a long one cut at its silences, so that it is recognised stretch by stretch."""
    import numpy as np
    from pocketsphinx import Segmenter

    pcm = (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
    if len(samples) <= _IN_ONE_PIECE * _RATE:
        yield pcm
        return
    for segment in Segmenter(sample_rate=_RATE).segment(io.BytesIO(pcm)):
        yield segment.pcm


def _recognise(pcm: bytes) -> str:
    pause = bytes(2 * int(_PAUSE * _RATE))
    decoder = _decoder()
    with _turn:
        decoder.start_utt()
        decoder.process_raw(pause + pcm + pause, no_search=False, full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp()
    return heard.hypstr.strip() if heard else ""
