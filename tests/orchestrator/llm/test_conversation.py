"""A language model as planner over real HTTP: plans, repairs, and every way a server can fail."""

from __future__ import annotations

import base64
import io
import json
import socket
import time

import numpy as np
import pytest
from PIL import Image

from orchestrator.errors import BadInstruction, BadSettings, PlannerUnavailable
from orchestrator.planning import (
    PlanContext,
    RulePlanner,
    UnknownPlanner,
    get_planner,
    plan_and_account,
)
from orchestrator.reader.base import is_ready
from tests.orchestrator.llm.conftest import (
    MODEL,
    WARMER,
    Answer,
    ChatServer,
    completion,
    drips,
    fails,
    plan_it,
    planner,
    plans,
    reply_of,
    says,
    send,
    waits,
)
from tools.errors import Cancelled

BY_RULES = RulePlanner().plan("make it warmer")


def test_a_good_reply_becomes_the_plan(server: ChatServer) -> None:
    """One call, a validated plan, and the numbers the server gave."""
    server.script = [
        plans(
            {"op": "crop", "params": {"aspect": 1.0}},
            {
                "op": "recolor",
                "target": {"phrase": "the red square", "category": "square", "attributes": ["red"]},
                "params": {"colour": "green"},
                "after": [1],
            },
            keep=[{"target": {"phrase": "the sky", "category": "sky"}, "level": "exact"}],
            unknown=["blorf", "never said"],
            notes=["read 'it' as the picture"],
        )
    ]
    words = "crop to a square, paint the red square green, don't touch the sky, blorf"
    made, record = plan_it(words)
    assert made.instruction == words
    assert [(s.id, s.op, s.scope, s.depends_on, s.executor) for s in made.steps] == [
        ("s1", "crop", "global", (), "auto"),
        ("s2", "recolor", "local", ("s1",), "auto"),
    ]
    assert made.steps[1].success[0].model_dump()["check"] == "colour"
    assert [p.target.phrase for p in made.preserved()] == ["the sky"]
    assert made.unknown == ("blorf",)
    assert record["by"] == record["planner"] == MODEL
    assert (record["calls"], record["input_tokens"], record["output_tokens"]) == (1, 900, 100)
    assert record["cost"] is None
    assert record["problems"] == []
    assert len(record["call_seconds"]) == 1


def test_what_is_asked_holds_the_words_as_data(server: ChatServer) -> None:
    """The instruction, earlier turns and taught words go as JSON; the format is closed."""
    server.script = [plans(WARMER)]
    earlier = RulePlanner().plan("replace the dog with a fox")
    context = PlanContext(
        earlier=(earlier,), glossary={"gizmo": "the round dial"}, image_size=(640, 480), marked=True
    )
    plan_it('make "it" warmer\nand $stop', context)
    request = server.asked[0]
    told = json.loads(request["messages"][-1]["content"])
    assert told["instruction"] == 'make "it" warmer\nand $stop'
    assert told["earlier"][0]["steps"][0]["op"] == "replace"
    assert told["glossary"] == {"gizmo": "the round dial"}
    assert told["picture"] == {"width": 640, "height": 480}
    assert told["marked"] is True
    form = request["response_format"]["json_schema"]
    assert form["strict"] is True
    assert form["schema"]["additionalProperties"] is False
    assert server.paths == ["/v1/chat/completions"]


def test_a_wrong_reply_is_sent_back_with_what_is_wrong(server: ChatServer) -> None:
    """The second call holds the first answer and its error; its plan is taken, both are counted."""
    wrong = {"op": "adjust", "params": {"property": "temperature", "amount": 7}}
    server.script = [plans(wrong), plans(WARMER)]
    made, record = plan_it()
    assert made.steps[0].params["amount"] == 0.3
    assert record["calls"] == 2
    assert record["input_tokens"] == 1800
    assert "less than or equal to 1" in record["problems"][0]
    sent = server.asked[1]["messages"]
    assert [m["role"] for m in sent] == ["system", "user", "assistant", "user"]
    assert json.loads(sent[2]["content"]) == reply_of(wrong)
    assert "less than or equal to 1" in sent[3]["content"]
    assert not made.notes


