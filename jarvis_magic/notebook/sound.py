"""Sound in the notebook with ipyaudio: a player that draws the wave, and a recorder that fills a variable.

ipyaudio's player fetches pictures from outside hosts whenever it is shown, so it is shown only where the user asked for
it; everywhere else, and in all that is saved, sound has the browser's plain player.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jarvis_magic.conversions import to_resource
from jarvis_magic.drawing import value_html
from jarvis_magic.drawing.words import escape
from jarvis_magic.errors import ConversionError, UnknownName, UsageError
from jarvis_magic.media import Audio

from .passing import close_whole, show_beside, show_until_next_cell

if TYPE_CHECKING:
    from .magics import JarvisMagics

OUTSIDE = "it fetches pictures from modelscope.cn and img.shields.io"
"""What is said of ipyaudio's player wherever it is offered or shown."""


def player_of(audio: Audio) -> Any:
    """Return ipyaudio's ``Player`` of a sound, a widget that is not displayed yet."""
    import ipyaudio

    player = ipyaudio.Player(auto_display=False)
    player.load(audio.mono().samples, rate=audio.rate)
    return player


def play(magics: JarvisMagics, name: str) -> None:
    """Show a variable that is sound in ipyaudio's player: ``%jarvis play NAME``.

    Raises
    ------
    UsageError
        If none is named; `UnknownName` if there is no such variable.
    ConversionError
        If it is no sound.
    """
    variables = magics.shell.user_ns
    if not name:
        msg = "Name a variable that is sound: %jarvis play speech"
        raise UsageError(msg)
    if name not in variables:
        raise UnknownName("variable", name, [known for known, value in variables.items() if isinstance(value, Audio)])
    resource = to_resource(variables[name], name=name)
    if resource.kind != "audio":
        msg = f"{name!r} is {resource.kind.phrase}, not sound; `%jarvis play` takes an Audio, or what becomes one."
        raise ConversionError(msg)
    static = {"text/html": value_html(resource), "text/plain": f"{name} = {resource.value!r}"}
    _say("player")
    show_until_next_cell(player_of(resource.value), static)


def record(magics: JarvisMagics, name: str) -> None:
    """Show ipyaudio's recorder; what is recorded becomes an `Audio` variable: ``%jarvis record NAME``.

    Raises
    ------
    UsageError
        If none is named, or it cannot be a variable's name.
    """
    if not name:
        msg = "Name the variable that is to hold it: %jarvis record speech"
        raise UsageError(msg)
    if not name.isidentifier():
        msg = f"{name!r} cannot be a variable; write for example `%jarvis record speech`."
        raise UsageError(msg)
    import ipyaudio

    _say("recorder")
    recorder = ipyaudio.Recorder(sync=True, auto_display=False)
    said = f"A recorder for {name!r}; run the cell to record."
    handle = show_beside(recorder, {"text/html": f"<i>{escape(said)}</i>", "text/plain": said})

    def keep(change: dict[str, Any]) -> None:
        if change["new"] and recorder.audio.size:
            audio = magics.shell.user_ns[name] = Audio(recorder.audio[0].copy(), recorder.rate)
            html = value_html(to_resource(audio, name=name))
            handle.update({"text/html": html, "text/plain": f"{name} = {audio!r}"}, raw=True)
            close_whole(recorder)

    recorder.observe(keep, "completed")


def _say(what: str) -> None:
    print(f"ipyaudio's {what}: {OUTSIDE}.")  # noqa: T201 - the cell's output is the place
