"""Models come from a Hub on loopback: sized, refused, brought, pinned, and every failure told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointUnavailable
from jarvis_magic.keys import Key
from jarvis_magic.model_files import download, look_up
from jarvis_magic.model_files.download import used_files
from stress.faults import FaultyServer, Reply

from ..servers.model_host import COMMIT, ModelHost

CODE = "raise SystemExit('code of a model was run')"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHost]:
    """A Hub with one model, and a cache of its own."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    files = {
        "config.json": b"{}",
        "model.safetensors": b"7" * 5000,
        "pytorch_model.bin": b"pickle",
        "modeling.py": CODE.encode(),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    with ModelHost({"tiny/model": folder}) as server:
        yield server


def test_what_would_come_is_known_before(host: ModelHost) -> None:
    """Its size, commit and terms, by one request that carries the key of the Hub."""
    wanted = look_up("tiny/model", key=Key("hf_secret", "test"), hub=host.url)
    assert (wanted.size, wanted.missing, wanted.revision, wanted.licence) == (5002, 5002, COMMIT, "mit")
    assert (len(host.asked), host.tokens) == (1, ["Bearer hf_secret"])


def test_a_model_comes_pinned_without_code_or_pickles(host: ModelHost) -> None:
    """Into the cache, telling how far it is; the second time nothing is missing."""
    told: list[tuple[int, int]] = []
    folder = download(look_up("tiny/model", hub=host.url), limit=1, hub=host.url, progressed=lambda *p: told.append(p))
    assert (folder.model, folder.revision) == ("tiny/model", COMMIT)
    assert {file.name for file in folder.path.iterdir()} == {"config.json", "model.safetensors"}
    assert told[-1] == (5002, 5002)
    assert look_up("tiny/model", hub=host.url).missing == 0
    assert set(host.tokens) == {None}


def test_one_that_is_too_large_is_refused(host: ModelHost) -> None:
    """With the flag that allows it; nothing is downloaded."""
    with pytest.raises(EndpointRejected, match=r"tiny/model is a download of 0 MB.*`--max-download 1`"):
        download(look_up("tiny/model", hub=host.url), limit=1e-6, hub=host.url)
    assert not any("resolve" in path for path in host.asked)


def test_one_without_safetensors_is_refused(host: ModelHost) -> None:
    """Pickles are never loaded."""
    (host.models["tiny/model"] / "model.safetensors").unlink()
    with pytest.raises(EndpointRejected, match="no weights in safetensors"):
        download(look_up("tiny/model", hub=host.url), limit=1, hub=host.url)


@pytest.mark.parametrize(
    ("refusal", "sentence", "passing"),
    [
        ((403, "GatedRepo"), "gated: accept its terms at https://huggingface.co/tiny/shut", False),
        ((404, "RepoNotFound"), "There is no model 'tiny/shut' on the Hub, or it is private and needs HF_TOKEN", False),
        ((404, "RevisionNotFound"), "no such revision any more", False),
        ((403, ""), "the Hub does not answer", False),
    ],
)
def test_each_failure_has_its_words(host: ModelHost, refusal: tuple[int, str], sentence: str, passing: bool) -> None:
    """And says what to do next."""
    host.refuses["tiny/shut"] = refusal
    with pytest.raises(EndpointError, match=sentence) as failure:
        look_up("tiny/shut", hub=host.url)
    assert failure.value.passing is passing


def test_a_hub_that_cannot_be_reached() -> None:
    """A sentence, at once."""
    with pytest.raises(EndpointUnavailable, match="the Hub does not answer"):
        look_up("tiny/model", hub="http://127.0.0.1:9")


def test_which_files_are_used() -> None:
    """One set of weights of a model, of each part of a chain, and no variants beside it."""
    one = [
        "config.json",
        "model.safetensors",
        "model.fp16.safetensors",
        "consolidated.safetensors",
        "onnx/model.safetensors",
        "x.py",
    ]
    assert used_files(one) == ("config.json", "model.safetensors")
    chain = [
        "model_index.json",
        "sd.safetensors",
        "unet/model.fp16.safetensors",
        "vae/model.safetensors",
        "vae/model.fp16.safetensors",
    ]
    assert used_files(chain) == ("model_index.json", "unet/model.fp16.safetensors", "vae/model.safetensors")
    assert used_files(["a-00001-of-00002.safetensors", "a-00002-of-00002.safetensors"]) == (
        "a-00001-of-00002.safetensors",
        "a-00002-of-00002.safetensors",
    )


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"id": "tiny/model", "siblings": 5}'])
def test_an_answer_that_is_not_the_hubs_is_a_sentence(answer: bytes) -> None:
    """Of a proxy, or of another version of the Hub."""
    with FaultyServer(lambda _: Reply(answer), lambda _: None) as server, pytest.raises(EndpointRejected) as told:
        look_up("tiny/model", hub=server.url)
    assert "answers in a way that is not understood" in str(told.value)
