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

    from jarvis_magic.media import Audio

_RATE = 16_000  # Hz, what the model was trained on
_LONGEST = 30 * 60  # seconds
_BIT = 2 * _RATE // 10  # bytes of a tenth of a second
_IN_ONE_PIECE = 20  # seconds
_QUIET, _FULL, _BREATH = 1e-4, 0.97, 0.001  # of full loudness
_PAUSE = 0.3  # seconds of stillness before and after
_HONESTY = (
    "PocketSphinx wrote this down; expect wrong words, most of all with noise, accents, names or several speakers."
)


class _Recogniser:
    """Two decoders: one gets the level of a whole utterance, the other recognises it bit by bit.

    A decoder keeps Python from doing anything else while it works on what it is given. Given everything at once it
    knows the level and recognises best, but a notebook stands still; given bits it does not know the level. So the
    first, which searches for a single word only and is quick, tells the second.
    """

    def __init__(self) -> None:
        from pocketsphinx import Decoder

        self._turn = threading.Lock()  # a decoder holds one utterance at a time
        self._listener = Decoder(samprate=_RATE, loglevel="FATAL", lm=None, keyphrase="oh")
        self._decoder = Decoder(samprate=_RATE, loglevel="FATAL")

    def recognise(self, pcm: bytes) -> str:
        """Return the words of one utterance, given as 16-bit samples."""
        with self._turn:
            self._decoder.set_cmn(self._level(pcm))
            self._decoder.start_utt()
            for start in range(0, len(pcm), _BIT):
                self._decoder.process_raw(pcm[start : start + _BIT], no_search=False, full_utt=False)
            self._decoder.end_utt()
            heard = self._decoder.hyp()
        return heard.hypstr.strip() if heard else ""

    def _level(self, pcm: bytes) -> str:
        """The mean of the spectrum over an utterance, as a decoder writes it (cepstral mean normalisation)."""
        self._listener.start_utt()
        self._listener.process_raw(pcm, no_search=True, full_utt=True)
        level: str = self._listener.get_cmn(update=True)
        self._listener.end_utt()
        return level


_recogniser = Loaded(_Recogniser)


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
    recogniser = _recogniser()
    lines = [line for part in _stretches(_prepared(audio)) if (line := recogniser.recognise(part))]
    if not lines:
        return WithNotes("", ("No words were understood in the sound.",))
    return WithNotes("\n".join(lines), (_HONESTY,))


def _is_english(language: str) -> bool:
    name = language.strip().casefold()
    return name in {"en", "eng"} or name.startswith(("en-", "en_", "english")) or name.endswith("english")


def _prepared(audio: Audio) -> NDArray[np.float32]:
    """Return the sound in mono at 16 kHz and full loudness, over a breath of noise.

    The noise lies 60 dB below full loudness. The model was trained on recordings of rooms and takes the perfect
    stillness between the tones of synthetic speech for something else: of eSpeak's usual voice it understands a tenth
    of the words without the noise and two thirds with it; of recordings of people nearly as many as before.
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
    padded = np.pad(samples / loudest * _FULL, int(_PAUSE * _RATE))
    noise = np.random.default_rng(0).normal(0, _BREATH, padded.shape)
    prepared: NDArray[np.float32] = (padded + noise).astype(np.float32)
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
