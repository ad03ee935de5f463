"""A language model as planner: asks, checks, asks again with what was wrong, then lets rules plan.

The number of calls, their time and the size of their replies are bounded. Nothing a model says
reaches the rest of the program except as a validated ``EditPlan``.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import BadInstruction
from orchestrator.llm.accounting import Accounts
from orchestrator.llm.build import build_plan, left_out
from orchestrator.llm.calling import Output, Reply, call
from orchestrator.llm.cancelling import run_stoppable
from orchestrator.llm.failures import CallFailed, PlanningFailed, UnusableReply
from orchestrator.llm.prompts import opening, repair
from orchestrator.llm.providers import ModelChoice, choose_model, open_model, sees, shorter
from orchestrator.llm.shown_picture import data_url
from orchestrator.llm.wire import reply_schema
from orchestrator.plan import EditPlan
from orchestrator.planning import PlanContext, Planner
from orchestrator.settings import PlannerSettings, planner_settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

PAUSE_SECONDS = 0.5
"""Before the second call after a failure that may pass; twice as long before each further one."""

SHORT_ANSWER = 2000
"""Tokens of an answer where more do not fit into the model's context; a plan rarely takes half."""


@dataclass
class _Talk:
    """Where a conversation with a model stands.

    Attributes:
        messages: sent with the next call.
        output: how the model is held to the format.
        shows: the picture goes with it.
        tokens: most in its answer.
        failures: calls in a row that may do better later.
    """

    messages: list[BaseMessage]
    output: Output
    shows: bool
    tokens: int
    failures: int = 0


