"""What the code needs a few lines for: these functions and classes stand in it as they are, without their documentation."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

from jarvis_magic.kinds import Answer, Box, Label, Mask, Token


class Audio:
    """Sound: samples in [-1, 1], of shape ``(n,)`` or ``(channels, n)``, and their rate in Hz."""

    def __init__(self, samples: Any, rate: int) -> None:
        import numpy as np

        samples = np.asarray(samples)
        if samples.dtype.kind == "i":
            samples = samples / -float(np.iinfo(samples.dtype).min)
        self.samples = samples.astype(np.float32)
        self.rate = int(rate)

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return 1 if self.samples.ndim == 1 else len(self.samples)

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return float(self.samples.shape[-1] / self.rate)

    def mono(self) -> Audio:
        """The same sound with its channels averaged into one."""
        return self if self.samples.ndim == 1 else Audio(self.samples.mean(axis=0), self.rate)

    def resampled(self, rate: int) -> Audio:
        """The same sound at another rate."""
        import av
        import numpy as np

        if rate == self.rate or not self.samples.size:
            return Audio(self.samples, rate)
        layout = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels}c")
        frame = av.AudioFrame.from_ndarray(np.atleast_2d(self.samples).copy(), "fltp", layout)
        frame.sample_rate = self.rate
        resampler = av.AudioResampler("fltp", layout, rate)
        parts = [part.to_ndarray() for part in [*resampler.resample(frame), *resampler.resample(None)]]
        joined = np.concatenate(parts, axis=1)
        return Audio(joined[0] if self.samples.ndim == 1 else joined, rate)

    def to_wav(self) -> bytes:
        """The sound as a WAV file."""
        return as_wav(self).read_bytes()


class Video:
    """A video: a path to a file, or the bytes of one."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def frames(self, count: int | None = None) -> list[Any]:
        """Its frames as pictures: all of them, or some that are evenly spread."""
        import av

        with av.open(io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source, "r") as container:
            stream = container.streams.video[0]
            there = max(1, round((container.duration or 0) / 1_000_000 * float(stream.average_rate or 0)))
            pictures = [frame.to_image() for frame in container.decode(stream)]  # type: ignore[no-untyped-call]
        step = 1 if count is None else max(1, there // max(1, count))
        return pictures[::step][:count]

    @property
    def audio(self) -> Audio:
        """Its sound."""
        return sound_in(self.source)


def sound_in(file: Any) -> Audio:
    """The sound in a file: its path, or its bytes."""
    import av
    import numpy as np

    resampler = av.AudioResampler("fltp")
    with av.open(io.BytesIO(file) if isinstance(file, bytes) else file, "r") as container:
        rate = container.streams.audio[0].rate
        frames = [part for frame in container.decode(audio=0) for part in resampler.resample(frame)]
    joined = np.concatenate([frame.to_ndarray() for frame in [*frames, *resampler.resample(None)]], axis=1)
    return Audio(joined[0] if len(joined) == 1 else joined, rate)


def as_wav(sound: Any) -> Path:
    """A WAV file of a sound; by its name the client tells what it is."""
    import wave

    import numpy as np

    samples = (np.clip(np.atleast_2d(sound.samples), -1, 1) * 32767).round().astype("<i2")
    file = Path(tempfile.mkdtemp()) / "sound.wav"
    with wave.open(str(file), "wb") as out:
        out.setparams((len(samples), 2, sound.rate, 0, "NONE", "NONE"))
        out.writeframes(samples.T.tobytes())
    return file


def as_png(picture: Any) -> Path:
    """A PNG file of a picture; by its name the client tells what it is."""
    file = Path(tempfile.mkdtemp()) / "picture.png"
    picture.save(file)
    return file


def as_data_url(picture: Any) -> str:
    """A picture in an address, as chat models take it."""
    import base64

    shown = picture.copy()
    shown.thumbnail((1280, 1280))
    return "data:image/png;base64," + base64.b64encode(as_png(shown).read_bytes()).decode()


def refuse_unknown(what: str, name: str, known: Any, advice: str) -> None:
    """Say that there is nothing of a name."""
    msg = f"There is no {what} {name!r}, only {', '.join(sorted(known))}. {advice}."
    raise ValueError(msg)


def columns_of(table: Any) -> dict[str, list[str]]:
    """A table as columns of texts."""
    return {name: ["" if cell is None else str(cell) for cell in table[name].tolist()] for name in table.columns}


def pooled(vectors: Any) -> Any:
    """One vector: of several the mean."""
    while vectors.ndim > 1:
        vectors = vectors[0] if len(vectors) == 1 else vectors.mean(axis=0)
    return vectors


# Models of `transformers` that no pipeline calls


def rewritten(text: str, model: Any, tokenizer: Any, **options: Any) -> str:
    """What a model makes of a text."""
    longest = min(tokenizer.model_max_length, getattr(model.config, "max_position_embeddings", 0) or 10**6)
    inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=longest).to(model.device)
    inputs.pop("token_type_ids", None)
    written = model.generate(**inputs, **options)
    return str(tokenizer.decode(written[0], skip_special_tokens=True)).strip()


