"""Approval in words: yes, no, and editing line by line."""

from __future__ import annotations

import pytest

from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.asking import ask
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import FrozenMap, Task
from jarvis_magic.values import Assignment, Candidate, Proposal

TASKS = [
    Task("caption", "image-to-text", {"image": "@photo"}),
    Task("speech", "text-to-speech", {"text": "@caption"}),
]
OTHER = Candidate("owner/other", "provider", provider="a-provider")
PROPOSAL = Proposal(
    Plan("Describe @photo and read it aloud", {"photo": Kind("image")}, TASKS),
    FrozenMap(
        {
            "caption": Assignment("caption", "image-to-text", Candidate("facts", "toolbox"), alternatives=[OTHER]),
            "speech": Assignment("speech", "text-to-speech", Candidate("espeak", "toolbox")),
        }
    ),
)


class Person:
    """Somebody who types these lines, and then nothing more."""

    def __init__(self, *lines: str) -> None:
        self._lines = list(lines)
        self.shown: list[Proposal] = []
        self.prompts: list[str] = []

    def read(self, prompt: str) -> str:
        """The next line."""
        self.prompts.append(prompt)
        if not self._lines:
            raise EOFError
        return self._lines.pop(0)

    def asked(self, proposal: Proposal = PROPOSAL) -> Proposal | None:
        """What comes of asking them."""
        return ask(proposal, self.shown.append, self.read)


def test_yes_and_no() -> None:
    """Yes is the proposal as it is; no, and the end of the input, are nothing."""
    assert Person("y").asked() is PROPOSAL
    assert Person(" YES ").asked() is PROPOSAL
    assert Person("n").asked() is None
    assert Person().asked() is None


def test_another_answer_is_asked_again(capsys: pytest.CaptureFixture[str]) -> None:
    """What is no answer is said to be none."""
    assert Person("maybe", "", "y").asked() is PROPOSAL
    assert capsys.readouterr().out.count("Please answer y, n or e.") == 2


def test_editing() -> None:
    """Models, arguments, names and tasks can be changed; the result is shown before the question comes again."""
    person = Person("e", "model caption owner/other", "set speech.voice 'a woman'", "name speech sound", "done", "y")
    edited = person.asked()
    assert edited is not None
    assert person.shown == [edited]
    assert edited.plan.by_id["caption"].model == "owner/other"
    assigned = edited.assignments["caption"]
    assert isinstance(assigned, Assignment)
    assert (assigned.candidate, assigned.chosen_by) == (OTHER, "user")
    assert edited.plan.by_id["speech"].arguments["voice"] == "'a woman'"
    assert edited.plan.outputs == {"caption": "@caption", "sound": "@speech"}


def test_removing_and_undoing() -> None:
    """A task that others need is not left out unnoticed; undo takes a change back."""
    edited = Person("e", "remove speech", "done", "y").asked()
    assert edited is not None
    assert list(edited.plan.by_id) == ["caption"]
    undone = Person("e", "remove speech", "undo", "done", "y").asked()
    assert undone is not None
    assert undone.plan == PROPOSAL.plan


def test_what_is_not_yet_right_cannot_be_run(capsys: pytest.CaptureFixture[str]) -> None:
    """An edit that breaks the plan is said at once, and has to be mended before the question comes again."""
    edited = Person("e", "set speech.text @captoin", "done", "set speech.text @caption", "done", "y").asked()
    assert edited is not None
    assert edited.plan.by_id["speech"].arguments == {"text": "@caption"}
    assert "did you mean '@caption'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rmove speech", "did you mean 'remove'"),
        ("remove speach", "did you mean 'speech'"),
        ("set speech.voise x", "did you mean 'voice'"),
        ("model caption", "Write model ID MODEL."),
        ("name speech Sound!", "cannot be a name"),
    ],
)
def test_slips(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong line changes nothing and says what is near."""
    edited = Person("e", line, "done", "y").asked()
    assert edited is not None
    assert edited.plan == PROPOSAL.plan
    assert said in capsys.readouterr().out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The plan can be seen as JSON."""
    Person("e", "json", "done", "n").asked()
    assert Plan.from_json(capsys.readouterr().out.split("question\n", 1)[1]) == PROPOSAL.plan


LARGE = Candidate("owner/large", "local", download=3_400_000_000, is_large=True)
WITH_LARGE = Proposal(
    PROPOSAL.plan,
    FrozenMap({**PROPOSAL.assignments, "caption": Assignment("caption", "image-to-text", LARGE, alternatives=[OTHER])}),
)


def test_a_large_download_has_a_question_of_its_own() -> None:
    """With its size; only a yes to it lets the plan run."""
    person = Person("y", "y")
    agreed = person.asked(WITH_LARGE)
    assert person.prompts[1] == "Download 3.4 GB for owner/large? [y]es [n]o: "
    assert agreed is not None
    assert agreed.unanswered == []


def test_no_to_a_download_leads_to_another_model(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever says no to it is told what to do, and is not asked again about what was changed."""
    person = Person("y", "n", "e", "model caption owner/other", "done", "y")
    assert Person("y", "n", "n").asked(WITH_LARGE) is None
    assert Person("y").asked(WITH_LARGE) is None
    changed = person.asked(WITH_LARGE)
    assert "choose another model" in capsys.readouterr().out
    assert changed is not None
    assigned = changed.assignments["caption"]
    assert isinstance(assigned, Assignment)
    assert assigned.candidate == OTHER