def test_after_the_last_call_the_rules_plan_and_say_so(server: ChatServer) -> None:
    """A model that never gets it right is asked three times; the plan is then the rules'."""
    server.script = [says('{"steps": "none"}')]
    made, record = plan_it()
    assert made.steps == BY_RULES.steps
    assert made.notes[0] == (
        f"planned by rules, not by {MODEL}: none of its 3 replies could be used (the last: the "
        "reply has no steps; 'steps' must be a list with at least one step)"
    )
    assert (record["by"], record["calls"], record["replies"]) == ("rules", 3, 3)
    assert record["fallback"] in made.notes[0]


def _broken_json(handler: object) -> None:
    send(handler, b'{"choices": [{"mess')  # type: ignore[arg-type]


def _cut_body(handler: object) -> None:
    send(handler, completion("x")[:50], content_length="400")  # type: ignore[arg-type]


def _no_choices(handler: object) -> None:
    send(handler, b'{"id": "x", "choices": null}')  # type: ignore[arg-type]


def _web_page(handler: object) -> None:
    send(handler, b"<html>hello</html>", content_type="text/html")  # type: ignore[arg-type]


def _endless(handler: object) -> None:
    send(handler, b'{"x": "', content_length="2000000000")  # type: ignore[arg-type]
    for _ in range(4000):
        handler.wfile.write(b"A" * 65536)  # type: ignore[attr-defined]


def _packed(handler: object) -> None:
    send(handler, b"\x1f\x8b\x08", content_encoding="gzip")  # type: ignore[arg-type]


def _mad_usage(handler: object) -> None:
    body = json.loads(completion(json.dumps(reply_of(WARMER))))
    body["usage"] = {"prompt_tokens": -5, "completion_tokens": 10**30, "total_tokens": 1}
    send(handler, json.dumps(body).encode())  # type: ignore[arg-type]


FAILURES: list[tuple[str, Answer, str, int]] = [
    ("broken JSON", _broken_json, "not of the expected format", 2),
    ("half a body", _cut_body, "cannot be reached, or closed the connection", 2),
    ("no choices", _no_choices, "not of the expected format", 2),
    ("a web page", _web_page, "not of the expected format", 2),
    ("an endless reply", _endless, "longer than any plan", 2),
    ("a packed reply", _packed, "packed its reply", 2),
    ("truncated", says('{"steps": [{"op": "adj', "length"), "was cut at", 2),
    ("half a plan", says('{"steps": [{"op": "adj'), "no JSON", 2),
    ("prose", says("Sure! Here is your plan: make it warmer."), "no JSON", 2),
    ("empty", says(""), "no JSON", 2),
    ("null", says(None), "no JSON", 2),
    ("the schema back", says('{"type": "object", "properties": {}}'), "has no steps", 2),
    ("refusal", says(None, refusal="I cannot help"), "declined", 1),
    ("filtered", says("", "content_filter"), "declined", 1),
    ("busy", fails(429, retry_after="3600"), "no more requests for now (HTTP 429)", 2),
    ("broken server", fails(500), "the server failed (HTTP 500)", 2),
    ("wrong key", fails(401), "does not accept the key (HTTP 401)", 1),
    ("no such model", fails(404), "no such model or address (HTTP 404)", 1),
    ("redirect", fails(307, location="http://127.0.0.1:9/v1"), "points elsewhere", 1),
]


@pytest.mark.parametrize(
    ("kind", "answer", "told", "calls"), FAILURES, ids=[f[0] for f in FAILURES]
)
def test_whatever_fails_the_rules_take_over_in_plain_words(
    server: ChatServer,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    answer: Answer,
    told: str,
    calls: int,
) -> None:
    """Each failure ends in the rules' plan with a note; only what may pass is tried again."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_CALLS", "2")
    server.script = [answer]
    started = time.monotonic()
    made, record = plan_it()
    assert time.monotonic() - started < 20, kind
    assert made.steps == BY_RULES.steps
    assert told in made.notes[0]
    assert "\n" not in made.notes[0]
    assert (record["by"], record["calls"]) == ("rules", calls)
    assert len(server.asked) == calls


def test_a_failure_that_passes_costs_one_call(server: ChatServer) -> None:
    """After a busy server and a garbled reply, the third call still gives the model's plan."""
    server.script = [fails(503), _broken_json, plans(WARMER)]
    made, record = plan_it()
    assert record["by"] == MODEL
    assert record["calls"] == 3
    assert record["replies"] == 1
    assert not made.notes


