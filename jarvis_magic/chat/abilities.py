"""What a chat endpoint can do, found out by asking once, and remembered as long as this process lives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

Form: TypeAlias = Literal["json_schema", "json_object", "text"]
"""How a reply's form can be asked for, strictest first."""

_NEXT_FORM: Mapping[str, Form] = {"json_schema": "json_object", "json_object": "text"}


@dataclass(frozen=True)
class Ability:
    """What an endpoint takes: the strictest form, and the parameters that it does.

    Parameters
    ----------
    form
        How a reply that should be JSON is asked for.
    temperature, usage
        Whether it takes ``temperature`` and ``stream_options``.
    limit
        What it calls the limit of a reply's length.
    """

    form: Form = "json_schema"
    temperature: bool = True
    usage: bool = True
    limit: Literal["max_completion_tokens", "max_tokens"] = "max_completion_tokens"

    def parameters(self, schema: Mapping[str, Any] | None, most: int | None) -> dict[str, Any]:
        """The parameters that ask for a reply of a schema (``None``: prose) and of at most so many tokens."""
        asked: dict[str, Any] = {"stream_options": {"include_usage": True}} if self.usage else {}
        if most is not None:
            asked[self.limit] = most
        if schema is not None:
            asked |= {"temperature": 0} if self.temperature else {}
            asked |= {"response_format": self._format(schema)} if self.form != "text" else {}
        return asked

    def _format(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if self.form == "json_object":
            return {"type": "json_object"}
        return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": schema}}

    def without_refused(self, sentence: str, *, shaped: bool, limited: bool) -> Ability | None:
        """What to try next after a request was called malformed; ``None`` if nothing of it is ours.

        Parameters
        ----------
        sentence
            The server's words.
        shaped, limited
            Whether the request asked for a form, and whether it limited the reply's length.
        """
        if self.usage and re.search("stream_options|include_usage", sentence):
            return replace(self, usage=False)
        if shaped and self.temperature and "temperature" in sentence:
            return replace(self, temperature=False)
        if limited and self.limit == "max_completion_tokens" and "max_completion_tokens" in sentence:
            return replace(self, limit="max_tokens")
        if shaped and self.form in _NEXT_FORM:
            return replace(self, form=_NEXT_FORM[self.form])
        return replace(self, usage=False) if self.usage and not shaped else None


class Abilities:
    """The abilities found so far, by base URL and model."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Ability] = {}

    def of(self, url: str, model: str, *, otherwise: Ability) -> Ability:
        """What is known of a model at an endpoint."""
        return self._found.get((url, model), otherwise)

    def found(self, url: str, model: str, ability: Ability) -> None:
        """Remember what a model at an endpoint answered to."""
        self._found[url, model] = ability


KNOWN = Abilities()
"""What this process has found out."""
