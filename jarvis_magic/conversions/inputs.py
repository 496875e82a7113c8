"""From the user's Python objects to resources: the kind is what the object is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from ..errors import ConversionError, SourceError
from ..formats import kind_of_suffix
from ..kinds import RECORDS, Answer, Kind, Missing, Unread
from ..media import Audio, Video
from ..sources import is_url, regular_file
from ..values import Resource, Run
from .arrays import array_of, audio_of_array, image_of_array, is_array, vector_of
from .datasets import media_of_dict
from .displays import is_display, picture_shown, shown, shows_picture
from .figures import image_of_figure, is_figure
from .opening import MOST_CHARACTERS, names_source, of_bytes, of_file, open_named, suffix_of, unread
from .pillow import upright
from .plain import fields_of, simple
from .tables import is_frame, is_series, items_of_series, table_of_frame

NO_ITEM = Missing("there is no value at this place")


def to_resource(value: object, *, name: str, opening: bool = True) -> Resource:
    """Return the resource that a Python object is, its kind inferred.

    Parameters
    ----------
    value
        A str (the name of a file or URL where it is one), number, bytes, path, file object, picture, array, tensor,
        figure, frame, Series, `Audio`, `Video`, ``(rate, samples)``, an ``IPython.display`` object, a list or tuple of
        things of one kind, or what JSON can say, with media in it or not.
    name
        What the user calls it, for messages.
    opening
        Whether a str may be opened as a file or URL; not for what a model wrote.

    Raises
    ------
    ConversionError
        If it is of no kind, empty, broken, or too large; the sentence begins with ``@name``.
    SourceError
        If a file or URL it names cannot be read.
    """
    with saying(f"@{name}"):
        return read_value(value, opening=opening)


def read_value(value: object, *, opening: bool) -> Resource:
    """Return the resource that a value is, as `to_resource` does, with messages that name no variable."""
    try:
        return _Reading(opening).resource(value)
    except RecursionError as error:
        msg = "It is nested too deeply, or contains itself."
        raise ConversionError(msg) from error


@dataclass(frozen=True)
class _Reading:
    """How one object is read.

    ``opening`` says whether names are opened at all, ``within`` what it stands in: in a list files are opened when they
    are used, in an object only a path names one, never a str.
    """

    opening: bool
    within: Literal["nothing", "list", "object"] = "nothing"

    def resource(self, value: Any) -> Resource:
        value = simple(value)
        for fits, turn in _RULES:
            if fits(value):
                return turn(self, value)
        msg = f"An object of type {_type_name(value)} is of no kind; give a text, number, picture, sound, video, table, or a list of one of them."
        raise ConversionError(msg)

    def text(self, value: str) -> Resource:
        if len(value) > MOST_CHARACTERS:
            msg = (
                f"The text has {len(value):,} characters, and at most {MOST_CHARACTERS:,} are taken; give a part of it."
            )
            raise ConversionError(msg)
        if self.opening and self.within != "object" and names_source(value, in_list=self.within == "list"):
            return self.named(value)
        return Resource(Kind("text"), value)

    def path(self, value: PurePath) -> Resource:
        return self.named(str(value))

    def named(self, named: str) -> Resource:
        """A file or URL: opened now, or when it is used if it stands in a list or object."""
        if not self.opening:
            raise ConversionError("A path or URL is not opened here; only one that the user names is.")
        kind = kind_of_suffix(suffix_of(named))
        if self.within == "nothing" or kind is None:
            return open_named(named, typed=False)
        if not is_url(named):
            regular_file(named)
        return Resource(Kind(kind), unread(named, Kind(kind)))

    def display(self, value: Any) -> Resource:
        what = shown(value)
        return self.named(what) if isinstance(what, str) else of_bytes(what)

    def series(self, value: Any) -> Resource:
        return self.sequence(items_of_series(value))

    def array(self, value: Any) -> Resource:
        array = array_of(value)
        if array.ndim == 0:
            return self.resource(array.item())
        if array.ndim == 1 and array.dtype.kind not in "iufb":
            return self.sequence(array.tolist())
        if array.ndim == 1:
            return Resource(Kind("vector"), vector_of(array))
        return Resource(Kind("image"), image_of_array(array))

    def sequence(self, value: Sequence[Any]) -> Resource:
        if sound := _rate_and_samples(value):
            return Resource(Kind("audio"), audio_of_array(*sound))
        for kind, record in RECORDS.items():
            if value and all(isinstance(item, record) for item in value):
                return Resource(Kind(kind), list(value))
        if self.within == "object":
            return Resource(Kind("json"), [self.plain(item) for item in value])
        inner = _Reading(self.opening, "list")
        resources = [inner.item(item, f"item [{i}]") for i, item in enumerate(value)]
        found = [item for item in resources if isinstance(item, Resource)]
        kinds = _kinds(found)
        values = [item.value if isinstance(item, Resource) else item for item in resources]
        if len(kinds) <= 1 and Kind("json") not in kinds:
            return Resource(next(iter(kinds), Kind("json")).listed(), values)
        if all(kind.base in ("text", "number", "json") for kind in kinds):
            return Resource(Kind("json"), [_plain_item(item) for item in values])
        held = " and ".join(f"{count:,} × {kind}" for kind, count in kinds.most_common())
        msg = f"The list holds different kinds ({held}); a list is of one kind."
        raise ConversionError(msg)

    def item(self, item: Any, place: str) -> Resource | Missing:
        """An item of a list; `Missing` where there is no value."""
        if isinstance(item, Missing):
            return item
        with saying(place):
            return NO_ITEM if is_absent(simple(item)) else self.resource(item)

    def mapping(self, value: Mapping[Any, Any]) -> Resource:
        media = media_of_dict(value)
        if isinstance(media, tuple):
            rate, samples = media
            return Resource(Kind("audio"), audio_of_array(samples, rate))
        if isinstance(media, str):
            return self.named(media) if self.opening else Resource(Kind("json"), dict(value))
        if media is not None:
            return of_bytes(media)
        inner = _Reading(self.opening, "object")
        return Resource(Kind("json"), {str(key): inner.entry(key, item) for key, item in value.items()})

    def entry(self, key: Any, item: Any) -> Any:
        """An entry of an object."""
        with saying(f"entry {key!r}"):
            return self.plain(item)

    def record(self, value: Any) -> Resource:
        for kind, record in RECORDS.items():
            if isinstance(value, record):
                return Resource(Kind(kind), [value])
        return self.mapping(fields_of(value) or {})

    def plain(self, value: Any) -> Any:
        """What stands in a JSON object: what JSON says as it is, anything else as the value of its kind."""
        value = simple(value)
        if is_absent(value):
            return None
        return value if isinstance(value, str | int | float) else _plain_item(self.resource(value).value)


@contextmanager
def saying(place: str) -> Iterator[None]:
    """Begin the sentence of what goes wrong within with its place."""
    try:
        yield
    except (ConversionError, SourceError) as error:
        msg = f"{place}: {error}"
        raise type(error)(msg) from error


def is_absent(item: object) -> bool:
    """Whether an item stands for no value: None, NaN, or what pandas has for them."""
    return (
        item is None or (isinstance(item, float) and math.isnan(item)) or type(item).__name__ in ("NAType", "NaTType")
    )


def _kinds(items: Sequence[Resource]) -> Counter[Kind]:
    """How many there are of each kind; an empty list goes with lists of any kind."""
    kinds = Counter(item.kind for item in items)
    nothing = Counter(item.kind for item in items if item.kind == "list[json]" and not item.value)
    others = kinds - nothing
    return others if others and all(kind.depth or kind in RECORDS for kind in others) else kinds


def _plain_item(item: Any) -> Any:
    return None if isinstance(item, Missing) else item


def _rate_and_samples(value: Sequence[Any]) -> tuple[Any, int] | None:
    """Samples and rate from what ``scipy.io.wavfile.read`` or ``soundfile.read`` return; ``None`` for other things."""
    if not isinstance(value, tuple) or len(value) != 2:
        return None
    first, second = value
    if is_array(first) and _is_rate(second):
        return first, int(second)
    return (second, int(first)) if is_array(second) and _is_rate(first) else None


def _is_rate(value: Any) -> bool:
    value = simple(value)
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _is_picture(value: object) -> bool:
    return any(base.__module__ == "PIL.Image" and base.__name__ == "Image" for base in type(value).__mro__)


def _type_name(value: object) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _refuse(sentence: str) -> Callable[[_Reading, Any], Resource]:
    def refuse(_reading: _Reading, _value: Any) -> Resource:
        raise ConversionError(sentence)

    return refuse


def _no_value(missing: Missing) -> Resource:
    msg = f"It has no value: {missing.reason.rstrip('.')}."
    raise ConversionError(msg)


def _sounding(audio: Audio) -> Audio:
    if not audio.samples.size:
        raise ConversionError("The sound is empty: it has no samples.")
    return audio


def _playing(video: Video) -> Video:
    """The video, once it is sure that it is one."""
    _ = video.size
    return video


def _as(kind: str, turn: Callable[[Any], Any] = lambda value: value) -> Callable[[_Reading, Any], Resource]:
    return lambda _reading, value: Resource(Kind(kind), turn(value))


def _is(*types: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, types)


# What an object is: the first that fits. Libraries are recognised by their looks, so that none is imported to find out.
_RULES: tuple[tuple[Callable[[Any], bool], Callable[[_Reading, Any], Resource]], ...] = (
    (_is(Resource), lambda _reading, value: value),
    (_is(Unread), lambda _reading, value: Resource(value.kind, value)),
    (_is(str), _Reading.text),
    (lambda value: value is None or isinstance(value, bool), _as("json")),
    (is_absent, _refuse("It has no value (it is not a number).")),
    (_is(Missing), lambda _reading, value: _no_value(value)),
    (_is(Run), _refuse("It is a whole run; give one of its results, for example `run['caption']`.")),
    (_is(int, float), _as("number")),
    (_is(complex), _refuse("A complex number is of no kind; give its real and imaginary parts.")),
    (_is(bytes, bytearray, memoryview), lambda _reading, value: of_bytes(bytes(value))),
    (_is(PurePath), _Reading.path),
    (_is(Audio), _as("audio", _sounding)),
    (_is(Video), _as("video", _playing)),
    (_is(Answer), _as("answer")),
    (_is_picture, _as("image", upright)),
    (is_display, _Reading.display),
    (is_figure, _as("image", image_of_figure)),
    (is_frame, _as("table", table_of_frame)),
    (is_series, _Reading.series),
    (is_array, _Reading.array),
    (lambda value: isinstance(value, type), _refuse("It is a class; give an object of it.")),
    (lambda value: fields_of(value) is not None, _Reading.record),
    (_is(Mapping), _Reading.mapping),
    (_is(set, frozenset), _refuse("A set has no order; give a list, for example `sorted(…)` of it.")),
    (_is(Sequence), _Reading.sequence),
    (lambda value: hasattr(value, "read") and hasattr(value, "seekable"), lambda _reading, value: of_file(value)),
    (
        lambda value: hasattr(value, "__next__"),
        _refuse("It is a generator, which is empty once read; give `list(…)` of it."),
    ),
    (lambda value: type(value).__name__ == "LazyFrame", _refuse("It is a query not yet run; give `.collect()` of it.")),
    (shows_picture, lambda _reading, value: of_bytes(picture_shown(value))),
    (callable, _refuse("It is a function; call it, and give what it returns.")),
)