def test_counts_of_a_server_are_not_believed_blindly(server: ChatServer) -> None:
    """Negative or absurd token counts are zero, and the plan is taken all the same."""
    server.script = [_mad_usage]
    _, record = plan_it()
    assert (record["by"], record["input_tokens"], record["output_tokens"]) == (MODEL, 0, 0)


@pytest.mark.parametrize("answer", [waits(8), drips(8)], ids=["silent", "dripping"])
def test_a_slow_server_is_given_up(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    """Neither silence nor a byte now and then holds a call past its time."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_TIMEOUT", "0.5")
    monkeypatch.setenv("SMARTEDIT_PLANNER_CALLS", "1")
    server.script = [answer]
    started = time.monotonic()
    made, _ = plan_it()
    assert time.monotonic() - started < 5
    assert "no whole reply within 0.5 s" in made.notes[0]


def test_all_calls_together_are_bounded(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time for a plan ends the conversation, however many calls are left."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_SECONDS", "1")
    monkeypatch.setenv("SMARTEDIT_PLANNER_CALLS", "10")
    server.script = [waits(8)]
    started = time.monotonic()
    made, record = plan_it()
    assert time.monotonic() - started < 6
    assert "it took more than 1 s" in made.notes[0]
    assert record["calls"] == 1


def test_nobody_listening_is_said(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection falls back too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("SMARTEDIT_PLANNER_BASE_URL", f"http://127.0.0.1:{port}/v1")
    monkeypatch.setenv("SMARTEDIT_PLANNER_CALLS", "1")
    made, _ = plan_it()
    assert "the server cannot be reached" in made.notes[0]


def test_cancelling_closes_the_connection(server: ChatServer) -> None:
    """A cancelled plan raises at once; no fallback plans behind the user's back."""
    server.script = [drips(8)]
    first_seen: list[float] = []

    def a_second_after_it_was_asked() -> bool:
        if server.asked and not first_seen:
            first_seen.append(time.monotonic())
        return bool(first_seen) and time.monotonic() - first_seen[0] > 1

    with pytest.raises(Cancelled):
        plan_it(context=PlanContext(cancelled=a_second_after_it_was_asked))
    assert time.monotonic() - first_seen[0] < 5
    assert server.closed_early.wait(5)


def test_a_server_without_the_format_is_asked_in_words(server: ChatServer) -> None:
    """HTTP 400 for the structured format: the next call asks without it."""
    server.script = [fails(400), plans(WARMER)]
    _, record = plan_it()
    assert record["by"] == MODEL
    assert "response_format" in server.asked[0]
    assert "response_format" not in server.asked[1]


def test_a_fenced_reply_is_read(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models put JSON into a Markdown fence; that is still JSON."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_OUTPUT", "text")
    server.script = [says(f"```json\n{json.dumps(reply_of(WARMER))}\n```")]
    assert plan_it()[1]["by"] == MODEL


def test_a_function_call_is_read(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """With function calling the plan is the call's arguments."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_OUTPUT", "function_calling")
    call = {"name": "edit_plan", "arguments": json.dumps(reply_of(WARMER))}
    server.script = [
        says(None, "tool_calls", tool_calls=[{"id": "1", "type": "function", "function": call}])
    ]
    assert plan_it()[1]["by"] == MODEL
    assert server.asked[0]["tools"][0]["function"]["name"] == "edit_plan"


def test_cost_follows_from_prices(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens times the configured prices of a million."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_PRICE_IN", "2.5")
    monkeypatch.setenv("SMARTEDIT_PLANNER_PRICE_OUT", "10")
    server.script = [plans(WARMER)]
    assert plan_it()[1]["cost"] == pytest.approx(900 * 2.5e-6 + 100 * 10e-6)


def test_the_picture_is_shown_small_to_models_that_see(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With vision on, one small JPEG of the pixels goes along; otherwise none."""
    wide = np.zeros((600, 3000, 3), np.uint8)
    wide[:, :1500] = (200, 30, 30)
    context = PlanContext(picture=lambda: wide)
    server.script = [plans(WARMER)]
    plan_it(context=context)
    assert server.pictures(0) == []
    monkeypatch.setenv("SMARTEDIT_PLANNER_VISION", "on")
    _, record = plan_it(context=context)
    assert record["picture_shown"]
    (url,) = server.pictures(1)
    head, _, body = url.partition(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(body))) as seen:
        assert seen.size == (768, 154)
        left = seen.getpixel((100, 77))
    assert np.abs(np.subtract(left, (200, 30, 30))).max() < 12


def test_a_model_that_cannot_see_is_asked_without_the_picture(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP 400 twice: first the format is dropped, then the picture."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_VISION", "on")
    server.script = [fails(400), fails(400), plans(WARMER)]
    _, record = plan_it(context=PlanContext(picture=lambda: np.zeros((8, 8, 3), np.uint8)))
    assert record["by"] == MODEL
    assert [len(server.pictures(n)) for n in range(3)] == [1, 1, 0]
    assert not record["picture_shown"]


def test_nothing_to_do_is_said_with_the_reason(server: ChatServer) -> None:
    """Where neither model nor rules find a wish, the error names both."""
    server.script = [fails(401)]
    with pytest.raises(BadInstruction, match=r"does not accept the key"):
        plan_it("hm")


def test_auto_means_what_the_environment_says(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ``SMARTEDIT_PLANNER`` no server is asked, and no key alone changes that."""
    monkeypatch.delenv("SMARTEDIT_PLANNER")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    assert get_planner("auto").name == ("reader" if is_ready() else "rules")
    monkeypatch.setenv("SMARTEDIT_PLANNER", MODEL)
    server.script = [plans(WARMER)]
    made, record = plan_and_account("auto", "make it warmer", PlanContext())
    assert record["by"] == MODEL
    assert record["seconds"] > 0
    assert made.steps[0].instruction == "do adjust"


def test_a_rules_plan_has_accounts_too() -> None:
    """Every plan says who made it."""
    _, record = plan_and_account("rules", "make it warmer", PlanContext())
    assert (record["by"], record["calls"]) == ("rules", 0)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the extra that installs what is missing."""
    for name, extra in (("anthropic", "anthropic"), ("google", "google"), ("ollama", "ollama")):
        try:
            __import__({"google": "langchain_google_genai"}.get(name, f"langchain_{name}"))
        except ImportError:
            with pytest.raises(PlannerUnavailable, match=rf"smartedit\[{extra}\]"):
                get_planner(f"{name}:some-model")


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable to set."""
    for name in ("OPENAI_API_KEY", "SMARTEDIT_PLANNER_BASE_URL", "SMARTEDIT_PLANNER_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(PlannerUnavailable, match="OPENAI_API_KEY"):
        get_planner("openai:gpt")


@pytest.mark.parametrize("name", ["nonsense", "nonsense:x", "openai:", "openai:\x1b[2J", ":x", ""])
def test_an_unknown_name_lists_the_choices(name: str) -> None:
    """What is no planner is answered with those there are, in visible characters."""
    with pytest.raises(UnknownPlanner, match="rules") as caught:
        get_planner(name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SMARTEDIT_PLANNER_TIMEOUT", "soon"),
        ("SMARTEDIT_PLANNER_OPTIONS", "{secret"),
        ("SMARTEDIT_PLANNER_CALLS", "100"),
    ],
)
def test_a_bad_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    """The variable is named; its value, which may be a secret, is not."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSettings, match=variable) as caught:
        get_planner("openai:x")
    assert value not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_planner_is_named_as_asked(server: ChatServer) -> None:
    """As in ``--planner``."""
    assert planner().name == MODEL


RAIN = {"op": "weather", "params": {"kind": "rain"}}


def test_what_a_plan_leaves_out_is_asked_for_once(server: ChatServer) -> None:
    """A wish without a step goes back to the model; what it says then is taken."""
    server.script = [plans(WARMER), plans(WARMER, RAIN)]
    made, record = plan_it("make it warmer and add rain")
    assert [step.op for step in made.steps] == ["adjust", "weather"]
    assert (record["by"], record["calls"]) == (MODEL, 2)
    assert "Add rain" in server.texts(1)
    server.asked.clear()
    server.script = [plans(WARMER)]
    made, record = plan_it("make it warmer and add rain")
    assert [step.op for step in made.steps] == ["adjust"]
    assert (record["by"], record["calls"]) == (MODEL, 2)


def test_a_plan_that_leaves_something_out_is_better_than_none(server: ChatServer) -> None:
    """Where the model fails when asked for the rest, its first plan stands, not the rules'."""
    server.script = [plans(WARMER), says("no idea")]
    made, record = plan_it("make it warmer and add rain")
    assert [step.op for step in made.steps] == ["adjust"]
    assert (record["by"], record["calls"]) == (MODEL, 3)
