"""Plans and runs for a terminal, and as Mermaid."""

from __future__ import annotations

from hypothesis import given, settings

from jarvis_magic.drawing import plan_text, proposal_html, run_text, svg, text_tree, to_mermaid
from jarvis_magic.drawing.words import columns
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment, Attempt, Candidate, Proposal, Resource, Run, Success
from tests.drawing.samples import HOSTILE, OUTCOMES, PLAN, PROPOSAL, RUN
from tests.plans_drawn import plans


def test_a_tree_shows_who_does_what_and_how_it_ended() -> None:
    """Every line holds name, type, model and state, in columns."""
    lines = text_tree(PROPOSAL, OUTCOMES).splitlines()
    assert lines[0].split() == ["@photo", "image"]
    assert lines[1].startswith("├─ caption")
    assert lines[1].endswith("✓ done 1.2 s")
    assert "espeak-ng (toolbox)" in lines[2]
    assert next(line for line in lines if "french" in line).endswith("? no expert")
    assert len({line.index("text-to-speech") for line in lines if "text-to-speech" in line}) == 1


def test_what_has_to_be_downloaded_is_said_until_it_ran() -> None:
    """In the tree, in the picture and in the table of a proposal."""
    large = Candidate("owner/large", "local", download=3_400_000_000)
    plan = Plan(tasks=[Task("summary", "summarization", {"text": "words"})])
    before = Proposal(plan, {"summary": Assignment("summary", "summarization", large)})
    said = "3.4 GB to come"
    assert f"owner/large ({said})" in text_tree(before)
    assert said in svg(before)
    assert said in proposal_html(before)
    after = {"summary": Success(Resource(Kind("text"), "short"), "owner/large", "local")}
    assert "to come" not in text_tree(before, after)
    assert "to come" not in svg(before, after)


def test_a_task_that_uses_several_results_stands_once_and_names_the_others() -> None:
    """The tree stays a tree; what it leaves out it says."""
    line = next(line for line in text_tree(PROPOSAL).splitlines() if "summary" in line)
    assert "+ caption" in line


@given(plans(most=20))
@settings(max_examples=60)
def test_every_task_has_one_line_of_at_most_100_columns(plan: Plan) -> None:
    """Nothing is lost, and nothing runs over the edge of a terminal."""
    lines = text_tree(Proposal(plan)).splitlines()
    assert len(lines) == len(plan.tasks) + len(plan.inputs)
    assert all(columns(line) <= 100 for line in lines)
    for task in plan.tasks:
        assert any(f" {task.id} " in f"{line} " for line in lines)


def test_a_deep_plan_keeps_within_its_columns() -> None:
    """A chain of a hundred tasks is not drawn off the screen, and what is not shown is counted."""
    tasks = [Task("t0", "text-generation", {"text": "begin"})]
    tasks += [Task(f"t{i}", "text-generation", {"text": f"@t{i - 1}"}) for i in range(1, 100)]
    tree = text_tree(Proposal(Plan(tasks=tasks)), longest=50)
    assert all(columns(line) <= 100 for line in tree.splitlines())
    assert tree.splitlines()[-1] == "… and 51 more lines"


def test_a_plan_reads_as_request_tree_and_notes() -> None:
    """The text of a plan holds all of it."""
    said = plan_text(PLAN)
    assert said.startswith("Describe @photo")
    assert "├─ caption" in said
    assert said.endswith("I read 'it' as the caption.")


def test_a_run_tells_results_and_what_was_not_done() -> None:
    """The text of a run says what came out, what did not and why, and what was bound."""
    said = run_text(RUN, {"caption": "text"})
    assert "The photo shows **two houses**." in said
    assert "caption = Two houses near Oslo" in said
    assert "speech: No result came within 60 s; give it longer with --timeout 120." in said
    assert "aloud: it needs french, which has no expert." in said
    assert said.endswith("Bound: caption (text)")


def test_no_escape_sequence_reaches_the_terminal() -> None:
    """What a model wrote cannot recolour or rewrite the screen."""
    said = run_text(Run(Plan(request=HOSTILE), response=HOSTILE, notes=(HOSTILE,)), {HOSTILE: HOSTILE})
    assert "\x1b" not in said
    assert "\u202e" not in said
    said.encode()


def test_mermaid_has_a_line_for_every_shape_and_arrow() -> None:
    """The flowchart says what the graph says."""
    plan = Plan(
        inputs={"photo": Kind("image")},
        tasks=[
            Task("caption", "image-to-text", {"image": "@photo"}),
            Task("speech", "text-to-speech", {"text": "@caption"}, after=["caption"]),
        ],
        outputs={"sound": "@speech"},
    )
    assert to_mermaid(plan).splitlines() == [
        "flowchart TD",
        '    in0(["@photo<br/>image"])',
        '    t0["caption<br/>image-to-text"]',
        '    t1["speech<br/>text-to-speech"]',
        '    out0>"sound"]',
        "    in0 --> t0",
        "    t0 --> t1",
        "    t1 --> out0",
    ]


def test_mermaid_says_how_tasks_ended() -> None:
    """States have a mark, a word and a class."""
    said = to_mermaid(PLAN, OUTCOMES)
    assert 't0["caption<br/>image-to-text<br/>✓ done"]:::s2' in said
    assert "classDef s2 " in said
    assert "t2 -.-> t7" in said


def test_a_stand_in_is_shown_as_the_one_who_did_it() -> None:
    """Where the first choice failed, tree and notes say who gave the result and why the other did not."""
    mine, other = Candidate("mine", "function"), Candidate("toolbox/picture-facts", "toolbox")
    plan = Plan("Describe @photo", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})])
    attempts = (Attempt("mine", "function", 0.1, "mine raised ValueError: boom"),)
    done = Success(Resource(Kind("text"), "a dog"), other.model, "toolbox", attempts=attempts)
    run = Run(plan, {"caption": Assignment("caption", "image-to-text", mine, alternatives=(other,))}, {"caption": done})
    line = next(line for line in run_text(run).splitlines() if line.startswith("└─ caption"))
    assert "picture-facts (toolbox)" in line
    assert "mine" not in line
    assert "caption: mine failed: mine raised ValueError: boom" in run_text(run)
    assert "picture-facts" in svg(Proposal(plan, run.assignments), run.outcomes)


def test_a_plain_at_sign_is_shown_once() -> None:
    """A request is shown as it was asked; ``@@`` is how a plan writes a plain @."""
    assert plan_text(Plan("mail me@@example.org", {}, [])).startswith("mail me@example.org")


def test_an_answer_is_read_without_backslashes_in_a_terminal() -> None:
    """What markdown needs to show a name is left out where nothing renders it; a note said twice stands once."""
    text = run_text(Run(Plan("…", {}, [], notes=["One."]), response=r"Set HF\_TOKEN, or a\*b.", notes=("One.",)))
    assert "Set HF_TOKEN, or a*b." in text
    assert text.count("One.") == 1
