"""The panel in a real browser, without Jupyter: keyboard, names, focus, widths, colours, markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from jarvis_magic.errors import EndpointError
from jarvis_magic.events import Approved, TaskEnded, TaskProgressed, TaskStarted
from jarvis_magic.kinds import Kind
from jarvis_magic.tasks import Task
from jarvis_magic.values import Failure, Resource, Success

from ..widget.outside import panel_for
from ..widget.proposals import many, proposal, with_large
from .plain_page import PlainPage

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def button(page: Page, name: str) -> Locator:
    """The button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)


def task(page: Page, task_id: str) -> Locator:
    """The button of a task: its name begins with its id."""
    return page.locator(f'[data-task="{task_id}"]')


def said(page: Page, sentence: str) -> None:
    """Wait until the live region says something."""
    page.wait_for_function("(said) => document.querySelector('.jarvis-live').textContent.includes(said)", arg=sentence)


def test_everything_can_be_done_with_the_keyboard(page: Page) -> None:
    """From the first task to Run: arrows, Enter, fields, Escape, undo, and no mouse."""
    shown = PlainPage(page, panel_for(proposal()))
    task(page, "caption").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.task") == "speech"
    page.keyboard.press("Enter")

    page.get_by_role("combobox", name="Model").focus()
    page.keyboard.press("ArrowDown")  # opens the list
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")  # closes the list, and not the task
    page.get_by_role("textbox", name="Variable").fill("voice")
    page.keyboard.press("Tab")
    page.wait_for_function("document.querySelector('[data-task=speech]').ariaLabel.includes('bound to voice')")

    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.dataset.task === 'speech'")
    page.keyboard.press("Control+z")
    page.wait_for_function("!document.querySelector('[data-task=speech]').ariaLabel.includes('bound to voice')")

    button(page, "Run").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.jarvis-banner').textContent === 'Starting…'")
    assert shown.panel.decision == proposal()


def test_the_model_is_chosen_from_the_list_or_typed(page: Page) -> None:
    """Arrows and Enter choose a candidate; an id that does not exist is explained in place and kept."""
    PlainPage(page, panel_for(proposal()))
    task(page, "caption").click()
    model = page.get_by_role("combobox", name="Model")
    model.click()
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("You chose it.").wait_for()
    assert model.input_value() == "toolbox/reader"

    model.fill("toolbox/nothing")
    model.press("Enter")
    page.locator(".jarvis-field.is-wrong", has_text="toolbox/nothing").wait_for()
    assert model.input_value() == "toolbox/nothing"
    assert button(page, "Run").is_disabled()

    button(page, "Undo").click()
    page.wait_for_function("document.querySelector('[aria-label=Model]').value === 'toolbox/reader'")
    assert button(page, "Run").is_enabled()


@pytest.mark.parametrize("how", ["keyboard", "mouse"])
def test_what_was_typed_to_find_a_model_is_not_taken_for_one(page: Page, how: str) -> None:
    """After a choice the field holds the model chosen, and leaving it changes nothing."""
    PlainPage(page, panel_for(proposal()))
    task(page, "caption").click()
    model = page.get_by_role("combobox", name="Model")
    model.click()
    page.keyboard.type("read")
    page.get_by_role("option", name="toolbox/reader").wait_for()
    if how == "mouse":
        page.get_by_role("option", name="toolbox/reader").click()
    else:
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
    page.get_by_text("You chose it.").wait_for()
    assert model.input_value() == "toolbox/reader"

    button(page, "Undo").focus()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.locator(".jarvis-field.is-wrong").count() == 0
    assert button(page, "Run").is_enabled()


def test_a_large_download_is_said_yes_to_on_the_page(page: Page) -> None:
    """Its task is open with the size on a button; Run waits for the press, which the keyboard does too."""
    shown = PlainPage(page, panel_for(with_large()))
    question = page.get_by_role("group", name="Download")
    question.get_by_text("owner/large is a download of 3.4 GB; say yes to it, or choose another model.").wait_for()
    assert button(page, "Run").is_disabled()
    assert "needs attention" in (task(page, "caption").get_attribute("aria-label") or "")

    button(page, "Download 3.4 GB").focus()
    page.keyboard.press("Enter")
    page.get_by_text("3.4 GB will be downloaded first.").wait_for()
    assert question.count() == 0
    button(page, "Run").click()
    page.wait_for_function("document.querySelector('.jarvis-banner').textContent === 'Starting…'")
    assert shown.panel.decision is not None
    assert shown.panel.decision.unanswered == []


def test_another_model_than_the_large_one_is_one_press_away(page: Page) -> None:
    """The models are compared, each with what would have to be downloaded for it."""
    PlainPage(page, panel_for(with_large()))
    button(page, "Choose another model").click()
    table = page.get_by_role("table", name="Models for caption")
    table.wait_for()
    assert "3.4 GB" in table.inner_text()
    button(page, "Use toolbox/reader").click()
    page.wait_for_function("!document.querySelector('.jarvis-question')")
    assert button(page, "Run").is_enabled()


