"""What a file is: by its first bytes, which do not lie, or by its suffix, which may."""

from __future__ import annotations

import re
from dataclasses import dataclass

HEAD = 1024
"""How many first bytes `sniff` wants to see."""


@dataclass(frozen=True)
class Format:
    """A file format.

    Parameters
    ----------
    name
        What people call it: ``"PNG"``.
    holds
        ``"image"``, ``"audio"``, ``"video"`` (or sound alone: only its streams tell), or ``""`` for what is no kind.
    demuxer
        FFmpeg's name of it, so that FFmpeg need not guess (and never takes a file for a playlist of others).
    advice
        Where it holds no kind: how to get at its content.
    """

    name: str
    holds: str = ""
    demuxer: str | None = None
    advice: str = ""


_PARQUET = Format("Parquet", "table")
_HEIF = Format("HEIF", advice="save the picture as JPEG or PNG")
_PICKLE = Format("pickle", advice="load it yourself if you trust it, and give the object")
_ZIP = Format("ZIP", advice="unpack it, and give what is in it")
_NUMPY = Format("NumPy", advice="load it with `numpy.load`, and give the array")

# The first bytes of each format, as a regular expression; the first that fits counts.
_FORMATS: tuple[tuple[re.Pattern[bytes], Format], ...] = tuple(
    (re.compile(pattern, re.DOTALL), known)
    for pattern, known in (
        (rb"\x89PNG\r\n\x1a\n", Format("PNG", "image")),
        (rb"\xff\xd8\xff", Format("JPEG", "image")),
        (rb"GIF8[79]a", Format("GIF", "image")),
        (rb"RIFF....WEBP", Format("WebP", "image")),
        (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00\x00\x00", Format("BMP", "image")),
        (rb"II[*+]\x00|MM\x00[*+]", Format("TIFF", "image")),
        (rb"....ftypavi[fs]", Format("AVIF", "image")),
        (rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", _HEIF),
        (rb"\x00\x00\x01\x00[^\x00]\x00", Format("ICO", "image")),
        (rb"P[1-6]\s(?:#[^\n]*\n)*\s*\d+\s+\d+\s", Format("PPM", "image")),
        (rb"\x00\x00\x00\x0cjP  ", Format("JPEG 2000", "image")),
        (rb"(?:RIFF|RF64)....WAVE", Format("WAV", "audio", "wav")),
        (rb"fLaC", Format("FLAC", "audio", "flac")),
        (rb"ID3", Format("MP3", "audio", "mp3")),
        (rb"\xff[\xf0\xf1\xf8\xf9]", Format("AAC", "audio", "aac")),
        (rb"\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd][^\xf0-\xff]", Format("MP3", "audio", "mp3")),
        (rb"FORM....AIF[FC]", Format("AIFF", "audio", "aiff")),
        (rb"\.snd", Format("AU", "audio", "au")),
        (rb"caff\x00", Format("CAF", "audio", "caf")),
        (rb"#!AMR", Format("AMR", "audio", "amr")),
        (rb"....ftypM4[AB]", Format("M4A", "audio", "mov")),
        (rb"OggS", Format("Ogg", "video", "ogg")),
        (rb"....(?:ftyp|moov|mdat|wide)", Format("MP4", "video", "mov")),
        (rb"\x1a\x45\xdf\xa3", Format("Matroska", "video", "matroska")),
        (rb"RIFF....AVI ", Format("AVI", "video", "avi")),
        (rb"FLV\x01", Format("FLV", "video", "flv")),
        (rb"\x00\x00\x01\xba", Format("MPEG", "video", "mpeg")),
        (rb"\x00\x00\x01\xb3", Format("MPEG", "video", "mpegvideo")),
        (rb"G.{187}G", Format("MPEG-TS", "video", "mpegts")),
        (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Format("ASF", "video", "asf")),
        (rb"PAR1", _PARQUET),
        (rb"%PDF-", Format("PDF", advice="turn its pages into pictures or its text into a str, and give those")),
        (rb"8BPS", Format("Photoshop", advice="save the picture as PNG")),
        (rb"PK\x03\x04", _ZIP),
        (rb"\x93NUMPY", _NUMPY),
        (rb"\x80[\x02-\x05]", _PICKLE),
        (rb"\x1f\x8b", Format("gzip", advice="unpack it, and give what is in it")),
        (rb"\x89HDF", Format("HDF5", advice="load it with its own library, and give the array")),
        (rb"SQLite format 3", Format("SQLite", advice="read a table of it with `pandas.read_sql`, and give that")),
        # possessive, since what stands before it can be divided in very many ways
        (rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+|<!--(?:(?!-->).)*+-->\s*+|<!DOCTYPE svg[^>]*+>\s*+)*+<svg[\s>]",
         Format("SVG", advice="it is a drawing, not a picture of pixels; save it as PNG")),
    )
)  # fmt: skip


def sniff(head: bytes) -> Format | None:
    """Return the format that begins with these bytes; ``None`` if they are of none we know (it may be text)."""
    start = bytes(head[:HEAD])
    return next((known for pattern, known in _FORMATS if pattern.match(start)), None)


_SUFFIXES = {
    "image": ".png .jpg .jpeg .jfif .gif .webp .bmp .tif .tiff .avif .ico .ppm .pgm .pbm .jp2 .heic .heif",
    "audio": ".wav .mp3 .flac .ogg .oga .opus .m4a .aac .aiff .aif .au .wma .amr .caf",
    "video": ".mp4 .m4v .mov .webm .mkv .avi .mpg .mpeg .flv .wmv .ogv .3gp",
    "table": ".csv .tsv .parquet .xlsx",
    "json": ".json .jsonl .ndjson",
    "text": ".txt .text .md .markdown .rst .tex .html .htm .log .srt .vtt .xml .yaml .yml .toml .ini .py .js .sql .eml",
}
_KIND_OF = {suffix: kind for kind, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
MEDIA = frozenset({"image", "audio", "video"})


def kind_of_suffix(suffix: str) -> str | None:
    """The kind that files with a suffix (``".jpg"``) usually hold; ``None`` if it says nothing."""
    return _KIND_OF.get(suffix.lower())
