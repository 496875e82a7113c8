"""``%%jarvis`` in real JupyterLab and Notebook 7: see the plan, change it, approve it, watch it, stop it, keep it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import OpenNotebook
from .jupyter import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

SETUP = """%load_ext jarvis_magic
import time
from pathlib import Path
from PIL import Image
from jarvis_magic import Audio, expert
photo = Image.new("RGB", (320, 200), "teal")
calls = []
@expert("image-to-text", name="seer")
def seer(image):
    calls.append("seer")
    return "a teal field"
@expert("text-to-speech", name="teller")
def teller(text):
    calls.append("teller")
    return Audio([0.0] * 8000, 8000)
@expert("object-detection", name="finder")
def finder(image):
    calls.append("finder")
    if calls.count("finder") == 1:
        raise ValueError("the lens cap is on")
    return []"""

SLOW = """%load_ext jarvis_magic
import time
from PIL import Image
from jarvis_magic import expert
photo = Image.new("RGB", (320, 200), "teal")
@expert("image-to-text", name="seer")
def seer(image):
    return "a teal field"
@expert("text-to-speech", name="sleeper")
def sleeper(text):
    time.sleep(600)"""

CHAIN = "%%jarvis\nDescribe @photo, then read the description aloud."
PAIR = "%%jarvis\nDescribe @photo. Find the objects in @photo."

both = pytest.mark.parametrize("application", ["lab", "notebook"])


def button(notebook: Notebook, name: str, panel: int = 0) -> Locator:
    """A button of a panel, of exactly this name."""
    return notebook.panel(panel).get_by_role("button", name=name, exact=True)


def task(notebook: Notebook, task_id: str) -> Locator:
    """The button of a task: its name begins with its id."""
    return notebook.panel().locator(f'[data-task="{task_id}"]')


def ready(notebook: Notebook) -> None:
    """Wait until the plan can be approved."""
    notebook.panel().locator(".jarvis-banner", has_text="Ready to run").wait_for()


def static(notebook: Notebook, position: int) -> dict[str, Any]:
    """The one output that stays of a cell: static, and small."""
    (output,) = (o for o in notebook.outputs(position) if o["output_type"] == "display_data")
    data: dict[str, Any] = output["data"]
    assert "application/vnd.jupyter.widget-view+json" not in data
    assert len(json.dumps(data)) <= 300_000
    return data


@both
def test_a_plan_is_seen_approved_and_bound(open_notebook: OpenNotebook, application: str) -> None:
    """Nothing runs before Run; then the names are bound for the next cell, and a static picture stays."""
    notebook = open_notebook([SETUP, CHAIN, "print(calls, caption, speech.rate)"], application)
    notebook.run_all()
    ready(notebook)
    assert notebook.prompts() == ["[1]:", "[*]:", "[*]:"]
    assert "seer" in (task(notebook, "caption").get_attribute("aria-label") or "")

    button(notebook, "Run").click()
    notebook.wait_for_prompt(2)

    assert "['seer', 'teller'] a teal field 8000" in notebook.text(2)
    assert "a teal field" in static(notebook, 1)["text/html"]
    assert notebook.page.get_by_role("region", name="Jarvis plan").count() == 0


@both
def test_every_edit_of_a_waiting_cell_arrives(open_notebook: OpenNotebook, application: str) -> None:
    """Many changes, one after the other, while the cell waits: none is lost, and what was edited is what runs."""
    notebook = open_notebook([SETUP, CHAIN, "print(calls, words, voice.rate, 'caption' in globals())"], application)
    notebook.run_all()
    ready(notebook)
    task(notebook, "caption").click()
    for name in ("one", "two", "three", "words"):
        variable = notebook.panel().get_by_role("textbox", name="Variable")
        variable.fill(name)
        variable.press("Enter")
        notebook.panel().locator(f'[aria-label*="bound to {name}"]').first.wait_for()
    task(notebook, "speech").click()
    notebook.panel().get_by_role("group", name="Task speech").wait_for()
    notebook.panel().get_by_role("textbox", name="Variable").fill("voice")
    model = notebook.panel().get_by_role("combobox", name="Model")
    model.fill("toolbox/espeak-ng")
    model.press("Enter")
    notebook.panel().get_by_text("You chose it.").wait_for()
    button(notebook, "Run").click()
    notebook.wait_for_prompt(2)

    assert "['seer'] a teal field 22050 False" in notebook.text(2)


@both
def test_cancel_ends_the_cell_quietly_and_later_cells_do_not_run(open_notebook: OpenNotebook, application: str) -> None:
    """One line instead of a traceback, nothing ran, and the queued cell is not run."""
    notebook = open_notebook([SETUP, CHAIN, "print('later')", "print(calls)"], application)
    notebook.run_all()
    button(notebook, "Cancel").click()
    notebook.wait_for_prompt(1)
    notebook.wait_for_prompt(2, "[ ]")

    (error,) = (o for o in notebook.outputs(1) if o["output_type"] == "error")
    assert error["ename"] == "JarvisCancelled"
    assert len(error["traceback"]) == 1
    assert notebook.outputs(2) == []


@both
@pytest.mark.parametrize("how", ["Cancel", "interrupt"])
def test_stopping_a_run_keeps_what_had_finished(open_notebook: OpenNotebook, application: str, how: str) -> None:
    """Cancel and the stop button leave the same: one line, finished results bound, queued cells not run."""
    notebook = open_notebook([SLOW, CHAIN, "print('later')", "print(caption, 'speech' in globals())"], application)
    notebook.run_all()
    button(notebook, "Run").click()
    notebook.panel().locator('[data-task="speech"].is-running, tr.is-running').first.wait_for()
    if how == "Cancel":
        button(notebook, "Cancel").click()
    else:
        notebook.interrupt()
    notebook.wait_for_prompt(1)
    notebook.wait_for_prompt(2, "[ ]")
    (error,) = (o for o in notebook.outputs(1) if o["output_type"] == "error")
    assert error["ename"] == "JarvisCancelled"
    assert "caption" in error["evalue"]

    notebook.run(3)
    notebook.wait_for_prompt(3)
    assert "a teal field False" in notebook.text(3)


@both
def test_an_interrupt_before_approval_stops_the_wait(open_notebook: OpenNotebook, application: str) -> None:
    """The stop button works while the cell waits for a person."""
    notebook = open_notebook([SETUP, CHAIN, "print('later')"], application)
    notebook.run_all()
    ready(notebook)
    notebook.interrupt()
    notebook.wait_for_prompt(1)

    (error,) = (o for o in notebook.outputs(1) if o["output_type"] == "error")
    assert error["ename"] == "JarvisCancelled"
    notebook.wait_for_prompt(2, "[ ]")


def test_a_failure_is_repaired_without_repeating_what_succeeded(open_notebook: OpenNotebook) -> None:
    """The failed task says why; Retry runs it again, and only it."""
    notebook = open_notebook([SETUP, PAIR, "print(calls, caption, objects)"])
    notebook.run_all()
    button(notebook, "Run").click()
    button(notebook, "Retry").wait_for()
    task(notebook, "objects").click()
    notebook.panel().get_by_role("group", name="Task objects").get_by_text("the lens cap is on").wait_for()
    assert "[*]" in notebook.prompts()[1]

    button(notebook, "Retry").click()
    notebook.wait_for_prompt(2)

    assert "['seer', 'finder', 'finder'] a teal field []" in notebook.text(2) or (
        "['finder', 'seer', 'finder'] a teal field []" in notebook.text(2)
    )


def test_a_failure_can_be_left_as_it_is(open_notebook: OpenNotebook) -> None:
    """Finish binds what succeeded and says what failed; later cells are not run."""
    notebook = open_notebook([SETUP, PAIR, "print('later')"])
    notebook.run_all()
    button(notebook, "Run").click()
    button(notebook, "Finish").click()
    notebook.wait_for_prompt(1)

    (error,) = (o for o in notebook.outputs(1) if o["output_type"] == "error")
    assert error["ename"] == "RunFailed"
    assert "the lens cap is on" in error["evalue"]
    assert "the lens cap is on" in static(notebook, 1)["text/html"]


def test_running_up_to_a_task_and_then_the_rest(open_notebook: OpenNotebook) -> None:
    """Run to here runs the caption alone; Run goes on with the speech and does not repeat the caption."""
    notebook = open_notebook([SETUP, CHAIN, "print(calls, caption, speech.rate)"])
    notebook.run_all()
    ready(notebook)
    task(notebook, "caption").click()
    button(notebook, "Run to here").click()
    notebook.panel().locator(".jarvis-banner", has_text="Run to go on").wait_for()
    assert "done in" in (task(notebook, "caption").get_attribute("aria-label") or "")
    button(notebook, "Run").click()
    notebook.wait_for_prompt(2)

    assert "['seer', 'teller'] a teal field 8000" in notebook.text(2)


def test_run_all_keeps_the_order_of_several_cells(open_notebook: OpenNotebook) -> None:
    """Each cell waits for its own approval, and the cells between see what was bound before them."""
    second = "%%jarvis again <<\nRead @caption aloud."
    notebook = open_notebook([SETUP, CHAIN, "print(1, caption)", second, "print(2, again.rate)"])
    notebook.run_all()
    button(notebook, "Run").click()
    notebook.wait_for_text(2, "1 a teal field")
    button(notebook, "Run").click()
    notebook.wait_for_prompt(4)

    assert notebook.prompts() == ["[1]:", "[2]:", "[3]:", "[4]:", "[5]:"]
    assert "2 8000" in notebook.text(4)


def test_running_a_cell_again_replaces_its_panel(open_notebook: OpenNotebook) -> None:
    """There is one panel for a cell, and the old one answers nothing any more."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    button(notebook, "Cancel").click()
    notebook.wait_for_prompt(1)
    notebook.run_all()
    ready(notebook)

    assert notebook.page.get_by_role("region", name="Jarvis plan").count() == 1
    button(notebook, "Run").click()
    notebook.wait_for_text(1, "a teal field")


