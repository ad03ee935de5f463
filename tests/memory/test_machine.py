"""The store against a model so simple that it is evidently right."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from memory.errors import (
    BranchExistsError,
    CurrentBranchError,
    NothingToRedoError,
    NothingToUndoError,
)
from memory.store import SessionStore

NAMES = st.sampled_from(["try", "warm", "main", "main-2", "night"])
TURNS = st.sampled_from(["t1", "t2", "t3"])
ANY = st.integers(min_value=0, max_value=10**6)
FEW = st.integers(min_value=1, max_value=4)


class Line:
    """A branch of the model: all revisions from the root to the tip, and where one stands."""

    def __init__(self, ids: list[str], index: int) -> None:
        self.ids = ids
        self.index = index


class StoreMachine(RuleBasedStateMachine):
    """Every operation on the store is done on the model too; then they are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="store-machine-"))
        self.store = SessionStore.open(self.home, cache_bytes=0)
        self.keys = 0

    def teardown(self) -> None:
        """Ends with a store in which nothing is wrong."""
        assert self.store.check() == []
        self.store.close()
        shutil.rmtree(self.home)

    # The model

    @property
    def line(self) -> Line:
        """The current branch."""
        return self.lines[self.current]

    @property
    def head(self) -> str:
        """The revision that is shown."""
        return self.line.ids[self.line.index]

    def free_name(self) -> str:
        """The name that a line without one gets."""
        stem = re.sub(r"-\d+$", "", self.current)
        return next(name for n in range(2, 999) if (name := f"{stem}-{n}") not in self.lines)

    def model_go_to(self, target: str) -> None:
        """Checks out, in the model."""
        if target not in self.line.ids:
            through = [
                (len(line.ids) - line.ids.index(target), name)
                for name, line in self.lines.items()
                if target in line.ids
            ]
            if through:
                self.current = min(through)[1]
            else:
                name = self.free_name()
                way = [target]
                while self.parents[way[0]] is not None:
                    way.insert(0, self.parents[way[0]])
                self.lines[name] = Line(way, len(way) - 1)
                self.current = name
        self.line.index = self.line.ids.index(target)

    def model_commit(self, parent: str, new: str) -> None:
        """Commits, in the model."""
        self.model_go_to(parent)
        old = self.line
        ids = [*old.ids[: old.index + 1], new]
        self.lines[self.current] = Line(ids, len(ids) - 1)
        if not any(old.ids[-1] in line.ids for line in self.lines.values()):
            self.lines[self.free_name()] = Line(old.ids, len(old.ids) - 1)

    def turn_lengths(self, ids: list[str]) -> list[int]:
        """How many revisions each turn has, along a way."""
        lengths: list[int] = []
        previous = None
        for revision in ids:
            if lengths and self.turns[revision] == previous:
                lengths[-1] += 1
            else:
                lengths.append(1)
            previous = self.turns[revision]
        return lengths

    # The rules

    @initialize()
    def begin(self) -> None:
        """Begins a session."""
        image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
        made = self.store.create_session(
            image, title="", source_name="", source_bytes=None, picture_meta={}
        )
        root = made.root_id
        self.session = made.id
        self.images = {root: image}
        self.parents: dict[str, Any] = {root: None}
        self.turns: dict[str, Any] = {root: None}
        self.lines = {"main": Line([root], 0)}
        self.current = "main"

    def do_commit(self, parent: str, turn: str, seed: int) -> None:
        """Commits in the store and in the model."""
        self.keys += 1
        image = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), np.uint8)
        made = self.store.commit(
            self.session,
            parent_id=parent,
            image_id=self.store.put_image(image).id,
            mask_id=None,
            step={},
            report={},
            plan_id=None,
            turn_id=turn,
            label=str(self.keys),
            key=str(self.keys),
        )
        self.images[made.id], self.parents[made.id], self.turns[made.id] = image, parent, turn
        self.model_commit(parent, made.id)

    @rule(turn=TURNS, seed=ANY)
    def commit_on_head(self, turn: str, seed: int) -> None:
        """A commit on the head."""
        self.do_commit(self.head, turn, seed)

    @rule(turn=TURNS, seed=ANY, pick=ANY)
    def commit_anywhere(self, turn: str, seed: int, pick: int) -> None:
        """A commit on any revision moves there first."""
        self.do_commit(list(self.images)[pick % len(self.images)], turn, seed)

    @precondition(lambda self: self.keys)
    @rule(pick=ANY)
    def commit_again(self, pick: int) -> None:
        """A key that is known changes nothing, whatever else is said."""
        made = list(self.images)[1 + pick % self.keys]
        again = self.store.commit(
            self.session,
            parent_id=self.head,
            image_id="0" * 64,
            mask_id=None,
            step={"other": 1},
            report={},
            plan_id=None,
            turn_id="other",
            label="other",
            key=self.store.revision(made).key,
        )
        assert again == self.store.revision(made)

    @rule(n=FEW)
    def undo(self, n: int) -> None:
        """Undo, or the number of steps that can be undone."""
        if n > self.line.index:
            with pytest.raises(NothingToUndoError) as caught:
                self.store.undo(self.session, n)
            assert caught.value.available == self.line.index
        else:
            self.line.index -= n
            assert self.store.undo(self.session, n).id == self.head

    @rule(turns=FEW)
    def undo_turn(self, turns: int) -> None:
        """Undo by turns."""
        lengths = self.turn_lengths(self.line.ids[1 : self.line.index + 1][::-1])
        if turns > len(lengths):
            with pytest.raises(NothingToUndoError) as caught:
                self.store.undo_turn(self.session, turns)
            assert caught.value.available == len(lengths)
        else:
            self.line.index -= sum(lengths[:turns])
            assert self.store.undo_turn(self.session, turns).id == self.head

    @rule(n=FEW)
    def redo(self, n: int) -> None:
        """Redo, or the number of steps that can be redone."""
        available = len(self.line.ids) - 1 - self.line.index
        if n > available:
            with pytest.raises(NothingToRedoError) as caught:
                self.store.redo(self.session, n)
            assert caught.value.available == available
        else:
            self.line.index += n
            assert self.store.redo(self.session, n).id == self.head

    @rule(turns=FEW)
    def redo_turn(self, turns: int) -> None:
        """Redo by turns."""
        lengths = self.turn_lengths(self.line.ids[self.line.index + 1 :])
        if turns > len(lengths):
            with pytest.raises(NothingToRedoError) as caught:
                self.store.redo_turn(self.session, turns)
            assert caught.value.available == len(lengths)
        else:
            self.line.index += sum(lengths[:turns])
            assert self.store.redo_turn(self.session, turns).id == self.head

    @rule(pick=ANY)
    def checkout(self, pick: int) -> None:
        """Checkout of any revision."""
        target = list(self.images)[pick % len(self.images)]
        self.model_go_to(target)
        assert self.store.checkout(self.session, target).id == target

    @rule()
    def start_over(self) -> None:
        """Back to the original."""
        self.line.index = 0
        assert self.store.start_over(self.session).id == self.head

    @rule(name=NAMES, pick=st.none() | ANY, switch=st.booleans())
    def create_branch(self, name: str, pick: int | None, switch: bool) -> None:
        """A branch anywhere, unless the name is taken."""
        at = None if pick is None else list(self.images)[pick % len(self.images)]
        if name in self.lines:
            with pytest.raises(BranchExistsError):
                self.store.create_branch(self.session, name, at, switch)
            return
        way: list[Any] = [at or self.head]
        while self.parents[way[0]] is not None:
            way.insert(0, self.parents[way[0]])
        self.lines[name] = Line(way, len(way) - 1)
        self.store.create_branch(self.session, name, at, switch)
        if switch:
            self.current = name

    @rule(pick=ANY)
    def switch_branch(self, pick: int) -> None:
        """A branch is found as it was left."""
        self.current = sorted(self.lines)[pick % len(self.lines)]
        assert self.store.switch_branch(self.session, self.current).id == self.head

    @rule(pick=ANY, new=NAMES)
    def rename_branch(self, pick: int, new: str) -> None:
        """Another name, unless it is taken."""
        old = sorted(self.lines)[pick % len(self.lines)]
        if new in self.lines and new != old:
            with pytest.raises(BranchExistsError):
                self.store.rename_branch(self.session, old, new)
            return
        self.store.rename_branch(self.session, old, new)
        self.lines[new] = self.lines.pop(old)
        self.current = new if self.current == old else self.current

    @rule(pick=ANY)
    def delete_branch(self, pick: int) -> None:
        """A branch goes, unless one is on it; its revisions stay."""
        name = sorted(self.lines)[pick % len(self.lines)]
        if name == self.current:
            with pytest.raises(CurrentBranchError):
                self.store.delete_branch(self.session, name)
            return
        self.store.delete_branch(self.session, name)
        del self.lines[name]

    @rule()
    def reopen(self) -> None:
        """Everything survives closing and opening."""
        self.store.close()
        self.store = SessionStore.open(self.home, cache_bytes=0)

    @rule()
    def collect(self) -> None:
        """Collecting garbage changes nothing that can be seen."""
        self.store.gc(grace_seconds=0)

    # What must hold after every step

    @invariant()
    def agrees(self) -> None:
        """Head, history, branches and what can be undone agree with the model."""
        info = self.store.session(self.session)
        assert (info.branch, info.head_id) == (self.current, self.head)
        assert info.undo_steps == self.line.index
        assert info.redo_steps == len(self.line.ids) - 1 - self.line.index
        history = [revision.id for revision in self.store.history(self.session)]
        assert history == self.line.ids[: self.line.index + 1]
        assert {b.name: (b.position_id, b.tip_id) for b in self.store.branches(self.session)} == {
            name: (line.ids[line.index], line.ids[-1]) for name, line in self.lines.items()
        }

    @invariant()
    def loses_nothing(self) -> None:
        """Every revision ever made is there, and the picture shown is bit for bit right."""
        revisions = self.store.all_revisions(self.session)
        assert {r.id: r.parent_id for r in revisions} == self.parents
        head = self.store.head(self.session)
        assert np.array_equal(self.store.get_image(head.image_id), self.images[head.id])


class TestStoreMachine(StoreMachine.TestCase):  # type: ignore[name-defined,misc]
    """Some hundred operations, in every run of the tests."""

    settings = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


@pytest.mark.slow
class TestStoreMachineLong(StoreMachine.TestCase):  # type: ignore[name-defined,misc]
    """Many thousand operations."""

    settings = settings(
        max_examples=150,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
