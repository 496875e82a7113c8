"""Text to speech in 127 languages by espeak-ng, whose library and voices are in the wheel of ``espeakng-loader``.

Binding follows ``speak_lib.h`` of espeak-ng 1.52. The library has one global state, so calls take turns.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import WithNotes

from .loading import Knobs, Loaded, refuse_unknown, some_text

if TYPE_CHECKING:
    from jarvis_magic.media import Audio

_SYNCHRONOUS_OUTPUT, _DONT_EXIT = 2, 0x8000  # AUDIO_OUTPUT_SYNCHRONOUS, espeakINITIALIZE_DONT_EXIT
_UTF8, _CHARACTERS, _OK = 1, 1, 0  # espeakCHARS_UTF8, POS_CHARACTER, EE_OK
_RATE, _PITCH = 1, 3  # espeakRATE in words a minute, espeakPITCH from 0 to 100

_DEFAULT_LANGUAGE = "en-us"
_EVERYDAY_VOICES = {"female": "f5", "woman": "f5", "girl": "f4", "male": "m3", "man": "m3", "boy": "m4"}
_EVERYDAY_LANGUAGES = {
    "american": "en-us", "american english": "en-us", "british": "en-gb", "british english": "en-gb", "scottish": "en-gb-scotland",
    "brazilian": "pt-br", "brazilian portuguese": "pt-br", "mandarin": "cmn", "cantonese": "yue", "norwegian": "nb",
}  # fmt: skip
_LARGEST_TEXT = 100_000  # characters; nearly two hours of speech


class _VoiceRecord(ctypes.Structure):
    """``espeak_VOICE``; `languages` is a run of (priority byte, C string), ended by a zero byte."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class Voice:
    """A language espeak-ng speaks, or a variant of its voice.

    ``file`` is what espeak-ng calls it; `languages` maps codes to priorities, lower being better.
    """

    name: str
    file: str
    languages: Mapping[str, int]


class Espeak:
    """The library, initialised, behind a lock."""

    def __init__(self) -> None:
        import espeakng_loader

        self._lock = threading.Lock()
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceRecord))
        path = espeakng_loader.get_data_path().encode()
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS_OUTPUT, 0, path, _DONT_EXIT)
        if self.rate <= 0:
            msg = f"espeak-ng cannot read its voices in {path.decode()!r}."
            raise OSError(msg)
        self.languages = self._list(None)
        self.variants = self._list(b"variant")
        self._heard: list[bytes] = []
        self._hear = _Callback(self._keep)  # kept alive: the library calls it
        self._library.espeak_SetSynthCallback(self._hear)

    def _list(self, language: bytes | None) -> tuple[Voice, ...]:
        wanted = None
        if language:
            codes = ctypes.create_string_buffer(language)
            wanted = ctypes.byref(_VoiceRecord(languages=ctypes.cast(codes, ctypes.c_void_p)))
        records = self._library.espeak_ListVoices(wanted)
        voices: list[Voice] = []
        while records[len(voices)]:
            voices.append(_voice(records[len(voices)].contents))
        return tuple(voices)

    def _keep(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int | None) -> int:
        if samples and count > 0:
            self._heard.append(ctypes.string_at(samples, count * ctypes.sizeof(ctypes.c_short)))
        return 0

    def say(self, text: str, voice: str, *, speed: int, pitch: int) -> bytes:
        """Return the speech as 16-bit samples at `rate` Hz, mono."""
        written = text.replace("\0", " ").encode("utf-8", "replace") + b"\0"
        with self._lock:
            self._heard.clear()
            if self._library.espeak_SetVoiceByName(voice.encode()) != _OK:
                msg = f"espeak-ng lists the voice {voice!r} but does not load it."
                raise OSError(msg)
            self._library.espeak_SetParameter(_RATE, speed, 0)
            self._library.espeak_SetParameter(_PITCH, pitch, 0)
            self._library.espeak_Synth(written, len(written), 0, _CHARACTERS, 0, _UTF8, None, None)
            return b"".join(self._heard)


_espeak = Loaded(Espeak)