class LlmPlanner:
    """Plans with a language model, and by another planner where that fails.

    Args:
        choice: which model.
        settings: limits, prices, format.
        fallback: plans where the model cannot.
    """

    def __init__(self, choice: ModelChoice, settings: PlannerSettings, fallback: Planner) -> None:
        self._choice = choice
        self._settings = settings
        self._fallback = fallback

    @property
    def name(self) -> str:
        """As in ``--planner``."""
        return self._choice.name

    def plan(self, instruction: str, context: PlanContext) -> EditPlan:
        """The plan of an instruction; a note in it says so where the model did not make it.

        Raises:
            BadInstruction: there is nothing to do.
            Cancelled: the user asked to stop.
            PlannerUnavailable: the model cannot be made with these settings.
        """
        settings = self._settings
        accounts = Accounts(self.name, settings.price_in, settings.price_out)
        try:
            made = self._ask(instruction, context, accounts)
            accounts.by = self.name
        except PlanningFailed as error:
            accounts.by = self._fallback.name
            accounts.fallback = str(error).split("\n", 1)[0]
            made = self._by_fallback(instruction, context, accounts)
        finally:
            context.account(accounts.to_json())
        return made

    def _ask(self, instruction: str, context: PlanContext, accounts: Accounts) -> EditPlan:
        limit = self._settings.seconds
        try:
            return run_stoppable(
                lambda: self._converse(instruction, context, accounts), context.cancelled, limit
            )
        except TimeoutError:
            accounts.problems.append(f"planning took more than {limit:g} s")
            raise PlanningFailed(f"it took more than {limit:g} s") from None

    def _by_fallback(self, instruction: str, context: PlanContext, accounts: Accounts) -> EditPlan:
        note = f"planned by {self._fallback.name}, not by {self.name}: {accounts.fallback}"
        try:
            made = self._fallback.plan(instruction, context)
        except BadInstruction as error:
            raise BadInstruction(f"{error} ({note})") from error
        return made.model_copy(update={"notes": (note, *made.notes)})

    async def _converse(
        self, instruction: str, context: PlanContext, accounts: Accounts
    ) -> EditPlan:
        """Ask until a reply is a plan; once more where that leaves out what was asked for.

        Raises:
            PlanningFailed: none was, within the calls allowed.
        """
        settings = self._settings
        async with open_model(self._choice, settings) as model:
            shows = context.picture is not None and sees(model, settings)
            talk = _Talk([], settings.output, shows, settings.max_tokens)
            self._begin(talk, instruction, context)
            problem: PlanningFailed = PlanningFailed("no call was made")
            doubted: EditPlan | None = None
            for left in range(settings.calls - 1, -1, -1):
                try:
                    reply = await self._call(model, talk, accounts)
                except CallFailed as error:
                    problem = error
                    accounts.problems.append(self._seen(error))
                    if left and not await self._can_go_on(error, talk, instruction, context):
                        break
                    continue
                talk.failures = 0
                try:
                    plan = self._plan_in(reply, talk, instruction, context)
                    told = "" if doubted is not None or not left else left_out(plan, context)
                    if not told:
                        return plan
                    doubted = plan
                    accounts.problems.append(told.split("\n", 1)[0])
                    talk.messages += repair(reply.text, told)
                except UnusableReply as error:
                    told = self._seen(error)
                    accounts.problems.append(told)
                    problem = UnusableReply(_in_short(accounts, told))
                    talk.messages += repair(reply.text, told)
            if doubted is not None:
                return doubted
            raise problem

    def _begin(self, talk: _Talk, instruction: str, context: PlanContext) -> None:
        picture = None
        if talk.shows and context.picture is not None:
            picture = data_url(context.picture(), self._settings.image_side)
        talk.messages = opening(instruction, context, self._settings.max_steps, picture)

    async def _call(self, model: BaseChatModel, talk: _Talk, accounts: Accounts) -> Reply:
        settings = self._settings
        accounts.calls += 1
        accounts.picture_shown = talk.shows
        started = time.monotonic()
        if talk.tokens < settings.max_tokens:
            model = shorter(model, self._choice, talk.tokens)
        try:
            reply = await call(
                model,
                talk.messages,
                reply_schema(),
                talk.output,
                strict=self._choice.provider.name == "openai" and talk.output == "json_schema",
                timeout=settings.timeout,
            )
        finally:
            accounts.call_seconds.append(time.monotonic() - started)
        accounts.replies += 1
        accounts.input_tokens += reply.input_tokens
        accounts.output_tokens += reply.output_tokens
        return reply

    def _plan_in(
        self, reply: Reply, talk: _Talk, instruction: str, context: PlanContext
    ) -> EditPlan:
        if reply.cut:
            raise UnusableReply(f"the reply was cut at {talk.tokens} tokens; answer more briefly")
        plan = build_plan(reply.text, instruction, context, self._settings.max_steps)
        if self._choice.secret and self._choice.secret in plan.model_dump_json():
            raise UnusableReply("the reply holds what must not be in a plan; leave it out")
        return plan

    def _seen(self, message: object) -> str:
        """A message without the key: a server knows it, and may have put it into its reply."""
        secret = self._choice.secret
        return str(message).replace(secret, "***") if secret else str(message)

    async def _can_go_on(
        self, error: CallFailed, talk: _Talk, instruction: str, context: PlanContext
    ) -> bool:
        """Prepare the next call after a failed one; False where another cannot help."""
        if error.kind in ("rejected", "failed", "too_much"):
            asked_less = _ask_less(talk, error)
            self._begin(talk, instruction, context)
            if asked_less or error.kind != "failed":
                return asked_less
        if not error.passing:
            return False
        await asyncio.sleep(PAUSE_SECONDS * 2**talk.failures)
        talk.failures += 1
        return True


def _ask_less(talk: _Talk, error: CallFailed) -> bool:
    """Leave out what the server may not have taken; False where nothing is left to leave out."""
    if error.kind == "too_much" and talk.tokens > SHORT_ANSWER:
        # Servers count the longest answer allowed as if it were written.
        talk.tokens = SHORT_ANSWER
    elif error.kind != "too_much" and talk.output != "text":
        # Most often a server that knows no such format...
        talk.output = "text"
    elif talk.shows:
        talk.shows = False  # ... or a model that does not see.
    else:
        return False
    return True


def _in_short(accounts: Accounts, problem: str) -> str:
    first = problem.split("\n", 1)[0]
    if accounts.replies == 1:
        return f"its reply could not be used ({first})"
    return f"none of its {accounts.replies} replies could be used (the last: {first})"


def make_llm_planner(name: str, fallback: Planner) -> LlmPlanner:
    """A planner for ``provider:model``, with the settings of the environment.

    Raises:
        UnknownPlanner: there is no such provider.
        BadSettings: an environment variable does not fit.
        PlannerUnavailable: its package is not installed, or its key is not set.
    """
    settings = planner_settings()
    return LlmPlanner(choose_model(name, settings), settings, fallback)
