"""A table of steps that breaks lines at spaces, however narrow the terminal.

Rich squeezes every column alike and then breaks words. Here a column is never narrower than its
longest word; where the words do not fit beside each other, a step's cells stand below each other.
Knows cells of marked-up text, not what a plan is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

GAP = 3
"""Characters between two columns: a line and a space on either side."""


@dataclass(frozen=True)
class StepTable:
    """Steps as rows; printed by a rich console.

    Attributes:
        columns: their names, the first of which is the steps' ids.
        rows: marked-up cells, one of each column.
        title: above the table.
        bare: columns whose cells say by themselves what they are, where cells stand below each
            other.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = "Plan"
    bare: frozenset[str] = frozenset({"op", "what"})

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table at the width there is."""
        widths = fitted(list(zip(self.columns, *self.rows, strict=True)), options.max_width)
        yield self._stacked() if widths is None else self._beside(widths)

    def _beside(self, widths: Sequence[int]) -> Table:
        table = self._empty()
        for column, width in zip(self.columns, widths, strict=True):
            table.add_column(column, width=width, overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table

    def _stacked(self) -> Table:
        table = self._empty(show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for row in self.rows:
            named = list(zip(self.columns, row, strict=True))[1:]
            lines = [
                cell if name in self.bare else f"{name}: {cell}" for name, cell in named if cell
            ]
            table.add_row(row[0], "\n".join(lines))
        return table

    def _empty(self, *, show_header: bool = True) -> Table:
        return Table(
            title=self.title,
            title_justify="left",
            show_edge=False,
            pad_edge=False,
            show_header=show_header,
        )


def fitted(columns: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """How wide each column is in so many characters; None where its words would have to be broken.

    Args:
        columns: the marked-up cells of each, its name among them.
        width: of the table.
    """
    lines = [[Text.from_markup(cell).plain for cell in column] for column in columns]
    least = [
        max((cell_len(w) for cell in column for w in cell.split()), default=0) for column in lines
    ]
    most = [
        max((cell_len(line) for cell in column for line in cell.splitlines()), default=0)
        for column in lines
    ]
    room = width - GAP * (len(columns) - 1) - sum(least)
    if room < 0:
        return None
    widths = list(least)
    while room > 0 and (short := [i for i, w in enumerate(widths) if w < most[i]]):
        widths[min(short, key=widths.__getitem__)] += 1
        room -= 1
    return widths
