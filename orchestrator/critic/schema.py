"""Untrusted values to a plan: the schema, and an order that respects the dependencies.

The first gate of the critic; what it lets through is typed. It knows nothing of tools or words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.critic.findings import Finding
from orchestrator.errors import BadPlan
from orchestrator.plan import EditPlan, load_plan


def read_untrusted(values: Any) -> tuple[EditPlan, tuple[Finding, ...]]:
    """Check an untrusted plan against the schema; put its steps in an order that can be run.

    Args:
        values: plain JSON values.

    Returns:
        The plan, and a note where steps were put in another order.

    Raises:
        BadPlan: one line naming the first thing that is wrong; a circle of dependencies is named.
    """
    needs = _dependencies(values)
    if needs is None:
        return load_plan(values), ()
    order = _ordered(needs)
    if order == list(needs):
        return load_plan(values), ()
    by_id = {step["id"]: step for step in values["steps"]}
    plan = load_plan({**values, "steps": [by_id[name] for name in order]})
    told = f"the steps run in the order {', '.join(order)}, as what they depend on asks for"
    return plan, (Finding("note", "reordered", told),)


def _dependencies(values: Any) -> dict[str, tuple[str, ...]] | None:
    """Step id -> the ids it needs, in the order given; None where the schema must speak first."""
    steps = values.get("steps") if isinstance(values, Mapping) else None
    if not isinstance(steps, list | tuple):
        return None
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        if not isinstance(step, Mapping) or not isinstance(step.get("id"), str):
            return None
        needs = step.get("depends_on", ())
        if not isinstance(needs, list | tuple) or not all(isinstance(n, str) for n in needs):
            return None
        if step["id"] in found:
            return None
        found[step["id"]] = tuple(needs)
    if any(name not in found for needs in found.values() for name in needs):
        return None  # the schema names the step that is not there
    return found


def _ordered(needs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The given order with as little moved as the dependencies ask for.

    Raises:
        BadPlan: they form a circle.
    """
    waiting = dict(needs)
    done: list[str] = []
    while waiting:
        ready = next((n for n, wanted in waiting.items() if all(w in done for w in wanted)), None)
        if ready is None:
            circle = " -> ".join(_circle(waiting))
            raise BadPlan(f"the steps depend on each other in a circle: {circle}; break it")
        done.append(ready)
        del waiting[ready]
    return done


def _circle(waiting: Mapping[str, tuple[str, ...]]) -> list[str]:
    """One circle; every step that waits needs another that waits, so walking must close one."""
    path = [next(iter(waiting))]
    while True:
        following = next(name for name in waiting[path[-1]] if name in waiting)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)
