"""What a model is for, told from the name of its class.

Every row: the family that can run it (see `jarvis_magic.endpoints.local`), the task types it does, and a pattern that
its class matches. The first row that fits counts. Families: ``pipeline`` is a pipeline of ``transformers``; the others
are what ``transformers`` 5 has no pipeline for, and ``diffusers``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from jarvis_magic.task_types import TASK_TYPES

_WRITES = "text-generation, conversational, text2text-generation, summarization, translation, question-answering"
_SEES = "image-text-to-text, image-to-text, visual-question-answering, document-question-answering"
_HEARS = r"(Wav2Vec2|Wav2Vec2Bert|Wav2Vec2Conformer|WavLM|Hubert|UniSpeech|UniSpeechSat|SEW|SEWD|Data2VecAudio)"
_READS_SPEECH = (
    r"(Canary|CohereAsr|FunAsrNano|KyutaiSpeechToText|Moonshine|MoonshineStreaming|Speech2Text|SpeechT5|"
    r"VibeVoiceAsr|Whisper|SeamlessM4T|SeamlessM4Tv2|SpeechEncoderDecoder)"
)
_MAKES_SOUND = r"(Bark|Musicgen|MusicgenMelody|Csm|Dia|FastSpeech2Conformer|Vits|SpeechT5|SeamlessM4T|SeamlessM4Tv2)"

_TRANSFORMERS = f"""
pipeline   | table-question-answering                                  | TapasForQuestionAnswering
documents  | document-question-answering                               | LayoutLM(v2|v3)?ForQuestionAnswering
questions  | visual-question-answering                                 | (Vilt|Blip)ForQuestionAnswering
extraction | question-answering                                        | .*ForQuestionAnswering(Simple)?
pipeline   | audio-classification                                      | .*ForAudioClassification|{_HEARS}ForSequenceClassification
pipeline   | automatic-speech-recognition                              | .*For(CTC|TDT|RNNT)|{_READS_SPEECH}(For(ConditionalGeneration|SpeechToText)|Model)
pipeline   | text-to-speech                                            | (Bark|Vits|FastSpeech2Conformer(WithHifiGan)?)(Model)?
speech     | text-to-speech                                            | SpeechT5ForTextToSpeech
voices     | audio-to-audio                                            | SpeechT5ForSpeechToSpeech
pipeline   | text-to-audio                                             | Musicgen(Melody)?ForConditionalGeneration
pipeline   | text-classification                                       | .*ForSequenceClassification
pipeline   | token-classification                                      | .*ForTokenClassification
pipeline   | fill-mask                                                 | .*ForMaskedLM|.*WithLMHeadModel
pipeline   | image-classification                                      | .*ForImageClassification(WithTeacher)?
pipeline   | zero-shot-object-detection                                | (GroundingDino|MMGroundingDino|OmDetTurbo|OwlViT|Owlv2)ForObjectDetection
pipeline   | object-detection                                          | .*ForObjectDetection
pipeline   | image-segmentation, seg-control                           | .*For(Semantic|Instance|Universal)?Segmentation
pipeline   | depth-estimation, depth-control, normal-control           | .*ForDepthEstimation
regions    | mask-generation                                           | SamModel
pipeline   | mask-generation                                           | (SamHQ|Sam2|Sam3Tracker|EdgeTam)Model|.*ForMaskGeneration
poses      | openpose-control                                          | VitPoseForPoseEstimation
pipeline   | video-classification                                      | .*ForVideoClassification
enlarging  | image-to-image                                            | .*ForImageSuperResolution
pipeline   | zero-shot-image-classification                            | (Align|AltCLIP|Blip|ChineseCLIP|CLIP|MetaClip2|Siglip|Siglip2)Model
pipeline   | zero-shot-audio-classification                            | ClapModel
captions   | image-to-text                                             | VisionEncoderDecoderModel|BlipForConditionalGeneration|GitForCausalLM|Pix2StructForConditionalGeneration
sequences  | translation                                               | MarianMTModel|M2M100ForConditionalGeneration|NllbMoe.*|FSMT.*|SeamlessM4T(v2)?ForTextToText
sequences  | summarization                                             | Pegasus(X)?ForConditionalGeneration|LEDForConditionalGeneration|BigBirdPegasus.*|ProphetNet.*
sequences  | text2text-generation, summarization, translation          | (T5|MT5|UMT5|LongT5|SwitchTransformers|T5Gemma)ForConditionalGeneration|(T5|MT5)WithLMHeadModel
sequences  | summarization, text2text-generation                       | BartForConditionalGeneration|EncoderDecoderModel
sequences  | translation, text2text-generation                         | MBartForConditionalGeneration
sequences  | conversational                                            | Blenderbot(Small)?ForConditionalGeneration
writing    | text-generation                                           | .*For(CausalLM|CausalImageModeling)|.*LMHeadModel
seeing     | image-to-text                                             | .*ForConditionalGeneration
"""

_DIFFUSERS = """
diffusion  | image-to-video                                            | .*ImageToVideo.*Pipeline|StableVideoDiffusionPipeline|I2VGenXLPipeline
diffusion  | text-to-video                                             | TextToVideo.*|AnimateDiffPipeline|CogVideoXPipeline|Wan(Video)?Pipeline|LTXPipeline|LTX2Pipeline|HunyuanVideo(15)?Pipeline|MochiPipeline|Allegro.*|SanaVideoPipeline
diffusion  | image-to-image                                            | .*(Img2Img|InstructPix2Pix|Kontext|ImageVariation|ImageEdit|EditPipeline|Upscale).*
diffusion  | text-to-audio                                             | AudioLDM.*|StableAudio.*|MusicLDM.*
diffusion  | text-to-image, image-to-image                             | (StableDiffusion|StableDiffusionXL|StableDiffusion3|Flux|LatentConsistencyModel|Kandinsky(V22|3)?|QwenImage|ZImage)(Combined)?Pipeline
diffusion  | text-to-image                                             | .*Pipeline
control    | canny-text-to-image, depth-text-to-image, hed-text-to-image, mlsd-text-to-image, normal-text-to-image, openpose-text-to-image, scribble-text-to-image, seg-text-to-image | ControlNetModel
"""

_NOT_PICTURES = r".*(Inpaint|Upscale|Cascade(Prior|Decoder)|Prior|Unconditional|DDPM|DDIM|Marigold|ShapE).*Pipeline"
_CONTROLS = ("canny", "depth", "hed", "mlsd", "normal", "openpose", "scribble", "seg")
_OTHER_WORDS = {"normalbae": "normal", "softedge": "hed", "pose": "openpose", "segmentation": "seg", "lineart": "canny"}


@dataclass(frozen=True)
class Facts:
    """What the files of a model's folder say, as far as it tells what the model is for.

    Parameters
    ----------
    name
        The model's name, in lower case.
    architecture
        The name of its class.
    tag
        The task type its card gives.
    labels
        The names of its classes, in lower case.
    chats
        Whether it has a chat template.
    sees
        Whether it has a part for pictures.
    reads
        Whether it has a tokenizer.
    is_sentence_encoder
        Whether it was made by ``sentence-transformers``.
    """

    name: str
    architecture: str
    tag: str | None = None
    labels: Sequence[str] = field(default_factory=tuple)
    chats: bool = False
    sees: bool = False
    reads: bool = False
    is_sentence_encoder: bool = False


_Rows: TypeAlias = Sequence[tuple[str, tuple[str, ...], str]]


def _rows(written: str) -> _Rows:
    cells = ([c.strip() for c in row.split(" | ")] for row in written.strip().splitlines())
    return tuple((family, tuple(types.split(", ")), pattern) for family, types, pattern in cells)


_OF_TRANSFORMERS, _OF_DIFFUSERS = _rows(_TRANSFORMERS), _rows(_DIFFUSERS)

LOCAL_TYPES: frozenset[str] = frozenset({
    *(task_type for _, types, _ in (*_OF_TRANSFORMERS, *_OF_DIFFUSERS) for task_type in types if task_type in TASK_TYPES),
    *_WRITES.split(", "), *_SEES.split(", "), *(f"{control}-text-to-image" for control in _CONTROLS),
    "zero-shot-classification", "sentence-similarity", "feature-extraction", "image-feature-extraction",
})  # fmt: skip
"""The task types that some model on this machine may do."""


def types_of_model(facts: Facts) -> Mapping[str, str]:
    """Return the task types that a model of ``transformers`` does, each with its family; empty if none is known."""
    if facts.is_sentence_encoder:
        return dict.fromkeys(("sentence-similarity", "feature-extraction"), "meaning")
    family, types = _matching(_OF_TRANSFORMERS, facts.architecture)
    if family in ("writing", "seeing") and facts.chats:
        seeing = facts.sees or family == "seeing"
        return dict.fromkeys((_SEES if seeing else _WRITES).split(", "), "seeing" if seeing else "writing")
    if types == ("text-classification",) and any("entail" in label for label in facts.labels):
        types = ("zero-shot-classification", "text-classification")
    if facts.architecture == "VisionEncoderDecoderModel" and "docvqa" in facts.name:
        return {"document-question-answering": "pipeline"}
    if not types and facts.architecture.endswith("Model"):
        return _features(facts)
    if family == "sequences" and facts.tag in types[1:]:  # a T5 that was made to translate does nothing else well
        types = (facts.tag,)
    return dict.fromkeys(types, family)


def types_of_chain(facts: Facts) -> Mapping[str, str]:
    """Return the task types that a model of ``diffusers`` does, each with its family; empty if none is known."""
    family, types = _matching(_OF_DIFFUSERS, facts.architecture)
    if family == "control":
        types = tuple(f"{control}-text-to-image" for control in _controls(facts.name))
    if types == ("text-to-image",) and re.fullmatch(_NOT_PICTURES, facts.architecture):
        return {}
    return dict.fromkeys(types, family)


def _matching(rows: _Rows, architecture: str) -> tuple[str, tuple[str, ...]]:
    return next(((family, types) for family, types, pattern in rows if re.fullmatch(pattern, architecture)), ("", ()))


def _features(facts: Facts) -> Mapping[str, str]:
    """A model without a head gives vectors: of texts if it reads, of pictures if not."""
    if facts.reads:
        types = ("sentence-similarity", "feature-extraction")
        return dict.fromkeys(types if facts.tag == types[0] else types[1:], "meaning")
    return {"image-feature-extraction": "pipeline"}


def _controls(name: str) -> tuple[str, ...]:
    """What a ControlNet follows, which only its name says; all, if it does not say."""
    words = set(re.split(r"[^a-z]+", name))
    named = tuple(c for c in _CONTROLS if c in words or any(_OTHER_WORDS.get(word) == c for word in words))
    return named or _CONTROLS
