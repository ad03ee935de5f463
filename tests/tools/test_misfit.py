"""What does not fit a schema, told to a person."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.errors import BadPlan
from orchestrator.plan import load_plan

STEP = {"id": "s1", "op": "blur", "instruction": "Blur it", "scope": "global"}


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"steps": [{**STEP, "op": "explode"}]}, "steps.0.op: Input should be"),
        ({"steps": [{**STEP, "op": "explode"}]}, ", not 'explode'"),
        ({"steps": [STEP], "colour": "red"}, "colour: there is no such field, not 'red'"),
        ([], "plan: a mapping of names to values is wanted"),
        ({"steps": [{"id": "s1"}]}, "steps.0.op: it is missing"),
        ({"steps": [{**STEP, "depends_on": ["s9"]}]}, "plan: step 's1' depends on 's9'"),
    ],
)
def test_one_line_names_the_place_the_fault_and_the_value(values: Any, says: str) -> None:
    """In words for who wrote the file, not for who wrote the schema."""
    if isinstance(values, dict):
        values = {"instruction": "blur it", **values}
    with pytest.raises(BadPlan) as caught:
        load_plan(values)
    assert says in str(caught.value)
    assert "Value error" not in str(caught.value)
