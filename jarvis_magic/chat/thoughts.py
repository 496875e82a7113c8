"""Leaving out what a reasoning model thinks aloud before it answers."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class Thoughts:
    """Takes the pieces of a reply and gives back those behind a leading ``<think>…</think>``."""

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def take(self, piece: str) -> str:
        """Return what of the text so far is certainly answer and was not given before."""
        if self._state == "answer":
            return piece
        self._held += piece
        if self._state == "start":
            begun = self._held.lstrip()
            if not begun.startswith(_OPEN[: len(begun)]):
                return self._answer()
            if begun.startswith(_OPEN):
                self._state = "thinking"
        if self._state == "thinking" and _CLOSE in self._held:
            self._state, self._held = "behind", self._held.partition(_CLOSE)[2]
        if self._state == "behind" and self._held.strip():
            self._held = self._held.lstrip()
            return self._answer()
        return ""

    def rest(self) -> str:
        """What was held back at the end: the beginning of a tag that never came."""
        return self._held if self._state == "start" else ""

    def _answer(self) -> str:
        text, self._state, self._held = self._held, "answer", ""
        return text
