"""Models on this machine: found, and told what they are for, from small files and no library."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jarvis_magic.model_files import ModelFolder, about, folder_named, is_repository, models_here

COMMIT, OTHER = "a" * 40, "b" * 40


def model(
    folder: Path, architecture: str = "BertForTokenClassification", weights: str = "model.safetensors", card: str = ""
) -> Path:
    """A folder as a model's, with weights that are never read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    if weights:
        (folder / weights).write_bytes(b"12345")
    if card:
        (folder / "README.md").write_text(card)
    return folder


def cached(cache: Path, name: str, commit: str = COMMIT, *, main: bool = True, **kind: str) -> Path:
    """A model in a cache."""
    repository = cache / f"models--{name.replace('/', '--')}"
    if main:
        (repository / "refs").mkdir(parents=True, exist_ok=True)
        (repository / "refs" / "main").write_text(commit)
    return model(repository / "snapshots" / commit, **kind)


def test_models_of_the_cache_are_found(tmp_path: Path) -> None:
    """By id, at the commit that main is at."""
    cached(tmp_path, "tiny/tokens", OTHER, main=False)
    path = cached(tmp_path, "tiny/tokens")
    cached(tmp_path, "alone")
    assert [f.model for f in models_here(cache=tmp_path)] == ["alone", "tiny/tokens"]
    assert folder_named("tiny/tokens", cache=tmp_path) == ModelFolder("tiny/tokens", path, COMMIT)


def test_a_revision_is_pinned(tmp_path: Path) -> None:
    """A plan that was saved gets the commit it was saved with, or nothing."""
    cached(tmp_path, "tiny/tokens")
    old = cached(tmp_path, "tiny/tokens", OTHER, main=False)
    found = folder_named("tiny/tokens", OTHER, tmp_path)
    assert found is not None
    assert found.path == old
    assert folder_named("tiny/tokens", "c" * 40, tmp_path) is None


def test_a_download_that_broke_off_is_not_here(tmp_path: Path) -> None:
    """Without weights, or without all of their parts."""
    cached(tmp_path, "tiny/none", weights="")
    parts = cached(tmp_path, "tiny/parts", weights="model-00001-of-00002.safetensors")
    names = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (parts / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    assert list(models_here(cache=tmp_path)) == []
    (parts / "model-00002-of-00002.safetensors").write_bytes(b"1")
    assert [f.model for f in models_here(cache=tmp_path)] == ["tiny/parts"]


@pytest.mark.parametrize("index", ["", "[]", '{"weight_map": []}', "{"])
def test_a_damaged_index_is_that_of_no_model(index: str, tmp_path: Path) -> None:
    """The others are found even so."""
    (cached(tmp_path, "tiny/damaged") / "model.safetensors.index.json").write_text(index)
    cached(tmp_path, "tiny/whole")
    assert [f.model for f in models_here(cache=tmp_path)] == ["tiny/whole"]


def test_the_parts_of_a_chain_are_looked_for_in_its_folders(tmp_path: Path) -> None:
    """Weights lie one folder deeper, also under names with a dot."""
    chain = cached(tmp_path, "tiny/chain", weights="")
    (chain / "unet.v2").mkdir()
    (chain / "unet.v2" / "model.safetensors").write_bytes(b"1")
    assert [f.model for f in models_here(cache=tmp_path)] == ["tiny/chain"]


def test_a_folder_of_the_users_is_found_by_its_path(tmp_path: Path) -> None:
    """And those in a folder of folders, before the cache's."""
    mine = model(tmp_path / "mine" / "tokens")
    (tmp_path / "mine" / "notes").mkdir()
    cached(tmp_path / "hub", "tiny/other")
    assert folder_named(str(mine)) == ModelFolder(str(mine), mine)
    assert [f.model for f in models_here(str(tmp_path / "mine"), tmp_path / "hub")] == [str(mine), "tiny/other"]
    assert folder_named(str(tmp_path / "mine" / "notes")) is None


@pytest.mark.parametrize("name", ["../secrets", "/etc", "a/b/c", "https://x/y", "", "-o/x", ".hidden/x", "a b"])
def test_what_is_no_name_of_the_hub(name: str, tmp_path: Path) -> None:
    """It is neither asked for nor looked for in the cache."""
    assert not is_repository(name)
    assert folder_named(name or "nothing", cache=tmp_path) is None


def test_a_card_tells_licence_and_languages(tmp_path: Path) -> None:
    """A model that says it is multilingual knows more than it lists."""
    card = "---\nlicense: mit\nlanguage:\n- en\n- de\n---\n# Card"
    known = about(ModelFolder("x", model(tmp_path / "x", card=card)))
    assert (known.licence, known.languages, known.size, known.problem) == ("mit", ("en", "de"), 5, None)
    both = about(ModelFolder("y", model(tmp_path / "y", card="---\nlanguage: [en, multilingual]\n---\n")))
    assert both.languages == ()
    broken = about(ModelFolder("z", model(tmp_path / "z", card="---\nlicense: [\n---\n")))
    assert broken.licence is None


@pytest.mark.parametrize("weights", ["pytorch_model.bin", "model.ckpt", "model.h5"])
def test_weights_that_are_no_safetensors_are_never_loaded(weights: str, tmp_path: Path) -> None:
    """The problem says what they are."""
    problem = about(ModelFolder("x", model(tmp_path / "x", weights=weights))).problem
    assert problem is not None
    assert f"'{Path(weights).suffix}' files, and only safetensors are loaded" in problem


def test_a_model_with_code_of_its_own_is_never_loaded(tmp_path: Path) -> None:
    """Where `transformers` knows its class, its weights are enough; otherwise it does nothing that is known."""
    folder = model(tmp_path / "x", architecture="WildForEverything")
    assert about(ModelFolder("x", folder)).types == {}


def test_a_folder_that_changed_is_read_again(tmp_path: Path) -> None:
    """What is known is kept as long as the folder stays as it is."""
    folder = ModelFolder("x", model(tmp_path / "x", weights=""))
    assert about(folder).problem == "There are no weights in its folder, which must hold safetensors."
    (folder.path / "model.safetensors").write_bytes(b"1")
    assert about(folder).problem is None