def test_models_are_compared_in_a_table(page: Page) -> None:
    """Each candidate says where it runs, what it is good and bad at, or why it cannot run."""
    PlainPage(page, panel_for(proposal()))
    task(page, "caption").click()
    button(page, "Compare models").click()
    rows = page.get_by_role("table", name="Models for caption").get_by_role("row")
    assert "It needs a key" in rows.nth(3).inner_text()
    button(page, "Use Salesforce/blip").click()
    page.locator(".jarvis-field.is-wrong", has_text="It needs a key").wait_for()

    page.get_by_role("searchbox", name="Search models").fill("reader")
    page.get_by_text("1 model found").wait_for()
    button(page, "Use toolbox/reader").click()
    page.get_by_text("You chose it.", exact=True).wait_for()


def test_typing_is_not_disturbed_by_what_python_says(page: Page) -> None:
    """The caret stays and no letter is lost while edits are answered."""
    shown = PlainPage(page, panel_for(proposal()))
    task(page, "speech").click()
    text = page.get_by_role("textbox", name="text", exact=True)
    text.fill("")
    text.press_sequentially("Listen: @caption and more", delay=25)
    page.wait_for_function("window.sent.some((message) => message.text === 'Listen: @caption and more')")

    assert text.input_value() == "Listen: @caption and more"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "text"
    assert shown.panel.history.present.draft.by_id["speech"].arguments["text"] == "Listen: @caption and more"


def test_a_reference_is_picked_into_a_text(page: Page) -> None:
    """The picker offers what fits, and puts it where the caret is."""
    poster = Task("poster", "text-to-image", {"text": "a poster"})
    shown = PlainPage(page, panel_for(proposal(*proposal().plan.tasks, poster)))
    task(page, "poster").click()
    page.get_by_role("textbox", name="text", exact=True).press("End")
    button(page, "Insert a reference in text").click()
    options = page.get_by_role("group", name="References for text").get_by_role("button")
    assert [option.inner_text().split()[0] for option in options.all()] == ["@caption"]
    options.first.click()

    page.wait_for_function("window.sent.some((message) => message.op === 'argument')")
    assert shown.panel.history.present.draft.by_id["poster"].arguments["text"] == "a poster @caption"


def test_a_task_is_added_from_the_palette_and_removed(page: Page) -> None:
    """Search, Enter, and it is there with what fits filled in; Remove and Undo do as they say."""
    PlainPage(page, panel_for(proposal()))
    task(page, "caption").click()
    button(page, "Add task").click()
    page.get_by_role("searchbox", name="Search task types").fill("shorten")
    page.keyboard.press("Enter")
    task(page, "summarization").wait_for()
    assert page.get_by_role("textbox", name="text", exact=True).input_value() == "@caption"

    button(page, "Remove task").click()
    task(page, "summarization").wait_for(state="detached")
    button(page, "Undo").click()
    task(page, "summarization").wait_for()


def test_a_wire_is_drawn_from_task_to_task(page: Page) -> None:
    """Dragging from a task's knob rewires another; one that makes a circle is explained and changes nothing."""
    poster = Task("poster", "text-to-image", {"text": "a poster"})
    shown = PlainPage(page, panel_for(proposal(*proposal().plan.tasks, poster)))

    def drag(source: str, target: str) -> None:
        task(page, source).hover()
        page.locator(".jarvis-card", has=task(page, source)).locator(".jarvis-knob").hover()
        page.mouse.down()
        task(page, target).hover()
        page.mouse.up()

    drag("caption", "poster")
    page.wait_for_function("window.sent.some((message) => message.op === 'connect')")
    assert shown.panel.history.present.draft.by_id["poster"].arguments["text"] == "@caption"

    drag("speech", "caption")
    page.locator(".jarvis-banner", has_text="in a circle").wait_for()


def test_states_are_said_and_shown(page: Page) -> None:
    """Progress moves, the live region speaks in sentences, and a failure offers Retry."""
    panel = panel_for(proposal())
    shown = PlainPage(page, panel)
    button(page, "Run").click()
    panel.happened(Approved(proposal()))
    panel.happened(TaskStarted("caption", "toolbox/facts"))
    panel.happened(TaskProgressed("caption", 0.4, "4 of 10"))
    shown.publish()
    said(page, "caption: running, 4 of 10")
    panel.happened(TaskEnded("caption", Success(Resource(Kind("text"), "a teal field"), "x", "toolbox", 0, 1.2)))
    shown.publish()
    said(page, "caption: done in 1.2 s")
    page.get_by_role("group", name="Results").get_by_text("a teal field").wait_for()
    panel.review({"speech": Failure(EndpointError("It is out of breath."))})
    shown.publish()
    said(page, "speech: failed: It is out of breath.")
    assert button(page, "Retry").is_enabled()


