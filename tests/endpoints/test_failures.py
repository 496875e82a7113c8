"""What goes wrong at providers and servers, each told in its own words with the next step (hard case 27)."""

from __future__ import annotations

import contextlib
import inspect
import json
from collections.abc import Callable, Iterator

import httpx2
import huggingface_hub.errors
import pytest
from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]
from PIL import UnidentifiedImageError

from jarvis_magic.endpoints import FunctionEndpoint, ProviderEndpoint
from jarvis_magic.endpoints.failures import Callee, failure_of
from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointTimeout, EndpointUnavailable
from jarvis_magic.events import TaskRetried
from jarvis_magic.experts import expert, forget
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.task_execution import execute_tasks
from jarvis_magic.tasks import Task
from jarvis_magic.testing import NoWaiting, Recorder, proposal, texts
from jarvis_magic.values import Candidate, Failure, Outcome, Success

from ..servers.hub import TOKEN, Answer, HubServer, Seen
from .test_providers import KEYS, run

PAGE = b"<!DOCTYPE html><html><title>Bad gateway</title></html>"
CALLEE = Callee.at_provider("owner/model", "summarization", "fal-ai")


def posts(answer: Answer) -> Callable[[Seen], Answer | None]:
    """Give this answer to every call of a model."""
    return lambda seen: answer if seen.method == "POST" else None


MISBEHAVIOURS = {
    "credits used up": (Answer({"error": "You have exceeded your monthly included credits"}, 402), EndpointRejected, r"credits .* used up; add some at https://huggingface.co/settings/billing"),
    "loading": (Answer({"error": "Model owner/x is currently loading", "estimated_time": 20.0}, 503), EndpointUnavailable, "is loading or too busy; try again in a minute"),
    "gated": (Answer({"error": "Access to model owner/x is gated"}, 403, headers={"X-Error-Code": "GatedRepo"}), EndpointRejected, r"is gated: accept its terms at https://huggingface.co/tiny/summarization"),
    "not allowed": (Answer({"error": "This authentication method does not have sufficient permissions"}, 403), EndpointRejected, "does not let this key use .*make a token that may call Inference Providers"),
    "wrong token": (Answer({"error": "Invalid username or password."}, 401), EndpointRejected, "does not accept the key; make a token"),
    "not there": (Answer({"error": "Not found"}, 404), EndpointRejected, "has no tiny/summarization for summarization; `%jarvis models summarization`"),
    "gone": (Answer({"error": "The requested model is deprecated"}, 410), EndpointRejected, "is no longer served by hf-inference; `%jarvis models summarization`"),
    "rate limit": (Answer({"error": "Too many requests"}, 429, headers={"Retry-After": "7"}), EndpointUnavailable, "asked too often; wait a little"),
    "too large": (Answer(PAGE, 413, "text/html"), EndpointRejected, "finds the input too large; make it smaller"),
    "bad input": (Answer({"error": "unknown error", "warnings": []}, 400), EndpointRejected, r"does not accept this call \(HTTP 400\)"),
    "not valid": (Answer({"error": ["`inputs` is too short"]}, 422), EndpointRejected, r"HTTP 422.* It says: `inputs` is too short"),
    "its own error": (Answer(PAGE, 502, "text/html"), EndpointUnavailable, r"has an error of its own \(HTTP 502\)"),
    "too slow": (Answer({"error": "timeout"}, 504), EndpointTimeout, "did not answer in time"),
    "a page": (Answer(PAGE, 200, "text/html"), EndpointRejected, "answered with a web page"),
    "garbage": (Answer(b"[{]", 200), EndpointRejected, "answered with what is no JSON"),
    "broken off": (Answer(b'[{"summary_text": "All', 200), EndpointUnavailable, "broke off in the middle of its answer"),
    "empty": (Answer(b"", 200), EndpointUnavailable, "gave an empty answer"),
    "an empty list": (Answer([], 200), EndpointRejected, "not understood"),
    "an error with 200": (Answer({"error": "CUDA out of memory"}, 200), EndpointError, "not understood|returned"),
    "other fields": (Answer([{"text": 1}], 200), EndpointError, "returned"),
    "dropped": (Answer(drop=True), EndpointUnavailable, "hf-inference cannot be reached"),
}  # fmt: skip


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
async def test_each_misbehaviour_is_told_in_its_own_words(
    hub: HubServer, serves: Callable[..., str], misbehaviour: str
) -> None:
    """One sentence, with names and what to do."""
    answer, kind, words = MISBEHAVIOURS[misbehaviour]
    hub.instead = posts(answer)
    with pytest.raises(kind, match=words) as told:
        await run("summarization", Candidate(serves("summarization"), "provider", provider="hf-inference"))
    sentence = str(told.value)
    assert "\n" not in sentence
    assert len(sentence) < 600
    assert TOKEN not in sentence


