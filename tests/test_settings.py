"""Where settings come from, in which order, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_magic.errors import ConfigurationError
from jarvis_magic.options import Options
from jarvis_magic.settings import descriptions, option_types, origins, resolve


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder in a project whose pyproject.toml sets some options."""
    (tmp_path / "pyproject.toml").write_text('[tool.jarvis_magic]\ntimeout = 5\nlimit = 2\nwhere = "local"\n')
    inner = tmp_path / "notebooks"
    inner.mkdir()
    return inner


def test_order(project: Path) -> None:
    """A flag goes before %config, that before the environment, that before pyproject.toml, that before the default."""
    environment = {"JARVIS_TIMEOUT": "6", "JARVIS_LIMIT": "3", "JARVIS_RESPONSE": "no", "PATH": "/bin"}
    options = resolve(
        {"timeout": "7", "where": None}, {"limit": 4, "timeout": 6.5}, environment=environment, folder=project
    )
    assert options == Options(timeout=7.0, limit=4, where="local", response=False)


def test_nothing_set(tmp_path: Path) -> None:
    """Without settings the defaults hold."""
    (tmp_path / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    assert resolve(environment={}, folder=tmp_path) == Options()


def test_the_nearest_pyproject_counts(project: Path) -> None:
    """A project inside another does not inherit."""
    (project / "pyproject.toml").write_text("[project]\nname = 'inner'\n")
    assert resolve(environment={}, folder=project) == Options()


def test_origins(project: Path) -> None:
    """Each setting says where it comes from."""
    found = origins(config={"limit": 4}, environment={"JARVIS_APPROVE": "auto"}, folder=project)
    assert found["limit"] == (4, "%config JarvisMagics")
    assert found["approve"] == ("auto", "the environment")
    assert found["timeout"] == (5.0, str(project.parent / "pyproject.toml"))


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("timeuot = 5", "'timeuot', which is no setting; did you mean 'timeout'"),
        ("timeout = 'soon'", "'timeout' is a number, not 'soon'"),
        ("limit = 2.5", "'limit' is a whole number, not 2.5"),
        ("response = 'maybe'", "'response' is true or false, not 'maybe'"),
        ("where = 'locally'", "cannot be 'locally'; did you mean 'local'"),
        ("limit = -1", "'limit' is at least 0, not -1"),
        ("controller = 5", "'controller' is a text, not 5"),
        ("timeout =", "is not TOML"),
        ("cluster = 'tcp://stranger.example:8786'", "may not name a cluster.*write --on tcp://stranger"),
        (
            "base_url = 'https://stranger.example/v1'\nkey_env = 'OPENAI_API_KEY'",
            "may not give OPENAI_API_KEY to a host",
        ),
        ("keys = {'stranger.example' = 'HF_TOKEN'}", "may not give HF_TOKEN to a host of its choice"),
    ],
)
def test_wrong_settings(tmp_path: Path, toml: str, said: str) -> None:
    """A wrong key or value is one sentence that says where it stands and what is allowed."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.jarvis_magic]\n{toml}\n")
    with pytest.raises(ConfigurationError, match=said):
        resolve(environment={}, folder=tmp_path)


def test_what_a_project_may_say_of_keys_and_clusters(tmp_path: Path) -> None:
    """A host's own key by its variable, and a cluster on this machine."""
    written = "cluster = 'local'\nkeys = {'ours.example' = 'OUR_KEY'}"
    (tmp_path / "pyproject.toml").write_text(f"[tool.jarvis_magic]\n{written}\n")
    options = resolve(environment={}, folder=tmp_path)
    assert (options.cluster, options.keys) == ("local", {"ours.example": "OUR_KEY"})


def test_environment_slips(tmp_path: Path) -> None:
    """A variable that is nearly ours is a slip; others that begin so belong to other programs."""
    with pytest.raises(ConfigurationError, match="did you mean JARVIS_APPROVE"):
        resolve(environment={"JARVIS_APROVE": "auto"}, folder=tmp_path)
    assert resolve(environment={"JARVIS_HOME_DIRECTORY_OF_ANOTHER": "x"}, folder=tmp_path) == Options()
    with pytest.raises(ConfigurationError, match="environment variable JARVIS_LIMIT, 'limit' is a whole number"):
        resolve(environment={"JARVIS_LIMIT": "many"}, folder=tmp_path)


def test_every_option_is_described() -> None:
    """`%config JarvisMagics` and `%jarvis config` say what each option is."""
    assert set(descriptions()) == set(option_types())
    assert all(descriptions().values())
