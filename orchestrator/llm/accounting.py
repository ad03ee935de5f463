"""What planning with a language model took: calls, tokens, seconds, cost, and what went wrong.

Holds numbers and the program's own words; never what was sent, a key, or an address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_TOKENS = 100_000_000
"""A server that reports more is not believed."""
MILLION = 1_000_000


def believable(count: Any) -> int:
    """A token count from a server, in [0, MOST_TOKENS]; 0 where it is no sensible number."""
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST_TOKENS:
        return 0
    return count


@dataclass
class Accounts:
    """Adds up the calls for one plan.

    Attributes:
        planner: the model asked, as in ``--planner``.
        price_in: of a million tokens sent; None = not known.
        price_out: of a million tokens received; None = not known.
        by: whose plan it became: the model's or ``rules``.
        calls: requests made.
        replies: of these, how many brought a reply.
        input_tokens: as the server counted them; 0 where it does not say.
        output_tokens: likewise.
        call_seconds: of each call, in order.
        picture_shown: the picture went with the last call.
        fallback: why the rules planned; "" where they did not.
        problems: what was wrong with each call or reply that was not accepted, in order.
    """

    planner: str
    price_in: float | None = None
    price_out: float | None = None
    by: str = ""
    calls: int = 0
    replies: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    call_seconds: list[float] = field(default_factory=list)
    picture_shown: bool = False
    fallback: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def cost(self) -> float | None:
        """In the currency of the configured prices; None where they are not configured."""
        if self.price_in is None and self.price_out is None:
            return None
        spent = self.input_tokens * (self.price_in or 0) + self.output_tokens * (
            self.price_out or 0
        )
        return round(spent / MILLION, 8)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as in the run's report."""
        return {
            "planner": self.planner,
            "by": self.by,
            "calls": self.calls,
            "replies": self.replies,
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cost": self.cost,
            "call_seconds": [round(seconds, 3) for seconds in self.call_seconds],
            "picture_shown": self.picture_shown,
            "fallback": self.fallback,
            "problems": list(self.problems),
        }
