"""One browser for all browser tests, and one server of each application."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .jupyter import CHROMIUM, Notebook, Server, browser_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

OpenNotebook = Callable[..., Notebook]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser, in one worker, so that there is one server and one browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    assert Path(CHROMIUM).exists(), "Chromium is needed for the browser tests: apt-get install chromium"
    with sync_playwright() as playwright:
        launched = browser_of(playwright)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, on which no script may fail unseen."""
    context = browser.new_context(viewport={"width": 1300, "height": 950})
    context.set_default_timeout(60_000)  # a busy machine is no failure
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(f"{error}\n{error.stack}"))
    yield opened
    context.close()
    assert [failure for failure in failures if "blob:" in failure] == []  # that is where our module comes from


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """A function that starts a server of an application, once."""
    started: dict[str, Server] = {}

    def start(application: str) -> Server:
        if application not in started:
            started[application] = Server(application, tmp_path_factory.mktemp(application))
        return started[application]

    yield start
    for server in started.values():
        server.close()


@pytest.fixture
def open_notebook(servers: Callable[[str], Server], page: Page) -> Iterator[OpenNotebook]:
    """A function that writes cells into a notebook and opens it on the page."""
    opened: list[Notebook] = []

    def make(cells: Sequence[str], application: str = "lab", on: Page | None = None) -> Notebook:
        server = servers(application)
        opened.append(Notebook(server, on or page, server.write(cells)))
        return opened[-1]

    yield make
    for notebook in opened:
        notebook.close()