def speak(
    text: str,
    voice: str | None = None,
    language: str | None = None,
    options: Mapping[str, object] | None = None,
) -> Audio | WithNotes:
    """Read a text aloud.

    Parameters
    ----------
    text
        What to say.
    voice
        A voice of espeak-ng, such as ``"Linda"`` or ``"whisper"``, or ``"female"`` or ``"male"``.
    language
        A code or a name, such as ``"de"``, ``"en-gb"`` or ``"German"``. Without one the text's language is recognised.
    options
        ``speed``: words a minute, 80 to 450, 175 if left out; ``pitch``: 0 to 99, 50 if left out.

    Returns
    -------
    Audio
        Mono, 22,050 Hz.

    Raises
    ------
    EndpointRejected
        If the text is empty or too long, or the voice or language does not exist.
    """
    import numpy as np

    from jarvis_magic.media import Audio

    some_text(text, "to read aloud")
    if len(text) > _LARGEST_TEXT:
        msg = f"A text of {len(text):,} characters is too long to read aloud; give at most {_LARGEST_TEXT:,}."
        raise EndpointRejected(msg)
    knobs = Knobs(options, "speed", "pitch")
    speed, pitch = knobs.whole("speed", 175, 80, 450), knobs.whole("pitch", 50, 0, 99)
    espeak = _espeak()
    if voice and not language and _language(espeak, voice):
        voice, language = None, voice  # "in the voice 'German'" means the language
    chosen, notes = _chosen_language(espeak, text, language)
    file = chosen.file + (f"+{_variant(espeak, voice)}" if voice else "")
    samples = np.frombuffer(espeak.say(text, file, speed=speed, pitch=pitch), dtype=np.int16)
    if not samples.any():
        msg = f"espeak-ng finds nothing it can say in {text[:40]!r}; give words."
        raise EndpointRejected(msg)
    audio = Audio(samples, espeak.rate)
    return WithNotes(audio, notes) if notes else audio


def _chosen_language(espeak: Espeak, text: str, language: str | None) -> tuple[Voice, tuple[str, ...]]:
    if language is None:
        return _recognised_language(espeak, text)
    found = _language(espeak, language)
    if not found:
        known = {*_plain_names(espeak.languages), *(code for v in espeak.languages for code in v.languages)}
        refuse_unknown("espeak-ng language", language, known, "Give a code such as 'de' or a name such as 'German'")
    return found, ()


def _recognised_language(espeak: Espeak, text: str) -> tuple[Voice, tuple[str, ...]]:
    """English unless the text is clearly something else; a guess is always said."""
    from .language import sure_language

    code = sure_language(text)
    found = _language(espeak, code) if code and code != "en" else None
    if not found:
        return next(v for v in espeak.languages if _DEFAULT_LANGUAGE in v.languages), ()
    return found, (f"Read as {found.name}, which the text seems to be; name a language to choose another.",)


def _language(espeak: Espeak, wanted: str) -> Voice | None:
    """The voice that speaks a code (``"en-gb"``, ``"de_DE"``) or a name (``"german"``) best."""
    name = wanted.strip().casefold()
    code = _EVERYDAY_LANGUAGES.get(name, name.replace("_", "-"))
    for asked in (code, code.partition("-")[0]) if len(code.partition("-")[0]) <= 3 else (code,):
        speakers = [v for v in espeak.languages if asked in v.languages]
        if speakers:
            exact = "en-us" if asked == "en" else asked
            return min(speakers, key=lambda v: (exact not in v.languages, v.languages[asked], len(v.languages)))
    named = [v for v in espeak.languages if name in {v.name.casefold(), _plain_name(v).casefold()}]
    return min(named, key=lambda v: (v.name.casefold() != name, v.file != "gmw/en-US", len(v.file))) if named else None


def _variant(espeak: Espeak, voice: str) -> str:
    """The file name of a variant by its name or file name, ignoring case, spaces and underscores."""
    wanted = _EVERYDAY_VOICES.get(voice.strip().casefold(), voice)
    files = [v.file for v in espeak.variants if _squeezed(wanted) in {_squeezed(v.name), _squeezed(v.file)}]
    if not files:
        known = [*_EVERYDAY_VOICES, *(v.name for v in espeak.variants)]
        refuse_unknown("voice", voice, known, "Give 'female', 'male', 'whisper' or a name such as 'Linda'")
    return files[0]


def _voice(record: _VoiceRecord) -> Voice:
    languages, at = {}, record.languages
    while at and (priority := ctypes.string_at(at, 1)[0]):
        code = ctypes.string_at(at + 1)
        languages[code.decode().casefold()] = priority
        at += 1 + len(code) + 1
    identifier: str = record.identifier.decode()
    return Voice(record.name.decode().strip(), identifier.removeprefix("!v/"), languages)


def _plain_names(voices: Iterable[Voice]) -> set[str]:
    return {_plain_name(v) for v in voices}


def _plain_name(voice: Voice) -> str:
    return voice.name.partition(" (")[0]


def _squeezed(name: str) -> str:
    return name.casefold().replace(" ", "").replace("_", "")
