"""The command: ``python -m jarvis_magic.evaluation predict|score``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TextIO

from ..contracts import Controller
from ..controllers.offline.taskbench import TOOLS
from ..errors import JarvisError
from ..jarvis import Jarvis
from ..settings import resolve
from .cases import Case, read_cases
from .predicting import Predictor, predictions, predictor
from .scoring import report, score


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 1 after a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "predict":
            asyncio.run(_predict_command(options))
        else:
            _score_command(options)
    except JarvisError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jarvis_magic.evaluation", description="Measure how well a controller plans."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("predict", help="plan requests, a JSON object a line")
    one.add_argument("requests", type=Path, help="JSON lines with id and request")
    one.add_argument("--controller", default="offline", help="'offline', or the name of a chat model")
    one.add_argument("--base-url", help="the chat model's endpoint")
    one.add_argument("--key-env", help="the environment variable that holds its key")
    one.add_argument(
        "--tools", choices=("types", "huggingface"), default="types", help="our task types, or TaskBench's 23 tools"
    )
    one.add_argument("--limit", type=int, default=8, help="requests planned at a time")
    one.add_argument(
        "--output", type=Path, help="write here instead of to the terminal; what it holds already is not planned again"
    )
    one.add_argument("--quiet", action="store_true", help="no progress")
    other = commands.add_parser("score", help="compare predictions with labels")
    other.add_argument("predictions", type=Path)
    other.add_argument("labels", type=Path)
    other.add_argument("--json", action="store_true", help="the scores as JSON")
    return parser


async def _predict_command(options: argparse.Namespace) -> None:
    cases = read_cases(options.requests)
    done = _done(options.output) if options.output and options.output.exists() else set()
    planner = predictor(_controller(options), options.tools)
    told = None if options.quiet else sys.stderr
    rest = [case for case in cases if case.id not in done]
    if options.output:
        with options.output.open("a", encoding="utf-8") as written:
            await _write(rest, planner, options.limit, told, written)
    else:
        await _write(rest, planner, options.limit, told, sys.stdout)


def _done(output: Path) -> set[str]:
    """The requests that a run which was stopped has planned; a line it did not finish is taken away."""
    written = output.read_bytes()
    output.write_bytes(written[: written.rfind(b"\n") + 1])
    return {case.id for case in read_cases(output) if not case.error}


async def _write(cases: Sequence[Case], planner: Predictor, limit: int, told: TextIO | None, written: TextIO) -> None:
    async for case in predictions(cases, planner, limit=limit, told=told):
        written.write(case.line() + "\n")
        written.flush()


def _controller(options: argparse.Namespace) -> Controller:
    """The controller that is measured, found as `Jarvis` finds its own."""
    knobs = replace(resolve(), key_env=options.key_env) if options.key_env else resolve()
    return Jarvis(options.controller, base_url=options.base_url, options=knobs).equipment().controllers[0]


def _score_command(options: argparse.Namespace) -> None:
    predicted, labels = read_cases(options.predictions), read_cases(options.labels)
    inside = (
        [label for label in labels if not set(label.nodes) - set(TOOLS)]
        if any(set(c.nodes) & set(TOOLS) for c in labels)
        else labels
    )
    parts = (
        {"all requests": labels}
        if len(inside) == len(labels)
        else {"requests within the 23 tools": inside, "all requests": labels}
    )
    found = {name: score(predicted, part) for name, part in parts.items()}
    if options.json:
        sys.stdout.write(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2) + "\n")
    else:
        sys.stdout.write("\n\n".join(f"{name}\n{report(one)}" for name, one in found.items()) + "\n")


if __name__ == "__main__":
    sys.exit(main())
