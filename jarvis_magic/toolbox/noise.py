"""Steady noise taken out of sound: a Wiener filter over a spectrum whose quietest moments are taken for the noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected

from .loading import Knobs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from jarvis_magic.media import Audio

_WINDOW = 0.032  # seconds
_SHORTEST, _LONGEST = 0.25, 60 * 60  # seconds
_QUIET_SHARE = 20  # percent of the moments of each frequency that are taken for noise alone
_MEDIAN_OVER_QUIET = 2.5  # the mean of noise power over its lower fifth, roughly
_MEMORY = 0.96  # of the decision-directed estimate (Ephraim and Malah 1984)


def reduce_noise(audio: Audio, options: Mapping[str, object] | None = None) -> Audio:
    """Take hiss, hum and other steady noise out of a recording.

    Parameters
    ----------
    audio
        A recording of any rate and channels, a quarter of a second to an hour long.
    options
        ``strength``: 0 for nothing to 1 for all that can be told from the sound, 0.9 if left out.

    Returns
    -------
    Audio
        Same length, rate and channels.

    Raises
    ------
    EndpointRejected
        If the sound is too short or too long.
    """
    import numpy as np

    from jarvis_magic.media import Audio

    strength = Knobs(options, "strength").number("strength", 0.9, 0, 1)
    if not _SHORTEST <= audio.duration <= _LONGEST or audio.samples.shape[-1] < _window(audio.rate):
        msg = f"The sound is {audio.duration:.2f} seconds long, at {audio.rate:,} Hz; noise can be told from sound in {_SHORTEST} seconds to an hour."
        raise EndpointRejected(msg)
    channels = [_cleaned(channel, audio.rate, strength) for channel in np.atleast_2d(audio.samples)]
    return Audio(channels[0] if audio.samples.ndim == 1 else np.stack(channels), audio.rate)


def _window(rate: int) -> int:
    """How many samples are looked at together."""
    return max(16, int(rate * _WINDOW) // 4 * 4)


def _cleaned(samples: NDArray[np.float32], rate: int, strength: float) -> NDArray[np.float32]:
    import numpy as np
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    length = _window(rate)
    transform = ShortTimeFFT(hann(length, sym=False), hop=length // 4, fs=rate)
    spectrum = transform.stft(samples.astype(np.float64))
    floor = 1 - strength
    gain = floor + (1 - floor) * _wiener_gain(np.abs(spectrum) ** 2)
    cleaned: NDArray[np.float32] = transform.istft(spectrum * gain, k1=len(samples)).astype(np.float32)
    return cleaned


def _wiener_gain(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of each frequency at each moment is sound, following it through time so that nothing flutters."""
    import numpy as np

    noise = np.percentile(power, _QUIET_SHARE, axis=1) * _MEDIAN_OVER_QUIET + 1e-12
    gain = np.ones_like(power)
    sound = np.zeros(len(power))
    for moment in range(power.shape[1]):
        ratio = power[:, moment] / noise
        before = _MEMORY * sound / noise + (1 - _MEMORY) * np.maximum(ratio - 1, 0)
        gain[:, moment] = before / (1 + before)
        sound = gain[:, moment] ** 2 * power[:, moment]
    return gain
