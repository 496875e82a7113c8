"""The experts are quiet, need no network, and can be called by several threads at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]

EVERY_EXPERT = """
import logging, sys

def no_network(event, args):
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise ConnectionError(f"{event} {args}")

sys.addaudithook(no_network)
before = (list(logging.getLogger().handlers), logging.getLogger().level)

import pandas, numpy
from PIL import Image
from jarvis_magic.kinds import WithNotes
from jarvis_magic.media import Audio
from jarvis_magic.toolbox import toolbox_experts

experts = {e.id: e for e in toolbox_experts()}
speech = experts["toolbox/espeak-ng"].function(text="Good morning to all of you.")
picture = Image.linear_gradient("L").resize((160, 120)).convert("RGB")
text = "The ferry to Oslo leaves at 7:45. It costs 20 euros. Bicycles are free on the ferry."
known = dict(
    text=text, other=text, question="When does the ferry leave?", context=text, labels=["travel", "cooking"], image=picture, audio=speech,
    table=pandas.DataFrame({"price": range(30), "leaves": numpy.arange(30.0), "kind": list("abc") * 10}), target="kind", voice=None, language=None,
)
said = {"toolbox/pillow-edits": {"text": "make it grey"}, "toolbox/sklearn-numbers": {"target": "price"},
        "toolbox/document-answers": {"image": Image.new("RGB", (9, 9))}, "toolbox/table-answers": {"question": "What is the mean price?"}}
for expert in experts.values():
    names = expert.function.__code__.co_varnames[: expert.function.__code__.co_argcount]
    arguments = {name: known[name] for name in names if name != "options"} | said.get(expert.id, {})
    try:
        expert.function(**arguments)
    except Exception as error:
        if type(error).__name__ != "EndpointRejected" or expert.id != "toolbox/document-answers":
            raise
assert (list(logging.getLogger().handlers), logging.getLogger().level) == before, "logging was set up"
"""


def test_no_expert_prints_logs_or_asks_the_network() -> None:
    """Nothing but the result of an expert appears in the user's cell; a connection would be an error here."""
    program = subprocess.run(
        [sys.executable, "-c", EVERY_EXPERT], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert (program.returncode, program.stdout, program.stderr) == (0, "", "")


def test_threads_get_what_one_thread_gets(ask: Callable[..., Any], page: Callable[..., Image.Image]) -> None:
    """Tasks that run together do not mix up their texts or pictures."""
    texts = [
        "One.",
        "One, two, three.",
        "One, two, three, four, five, six, seven.",
        "One, two, three, four, five, six, seven, eight, nine, ten.",
    ]
    pages = [page([f"Page number {i}"]) for i in range(3)]
    alone = [ask("espeak-ng", text=text).duration for text in texts]

    with ThreadPoolExecutor(8) as pool:
        spoken = list(pool.map(lambda text: ask("espeak-ng", text=text).duration, texts * 3))
        read = list(pool.map(lambda picture: ask("rapidocr", image=picture), pages))
        alike = list(pool.map(lambda text: ask("wordllama-similarity", text=text, other=texts[2]), texts))

    assert spoken == pytest.approx(alone * 3, abs=0.05)
    assert read == [f"Page number {i}" for i in range(3)]
    assert alike == [ask("wordllama-similarity", text=text, other=texts[2]) for text in texts]
