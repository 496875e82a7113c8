"""Chat models behind OpenAI's chat completions protocol, on the ``openai`` package, imported when first asked."""

from __future__ import annotations

from .addresses import Address, address_of, usual_url
from .metered import Metered
from .model import OpenAIChat, chat_model

__all__ = ["Address", "Metered", "OpenAIChat", "address_of", "chat_model", "usual_url"]
