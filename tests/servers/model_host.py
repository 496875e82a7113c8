"""The part of the Hub that models are downloaded from, on loopback: it serves folders as repositories."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class ModelHost:
    """A Hub that holds models.

    Parameters
    ----------
    models
        Folders by id.
    refuses
        Statuses to answer with instead, with the Hub's word for the reason, by id.
    """

    models: dict[str, Path] = field(default_factory=dict)
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def __enter__(self) -> Self:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.answer(self, body=True)

            def do_HEAD(self) -> None:
                host.answer(self, body=False)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, request: BaseHTTPRequestHandler, *, body: bool) -> None:
        """Answer a request of ``huggingface_hub``."""
        path = urlsplit(request.path).path.removeprefix("/")
        self.asked.append(path)
        self.tokens.append(request.headers.get("Authorization"))
        model = next((m for m in {**self.models, **self.refuses} if f"{m}/" in f"{path}/"), None)
        if model is None:
            _send(request, 404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif model in self.refuses:
            status, code = self.refuses[model]
            _send(request, status, b"{}", {"X-Error-Code": code})
        elif path.startswith("api/"):
            _send(
                request,
                200,
                json.dumps(self._listed(model, tree="/tree/" in path)).encode(),
                {"Content-Type": "application/json"},
            )
        else:
            data = (self.models[model] / path.partition(f"/resolve/{COMMIT}/")[2]).read_bytes()
            headers = {"X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha256(data).hexdigest()}"'}
            _send(request, 200, data, headers, body=body)

    def _listed(self, model: str, *, tree: bool) -> Any:
        folder = self.models[model]
        files = {str(f.relative_to(folder)): f.stat().st_size for f in sorted(folder.rglob("*")) if f.is_file()}
        if tree:
            return [{"type": "file", "path": name, "size": size, "oid": "0" * 40} for name, size in files.items()]
        config = json.loads((folder / "config.json").read_text())
        siblings = [{"rfilename": name, "size": size, "blobId": "0" * 40} for name, size in files.items()]
        return {
            "id": model,
            "sha": COMMIT,
            "siblings": siblings,
            "gated": False,
            "downloads": 5,
            "likes": 2,
            "config": {name: value for name, value in config.items() if name in ("architectures", "model_type")},
            "cardData": {"license": "mit"},
        }


def _send(
    request: BaseHTTPRequestHandler, status: int, data: bytes, headers: Mapping[str, str], *, body: bool = True
) -> None:
    request.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(data))}.items():
        request.send_header(name, value)
    request.end_headers()
    if body:
        request.wfile.write(data)
