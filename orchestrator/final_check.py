"""The last word on a run: the whole of it against the picture it started from.

Comparing with the previous step alone would let small losses add up unseen.
"""

from __future__ import annotations

from typing import Any

from orchestrator.promises import Promise
from orchestrator.state import RunContext, RunState
from tools.compositing import differing


def final_check(state: RunState, context: RunContext) -> dict[str, Any]:
    """Judge the whole run against the picture it started from.

    Returns:
        ``status``: done only where every step is done and verified; ``failed`` where nothing
        changed; else ``partial``. ``untouched``: share of pixels identical to the start (absent
        where the size changed). ``promises``: each preserved thing and whether it still is.
    """
    results = state["results"]
    base = context.store.revision(state["base_revision"]).image_id
    head = context.store.revision(state["head"]).image_id
    before, _ = context.workspace.picture(base)
    after, _ = context.workspace.picture(head)
    report: dict[str, Any] = {}
    promises = [Promise.model_validate(item) for item in state["preserve"]]
    broken = False
    if before.shape == after.shape:
        same = None if base == head else ~differing(before, after)
        report["untouched"] = 1.0 if same is None else round(float(same.mean()), 6)
        kept = [promise.report(context.workspace, same) for promise in promises]
        broken = any(item["kept"] is False for item in kept)
        report["promises"] = kept
    else:
        report["promises"] = [
            promise.report(context.workspace, None, moved=True) for promise in promises
        ]
    changed = any(item["status"] in ("done", "unverified") for item in results)
    if not changed:
        status = "failed" if results else "done"
    elif broken or any(item["status"] != "done" for item in results):
        status = "partial"
    else:
        status = "done"
    return report | {"status": status}
