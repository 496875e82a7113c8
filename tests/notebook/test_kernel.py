"""Cells in a real kernel: binding, failures, order, interrupts, and nobody there.

`JARVIS_TEST_KERNEL` runs them on another ipykernel; see `kernels`.
"""

from __future__ import annotations

import pytest

from .kernels import Gate, Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]


def test_results_become_variables(live: Kernel) -> None:
    """A request runs, shows itself, binds its results under their ids, and `_jarvis` is the run."""
    cell = live.run("%%jarvis -y\nDescribe @photo.")
    assert (cell.status, cell.error) == ("ok", [])
    assert set(cell.shown[-1]) == {"text/html", "text/plain"}
    assert "a red picture" in cell.shown[-1]["text/plain"]
    assert live.value("list(_jarvis.outputs.values())") == "['a red picture']"
    assert live.value("all(globals()[name] == 'a red picture' for name in _jarvis.outputs)") == "True"


def test_code_in_a_new_cell(live: Kernel) -> None:
    """Where somebody is, the code of the last run is put into a new cell; where nobody is, it is printed."""
    live.run("%%jarvis words << -y\nDescribe @photo.")
    there = live.ask("execute_request", code="%jarvis code", silent=False, store_history=True, allow_stdin=True)
    (cell,) = [part["text"] for part in there["payload"] if part["source"] == "set_next_input"]
    assert "words = " in cell
    assert live.run("%jarvis code").printed.strip() == cell.strip()


def test_sound_that_is_not_named(live: Kernel) -> None:
    """`play` and `record` without a name, or with one that cannot be, say what to type."""
    for line, said in {
        "play": "Name a variable that is sound: %jarvis play speech",
        "record": "Name the variable that is to hold it: %jarvis record speech",
        "record a b": "'a b' cannot be a variable; write for example `%jarvis record speech`.",
    }.items():
        assert live.run(f"%jarvis {line}").error == [f"UsageError: {said}"]


def test_a_recorder_that_is_saved_has_words_beside_it(live: Kernel) -> None:
    """A notebook saved with a recorder in it shows a sentence where no recorder can be drawn."""
    shown = live.run("%jarvis record voice").shown[-1]
    assert "application/vnd.jupyter.widget-view+json" in shown
    assert "A recorder for 'voice'" in shown["text/plain"]
    assert "A recorder for" in shown["text/html"]


def test_names_before_the_arrow(live: Kernel) -> None:
    """NAMES << binds to these names and shows no results; = << shows them too."""
    quiet = live.run("%%jarvis words << -y\nDescribe @photo.")
    assert live.value("words") == "'a red picture'"
    assert "a red picture" not in quiet.shown[-1]["text/plain"]
    assert "words" in quiet.shown[-1]["text/plain"]
    shown = live.run("%%jarvis words = << -y\nDescribe @photo.")
    assert "a red picture" in shown.shown[-1]["text/plain"]


def test_an_output_may_have_the_name_of_an_input(live: Kernel) -> None:
    """`photo <<` over a request that uses @photo replaces it."""
    cell = live.run("%%jarvis photo << -y\nMake @photo grey.")
    assert cell.status == "ok", "".join(cell.error)
    assert live.value("photo.convert('RGB').getpixel((0, 0))[0] == photo.convert('RGB').getpixel((0, 0))[1]") == "True"
    live.run("photo = Image.new('RGB', (60, 40), 'red')")


def test_a_cell_lets_go_of_its_results(live: Kernel) -> None:
    """Run again, a cell removes what it bound; a user's variable stays and is said."""
    live.run("%%jarvis -y\nMake @photo grey.", cell_id="one")
    names = live.value("list(_jarvis.outputs)")
    assert live.run("%%jarvis -y\nDescribe @nothing.", cell_id="one").status == "error"
    assert live.value(f"[name for name in {names} if name in globals()]") == "[]"
    name = names.strip("[]'")
    live.run(f"{name} = 'mine'")
    cell = live.run("%%jarvis\nMake @photo grey.", ["y"], cell_id="one")
    assert cell.status == "ok", "".join(cell.error)
    assert f"'{name}' is a variable of yours and stays" in cell.shown[-1]["text/plain"]
    assert live.value(name) == "'mine'"
    alone = live.run("%%jarvis -y\nMake @photo grey.", cell_id="two")
    assert alone.name == "UsageError"
    assert "<<`" in alone.error[0]
    live.run(f"del {name}")


def test_a_failure_raises_after_binding(live: Kernel) -> None:
    """What succeeded is bound and shown; then RunFailed says each failure in a sentence."""
    live.run("@expert('translation')\ndef translate(text, target_language):\n    raise ValueError('no dictionary')")
    cell = live.run("%%jarvis -y\nMake @photo grey, and translate 'good morning' into German.")
    assert (cell.status, cell.name) == ("error", "RunFailed")
    assert len(cell.error) == 1
    assert "no dictionary" in cell.error[0]
    assert live.value("len(_jarvis.outputs)") == "1"


def test_nothing_to_do_with_what_is_named_stops(live: Kernel) -> None:
    """A request that names an object and leads to no task is an error, so that the cells after it are not run."""
    live.run("import pandas\ntable = pandas.DataFrame({'size': [1, 2], 'rent': [3, 4]})")
    cell = live.run("%%jarvis -y\nPredict the column price of @table.")
    assert cell.status == "error"
    assert "@table has no column 'price'; it has 'size' and 'rent'" in cell.error[0]
    assert live.run("%%jarvis -y\nHello!").status == "ok"