def test_no_two_misbehaviours_are_told_in_the_same_words() -> None:
    """Each has its own."""
    own = [words for _, _, words in MISBEHAVIOURS.values() if words not in ("not understood", "returned")]
    assert len(set(own)) == len(own)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Answer({"error": "busy"}, 429, headers={"Retry-After": "7"}), 7.0),
        (Answer({"error": "loading", "estimated_time": 21.5}, 503), 21.5),
        (Answer({"error": "loading"}, 503), None),
        (Answer(PAGE, 503, "text/html", headers={"Retry-After": "soon"}), None),
    ],
)
async def test_how_long_to_wait_is_what_the_server_says(
    hub: HubServer, serves: Callable[..., str], answer: Answer, seconds: float | None
) -> None:
    """By its header, or by the time it estimates for loading."""
    hub.instead = posts(answer)
    with pytest.raises(EndpointUnavailable) as told:
        await run("summarization", Candidate(serves("summarization"), "provider", provider="hf-inference"))
    assert (told.value.passing, told.value.retry_after) == (True, seconds)


async def test_a_key_in_a_servers_words_is_masked(hub: HubServer, serves: Callable[..., str]) -> None:
    """Hard case 46."""
    hub.instead = posts(Answer({"error": f"Bearer {TOKEN} may not do that"}, 403))
    with pytest.raises(EndpointRejected, match=r"Bearer \[key\] may not do that"):
        await run("summarization", Candidate(serves("summarization"), "provider", provider="hf-inference"))


async def test_pictures_and_files_that_are_none(hub: HubServer, serves: Callable[..., str]) -> None:
    """A page where a picture should be, an empty file, a picture or a sound cut short."""
    picture = Candidate(serves("text-to-image"), "provider", provider="hf-inference")
    speech = Candidate(serves("text-to-speech"), "provider", provider="hf-inference")
    hub.instead = posts(Answer(PAGE, content_type="text/html"))
    with pytest.raises(EndpointRejected, match="what is no picture"):
        await run("text-to-image", picture)
    with pytest.raises(EndpointError, match="where audio is needed"):
        await run("text-to-speech", speech)
    hub.instead = posts(Answer(b"", content_type="image/png"))
    with pytest.raises(EndpointRejected, match="no picture"):
        await run("text-to-image", picture)
    with pytest.raises(EndpointRejected, match="empty file"):
        await run("text-to-speech", speech)
    hub.instead = lambda _seen: None
    whole = await run("text-to-image", picture, width=300, height=300)
    assert whole.size == (300, 300)
    from ..servers.hub import picture as drawn
    from ..servers.hub import speech as spoken

    hub.instead = posts(Answer(spoken("Good morning.")[:900], content_type="audio/wav"))
    with pytest.raises(EndpointUnavailable, match="breaks off: 900 of 2,644 bytes came"):
        await run("text-to-speech", speech)
    hub.instead = posts(Answer(drawn({"width": 300, "height": 300})[:200], content_type="image/png"))
    with pytest.raises(EndpointError):
        await run("text-to-image", picture)


