"""Which language model, where, and with what key: a name and the settings become a chat model.

Models are made by LangChain's ``init_chat_model``; this module only knows what each provider's
package calls its options, and says in one line what is missing.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from orchestrator.errors import PlannerUnavailable
from orchestrator.planning import UnknownPlanner, planner_names

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from orchestrator.settings import PlannerSettings

NO_KEY = "none"
"""What is sent to a server by base URL where no key is set for it; such servers ignore it."""


@dataclass(frozen=True)
class Provider:
    """What differs between providers.

    Attributes:
        name: as LangChain calls it.
        package: that speaks with it.
        extra: of this project, that installs the package; "" = installed always.
        key: the environment variable of its key; "" = it needs none.
        max_tokens: its option for the longest answer.
        timed: it takes ``timeout`` and ``max_retries``.
    """

    name: str
    package: str
    extra: str = ""
    key: str = ""
    max_tokens: str = "max_tokens"
    timed: bool = True


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("openai", "langchain_openai", key="OPENAI_API_KEY"),
    "anthropic": Provider(
        "anthropic", "langchain_anthropic", extra="anthropic", key="ANTHROPIC_API_KEY"
    ),
    "google": Provider(
        "google_genai", "langchain_google_genai", extra="google", key="GOOGLE_API_KEY"
    ),
    "ollama": Provider(
        "ollama", "langchain_ollama", extra="ollama", max_tokens="num_predict", timed=False
    ),
}
"""By the name before the colon in ``--planner``. Any other provider of LangChain will do where its
package is installed; it finds its key by itself."""


@dataclass(frozen=True)
class ModelChoice:
    """A model that was asked for, with everything needed to speak with it.

    Attributes:
        name: as in ``--planner``.
        provider: see ``PROVIDERS``.
        model: the provider's name of it.
        base_url: of the server; "" = the provider's own.
        key: what authenticates; "" = nothing. Never shown, stored or logged.
    """

    name: str
    provider: Provider
    model: str
    base_url: str = ""
    key: str = ""

    @property
    def secret(self) -> str:
        """The key, where it is one that must not be seen."""
        return "" if self.key == NO_KEY else self.key

    @property
    def is_server(self) -> bool:
        """Whether it is an OpenAI-compatible server of the user's.

        Such servers know ``max_tokens``; some ignore or refuse ``max_completion_tokens``, which
        LangChain sends in its place unless it is told of as a field of no concern to it.
        """
        return self.provider.name == "openai" and bool(self.base_url)

    def __repr__(self) -> str:
        return f"ModelChoice({self.name!r})"


def choose_model(name: str, settings: PlannerSettings) -> ModelChoice:
    """Read ``provider:model``.

    Raises:
        UnknownPlanner: no such provider, or no model named.
        PlannerUnavailable: its package is not installed, or its key is not set.
    """
    before, _, model = name.partition(":")
    provider = PROVIDERS.get(before) or _other(before)
    if provider is None or not model.strip() or not model.isprintable():
        raise UnknownPlanner(
            f"there is no planner {name[:80]!r}; the planners are: {', '.join(planner_names())}, "
            f"and PROVIDER:MODEL with one of the providers {', '.join(PROVIDERS)}"
        )
    if find_spec("langchain") is None or find_spec(provider.package) is None:
        extra = provider.extra or "the package itself"
        wanted = f"pip install 'smartedit[{extra}]'" if provider.extra else "pip install smartedit"
        raise PlannerUnavailable(
            f"the planner {name} needs the package {provider.package.replace('_', '-')}: {wanted}"
        )
    return ModelChoice(name, provider, model, settings.base_url, _key(name, provider, settings))


def _other(name: str) -> Provider | None:
    """A provider that only LangChain knows, where its package is installed."""
    package = f"langchain_{name}"
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,30}", name) or find_spec(package) is None:
        return None
    return Provider(name, package)


def _key(name: str, provider: Provider, settings: PlannerSettings) -> str:
    if settings.base_url:
        # The provider's own key must not go to whoever runs that server.
        return NO_KEY if settings.api_key is None else settings.api_key.get_secret_value()
    keys = {
        "OPENAI_API_KEY": settings.openai_key,
        "ANTHROPIC_API_KEY": settings.anthropic_key,
        "GOOGLE_API_KEY": settings.google_key,
    }
    kept = keys.get(provider.key) or settings.api_key
    if provider.key and kept is None:
        raise PlannerUnavailable(
            f"the planner {name} needs a key: set {provider.key}, or SMARTEDIT_PLANNER_BASE_URL "
            "for a server of your own"
        )
    return "" if kept is None else kept.get_secret_value()


@asynccontextmanager
async def open_model(
    choice: ModelChoice, settings: PlannerSettings
) -> AsyncIterator[BaseChatModel]:
    """The chat model, for one conversation in one event loop.

    Raises:
        PlannerUnavailable: its package refuses the options.
    """
    from langchain.chat_models import init_chat_model

    async with contextlib.AsyncExitStack() as stack:
        given: dict[str, Any] = {}
        if not choice.is_server:
            given[choice.provider.max_tokens] = settings.max_tokens
        if choice.provider.timed:
            given |= {"timeout": settings.timeout, "max_retries": 0}
        if choice.base_url:
            given["base_url"] = choice.base_url
        if choice.key:
            given["api_key"] = choice.key
        if choice.provider.name == "openai":
            from orchestrator.llm.http_client import bounded_client

            client = bounded_client(settings.timeout, settings.max_tokens)
            given["http_async_client"] = await stack.enter_async_context(client)
            if choice.base_url:
                given["use_responses_api"] = False
        given |= settings.options
        if choice.is_server:
            given["extra_body"] = {"max_tokens": settings.max_tokens} | dict(
                given.get("extra_body") or {}
            )
        try:
            model = init_chat_model(choice.model, model_provider=choice.provider.name, **given)
        except (ValueError, TypeError, ImportError) as error:
            # Its message may repeat what was given, so only its kind is told.
            raise PlannerUnavailable(
                f"the planner {choice.name} cannot be made with these settings "
                f"({type(error).__name__}); look at SMARTEDIT_PLANNER_OPTIONS and _BASE_URL"
            ) from None
        yield model


def shorter(model: BaseChatModel, choice: ModelChoice, tokens: int) -> BaseChatModel:
    """The model with a lower limit on its answers."""
    update: dict[str, Any] = {choice.provider.max_tokens: tokens}
    if choice.is_server:
        update = {"extra_body": {**getattr(model, "extra_body", {}), "max_tokens": tokens}}
    return model.model_copy(update=update)


def sees(model: BaseChatModel, settings: PlannerSettings) -> bool:
    """Whether the picture is shown to the model."""
    if settings.vision != "auto":
        return settings.vision == "on"
    profile = model.profile or {}
    return bool(profile.get("image_inputs"))
