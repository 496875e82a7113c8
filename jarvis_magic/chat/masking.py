"""A key that a server sends back, left out of what it says, however the server cuts it."""

from __future__ import annotations


class Masking:
    """Takes the pieces of a reply and gives them back with a secret replaced.

    Parameters
    ----------
    secret
        What must not appear; empty: nothing is replaced.
    """

    def __init__(self, secret: str) -> None:
        self._secret, self._held = secret, ""

    def take(self, piece: str) -> str:
        """Return what of the text so far is certain, and was not given before."""
        if not self._secret:
            return piece
        text = (self._held + piece).replace(self._secret, "[key]")
        longest = min(len(text), len(self._secret) - 1)
        begun = next((n for n in range(longest, 0, -1) if text.endswith(self._secret[:n])), 0)
        self._held = text[len(text) - begun :]
        return text[: len(text) - begun]

    def rest(self) -> str:
        """What was held back at the end: the beginning of a secret that went on otherwise."""
        held, self._held = self._held, ""
        return held