async def test_models_that_do_something_else(hub: HubServer, serves: Callable[..., str]) -> None:
    """An id that does not exist, a task the model is not for, a provider that does not serve it."""
    with pytest.raises(EndpointRejected, match="The Hub has no model 'tiny/nobody'"):
        await run("summarization", Candidate("tiny/nobody", "provider", provider="hf-inference"))
    other = serves("fill-mask", "other")
    with pytest.raises(EndpointRejected, match=r"does not do summarization: .* `%jarvis models summarization`"):
        await run("summarization", Candidate(other, "provider", provider="hf-inference"))
    serves("text-to-speech", "quiet")
    with pytest.raises(EndpointRejected, match="is not supported"):
        await run("text-to-image", Candidate("tiny/quiet", "provider", provider="fal-ai"))


async def test_what_is_wrong_with_the_input_is_told_before_it_is_sent(
    hub: HubServer, serves: Callable[..., str]
) -> None:
    """One label alone, a column that the table does not have."""
    candidate = Candidate(serves("zero-shot-image-classification"), "provider", provider="hf-inference")
    with pytest.raises(EndpointRejected, match="give at least two"):
        await run("zero-shot-image-classification", candidate, labels=["cat"])
    candidate = Candidate(serves("tabular-classification"), "provider", provider="hf-inference")
    with pytest.raises(EndpointRejected, match="no column 'lable'; did you mean 'label'"):
        await run("tabular-classification", candidate, target="lable")
    assert hub.seen == []


# Retries and fallbacks, by the real execution


async def executed(waiting: NoWaiting, recorder: Recorder, *candidates: Candidate) -> Outcome:
    """The outcome of a task that these candidates may do."""
    plan = Plan("…", {"words": Kind("text")}, [Task("short", "summarization", {"text": "@words"})])
    endpoints = {"provider": ProviderEndpoint(KEYS), "function": FunctionEndpoint()}
    outcomes = await execute_tasks(
        proposal(plan, *candidates), texts(words="One. Two."), endpoints, Options(), recorder, backoff=waiting.backoff  # type: ignore[arg-type]
    )  # fmt: skip
    return outcomes["short"]


async def test_what_may_pass_is_tried_again_and_then_the_next_candidate(
    hub: HubServer, serves: Callable[..., str]
) -> None:
    """A loading model is waited for as long as it says; a model that is gone is left at once for the next."""
    answers = iter([Answer({"error": "loading", "estimated_time": 3.0}, 503), Answer(PAGE, 502, "text/html"), None])
    hub.instead = lambda seen: next(answers) if seen.method == "POST" else None
    waiting, recorder = NoWaiting(), Recorder()
    candidate = Candidate(serves("summarization"), "provider", provider="hf-inference")
    outcome = await executed(waiting, recorder, candidate)
    assert isinstance(outcome, Success)
    assert (outcome.resource.value, waiting.waits) == ("One", [3.0, 1.0])
    assert len(recorder.of(TaskRetried)) == 2

    @expert("summarization", name="mine")
    def mine(text: str) -> str:
        return text[:1]

    hub.instead = posts(Answer({"error": "gone"}, 410))
    outcome = await executed(NoWaiting(), Recorder(), candidate, Candidate("mine", "function"))
    forget("mine")
    assert isinstance(outcome, Success)
    assert (outcome.model, [attempt.failure is None for attempt in outcome.attempts]) == ("mine", [False, True])


async def test_all_candidates_fail(hub: HubServer, serves: Callable[..., str]) -> None:
    """The outcome names each and why."""
    hub.instead = posts(Answer({"error": "gone"}, 410))
    models = [serves("summarization", name) for name in ("one", "two")]
    outcome = await executed(
        NoWaiting(), Recorder(), *(Candidate(m, "provider", provider="hf-inference") for m in models)
    )
    assert isinstance(outcome, Failure)
    assert "None of 2 experts could do it. tiny/one: " in outcome.sentence
    assert "tiny/two: " in outcome.sentence


