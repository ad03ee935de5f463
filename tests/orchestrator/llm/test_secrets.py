"""Keys are sent to their server and are seen nowhere else."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from memory.store import SessionStore
from orchestrator.llm.providers import choose_model
from orchestrator.session import EditSession
from orchestrator.settings import RunSettings, planner_settings
from tests.orchestrator.conftest import photo
from tests.orchestrator.llm.conftest import (
    KEY,
    MODEL,
    WARMER,
    Answer,
    ChatServer,
    fails,
    plan_it,
    plans,
    reply_of,
    says,
)
from tools.pictures import Picture

ECHO = json.dumps({"error": {"message": f"bad key {KEY}", "code": KEY}}).encode()
ESCAPED = "".join(f"\\u{ord(c):04x}" for c in KEY)
ANSWERS: dict[str, Answer] = {
    "a plan": plans(WARMER),
    "refused with an echo": fails(401, ECHO),
    "failed with an echo": fails(500, ECHO),
    "rejected with an echo": fails(400, ECHO),
    "echo as text": says(KEY),
    "echo in a note": says(json.dumps(reply_of(WARMER, notes=[KEY]))),
    "echo as op": says(json.dumps(reply_of({"op": KEY}))),
    "echo as key": says(json.dumps({KEY: 1, "steps": [{KEY: KEY}]})),
    "echo escaped": says(json.dumps(reply_of(WARMER, notes=["K"])).replace("K", ESCAPED)),
    "echo as model": says(KEY, refusal=KEY),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_key_is_never_stored_shown_or_logged(
    server: ChatServer, store: SessionStore, home: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Whatever the server answers, the key is in no report, log line or file of the store."""
    server.script = [ANSWERS[name]]
    with caplog.at_level(logging.DEBUG):
        session = EditSession.create(Picture(photo()), store=store)
        report = session.edit("make it warmer", settings=RunSettings(planner=MODEL))
    assert report.status == "done"
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in json.dumps(server.asked[0])
    assert KEY not in json.dumps(report.to_json())
    assert KEY not in caplog.text
    store.close()
    for file in home.rglob("*"):
        if file.is_file():
            assert KEY.encode() not in file.read_bytes(), file


def test_a_key_is_in_no_representation(server: ChatServer) -> None:
    """Printing settings, choice or planner shows no key."""
    from orchestrator.planning import get_planner

    settings = planner_settings()
    for thing in (settings, choose_model(MODEL, settings), get_planner(MODEL)):
        assert KEY not in repr(thing) + str(thing)
    assert KEY not in settings.model_dump_json()


def test_a_providers_own_key_stays_at_home(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server by base URL gets its own key or none, never the provider's."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own-account")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-own")
    monkeypatch.delenv("SMARTEDIT_PLANNER_API_KEY")
    server.script = [plans(WARMER)]
    assert plan_it()[1]["by"] == MODEL
    sent = json.dumps([server.headers, server.asked])
    assert "sk-own-account" not in sent
    assert server.headers[0]["authorization"] == "Bearer none"


def test_a_redirect_is_not_followed(server: ChatServer) -> None:
    """Whoever is pointed to gets neither the key nor the picture."""
    other = ChatServer()
    try:
        server.script = [fails(307, location=f"{other.url}/chat/completions")]
        _, record = plan_it()
    finally:
        other.close()
    assert record["by"] == "rules"
    assert other.paths == []


def test_tracing_for_other_programs_is_not_joined(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words and picture go nowhere else, even where the environment turns tracing on."""
    other = ChatServer()
    try:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2-test")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", other.url)
        server.script = [plans(WARMER)]
        assert plan_it()[1]["by"] == MODEL
    finally:
        other.close()
    assert other.paths == []


def test_credentials_in_an_address_are_not_recorded(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record names the model, not where it is."""
    address = server.url.replace("http://", "http://user:hunter2@")
    monkeypatch.setenv("SMARTEDIT_PLANNER_BASE_URL", address)
    server.script = [fails(500)]
    made, record = plan_it()
    assert "hunter2" not in json.dumps(record) + made.model_dump_json()
