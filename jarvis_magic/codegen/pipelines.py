"""What ``transformers`` has a pipeline for: how it is called, and where the value is in what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jarvis_magic.endpoints.local.pipelines import PIPELINE_NAMES, words_on
from jarvis_magic.endpoints.local.writing import PLAIN
from jarvis_magic.pipeline_calls import sound, vision
from jarvis_magic.pipeline_calls.language import MASKS, MOST_LABELS

from . import plain
from .expressions import call, literal
from .local import FAMILIES, Here
from .messages import asked, instructed
from .records import Reading, as_records

READING = Reading(
    {
        "labels": "label, score",
        "masks": "label, score, mask",
        "tokens": "word, entity_group, score, start, end",
    },
    "{item}[{name!r}]",
)
"""How pipelines say what records hold."""

WRITTEN = "[0]['generated_text'].strip()"


def _pipeline(here: Here) -> str:
    return _CALLS[here.task.type](here, here.pipeline(PIPELINE_NAMES.get(here.task.type, here.task.type)))


# Texts


def _write(here: Here) -> str:
    """Language models, told in words what to do."""
    do = here.pipeline("text-generation")
    text = asked(here.arguments)
    if here.task.type not in PLAIN:
        text = f"{instructed(here.task.type, here.arguments)} + '\\n\\n' + {text}"
    chats = bool(here.config("tokenizer_config.json").get("chat_template")) or _has(here, "chat_template.jinja")
    said = f"[{{'role': 'user', 'content': {text}}}]" if chats else text
    return call(do, {"": said, "return_full_text": "False", **here.generation()}) + WRITTEN


def _see(here: Here) -> str:
    """Models that can be talked to about pictures."""
    if not (_has(here, "chat_template.jinja") or _has(here, "chat_template.json") or _in_processor(here)):
        return FAMILIES["captions"](here)
    do = here.pipeline("image-text-to-text")
    one = "{'type': 'image', 'image': one.convert('RGB')}"
    pictures = (
        f"*[{one} for one in {here['images']}]" if "images" in here.arguments else one.replace("one", here["image"])
    )
    text = (
        here.arguments.get("question") or here.arguments.get("text") or repr("Describe this picture in one sentence.")
    )
    said = f"[{{'role': 'user', 'content': [{pictures}, {{'type': 'text', 'text': {text}}}]}}]"
    generation = ", ".join(f"{name!r}: {value}" for name, value in here.generation().items())
    more = {"generate_kwargs": f"{{{generation}}}"} if generation else {}
    return call(do, {"text": said, "return_full_text": "False", **more}) + WRITTEN


def _has(here: Here, name: str) -> bool:
    return (here.folder.path / name).is_file()


def _in_processor(here: Here) -> bool:
    return bool(here.config("processor_config.json").get("chat_template"))


def _fill(here: Here, do: str) -> str:
    text, known = here["text"], literal(here["text"])
    for mask in MASKS:
        if not isinstance(known, str) or mask in known:
            text = f"{text}.replace({mask!r}, {do}.tokenizer.mask_token)"
    reading = Reading({"labels": "token_str, score"}, READING.form)
    return as_records(here.bundle, "labels", call(do, {"": text, **here.options()}), reading)


def _tokens(here: Here, do: str) -> str:
    given = {"": here["text"], **here.options(aggregation_strategy="simple")}
    record = here.bundle.add(plain.token_of)
    return f"[{record}(one) for one in {call(do, given)}]"


def _classify(here: Here, do: str) -> str:
    return _labels(here, call(do, {"": here["text"], **here.options(top_k=MOST_LABELS, truncation=True)}))


def _classify_by(here: Here, do: str) -> str:
    found = call(do, {"": here["text"], "candidate_labels": here["labels"], **here.options()})
    return f"{here.bundle.add(plain.labels_in)}({found})"


def _ask_table(here: Here, do: str) -> str:
    given = {"table": f"{here['table']}.astype(str)", "query": here["question"], **here.options()}
    return f"{here.bundle.add(plain.answer_in)}({call(do, given)})"


def _labels(here: Here, found: str) -> str:
    return as_records(here.bundle, "labels", found, READING)


# Pictures and videos


def _classify_picture(here: Here, do: str) -> str:
    given = {"candidate_labels": here["labels"]} if "labels" in here.arguments else {}
    return _labels(here, call(do, {"": here.picture, **given, **here.options()}))


def _detect(here: Here, do: str) -> str:
    given = {"candidate_labels": here["labels"]} if "labels" in here.arguments else {}
    found = call(do, {"": here.picture, **given, **here.options()})
    return f"[{here.bundle.add(plain.box_of)}(one) for one in {found}]"


def _segment(here: Here, do: str) -> str:
    found = call(do, {"": here.picture, **here.options()})
    return f"[{here.bundle.add(plain.mask_of)}(one) for one in {found}]"


def _divide(here: Here, do: str) -> str:
    return f"{here.bundle.add(plain.masks_in)}({call(do, {'': here.picture, **here.options()})})"


def _colour(here: Here, do: str) -> str:
    found = call(do, {"": here.picture, **here.options()})
    return call(here.bundle.add(vision.coloured), {"": f"{found}, {here['image']}.size, {do}.model.config.id2label"})


def _depth(here: Here, do: str) -> str:
    drawn = call(do, {"": here.picture, **here.options()}) + "['depth']"
    if here.task.type == "normal-control":
        return f"{here.bundle.add(vision.normals_of)}({drawn})"
    return f"{drawn}.convert('RGB')" if here.task.type == "depth-control" else drawn


def _features(here: Here, do: str) -> str:
    here.bundle.bring("numpy")
    found = f"numpy.asarray({call(do, {'': here.picture, **here.options()})}, 'float32')[0]"
    return f"{found}.reshape(-1, {do}.model.config.hidden_size).mean(axis=0)"


def _ask_document(here: Here, do: str) -> str:
    given = {"image": here.picture, "question": here["question"], **here.options()}
    if here.family == "documents":
        given["word_boxes"] = f"{here.bundle.add(words_on)}({here['image']})"
    return f"{here.bundle.add(plain.answer_in)}({call(do, given)})"


def _watch(here: Here, do: str) -> str:
    given = {"": f"{here['video']}, {do}", **here.options()}
    return _labels(here, call(here.bundle.add(vision.shown_in), given))


# Sound


def _heard(here: Here, do: str) -> str:
    return f"{here.bundle.add(sound.heard)}({do}, {here['audio']})"


def _transcribe(here: Here, do: str) -> str:
    is_whisper = here.config().get("model_type") == "whisper"
    long = "{'return_timestamps': True}" if is_whisper else f"{{'chunk_length_s': {sound.CHUNK}}}"
    more = {"": f"{_heard(here, do)}, **({long} if {here['audio']}.duration > {sound.CHUNK} else {{}})"}
    if "language" in here.arguments and here.config("generation_config.json").get("is_multilingual"):
        more["generate_kwargs"] = f"{{'language': {here['language']}}}"
    return call(do, {**more, **here.options()}) + "['text'].strip()"


def _classify_sound(here: Here, do: str) -> str:
    return _labels(here, call(do, {"": _heard(here, do), **here.options()}))


def _classify_sound_by(here: Here, do: str) -> str:
    given = {"": f"{_heard(here, do)}['raw']", "candidate_labels": here["labels"], **here.options()}
    return _labels(here, call(do, given))


def _speak(here: Here, do: str) -> str:
    config, voice = here.config(), here.arguments.get("voice")
    more: dict[str, str] = {}
    if voice and config.get("model_type") == "bark":
        more = {"preprocess_params": f"{{'voice_preset': {voice}}}"}
    elif voice and int(config.get("num_speakers", 1)) > 1:
        more = {"forward_params": f"{{'speaker_id': int({voice})}}"}
    return f"{here.bundle.add(plain.sound_of)}({call(do, {'': here['text'], **here.options(), **more})})"


_CALLS: Mapping[str, Callable[[Here, str], str]] = {
    "text-classification": _classify,
    "zero-shot-classification": _classify_by,
    "token-classification": _tokens,
    "fill-mask": _fill,
    "table-question-answering": _ask_table,
    "image-classification": _classify_picture,
    "zero-shot-image-classification": _classify_picture,
    "object-detection": _detect,
    "zero-shot-object-detection": _detect,
    "image-segmentation": _segment,
    "mask-generation": _divide,
    "seg-control": _colour,
    "depth-estimation": _depth,
    "depth-control": _depth,
    "normal-control": _depth,
    "image-feature-extraction": _features,
    "document-question-answering": _ask_document,
    "video-classification": _watch,
    "automatic-speech-recognition": _transcribe,
    "audio-classification": _classify_sound,
    "zero-shot-audio-classification": _classify_sound_by,
    "text-to-speech": _speak,
    "text-to-audio": _speak,
}

PIPELINES: Mapping[str, Callable[[Here], str]] = {
    "pipeline": _pipeline,
    "documents": _pipeline,
    "writing": _write,
    "seeing": _see,
}
"""What writes the call, by the names of `jarvis_magic.model_files.purposes`."""