def test_time_goes_on_while_a_task_runs(page: Page) -> None:
    """The seconds of a running task grow on the page, without messages."""
    panel = panel_for(proposal())
    shown = PlainPage(page, panel)
    panel.happened(Approved(proposal()))
    panel.happened(TaskStarted("caption", "toolbox/facts"))
    shown.publish()

    page.wait_for_function("parseFloat(document.querySelector('[data-task=caption] .jarvis-state').textContent) >= 0.5")


EVIL = '<img src=x onerror="window.evil=1"><script>window.evil=1</script>'


def test_markup_is_text_everywhere(page: Page) -> None:
    """In the request, a purpose, a result and an error, markup stays what was written."""
    made = proposal(Task("caption", "image-to-text", {"image": "@photo"}, EVIL), request=EVIL)
    panel = panel_for(made)
    shown = PlainPage(page, panel)
    panel.happened(TaskEnded("caption", Success(Resource(Kind("text"), EVIL))))
    panel.review({"caption": Failure(EndpointError(EVIL))})
    shown.publish()
    task(page, "caption").click()
    page.get_by_role("group", name="Task caption").wait_for()

    assert page.get_by_text(EVIL).count() >= 3
    assert page.evaluate("window.evil") is None
    assert page.locator("#here script, #here img").count() == 0


@pytest.mark.parametrize("view", ["Graph", "Table"])
def test_it_is_readable_at_400_pixels(page: Page, view: str) -> None:
    """Nothing but the graph's own viewport is wider than the page; long names are cut or wrapped."""
    page.set_viewport_size({"width": 400, "height": 800})
    long = Task("a_name_of_forty_letters_for_a_long_value", "image-to-text", {"image": "@photo"}, "describe " * 10)
    PlainPage(page, panel_for(proposal(long, *proposal().plan.tasks)))
    button(page, view).click()
    page.locator(f'[data-task="{long.id}"]').click()
    page.get_by_role("group", name=f"Task {long.id}").wait_for()

    assert page.evaluate("document.documentElement.scrollWidth") <= 400


_CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => { for (let e = element; e; e = e.parentElement) {
    const colour = rgba(getComputedStyle(e).backgroundColor); if (colour[3] > 250) return colour; } return [255, 255, 255, 255]; };
  const low = [];
  for (const element of document.querySelectorAll(".jarvis *")) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words || element.closest("[disabled], [aria-hidden=true] svg, .jarvis-live") || !element.checkVisibility()) continue;
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${element.className || element.tagName}: ${ratio.toFixed(2)} "${element.textContent.slice(0, 30)}"`);
  }
  return low;
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_have_contrast(page: Page, theme: str) -> None:
    """Every word stands out by 4.5 to 1, in each state, in light and dark."""
    poster = Task("poster", "text-to-image", {"text": "@caption"})
    boxes = Task("boxes", "object-detection", {"image": "@poster"})
    panel = panel_for(proposal(*proposal().plan.tasks, poster, boxes))
    shown = PlainPage(page, panel, theme)
    task(page, "caption").click()
    button(page, "Compare models").click()
    page.get_by_role("table", name="Models for caption").wait_for()
    assert page.evaluate(_CONTRASTS) == []

    panel.happened(TaskEnded("caption", Success(Resource(Kind("text"), "a teal field"))))
    panel.happened(TaskStarted("speech", "toolbox/voice"))
    panel.review({"poster": Failure(EndpointError("It is out of paint."))})
    panel.take({"kind": "edit", "op": "argument", "task": "speech", "port": "text", "text": "@nobody"})
    shown.publish()
    task(page, "poster").click()
    page.get_by_role("group", name="Task poster").wait_for()
    assert page.evaluate(_CONTRASTS) == []
    button(page, "Table").click()
    button(page, "What is sent").click()
    page.get_by_role("table", name="What each task sends").wait_for()
    assert page.evaluate(_CONTRASTS) == []


def test_a_large_graph_is_zoomed_and_scrolled(page: Page) -> None:
    """Five hundred tasks are there; the zoom makes them larger and smaller, and arrows scroll to the next."""
    PlainPage(page, panel_for(many(500)))
    assert page.locator("[data-task]").count() == 500
    width = "document.querySelector('[data-task=caption_0]').getBoundingClientRect().width"
    before = page.evaluate(width)
    button(page, "Zoom in").click()
    page.wait_for_function(f"(before) => {width} > before", arg=before)
    button(page, "Zoom to fit").click()
    task(page, "caption_0").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    focused = page.evaluate("document.activeElement.getBoundingClientRect().right")
    assert focused <= 1300


def test_a_closed_panel_leaves_nothing_behind(page: Page) -> None:
    """After the view is removed, changes draw nothing and no clock ticks."""
    panel = panel_for(proposal())
    shown = PlainPage(page, panel)
    page.evaluate("() => { window.close_panel(); document.getElementById('here').replaceChildren(); }")
    panel.happened(TaskStarted("caption", "x"))
    shown.publish()

    assert page.locator(".jarvis").count() == 0