def test_after_a_reload_the_panel_is_live_again(open_notebook: OpenNotebook, page: Page) -> None:
    """A saved notebook that is reloaded while it waits shows the panel, which runs the cell and binds its names."""
    notebook = open_notebook([SETUP, CHAIN, "Path('bound.txt').write_text(caption)"])
    notebook.run_all()
    ready(notebook)
    task(notebook, "caption").click()
    notebook.panel().get_by_role("textbox", name="Variable").wait_for()
    notebook.save()
    notebook.open()
    page.get_by_role("group", name="Task caption").wait_for()
    button(notebook, "Run").click()

    bound = notebook.server.notebooks / "bound.txt"
    page.wait_for_function(
        "document.querySelector('.jarvis-banner')?.textContent.match(/Done|Starting|done/)", timeout=60_000
    )
    for _ in range(200):
        if bound.exists():
            break
        page.wait_for_timeout(50)
    assert bound.read_text() == "a teal field"


def test_two_notebooks_on_one_server_do_not_mix(open_notebook: OpenNotebook, browser: Browser) -> None:
    """Each page's panel speaks to its own kernel."""
    context = browser.new_context()
    first = open_notebook([SETUP, CHAIN, "print('first', calls)"])
    second = open_notebook([SETUP, CHAIN, "print('second', calls)"], on=context.new_page())
    for notebook in (first, second):
        notebook.run_all()
    button(second, "Cancel").click()
    second.wait_for_prompt(1)
    button(first, "Run").click()
    first.wait_for_prompt(2)

    assert "first ['seer', 'teller']" in first.text(2)
    assert second.outputs(2) == []
    context.close()


