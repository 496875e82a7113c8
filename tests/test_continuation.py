"""Going on after something has run: what has a result and was not changed is not run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from jarvis_magic import Jarvis
from jarvis_magic.continuation import still_valid
from jarvis_magic.contracts import Review
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.testing import FunctionController, ListCatalogue, RecordingEndpoint, candidate
from jarvis_magic.testing import proposal as proposed
from jarvis_magic.values import Failure, Outcome, Proposal, Resource, Run, Skipped, Success

PLAN = Plan(
    "shorten and translate @note",
    {"note": Kind("text")},
    [
        Task("short", "summarization", {"text": "@note"}),
        Task("french", "translation", {"text": "@short", "target_language": "fr"}),
        Task("german", "translation", {"text": "@short", "target_language": "de"}, after=["french"]),
    ],
)
SHORT = Success(Resource(Kind("text"), "short"))


def outcomes(**by_id: Outcome) -> Mapping[str, Outcome]:
    """Outcomes by task id."""
    return by_id


def test_a_result_holds_while_task_model_and_sources_are_as_they_were() -> None:
    """An unchanged success is kept; a changed task, another model or a changed source is not."""
    before = proposed(PLAN)
    ended = outcomes(short=SHORT, french=SHORT, german=Failure(EndpointRejected("No.")))
    assert list(still_valid(before, before, ended)) == ["short", "french"]

    other = proposed(PLAN.with_argument("french", "target_language", "it"))
    assert list(still_valid(before, other, ended)) == ["short"]
    assert list(still_valid(before, proposed(PLAN.with_argument("short", "text", "@note!")), ended)) == []
    assert list(still_valid(before, proposed(PLAN, candidate("other")), ended)) == []


def carried_out(review: Review, tries: list[str]) -> Run:
    """Run `PLAN` with an expert whose first translation into German fails, reviewed."""

    def work(text: str, target_language: str = "") -> str:
        tries.append(target_language or "short")
        if tries.count("de") == 1 and target_language == "de":
            sentence = "German is closed today."
            raise EndpointRejected(sentence)
        return f"{target_language or 'short'}: {text}"

    experts = {name: [candidate("expert")] for name in ("summarization", "translation")}
    with Jarvis(
        controller=FunctionController(PLAN), options=Options(retries=0), catalogue=ListCatalogue(experts),
        endpoints={"function": RecordingEndpoint(work)},
    ) as jarvis:  # fmt: skip
        return jarvis.start("shorten @note", review=review, note="A long story.").future.result(30)


def test_a_review_repairs_without_repeating_what_succeeded() -> None:
    """The reviewer sees the failure, and going on runs the failed task alone, with the results there are."""
    seen: list[dict[str, type]] = []

    async def review(proposal: Proposal, ended: Mapping[str, Outcome]) -> Proposal | None:
        seen.append({task_id: type(outcome) for task_id, outcome in ended.items()})
        return proposal if len(seen) == 1 else None

    tries: list[str] = []
    run = carried_out(review, tries)

    assert seen[0] == {"short": Success, "french": Success, "german": Failure}
    assert seen[1] == {"short": Success, "french": Success, "german": Success}
    assert tries == ["short", "fr", "de", "de"]
    assert run.outputs == {
        "short": "short: A long story.", "french": "fr: short: A long story.", "german": "de: short: A long story.",
    }  # fmt: skip


def test_a_change_in_review_runs_what_depends_on_it_again() -> None:
    """Another argument for a task that had a result makes its dependents run again, and nothing else."""

    async def review(proposal: Proposal, ended: Mapping[str, Outcome]) -> Proposal | None:
        if isinstance(ended["german"], Success):
            return None
        return replace(proposal, plan=proposal.plan.with_argument("french", "target_language", "it").without("german"))

    tries: list[str] = []
    run = carried_out(review_once(review), tries)

    assert tries == ["short", "fr", "de", "it"]
    assert list(run.outcomes) == ["short", "french"]


def review_once(review: Review) -> Review:
    """The first answer of a reviewer, then nothing more."""
    asked: list[bool] = []

    async def once(proposal: Proposal, ended: Mapping[str, Outcome]) -> Proposal | None:
        if asked:
            return None
        asked.append(True)
        return await review(proposal, ended)

    return once


def test_without_a_review_a_failure_is_the_end() -> None:
    """A reviewer that says nothing leaves the run as it is."""

    async def review(_proposal: Proposal, _ended: Mapping[str, Outcome]) -> Proposal | None:
        return None

    run = carried_out(review, [])

    assert isinstance(run.outcomes["german"], Failure)
    assert not isinstance(run.outcomes["french"], Skipped)
