"""What a run works with: its controllers, where candidates come from, and how they are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .catalogue import ChatCatalogue, HubCatalogue, KnownCatalogue, LocalCatalogue, UrlCatalogue, joined
from .catalogue import embedded as embedded_catalogue
from .chat import Metered, OpenAIChat, chat_model
from .contracts import Catalogue, ChatModel, Controller, Endpoint
from .controllers import LLMController, OfflineController
from .endpoints import ChatEndpoint, LocalEndpoint, ProviderEndpoint, UrlEndpoint
from .endpoints import embedded as embedded_endpoints
from .endpoints.cluster import Cluster, ClusterEndpoint, Sending
from .keys import USUAL_KEYS, Keys
from .options import Options
from .store import FileCache, cache_folder
from .values import LOCAL_ENDPOINTS, EndpointKind

CHAT_RETRIES = 4
"""How often a chat model is asked again at most, which takes eight seconds: the offline controller can stand in for it."""


@dataclass(frozen=True)
class Equipment:
    """What one run works with.

    Parameters
    ----------
    controllers
        The last is the offline one, which stands in for the others.
    catalogue
        Where candidates come from; it may ask the Hub.
    at_hand
        What is known without asking anyone, for the menu of what can run.
    endpoints
        The ways to run an expert.
    options
        Every knob, as it holds with these.
    sending
        What the run sends to a cluster, if it runs on one.
    said
        Gives what there is to say of what is kept on disk since it was asked last.
    """

    controllers: tuple[Controller, ...]
    catalogue: Catalogue
    at_hand: Catalogue
    endpoints: Mapping[EndpointKind, Endpoint]
    options: Options = field(default_factory=Options)
    sending: Sending | None = None
    said: Callable[[], Sequence[str]] = tuple

    def release(self) -> None:
        """Let go of what the run has sent elsewhere."""
        if self.sending is not None:
            self.sending.release()


@dataclass(frozen=True)
class Found:
    """A chat model, and how it was come by.

    Parameters
    ----------
    chat
        The chat model.
    by
        ``"name"`` if the user named it, else the environment variable whose key led to it.
    """

    chat: OpenAIChat
    by: str

    @property
    def sentence(self) -> str:
        """What is said once, when it was not named."""
        return f"The controller is {self.chat.name} at {self.chat.place}, because {self.by} is set; -m offline plans without it."


def find_chat(controller: str, options: Options, keys: Keys, base_url: str | None = None) -> Found | None:
    """Return the chat model that is to be the controller; ``None`` for the offline one.

    Named by argument or setting, else the one that a key in the environment is for: OpenAI's, then Hugging Face's.

    Raises
    ------
    ConfigurationError
        If it was named, and its base URL is none or its key is missing.
    """
    named = options.controller if controller == "auto" else controller
    url = base_url or options.base_url or None
    if named == "offline":
        return None
    by = "name"
    if named == "auto":
        named = ""
        by = next((variable for variable in USUAL_KEYS if keys.environment.get(variable)), "")
        if url:
            by = "name"
        elif not by:
            return None
    timeout, backoff = options.reply_timeout, options.backoff
    retries = min(options.retries, CHAT_RETRIES)
    model = chat_model(named, base_url=url, keys=keys, timeout=timeout, retries=retries, backoff=backoff)
    return Found(model, by)


def equipment(
    given: Controller | None,
    found: Found | None,
    options: Options,
    keys: Keys | None = None,
    *,
    catalogue: Catalogue | None = None,
    endpoints: Mapping[EndpointKind, Endpoint] | None = None,
    cluster: Cluster | None = None,
) -> Equipment:
    """Return what one run works with; a chat model's tokens are counted from nought for each.

    Parameters
    ----------
    given
        A controller to ask instead of one made here.
    found
        The chat model: controller, and an expert for what is written.
    options
        Every knob.
    keys
        The keys of the hosts that experts run at; by default none.
    catalogue, endpoints
        Instead of all that this installation has.
    cluster
        Where the local ones of those run, with as many calls at once as it has threads; by default in this process.
    """
    keys = keys or Keys()
    options = replace(options, limit=options.limit or (cluster.threads if cluster else 0))
    sending = Sending(cluster.client, keys) if cluster else None
    there = ClusterEndpoint(cluster, sending, options) if cluster and sending else None
    chat = Metered(found.chat, options.max_tokens or None) if found else None
    llm = [LLMController(chat, options, found=found.by != "name")] if found and chat else []
    controllers = (*([given] if given else llm), OfflineController())
    local = LocalCatalogue(options, keys.hugging_face)
    here = [embedded_catalogue(), local, *([ChatCatalogue(found.chat, options.vision, chat)] if found else [])]
    kept = FileCache(cache_folder(keys.environment) / "hub")
    return Equipment(
        controllers,
        catalogue or joined(*here, HubCatalogue(keys, kept, options), UrlCatalogue()),
        catalogue or joined(*here, KnownCatalogue(keys, kept)),
        {**_chat_endpoint(chat), **(endpoints or _endpoints(options, keys, there))},
        options,
        sending,
        kept.said,
    )


def _endpoints(options: Options, keys: Keys, cluster: ClusterEndpoint | None) -> Mapping[EndpointKind, Endpoint]:
    """The ways to run an expert: local ones here, or on a cluster; what needs a key is always asked from here."""
    remote: dict[EndpointKind, Endpoint] = {"provider": ProviderEndpoint(keys), "url": UrlEndpoint(keys)}
    if cluster is not None:
        return {**dict.fromkeys(LOCAL_ENDPOINTS, cluster), **remote}
    return {**embedded_endpoints(keys), "local": LocalEndpoint(options, keys.hugging_face), **remote}


def _chat_endpoint(chat: ChatModel | None) -> Mapping[EndpointKind, Endpoint]:
    return {"chat": ChatEndpoint(chat)} if chat else {}