def test_a_plan_only(live: Kernel) -> None:
    """-n shows the plan, binds nothing but the run, and runs nothing."""
    cell = live.run("%%jarvis -n\nDescribe @photo.")
    assert cell.status == "ok"
    assert live.value("_jarvis.outcomes, _jarvis.outputs") == "({}, {})"


def test_a_plan_only_replaces_nothing(live: Kernel) -> None:
    """-n binds no result, so that a variable with a task's name is no reason to refuse it."""
    live.run("caption = 'mine'")
    cell = live.run("%%jarvis -n\nDescribe @photo.")
    assert cell.status == "ok", cell.error
    assert live.value("caption") == "'mine'"
    live.run("del caption")


def test_asking(live: Kernel) -> None:
    """Without the widget the graph is shown, and yes, no and edit are answered through input()."""
    no = live.run("%%jarvis\nDescribe @photo.", ["n"])
    assert (no.name, len(no.asked)) == ("JarvisCancelled", 1)
    assert "<img" in no.shown[-1]["text/html"]
    edited = live.run("%%jarvis\nMake @photo grey.", ["what", "e", "nmae x y", "name nothing a", "json", "done", "y"])
    assert edited.status == "ok", edited.error
    assert "did you mean 'name'" in edited.printed
    assert "There is no task 'nothing'" in edited.printed


def test_nobody_there(live: Kernel) -> None:
    """Where nobody can be asked, the cell fails at once and names the ways out."""
    cell = live.run("%%jarvis\nDescribe @photo.")
    assert cell.name == "UsageError"
    assert all(way in cell.error[0] for way in ("-y", "JARVIS_APPROVE=auto", "-n"))
    live.run("%config JarvisMagics.approve = 'auto'")
    assert live.run("%%jarvis\nDescribe @photo.").status == "ok"
    live.run("%config JarvisMagics.approve = None")


def test_run_all_keeps_its_order(live: Kernel, gate: Gate) -> None:
    """Cells behind a waiting one run after it, in order, and see its results."""
    codes = (
        "%%jarvis sound << -y\nRead 'good morning' aloud.",
        "order = [type(sound).__name__]",
        "%%jarvis words << -y\nDescribe @photo.",
        "order.append(words)",
    )
    identities = [live.send(code) for code in codes]
    with gate.held():
        pass
    assert [live.wait(identity).status for identity in identities] == ["ok"] * 4
    assert live.value("order") == "['Audio', 'a red picture']"


def test_interrupt(live: Kernel, gate: Gate) -> None:
    """The stop button: one line, what had finished is kept and bound, later cells are not run."""
    live.run("later = 'not run'")
    running = live.send("%%jarvis -y\nDescribe @photo, then read the description aloud.", person=True)
    later = live.send("later = 'run'")
    with gate.held():
        live.interrupt()
        cell = live.wait(running)
        assert (cell.name, len(cell.error)) == ("JarvisCancelled", 1)
        assert "Later cells were not run." in cell.error[0]
        assert live.wait(later).status == "aborted"
        assert live.value("later, list(_jarvis.outputs.values())") == "('not run', ['a red picture'])"
        assert live.value("[globals()[name] for name in _jarvis.outputs]") == "['a red picture']"
        assert "speak" in live.run("%jarvis doctor").shown[-1]["text/plain"]


@pytest.mark.parametrize("moment", ["<img", "Run this plan?"])
def test_interrupt_of_a_question(live: Kernel, moment: str) -> None:
    """The stop button while a question comes up, or waits for its answer, is a no."""
    asking = live.send("%%jarvis\nDescribe @photo.", person=True)
    live.wait(asking, until=moment)
    live.interrupt()
    cell = live.wait(asking)
    assert cell.name == "JarvisCancelled"
    assert "before anything ran" in cell.error[0]


def test_under_another_magic(live: Kernel, gate: Gate) -> None:
    """Under %%time and %%capture the cell blocks instead of awaiting, asks, binds, and can be interrupted."""
    timed = live.run("%%time\n%%jarvis words <<\nDescribe @photo.", ["y"])
    assert (timed.status, live.value("words")) == ("ok", "'a red picture'")
    assert "Wall time" in timed.printed
    assert live.run("%%capture held\n%%jarvis caught << -y\nDescribe @photo.").status == "ok"
    assert live.value("caught") == "'a red picture'"
    running = live.send("%%time\n%%jarvis -y\nRead 'good morning' aloud.")
    with gate.held():
        live.interrupt()
        assert live.wait(running).name in ("JarvisCancelled", "")


def test_loading_again(live: Kernel) -> None:
    """Loaded again, or anew after %unload_ext, everything is there once."""
    assert live.run("%reload_ext jarvis_magic").status == "ok"
    assert live.run("%%jarvis words << -y\nDescribe @photo.").status == "ok"
    live.run("%unload_ext jarvis_magic")
    assert "not found" in live.run("%%jarvis -y\nDescribe @photo.").printed
    live.run("%load_ext jarvis_magic")
    assert live.run("%%jarvis words << -y\nDescribe @photo.").status == "ok"


def test_usage(live: Kernel) -> None:
    """`%%jarvis --help` and `%jarvis` show what can be written; a slip is met with what is near."""
    assert "--timeout" in live.run("%%jarvis --help").printed
    assert "%jarvis tasks" in live.run("%jarvis").shown[-1]["text/plain"]
    assert "did you mean 'tasks'" in live.run("%jarvis task").error[0]
    assert "did you mean '--where'" in live.run("%%jarvis --were local\nDescribe @photo.").error[0]
