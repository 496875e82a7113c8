"""Sound and video files, by PyAV."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConversionError
from ..formats import Format
from ..kinds import Kind
from ..media import Audio, Video, open_recording, read_audio
from ..values import Resource


def recording(source: bytes | Path, found: Format) -> Resource:
    """Sound or video from a file or its bytes, whichever its streams are.

    Raises
    ------
    ConversionError
        If it is broken, too long, or holds neither.
    """
    with open_recording(source, found) as container:
        # A picture attached to a song (its cover) is no moving picture.
        if any(not stream.disposition & _ATTACHED for stream in container.streams.video):
            return Resource(Kind("video"), Video(source))
        if not container.streams.audio:
            msg = f"The {found.name} file holds neither sound nor moving pictures."
            raise ConversionError(msg)
        return Resource(Kind("audio"), read_audio(container))


_ATTACHED = 0x0400


def audio_wav(audio: Audio) -> bytes:
    """The sound as a WAV file, as experts take it over a wire."""
    return audio.to_wav()


def video_bytes(video: Video) -> bytes:
    """The bytes of the video's file, as experts take it over a wire."""
    return video.data
