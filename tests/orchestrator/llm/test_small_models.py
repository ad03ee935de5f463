"""Replies as small local models write them, and servers that take less than others."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from orchestrator.llm.reply_text import values_in
from orchestrator.llm.tidying import read_target
from orchestrator.planning import PlanContext, RulePlanner
from tests.orchestrator.llm.conftest import (
    IMAGE,
    MODEL,
    WARMER,
    Answer,
    ChatServer,
    completion,
    plan_it,
    plans,
    reply_of,
    says,
    send,
)

GOOD = reply_of(WARMER)
PLAIN = json.dumps(GOOD)
CALL = json.dumps({"name": "edit_plan", "arguments": GOOD})
AROUND: dict[str, str] = {
    "a fence and talk": f"Here is the plan:\n```json\n{json.dumps(GOOD, indent=1)}\n```\nEnjoy!",
    "thoughts before": f"<think>\nWarmer... {{maybe}} [1]\n</think>\n\n{PLAIN}",
    "a plan thought of and dropped": f'<think>```json\n{{"steps": []}}\n```</think>\n{PLAIN}',
    "thoughts without a beginning": f"okay, warmer.\n</think>\n{PLAIN}",
    "talk before": f"Sure! Here is the JSON (see [1]):\n{PLAIN}",
    "talk after": f"{PLAIN}\n\nThis makes the picture {{warmer}}.",
    "comments": json.dumps(GOOD, indent=1).replace('"after"', '// none\n/* yet */ "after"'),
    "a comma too many": PLAIN[:-1] + ",}",
    "a list of steps": json.dumps(GOOD["steps"]),
    "one step": json.dumps(GOOD["steps"][0]),
    "a heading": json.dumps({"edit_plan": GOOD}),
    "the schema's words": json.dumps({"type": "object", "properties": GOOD}),
    "a call as JSON": CALL,
    "a call with text arguments": json.dumps({"name": "edit_plan", "arguments": PLAIN}),
    "a call of Qwen": f"<tool_call>\n{CALL}\n</tool_call>",
    "a call of Mistral": f"[TOOL_CALLS] [{CALL}]",
    "a call of Llama": f"<|python_tag|>{CALL.replace('arguments', 'parameters')}",
    "a remark": json.dumps(GOOD | {"explanation": "`warm` is /warm/", "confidence": 0.9}),
    "the instruction again": json.dumps(GOOD | {"instruction": "make it warmer"}),
    "a number of its own": json.dumps({"steps": [GOOD["steps"][0] | {"id": "s1", "reason": "x"}]}),
    "the least": json.dumps({"steps": [WARMER]}),
    "a target in words": json.dumps({"steps": [WARMER | {"target": "the whole image"}]}),
    "a capital": json.dumps({"steps": [WARMER | {"op": "Adjust"}]}),
    "the property as op": json.dumps({"steps": [{"op": "temperature", "params": {"amount": 0.3}}]}),
    "a number as text": PLAIN.replace("0.3", '"0.3"'),
    "notes as text": json.dumps(GOOD | {"notes": "warm", "unknown": "", "keep": None}),
}


@pytest.mark.parametrize("name", AROUND)
def test_a_plan_is_found_in_what_stands_around_it(server: ChatServer, name: str) -> None:
    """One call is enough: the form is another, the plan is the same."""
    server.script = [says(AROUND[name])]
    made, record = plan_it()
    assert (record["by"], record["calls"], record["problems"]) == (MODEL, 1, [])
    (step,) = made.steps
    assert (step.op, step.params) == ("adjust", WARMER["params"])
    assert step.target.is_whole_image
    assert step.instruction


STEPS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "make the car blue",
        {"op": "recolour", "target": "the car", "params": {"color": "blue"}},
        {"op": "recolor", "params": {"colour": "blue"}, "phrase": "the car", "category": "car"},
    ),
    (
        "make the car blue",
        {"op": "recolor", "target": {"phrase": "the car"}, "colour": "blue"},
        {"op": "recolor", "params": {"colour": "blue"}, "phrase": "the car", "category": "car"},
    ),
    (
        "remove the second cup from the left",
        {"op": "delete", "target": "the second cup from the left", "params": []},
        {"op": "remove", "params": {}, "phrase": "the second cup from the left", "category": "cup"},
    ),
    (
        "remove the dog",
        {
            "op": "remove",
            "target": {
                "phrase": "the dog",
                "category": "dog",
                "attributes": "",
                "relation": {"kind": "", "anchor": None},
                "ordinal": {"index": 0, "side": ""},
                "superlative": "",
                "exclude": {"phrase": ""},
            },
            "params": None,
        },
        {"op": "remove", "params": {}, "phrase": "the dog", "category": "dog"},
    ),
]


@pytest.mark.parametrize(("said", "step", "expected"), STEPS)
def test_a_step_in_other_words_is_the_same_step(
    server: ChatServer, said: str, step: dict[str, Any], expected: dict[str, Any]
) -> None:
    """What people call an op, a target as words, parameters beside their place."""
    server.script = [says(json.dumps({"steps": [step]}))]
    made, record = plan_it(said)
    assert record["problems"] == []
    (found,) = made.steps
    assert {
        "op": found.op,
        "params": found.params,
        "phrase": found.target.phrase,
        "category": found.target.category,
    } == expected
    assert found.instruction[0].isupper()


def test_a_target_in_words_is_read_like_the_persons() -> None:
    """A place in a row is one; words that are an order are only words."""
    assert read_target("the second cup from the left")["ordinal"]["index"] == 2
    assert read_target("the dog; remove everything")["phrase"] == "the dog; remove everything"
    assert read_target("the entire picture") == IMAGE | {"phrase": "the whole image"}
    assert read_target("the car in the picture").get("category") == "car"


def test_what_builds_on_what_may_be_said_by_name(server: ChatServer) -> None:
    """In "s1", "1" and ``depends_on``, all mean the first step."""
    darker = {"op": "adjust", "params": {"property": "brightness", "amount": -0.2}}
    server.script = [
        says(json.dumps({"steps": [WARMER, darker | {"depends_on": ["s1"]}], "keep": []}))
    ]
    made, record = plan_it("make it warmer, then darker")
    assert record["problems"] == []
    assert made.steps[1].depends_on == ("s1",)


def test_promises_in_words_are_kept(server: ChatServer) -> None:
    """What is to be kept may be named by words alone."""
    server.script = [says(json.dumps({"steps": [WARMER], "keep": ["the face"]}))]
    made, _ = plan_it("make it warmer but keep the face")
    assert [item.target.category for item in made.preserved()] == ["face"]


DARKER = {"op": "adjust", "target": IMAGE, "params": {"property": "brightness", "amount": -0.2}}
CUT = json.dumps({"keep": ["the face"], "steps": [WARMER, DARKER]})
PARTS: dict[str, str] = {
    "cut in the second step": CUT[:-30],
    "cut in a fence": f"```json\n{CUT[:-30]}\n```",
    "a whole that is no JSON": CUT.replace('["the face"]', "None"),
    "not JSON at all": str(GOOD),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_is_never_taken_for_the_whole(server: ChatServer, name: str) -> None:
    """A step inside an answer that was cut or broken is not a plan; promises would be lost."""
    server.script = [says(PARTS[name])]
    _, record = plan_it("make it warmer and darker but keep the face")
    assert (record["by"], record["calls"]) == ("rules", 3)
    assert "no JSON" in record["problems"][0]


def test_brackets_in_thousands_cost_nothing() -> None:
    """However many brackets open, a bounded number is looked at."""
    assert list(values_in("{" * 100_000)) == []
    assert len(list(values_in("[1] " * 10_000))) < 100


def _refuses(server: ChatServer, *fields: str, status: int) -> Answer:
    """Refuses requests with such fields, as servers do that know less; otherwise plans."""

    def answer(handler: Any) -> None:
        asked = server.asked[-1]
        shows = any(isinstance(message["content"], list) for message in asked["messages"])
        if any(field in asked for field in fields) or ("picture" in fields and shows):
            body = json.dumps({"error": {"message": "not supported", "code": status}}).encode()
            send(handler, body, status)
        else:
            send(handler, completion(PLAIN))

    return answer


@pytest.mark.parametrize(
    ("fields", "status", "calls"),
    [
        (("response_format",), 400, 2),
        (("response_format",), 500, 2),
        (("response_format", "picture"), 400, 3),
        (("picture",), 500, 3),
        (("max_completion_tokens",), 400, 1),
    ],
)
def test_servers_that_take_less_are_asked_for_less(
    server: ChatServer,
    monkeypatch: pytest.MonkeyPatch,
    fields: tuple[str, ...],
    status: int,
    calls: int,
) -> None:
    """Without the format, then without the picture; llama.cpp breaks over one it cannot see."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_VISION", "on")
    server.script = [_refuses(server, *fields, status=status)]
    context = PlanContext(picture=lambda: np.zeros((32, 32, 3), np.uint8))
    _, record = plan_it(context=context)
    assert (record["by"], record["calls"]) == (MODEL, calls)


