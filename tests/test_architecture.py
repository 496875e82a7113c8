"""The map of CONTRIBUTING.md is true: imports go down, and each outside library stays in its rooms."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "jarvis_magic"
MODULES = sorted(PACKAGE.rglob("*.py"))

ONLY_IN = {
    "IPython": {"notebook"},
    "traitlets": {"notebook"},
    "ipywidgets": {"notebook"},
    "anywidget": {"notebook"},
    "ipyaudio": {"notebook"},
    "openai": {"chat"},
}
LAZY = {
    "anywidget", "av", "bokeh", "cloudpickle", "dask", "diffusers", "distributed", "fast_sugiyama", "huggingface_hub", "ipyaudio", "ipywidgets", "markdown_it", "numpy",
    "onnxruntime", "openai", "pandas", "PIL", "pydantic", "skimage", "sklearn", "torch", "transformers",
}  # fmt: skip
MAY_LOAD_EARLY = {
    # rooms that are themselves imported only when their library is wanted
    "replies": {"pydantic"},
    "notebook/plan_widget": {"anywidget"},
}


@cache
def rows() -> dict[str, int]:
    """The row of each room in the table of CONTRIBUTING.md."""
    table = re.findall(r"^\| [0-9] \| ([^|]+) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {room: row for row, rooms in enumerate(table) for room in re.findall(r"`(\w+)`", rooms)}


def room_of(path: Path) -> str:
    """The room a module belongs to: the first name under the package."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[ast.stmt, str, bool]]:
    """Every import of a module: the statement, the full dotted name, and whether it is at module level."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for child in node.body
        for inner in ast.walk(child)
    }
    own = path.relative_to(ROOT).with_suffix("").parts
    package = own[:-1]
    for node in ast.walk(tree):
        if node in typing_only:
            continue
        top = node in tree.body
        if isinstance(node, ast.Import):
            yield from ((node, alias.name, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join((*base, *([node.module] if node.module else [])))
            yield from ((node, f"{stem}.{alias.name}", top) for alias in node.names)


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.parent != PACKAGE or p.stem != "__init__"], ids=lambda p: str(p.relative_to(ROOT))
)
def test_imports_go_down(path: Path) -> None:
    """A room imports only rooms on rows above its own."""
    room = room_of(path)
    for statement, name, _ in imports(path):
        parts = name.split(".")
        if parts[0] != "jarvis_magic" or len(parts) < 2 or parts[1] == room:
            continue
        where = f"{path.relative_to(ROOT)}:{statement.lineno}"
        assert parts[1] in rows(), f"{where} imports {parts[1]!r}, which is not on the map"
        assert rows()[parts[1]] < rows()[room], f"{where}: {room!r} imports {parts[1]!r}, which is not below it"


def test_every_room_is_on_the_map() -> None:
    """Every module has its place in the table, and every place its module."""
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms - set(rows()) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_outside_libraries_stay_in_their_rooms(path: Path) -> None:
    """IPython and its widgets are known to notebook/ alone, openai to chat/; heavy libraries are imported lazily."""
    name_of = str(path.relative_to(PACKAGE).with_suffix(""))
    for statement, name, top in imports(path):
        library = name.split(".")[0]
        where = f"{path.relative_to(ROOT)}:{statement.lineno}"
        assert room_of(path) in ONLY_IN.get(library, {room_of(path)}), f"{where} imports {library}"
        if top and library in LAZY:
            assert library in MAY_LOAD_EARLY.get(name_of, ()), f"{where} imports {library} when it is loaded"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_settings_reads_the_environment(path: Path) -> None:
    """The environment is read in one module, so that keys and settings have one way in."""
    if room_of(path) == "settings":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv"):
            pytest.fail(f"{path.relative_to(ROOT)}:{node.lineno} reads the environment")


def test_public_names_are_there_and_documented() -> None:
    """What the package promises can be imported, and says what it is."""
    import jarvis_magic

    for name in jarvis_magic.__all__:
        assert getattr(jarvis_magic, name).__doc__, name