def test_what_is_saved_shows_something_good_everywhere(open_notebook: OpenNotebook, page: Page) -> None:
    """Saved, reopened, and exported to HTML and Markdown, the cell shows its graph, results and choices."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    button(notebook, "Run").click()
    notebook.wait_for_text(1, "a teal field")
    notebook.wait_for_prompt(1)
    saved = notebook.save()
    assert "widgets" not in saved["metadata"]

    notebook.close()
    notebook.open()
    page.locator(".jp-OutputArea-output img").first.wait_for()
    assert page.get_by_text("model not found").count() == 0
    assert page.locator(".jp-OutputArea-output audio").count() == 1
    assert page.locator(".jp-OutputArea-output", has_text="a teal field").count() >= 1

    for form in ("html", "markdown"):
        subprocess.run(
            [sys.executable, "-m", "nbconvert", "--to", form, "--log-level=ERROR", notebook.name],
            cwd=notebook.server.notebooks, check=True, timeout=120,
        )  # fmt: skip
        exported = (notebook.server.notebooks / notebook.name).with_suffix({"html": ".html", "markdown": ".md"}[form])
        text = exported.read_text(encoding="utf-8")
        assert "a teal field" in text
        assert "data:image/" in text or "![" in text
        assert "widget-view" not in text


def test_a_second_click_on_run_runs_once(open_notebook: OpenNotebook) -> None:
    """A double click is one approval."""
    notebook = open_notebook([SETUP, CHAIN, "print(calls)"])
    notebook.run_all()
    ready(notebook)
    notebook.page.evaluate(
        """() => { const run = [...document.querySelectorAll(".jarvis button")].find((b) => b.textContent === "Run");
             run.click(); run.click(); run.click(); }"""
    )
    notebook.wait_for_prompt(2)

    assert "['seer', 'teller']" in notebook.text(2)


def test_a_kernel_that_dies_leaves_a_page_that_works(open_notebook: OpenNotebook) -> None:
    """After a restart the cell runs again as if nothing had been."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    ready(notebook)
    notebook.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    notebook.wait_for_prompt(1, "[ ]")
    notebook.run_all()
    button(notebook, "Run").last.click()
    notebook.wait_for_text(1, "a teal field")


