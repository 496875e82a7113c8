"""The chat model as a candidate for what it can do itself."""

from __future__ import annotations

from jarvis_magic.chat import Metered, OpenAIChat
from jarvis_magic.options import Sight
from jarvis_magic.values import Candidate

from .search import matching

WRITES = {
    "text-generation": "writes texts of any kind as asked",
    "text2text-generation": "rewrites texts as asked",
    "conversational": "answers messages",
    "summarization": "summarises texts in their language, also several together",
    "translation": "translates between most languages",
    "question-answering": "answers questions from a text, in its own words",
}
"""The task types that any chat model can do, and what to say of it."""

SEES = {
    "image-to-text": "describes pictures, and reads the text in them",
    "visual-question-answering": "answers questions about pictures",
    "document-question-answering": "answers questions about pictures of documents",
    "image-text-to-text": "follows instructions about pictures",
}
"""Those that one can do that takes pictures."""


class ChatCatalogue:
    """The chat model, for the task types it can do.

    Parameters
    ----------
    chat
        The chat model.
    vision
        Whether it takes pictures; ``"auto"``: as its name tells.
    metered
        What this run asks it through, which knows whether it answers.
    """

    def __init__(self, chat: OpenAIChat, vision: Sight = "auto", metered: Metered | None = None) -> None:
        self._chat, self._vision, self._metered = chat, vision, metered

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the chat model if it does such tasks; see `jarvis_magic.contracts.Catalogue`."""
        does = WRITES.get(task_type) or (SEES.get(task_type) if self._sees else None)
        return matching([self._candidate(does)] if does else [], search, limit)

    @property
    def _sees(self) -> bool:
        return self._chat.sees if self._vision == "auto" else self._vision == "yes"

    def _candidate(self, does: str) -> Candidate:
        return Candidate(
            model=self._chat.name,
            endpoint="chat",
            provider=self._chat.place,
            description=f"The chat model {self._chat.name}: {does}.",
            unavailable=self._metered.lack if self._metered else None,
        )
