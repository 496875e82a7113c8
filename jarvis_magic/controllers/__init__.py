"""The controllers: what plans, selects and responds. One adapter each."""

from __future__ import annotations

from .llm import LLMController
from .offline import OfflineController

__all__ = ["LLMController", "OfflineController"]
