"""SpeechT5: speech from text, and a recording in another voice; its vocoder is a model of its own."""

from __future__ import annotations

from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.media import Audio
from jarvis_magic.model_files import ModelFolder, about
from jarvis_magic.pipeline_calls import Watching

from .expert import Expert, Setting, Values, model_of, part_of

VOCODER = "microsoft/speecht5_hifigan"


def load_speech(setting: Setting) -> Expert:
    """Load a model that reads texts aloud (``AutoModelForTextToSpectrogram``)."""
    model, processor = model_of("AutoModelForTextToSpectrogram", setting), part_of("AutoProcessor", setting)
    vocoder = _vocoder(setting)

    def speak(task_type: str, values: Values, watching: Watching) -> Audio:  # noqa: ARG001 - as every expert is called
        inputs = processor(text=values["text"], return_tensors="pt").to(model.device)
        return _sound(model.generate_speech(inputs["input_ids"], _speaker(model, values), vocoder=vocoder), vocoder)

    return Expert(speak, [model, vocoder])


def load_conversion(setting: Setting) -> Expert:
    """Load a model that says a recording in another voice (``SpeechT5ForSpeechToSpeech``)."""
    model, processor = model_of("SpeechT5ForSpeechToSpeech", setting), part_of("AutoProcessor", setting)
    vocoder = _vocoder(setting)

    def convert(task_type: str, values: Values, watching: Watching) -> Audio:  # noqa: ARG001
        rate = int(processor.feature_extractor.sampling_rate)
        sound = values["audio"].mono().resampled(rate)
        inputs = processor(audio=sound.samples, sampling_rate=rate, return_tensors="pt").to(model.device, model.dtype)
        speaker = _speaker(model, values)
        return _sound(model.generate_speech(inputs["input_values"], speaker, vocoder=vocoder), vocoder)

    return Expert(convert, [model, vocoder])


def _vocoder(setting: Setting) -> Any:
    folder = setting.companion(is_vocoder)
    if folder is None:
        msg = f"{setting.folder.model} needs the vocoder {VOCODER}, which is not on this machine: run `hf download {VOCODER}`."
        raise EndpointRejected(msg)
    return model_of("SpeechT5HifiGan", setting.of(folder))


def is_vocoder(folder: ModelFolder) -> bool:
    """Whether a model makes sound of spectrograms."""
    return about(folder).architecture == "SpeechT5HifiGan"


def _speaker(model: Any, values: Values) -> Any:
    """The voice: numbers given as the option ``speaker_embedding``, or a neutral one."""
    import torch

    size = int(model.config.speaker_embedding_dim)
    given = (values.get("options") or {}).get("speaker_embedding") or [0.0] * size
    if len(given) != size:
        msg = f"The option 'speaker_embedding' is a list of {size} numbers, not of {len(given)}."
        raise EndpointRejected(msg)
    return torch.tensor([given], dtype=model.dtype, device=model.device)


def _sound(samples: Any, vocoder: Any) -> Audio:
    return Audio(samples.detach().float().cpu().numpy(), int(vocoder.config.sampling_rate))
