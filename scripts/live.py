"""Twenty labelled requests against a real chat model: how well it plans, and what that costs.

Run with ``make live``, with a key in the environment, or with a model and a base URL named::

    make live MODEL="qwen3:8b --base-url http://localhost:11434/v1"

It prints n-F1 (task types) and e-F1 (which type's result goes into which), calls, tokens and seconds, so that models
can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from jarvis_magic import settings
from jarvis_magic.chat import Metered, usual_url
from jarvis_magic.controllers import LLMController
from jarvis_magic.equipment import find_chat
from jarvis_magic.errors import JarvisError
from jarvis_magic.evaluation import predict, predictor, read_cases, score
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options

REQUESTS = Path(__file__).parent.parent / "tests" / "data" / "requests"
TWENTY = {
    "everyday-01", "everyday-05", "everyday-07", "everyday-11", "everyday-12", "everyday-15", "everyday-18",
    "everyday-21", "everyday-28", "everyday-31", "everyday-35", "everyday-38", "everyday-39", "notebook-036",
    "notebook-111", "notebook-116", "notebook-131", "notebook-139", "notebook-197", "notebook-198",
}  # fmt: skip
OPTIONS = Options(share="kinds")  # the inputs are stand-ins; only their kinds mean something


async def main(model: str, base_url: str, key_env: str) -> int:
    """Plan the twenty requests and print the numbers; return the exit status."""
    keys = Keys(settings.environment())
    if key_env:
        keys = keys.with_variable(base_url or usual_url(model, keys), key_env)
    found = find_chat(model or "auto", OPTIONS, keys, base_url or None)
    if found is None:
        print("No chat model: set OPENAI_API_KEY or HF_TOKEN, or name one with MODEL and --base-url.")
        return 1
    chat = Metered(found.chat)
    labels = [case for file in sorted(REQUESTS.glob("*.jsonl")) for case in read_cases(file) if case.id in TWENTY]
    begun = time.perf_counter()
    predicted = await predict(labels, predictor(LLMController(chat, OPTIONS)), limit=1, told=sys.stderr)
    seconds = time.perf_counter() - begun
    await found.chat.close()
    scores, used = score(predicted, labels), chat.tally
    print(
        f"{chat.name} at {found.chat.place}: n-F1 {scores.nodes:.3f}, e-F1 {scores.links:.3f}, {used.calls} calls, "
        f"{used.tokens_in} tokens in, {used.tokens_out} out, {seconds:.1f} s for {scores.requests} requests"
    )
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default="", metavar="MODEL")
    parser.add_argument("--base-url", default="", metavar="URL")
    parser.add_argument("--key-env", default="", metavar="NAME")
    given = parser.parse_args()
    try:
        sys.exit(asyncio.run(main(given.model, given.base_url, given.key_env)))
    except JarvisError as failure:
        sys.exit(str(failure))
