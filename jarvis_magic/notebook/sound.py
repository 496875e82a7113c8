"""Sound in the notebook with ipyaudio: a player that draws the wave, and a recorder that fills a variable.

ipyaudio's player fetches pictures from outside hosts whenever it is shown, so it is shown only where the user asked for
it; everywhere else, and in all that is saved, sound has the browser's plain player.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from jarvis_magic.conversions import to_resource
from jarvis_magic.drawing import value_html
from jarvis_magic.errors import ConversionError, UnknownName, UsageError
from jarvis_magic.media import Audio

OUTSIDE = "it fetches pictures from modelscope.cn and img.shields.io"
"""What is said of ipyaudio's player wherever it is offered or shown."""


def player_of(audio: Audio) -> Any:
    """Return ipyaudio's ``Player`` of a sound, a widget that is not displayed yet."""
    import ipyaudio

    player = ipyaudio.Player(auto_display=False)
    player.load(audio.mono().samples, rate=audio.rate)
    return player


def play(namespace: MutableMapping[str, Any], name: str) -> None:
    """Show a variable that is sound in ipyaudio's player: ``%jarvis play NAME``.

    Raises
    ------
    UnknownName
        If there is no such variable.
    ConversionError
        If it is no sound.
    """
    if name not in namespace:
        raise UnknownName("variable", name, (known for known in namespace if not known.startswith("_")))
    resource = to_resource(namespace[name], name=name)
    if resource.kind != "audio":
        msg = f"{name!r} is {resource.kind.phrase}, not sound; `%jarvis play` takes an Audio, or what becomes one."
        raise ConversionError(msg)
    player = player_of(resource.value)
    bundle, metadata = _parts(player._repr_mimebundle_())
    # Where the widget cannot be drawn (no kernel, nbconvert), the plain player beside it is.
    static = {"text/html": value_html(resource), "text/plain": f"{resource.value!r}, in ipyaudio's player; {OUTSIDE}."}
    _display({**bundle, **static}, metadata=metadata, raw=True)


def record(namespace: MutableMapping[str, Any], name: str) -> None:
    """Show ipyaudio's recorder; what is recorded becomes an `Audio` variable: ``%jarvis record NAME``.

    Raises
    ------
    UsageError
        If it cannot be a variable's name.
    """
    if not name.isidentifier():
        msg = f"{name!r} cannot be a variable; write for example `%jarvis record speech`."
        raise UsageError(msg)
    import ipyaudio

    recorder = ipyaudio.Recorder(sync=True, auto_display=False)
    handle = _display(recorder, display_id=True)

    def keep(change: dict[str, Any]) -> None:
        if change["new"] and recorder.audio.size:
            audio = namespace[name] = Audio(recorder.audio[0].copy(), recorder.rate)
            html = value_html(to_resource(audio, name=name))
            handle.update({"text/html": html, "text/plain": f"{name} = {audio!r}"}, raw=True)
            recorder.close()

    recorder.observe(keep, "completed")


def _parts(found: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Data and metadata of a mime bundle, which may come without metadata."""
    return found if isinstance(found, tuple) else (found, {})


def _display(*what: Any, **how: Any) -> Any:
    from IPython.display import display

    return display(*what, **how)  # type: ignore[no-untyped-call]
