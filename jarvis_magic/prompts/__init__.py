"""What is said to a chat model: strict templates, demonstrations, and the messages of each stage.

The texts themselves are in the folder ``prompts/`` of the checkout, and beside these modules in an installed wheel.
"""

from __future__ import annotations

from .demonstrations import Demonstration, demonstrations, nearest
from .menus import menu_text
from .messages import Share, chat_messages, correction, plan_messages, response_messages, select_messages
from .templates import expert_instruction, fill

__all__ = [
    "Demonstration",
    "Share",
    "chat_messages",
    "correction",
    "demonstrations",
    "expert_instruction",
    "fill",
    "menu_text",
    "nearest",
    "plan_messages",
    "response_messages",
    "select_messages",
]
