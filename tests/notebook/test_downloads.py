# mypy: disable-error-code="no-untyped-call"
"""A large download in a real kernel: asked for where somebody is, refused where nobody is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.model_host import ModelHost

from .kernels import Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]

CELL = "%%jarvis mood << --use text-classification=tiny/moods --max-download 0.001 {flags}\nWhat is the sentiment of @review?"


@pytest.fixture
def host(live: Kernel, tmp_path: Path) -> Iterator[ModelHost]:
    """A Hub with a model of 5 MB, which the kernel asks, and a cache of its own."""
    folder = tmp_path / "moods"
    folder.mkdir()
    (folder / "config.json").write_text('{"architectures": ["BertForSequenceClassification"], "model_type": "bert"}')
    (folder / "model.safetensors").write_bytes(b"7" * 5_000_000)
    with ModelHost({"tiny/moods": folder}) as made:
        live.run(
            "from huggingface_hub import constants as hub\nbefore = hub.ENDPOINT, hub.HF_HUB_CACHE\n"
            f"hub.ENDPOINT, hub.HF_HUB_CACHE = {made.url!r}, {str(tmp_path / 'cache')!r}\n"
            "review = 'What a wonderful day!'\n%config JarvisMagics.widget = False"
        )
        yield made
        live.run("hub.ENDPOINT, hub.HF_HUB_CACHE = before\n%config JarvisMagics.widget = True\n%jarvis reset")


def came(host: ModelHost) -> bool:
    """Whether the weights were asked for."""
    return any("resolve" in path and "safetensors" in path for path in host.asked)


@pytest.mark.parametrize("flags", ["", "-y"])
def test_it_is_asked_for_where_somebody_is(live: Kernel, host: ModelHost, flags: str) -> None:
    """With its size, after the plan; also with -y, which approves the plan and no such download. A no leaves it where it is."""
    cell = live.run(CELL.format(flags=flags), ["y", "n", "n"])
    assert cell.asked[1] == "Download 5.0 MB for tiny/moods? [y]es [n]o: "
    assert "5.0 MB to come" in str(cell.shown)
    assert cell.status == "error"
    assert "Not approved; nothing was run." in cell.error[0]
    assert not came(host)


def test_it_is_refused_where_nobody_is(live: Kernel, host: ModelHost) -> None:
    """Before anything runs, with the flag that allows it."""
    cell = live.run(CELL.format(flags="-y"))
    assert cell.status == "error"
    assert "tiny/moods is a download of 5 MB" in cell.error[0]
    assert "allow it with `--max-download 1`" in cell.error[0]
    assert not came(host)


def test_a_plan_that_is_only_shown_says_what_would_come(live: Kernel, host: ModelHost) -> None:
    """In the picture that stays in the notebook."""
    cell = live.run(CELL.format(flags="-n"))
    assert cell.status == "ok", cell.error
    assert "5.0 MB to come" in str(cell.shown)
    assert not came(host)


def test_the_list_of_models_says_it(live: Kernel, host: ModelHost) -> None:
    """Of a model that is named, what would have to come."""
    cell = live.run("%jarvis models text-classification --search tiny/moods")
    assert "yes, 5.0 MB to come" in str(cell.shown)
    assert not came(host)
