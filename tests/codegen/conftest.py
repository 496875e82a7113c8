"""The Hub on loopback, and tiny models, as the tests of endpoints have them."""

from __future__ import annotations

from ..endpoints.conftest import _server, hub, serves
from ..endpoints.local.conftest import made

__all__ = ["_server", "hub", "made", "serves"]
