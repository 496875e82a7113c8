"""Models that run here, by ``transformers`` and ``diffusers``: one file per family of tasks.

A family (see `jarvis_magic.model_files.purposes`) loads a model from its folder, and answers with an `Expert`: what does
tasks with it. ``pipelines`` serves what ``transformers`` has a pipeline for; the others what it has none for any more,
by the model class that was made for it.
"""

from __future__ import annotations

from .endpoint import LocalEndpoint, forget_models, kept_models

__all__ = ["LocalEndpoint", "forget_models", "kept_models"]