# The translation is complete


def library_errors() -> Iterator[type[Exception]]:
    """Every error that the library defines."""
    for _, kind in inspect.getmembers(huggingface_hub.errors, inspect.isclass):
        if issubclass(kind, Exception):
            yield kind


def an(kind: type[Exception]) -> Exception:
    """An error of a type, made as the library makes it."""
    response = httpx2.Response(418, request=httpx2.Request("POST", "https://router.huggingface.co/x"))
    for named in ({"response": response}, {}):
        with contextlib.suppress(TypeError):
            return kind("what it says", **named)
    error = kind.__new__(kind)  # one that wants more, which these calls do not raise
    error.args = ("what it says",)
    return error


@pytest.mark.parametrize("kind", list(library_errors()), ids=lambda kind: kind.__name__)
def test_every_error_of_the_library_becomes_a_sentence_of_ours(kind: type[Exception]) -> None:
    """None is passed on as it is, and each names the model or who runs it."""
    told = failure_of(an(kind), CALLEE)
    assert isinstance(told, EndpointError)
    assert "owner/model" in str(told) or "fal-ai" in str(told)
    assert str(told).endswith((".", "!", "?", "…"))


@pytest.mark.parametrize("status", range(400, 600))
def test_every_http_status_becomes_a_sentence_of_ours(status: int) -> None:
    """Whatever number a server thinks of; those of the server's side may pass, those of the caller's do not."""
    request = httpx2.Request("POST", "https://router.huggingface.co/fal-ai/x")
    try:
        hf_raise_for_status(httpx2.Response(status, request=request, json={"error": "words"}))
    except Exception as error:  # noqa: BLE001 - whatever it raises
        told = failure_of(error, CALLEE)
    assert isinstance(told, EndpointError)
    assert "words" in str(told) or status == 402
    assert told.passing == (status in (408, 429) or status >= 500)


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("dropped"),
        httpx2.TooManyRedirects("round and round"),
        ConnectionResetError("reset"),
        TimeoutError("slow"),
        json.JSONDecodeError("no", "", 0),
        json.JSONDecodeError("no", "<html>", 0),
        UnidentifiedImageError("cannot identify"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
        KeyError("images"),
        IndexError("list index out of range"),
        TypeError("no"),
        AttributeError("no"),
        RuntimeError("Together video generation failed: nsfw"),
        ValueError("WaveSpeed AI task failed: content"),
        OSError("truncated"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_other_error_becomes_a_sentence_of_ours(error: Exception) -> None:
    """What the library leaves as it came from below, and what its readers stumble over."""
    told = failure_of(error, CALLEE)
    assert isinstance(told, EndpointError)
    assert str(told).endswith((".", "…"))


def test_long_words_and_signed_addresses_are_cut() -> None:
    """A server's page of text does not fill the cell, and no signature is shown."""
    request = httpx2.Request("POST", "https://router.huggingface.co/x")
    response = httpx2.Response(
        422, request=request, json={"error": "see https://x.example/a?sig=SECRET " + "and " * 999}
    )
    with pytest.raises(huggingface_hub.errors.HfHubHTTPError) as error:
        hf_raise_for_status(response)
    told = str(failure_of(error.value, CALLEE))
    assert "SECRET" not in told
    assert len(told) < 450


def test_the_offline_switch_is_named() -> None:
    """Hard case 40: what is set, and what to do."""
    told = failure_of(huggingface_hub.errors.OfflineModeIsEnabled("offline"), CALLEE)
    assert isinstance(told, EndpointUnavailable)
    assert not told.passing
    assert "HF_HUB_OFFLINE is set; unset it" in str(told)


def test_a_url_that_names_its_host_is_named_once() -> None:
    """The host is not said again."""
    told = failure_of(TimeoutError(), Callee.at_url("https://me.example/x", "summarization", "me.example"))
    assert str(told).startswith("https://me.example/x did not answer")
