"""What is built installs and works outside the checkout, and loading it stays light."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from jupyterlab_server.config import get_federated_extensions

ROOT = Path(__file__).parent.parent
HEAVY = (
    "anywidget", "av", "fast_sugiyama", "huggingface_hub", "ipyaudio", "ipywidgets", "numpy", "onnxruntime", "openai",
    "pandas", "PIL", "pydantic", "sklearn", "torch", "transformers",
)  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def outside(unpacked: Path, code: str) -> str:
    """Run code far from the checkout, with the unpacked wheel in front of everything else."""
    lines = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n{code}"
    run = subprocess.run([sys.executable, "-c", lines], cwd=unpacked, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def unpacked(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def test_the_wheel_holds_one_package_with_its_assets(unpacked: Path) -> None:
    """Front end and prompts travel inside jarvis_magic/, never as top-level packages."""
    top = {path.name for path in unpacked.iterdir() if path.suffix not in (".dist-info", ".data")}

    assert top == {"jarvis_magic"}
    for folder in ("widgets", "prompts"):
        shipped = {p.name for p in (unpacked / "jarvis_magic" / folder).iterdir()}
        assert {p.name for p in (ROOT / folder).iterdir() if p.is_file()} <= shipped


def test_the_wheel_holds_what_jupyterlab_loads(unpacked: Path) -> None:
    """Installed, the extension lies where JupyterLab and Notebook 7 look, with the file that they load and all it needs."""
    (data,) = unpacked.glob("*.data/data/share/jupyter/labextensions")
    (found,) = get_federated_extensions([str(data)]).values()
    installed = Path(found["ext_path"])

    assert (found["name"], found["install"]["packageName"]) == ("jarvis_magic", "jarvis_magic")
    assert (installed / found["jupyterlab"]["_build"]["load"]).is_file()
    assert {p.name for p in (ROOT / "labextension/static").iterdir()} == {
        p.name for p in (installed / "static").iterdir()
    }


def test_the_wheel_works_outside_the_checkout(unpacked: Path) -> None:
    """A plan is made by the unpacked wheel, with nothing of the checkout in reach."""
    code = (
        "import jarvis_magic; print(jarvis_magic.__file__)\n"
        "plan = jarvis_magic.Jarvis().plan('Summarize @text', text='One. Two. Three.')\n"
        "print(plan.tasks[0].type)"
    )
    where, task_type = outside(unpacked, code).splitlines()

    assert Path(where).is_relative_to(unpacked)
    assert task_type == "summarization"


def test_the_sdist_holds_what_a_packager_needs(built: Path) -> None:
    """The source distribution can be built and tested."""
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.split("/", 1)[-1] for name in sdist.getnames()}

    assert {"pyproject.toml", "README.md", "LICENSE", "Makefile", "tests/test_packaging.py"} <= names


def test_importing_the_package_loads_nothing_heavy(unpacked: Path) -> None:
    """`import jarvis_magic` and its public values come without any heavy library."""
    code = (
        "import sys, jarvis_magic; jarvis_magic.Plan, jarvis_magic.Task, jarvis_magic.expert, jarvis_magic.Run\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )

    assert outside(unpacked, code).strip() == "[]"