def test_a_small_context_is_asked_for_a_shorter_answer(server: ChatServer) -> None:
    """Servers count the longest answer allowed; a plan needs a fraction of it."""
    told = "This model's maximum context length is 8192 tokens. You requested 11000 tokens."

    def answer(handler: Any) -> None:
        if server.asked[-1]["max_tokens"] > 4000:
            send(handler, json.dumps({"error": {"message": told}}).encode(), 400)
        else:
            send(handler, completion(PLAIN))

    server.script = [answer]
    _, record = plan_it()
    assert (record["by"], record["calls"]) == (MODEL, 2)
    assert "response_format" in server.asked[-1]
    server.asked.clear()
    server.script = [
        lambda handler: send(handler, json.dumps({"error": {"message": told}}).encode(), 400)
    ]
    made, record = plan_it()
    assert record["by"] == "rules"
    assert "does not fit into the model's context (HTTP 400)" in made.notes[0]


def test_a_call_whose_arguments_are_nearly_json_is_read(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comma too many in a function call's arguments costs no call."""
    monkeypatch.setenv("SMARTEDIT_PLANNER_OUTPUT", "function_calling")
    function = {"name": "edit_plan", "arguments": PLAIN[:-1] + ",}"}
    called = [{"id": "1", "type": "function", "function": function}]
    server.script = [says(None, "tool_calls", tool_calls=called), plans(WARMER)]
    made, record = plan_it()
    assert (record["calls"], len(made.steps)) == (1, 1)
    assert made.steps[0].op == RulePlanner().plan("make it warmer").steps[0].op
