"""Pipelines that take or make sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..kinds import WithNotes
from .watching import Watching

if TYPE_CHECKING:
    from jarvis_magic.media import Audio

Values = Mapping[str, Any]

CHUNK = 30
"""Seconds of speech a model hears at once; longer recordings are cut."""


def heard(pipeline: Any, audio: Audio) -> dict[str, Any]:
    """Sound as pipelines take it: mono, at the rate the model was trained with."""
    processor = pipeline.feature_extractor or pipeline.processor.feature_extractor
    sound = audio.mono().resampled(int(processor.sampling_rate))
    return {"raw": sound.samples.copy(), "sampling_rate": sound.rate}


def _transcribe(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    audio: Audio = values["audio"]
    more: dict[str, Any] = {}
    notes: tuple[str, ...] = ()
    if audio.duration > CHUNK:
        more = {"return_timestamps": True} if pipeline.type == "seq2seq_whisper" else {"chunk_length_s": CHUNK}
    if values.get("language"):
        if getattr(pipeline.model.generation_config, "is_multilingual", False):
            more["generate_kwargs"] = {"language": values["language"]}
        else:
            notes = ("This model knows one language, and was not told another.",)
    found = pipeline(heard(pipeline, audio), **{**more, **options})
    return WithNotes(str(found["text"]).strip(), notes)


def _classify(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(heard(pipeline, values["audio"]), **options)


def _classify_by(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(heard(pipeline, values["audio"])["raw"], candidate_labels=list(values["labels"]), **options)


def _speak(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    voice, arguments = values.get("voice"), dict(options)
    notes: tuple[str, ...] = ()
    if voice and pipeline.model.config.model_type == "bark" and voice in pipeline.processor.available_voice_presets:
        arguments["preprocess_params"] = {"voice_preset": voice}
    elif voice and str(voice).isdigit() and int(getattr(pipeline.model.config, "num_speakers", 1)) > 1:
        arguments["forward_params"] = {"speaker_id": int(voice)}
    elif voice:
        notes = (f"This model has no voice {voice!r}; it speaks with its own.",)
    return WithNotes(pipeline(values["text"], **arguments), notes)


CALLS = {
    "automatic-speech-recognition": _transcribe,
    "audio-classification": _classify,
    "zero-shot-audio-classification": _classify_by,
    "text-to-speech": _speak,
    "text-to-audio": _speak,
}
