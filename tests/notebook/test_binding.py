"""Which variables are bound, replaced, removed and left alone."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis_magic.errors import EndpointError, UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.binding import Bindings, refuse_renaming, renamed_notes
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Failure, Outcome, Resource, Run, Success

INPUTS = {"letter": Kind("text")}


def plan(*ids: str, outputs: dict[str, str] | None = None) -> Plan:
    """A plan that summarises a letter under each id."""
    tasks = [Task(name, "summarization", {"text": "@letter"}) for name in ids]
    return Plan("Summarise @letter", INPUTS, tasks, outputs) if outputs else Plan("Summarise @letter", INPUTS, tasks)


def run(made: Plan, **values: str) -> Run:
    """A run of it with these results; other tasks failed."""
    outcomes: dict[str, Outcome] = {
        task.id: Success(Resource(Kind("text"), values[task.id]))
        if task.id in values
        else Failure(EndpointError("No luck."))
        for task in made.tasks
    }
    return Run(made, outcomes=outcomes)


def test_results_are_bound_under_their_ids() -> None:
    """Every output that has a value is bound, and _jarvis is the run."""
    namespace: dict[str, Any] = {}
    bindings, made = Bindings(namespace), plan("summary", "short")
    done = run(made, summary="It is late.")
    assert bindings.bind(done, bindings.names_for(made, ()), "cell") == {"summary": "text"}
    assert namespace == {"summary": "It is late.", "_jarvis": done}


def test_a_variable_of_the_user_is_never_replaced() -> None:
    """A task's id that is the user's variable gets another name, which is said; nobody there: an error."""
    mine = "my own"
    namespace: dict[str, Any] = {"summary": mine, "summary_2": 5}
    bindings, made = Bindings(namespace), plan("summary")
    names = bindings.names_for(made, ())
    assert names == {"summary": "summary_3"}
    assert renamed_notes(names) == ("'summary' is a variable of yours and stays; the result will be 'summary_3'.",)
    with pytest.raises(UsageError, match="%%jarvis summary_3 <<"):
        refuse_renaming(names)
    bindings.bind(run(made, summary="new"), names, "cell")
    assert namespace["summary"] is mine
    assert namespace["summary_3"] == "new"


def test_a_name_the_user_asked_for_may_replace() -> None:
    """NAMES << binds to exactly these names."""
    namespace: dict[str, Any] = {"letter": "old"}
    bindings, made = Bindings(namespace), plan("letter_2", outputs={"letter": "@letter_2"})
    names = bindings.names_for(made, ("letter",))
    bindings.bind(run(made, letter_2="new"), names, "cell")
    assert namespace["letter"] == "new"


def test_a_name_the_controller_thought_of_replaces_nothing() -> None:
    """An output that nobody asked for by name gives way too, whatever it is called."""
    made = plan("summary", outputs={"letter": "@summary"})
    assert Bindings({"letter": "old"}).names_for(made, ()) == {"letter": "letter_2"}


def test_what_jarvis_bound_may_be_bound_anew() -> None:
    """A name is Jarvis's while it is the object that Jarvis bound, in whichever cell."""
    namespace: dict[str, Any] = {}
    bindings, made = Bindings(namespace), plan("summary")
    bindings.bind(run(made, summary="one"), bindings.names_for(made, ()), "first")
    assert bindings.owns("summary")
    assert bindings.names_for(made, ()) == {"summary": "summary"}
    namespace["summary"] = "edited by the user"
    assert not bindings.owns("summary")
    assert bindings.names_for(made, ()) == {"summary": "summary_2"}


def test_a_cell_lets_go_of_what_it_bound() -> None:
    """At its start a cell removes what it bound before, but not what it refers to, nor another cell's, nor the user's."""
    namespace: dict[str, Any] = {}
    bindings = Bindings(namespace)
    for cell, ids in (("one", ("a", "b", "c")), ("two", ("d",))):
        made = plan(*ids)
        bindings.bind(run(made, **{i: f"value {i}" for i in ids}), bindings.names_for(made, ()), cell)
    namespace["c"] = "mine now"
    bindings.begin("one", refers_to={"b"})
    assert {name for name in namespace if not name.startswith("_")} == {"b", "c", "d"}


def test_two_users_variables_get_two_names() -> None:
    """Every output that gives way gets a name of its own."""
    namespace: dict[str, Any] = {"a": 1, "b": 2, "a_2": 3}
    names = Bindings(namespace).names_for(plan("a", "b"), ())
    assert len(set(names.values())) == 2
    assert not set(names.values()) & set(namespace)