def test_a_plan_is_saved_beside_the_notebook(open_notebook: OpenNotebook) -> None:
    """Save plan writes the plan as JSON and says where."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    button(notebook, "Save plan").click()
    notebook.panel().locator(".jarvis-banner", has_text="caption_speech.plan.json").wait_for()
    button(notebook, "Cancel").click()
    notebook.wait_for_prompt(1)

    plan = json.loads((notebook.server.notebooks / "caption_speech.plan.json").read_text())
    assert [made["id"] for made in plan["tasks"]] == ["caption", "speech"]


def test_the_waveform_is_one_click_away(open_notebook: OpenNotebook) -> None:
    """The sound has a plain player; ipyaudio's comes by a click in the live view, and is not in what is saved."""
    notebook = open_notebook([f"{SETUP}\nnote = 'hello'", "%%jarvis\nRead @note aloud. Find the objects in @photo."])
    notebook.run_all()
    button(notebook, "Run").click()
    button(notebook, "Retry").wait_for()
    assert notebook.panel().locator("audio").count() == 1
    assert "modelscope.cn" in notebook.panel().inner_text()
    button(notebook, "Waveform").click()
    notebook.panel().locator(
        ".jarvis-waveform canvas, .jarvis-waveform .ipyaudio, .jarvis-waveform > *"
    ).first.wait_for()
    button(notebook, "Retry").click()
    notebook.wait_for_text(1, "Bound")

    assert "modelscope" not in json.dumps(notebook.save())


def test_in_the_dark_theme_it_is_dark(open_notebook: OpenNotebook) -> None:
    """The panel takes the theme of the notebook, also when it changes while it is shown."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    ready(notebook)
    ground = "() => getComputedStyle(document.querySelector('.jarvis')).backgroundColor"
    light = notebook.page.evaluate(ground)
    notebook.page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")

    assert notebook.page.evaluate(ground) != light
    notebook.page.evaluate(
        "() => window.jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})"
    )
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    button(notebook, "Cancel").click()


def test_keys_pressed_in_the_panel_stay_there(open_notebook: OpenNotebook) -> None:
    """Letters and arrows in the panel are not commands of the notebook: no cell is deleted, cut or left."""
    notebook = open_notebook([SETUP, CHAIN])
    notebook.run_all()
    ready(notebook)
    task(notebook, "caption").focus()
    for key in ("d", "d", "x", "a", "b", "ArrowRight", "ArrowLeft", "Enter"):
        notebook.page.keyboard.press(key)
    notebook.panel().get_by_role("group", name="Task caption").wait_for()

    assert len(notebook.prompts()) == 2
    button(notebook, "Cancel").click()


def test_show_brings_the_live_view_back(open_notebook: OpenNotebook) -> None:
    """The last run can be looked at again, task by task; with the next cell it becomes static."""
    notebook = open_notebook([SETUP, CHAIN.replace("%%jarvis", "%%jarvis -y"), "%jarvis show", "1"])
    for position in range(3):
        notebook.run(position)
        notebook.wait_for_prompt(position)
    task(notebook, "caption").click()
    notebook.panel().get_by_role("group", name="Task caption").get_by_text("done in").wait_for()
    assert button(notebook, "Run").is_disabled()

    notebook.run(3)
    notebook.panel().wait_for(state="detached")
    assert "a teal field" in static(notebook, 2)["text/html"]


def test_a_sound_is_played_and_recorded(open_notebook: OpenNotebook) -> None:
    """`play` draws a variable's wave; `record` fills one from the microphone."""
    setup = f"{SETUP}\ntune = Audio([0.1] * 8000, 8000)"
    notebook = open_notebook(
        [setup, "%jarvis play tune", "%jarvis record voice", "print(type(voice), voice.duration > 0.2)"]
    )
    notebook.run(0)
    notebook.wait_for_prompt(0)
    notebook.run(1)
    notebook.page.locator(".jp-OutputArea-output canvas").first.wait_for()
    assert "modelscope.cn" in notebook.text(1)

    notebook.run(2)
    notebook.wait_for_prompt(2)
    assert "audio/" in static(notebook, 1)["text/html"]
    recorder = notebook.page.locator(".jp-Cell").nth(2).locator(".jp-OutputArea-output")
    recorder.get_by_role("button").first.click()
    notebook.page.wait_for_timeout(1500)
    recorder.get_by_role("button").first.click()
    notebook.wait_for_text(2, "<Audio")
    notebook.run(3)
    notebook.wait_for_prompt(3)
    assert "jarvis_magic.media.Audio'> True" in notebook.text(3)