def described(picture: Any, model: Any, processor: Any, tokenizer: Any, **options: Any) -> str:
    """What a model writes about a picture."""
    inputs = processor(images=picture, return_tensors="pt").to(model.device, model.dtype)
    written = model.generate(**inputs, **options)
    return str(tokenizer.decode(written[0], skip_special_tokens=True)).strip()


def chosen_answer(picture: Any, question: str, model: Any, processor: Any) -> Answer:
    """The likeliest of the answers that a model knows."""
    inputs = processor(picture, question, return_tensors="pt").to(model.device, model.dtype)
    scores = model(**inputs).logits[0].float().sigmoid()
    best = int(scores.argmax())
    return Answer(model.config.id2label[best], float(scores[best]))


def written_answer(picture: Any, question: str, model: Any, processor: Any, **options: Any) -> Answer:
    """The answer that a model writes."""
    inputs = processor(picture, question, return_tensors="pt").to(model.device, model.dtype)
    written = model.generate(**inputs, **options)
    return Answer(str(processor.decode(written[0], skip_special_tokens=True)).strip())


def people_in(picture: Any, detect: Any) -> list[list[float]]:
    """The boxes of people: left, top, width, height; the whole picture if there is nobody."""
    boxes = [found["box"] for found in detect(picture) if found["label"].casefold() == "person"]
    sides = [[b["xmin"], b["ymin"], b["xmax"] - b["xmin"], b["ymax"] - b["ymin"]] for b in boxes]
    return sides or [[0, 0, *picture.size]]


def spoken(text: str, model: Any, processor: Any, vocoder: Any, speaker: Any = None) -> Audio:
    """A text, read aloud; a neutral voice if none is given."""
    import torch

    voice = torch.tensor([speaker or [0.0] * model.config.speaker_embedding_dim], dtype=model.dtype)
    inputs = processor(text=text, return_tensors="pt")
    samples = model.generate_speech(inputs["input_ids"], voice, vocoder=vocoder)
    return Audio(samples.detach().float().numpy(), vocoder.config.sampling_rate)


def said_again(sound: Any, model: Any, processor: Any, vocoder: Any, speaker: Any = None) -> Audio:
    """A recording in another voice; a neutral one if none is given."""
    import torch

    rate = processor.feature_extractor.sampling_rate
    voice = torch.tensor([speaker or [0.0] * model.config.speaker_embedding_dim], dtype=model.dtype)
    inputs = processor(audio=sound.mono().resampled(rate).samples, sampling_rate=rate, return_tensors="pt")
    samples = model.generate_speech(inputs["input_values"], voice, vocoder=vocoder)
    return Audio(samples.detach().float().numpy(), vocoder.config.sampling_rate)


# What pipelines of `transformers` return


def labels_in(found: Any) -> list[Label]:
    """Labels with their scores."""
    return [Label(label, score) for label, score in zip(found["labels"], found["scores"], strict=True)]


def token_of(found: Any) -> Token:
    """A stretch of a text."""
    return Token(found["word"], found["entity_group"], float(found["score"]), found["start"], found["end"])


def box_of(found: Any) -> Box:
    """Something in a picture."""
    return Box(found["label"], found["score"], **found["box"])


def mask_of(found: Any) -> Mask:
    """A region of a picture."""
    score = found.get("score")
    return Mask(found["label"], 1.0 if score is None else score, found["mask"].convert("L"))


def masks_in(found: Any) -> list[Mask]:
    """Regions without names."""
    import numpy as np
    from PIL import Image

    regions = zip(found["masks"], found["scores"], strict=True)
    return [Mask("", float(score), Image.fromarray(np.asarray(mask)).convert("L")) for mask, score in regions]


def answer_in(found: Any) -> Answer:
    """The best of the answers."""
    best = found[0] if isinstance(found, list) else found
    return Answer(best["answer"], float(best.get("score", 1)), best.get("start"), best.get("end"))


def sound_of(found: Any) -> Audio:
    """The sound that was made."""
    import numpy as np

    samples = np.asarray(found["audio"])
    while samples.ndim > 1 and len(samples) == 1:
        samples = samples[0]
    return Audio(samples, found["sampling_rate"])
