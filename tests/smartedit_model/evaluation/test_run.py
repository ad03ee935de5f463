"""Runs go on where they were stopped, refuse what does not fit, and report what was measured."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from smartedit_model.evaluation.errors import EvaluationSetupError, RunMismatchError
from smartedit_model.evaluation.judging import Check, Verdict
from smartedit_model.evaluation.models import parse_options, subject_of
from smartedit_model.evaluation.report import write_report
from smartedit_model.evaluation.run import evaluate, read_records
from smartedit_model.evaluation.subjects import (
    Ask,
    CopySubject,
    EditorSubject,
    Grounds,
    Made,
    PipelineSubject,
)
from smartedit_model.evaluation.summary import read_baselines, summarise
from smartedit_model.evaluation.world_bench import WorldBench
from smartedit_model.guidance import Guidance
from tools.editing import Availability, DomainVerdict, EditOutcome
from tools.errors import BadArguments, EditorFailed, EditorUnavailable


class Pixels:
    """Judges by the exact target; quick, and enough to test what is not the judge."""

    version = "pixels"

    def judge(self, sample, result):
        same = bool((sample.target == result).all())
        return Verdict((Check("<b>as the target</b>", same, "it is not"),))


class Ideal:
    """Makes every edit exactly and finds every target."""

    name = "ideal"

    def __init__(self, bench):
        self.bench, self.asked = bench, []

    def prepare(self):
        return {"model": self.name}

    def make(self, asks):
        made = []
        for ask in asks:
            key = next(k for k in self.bench.keys if self.bench.sample(k).source is ask.image)
            self.asked.append(key)
            sample = self.bench.sample(key)
            made.append(Made(sample.target, 0.5, sample.region, not sample.valid))
        return made


def bench(number=2, categories=("left_right", "reasoning", "none")):
    return WorldBench(Pixels(), number, categories, size=64)


def test_an_ideal_model_reaches_every_goal(tmp_path):
    """All aligned, all grounded, what is not there is left alone and reported."""
    cases = bench()
    records, told = evaluate(cases, Ideal(cases), tmp_path)
    summary = summarise(cases, records, told, 0)
    assert summary["understanding"]["ins_align"] == 1.0
    assert summary["reasoning"] == {**summary["categories"]["reasoning"]}
    assert summary["grounding"]["iou_over_half"]["value"] == 1.0
    assert summary["no_target"]["both"]["value"] == 1.0
    assert summary["no_target"]["wrongly_declined"]["value"] == 0.0
    assert summary["all"]["seconds"]["value"] == 0.5


def test_copying_is_no_editing(tmp_path):
    """Nothing is aligned; of what is not there, it is left unchanged but not reported."""
    cases = bench()
    records, told = evaluate(cases, CopySubject(), tmp_path)
    summary = summarise(cases, records, told, 0)
    assert summary["understanding"]["ins_align"] == 0.0
    assert summary["no_target"]["left_unchanged"]["value"] == 1.0
    assert summary["no_target"]["reported"]["value"] == 0.0
    assert summary["categories"]["none"]["ins_align"] == 0.0
    assert summary["all"]["identical"] == len(records)
    assert summary["grounding"] is None


DIE = """
    import os, signal, sys
    from pathlib import Path
    from tests.smartedit_model.evaluation.test_run import bench
    from smartedit_model.evaluation.run import evaluate
    from smartedit_model.evaluation.subjects import CopySubject

    def die(done, total, record):
        if done == 3:
            os.kill(os.getpid(), signal.SIGKILL)
    evaluate(bench(), CopySubject(), Path(sys.argv[1]), batch=2, on_case=die)
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    """No case is made twice, and the end is as if nothing had happened."""
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-c", textwrap.dedent(DIE), str(killed)]
    died = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert died.returncode == -signal.SIGKILL
    kept = [record["key"] for record in read_records(killed / "cases.jsonl")]
    assert len(kept) == 3
    with (killed / "cases.jsonl").open("ab") as file:
        file.write(b'{"key": "left_right/0')  # a line that the kill has torn
    cases = bench()
    made = []

    class Watched(CopySubject):
        def make(self, asks):
            made.extend(asks)
            return super().make(asks)

    records, _ = evaluate(cases, Watched(), killed)
    undisturbed, _ = evaluate(bench(), CopySubject(), whole)
    assert len(made) == len(cases.keys) - 3
    assert [{**r, "seconds": 0} for r in records] == [{**r, "seconds": 0} for r in undisturbed]
    lines = (killed / "cases.jsonl").read_text("utf-8").splitlines()
    assert sorted(json.loads(line)["key"] for line in lines) == sorted(cases.keys)


def test_a_run_can_be_made_longer(tmp_path):
    """More cases of the same settings are added to those that are there."""
    evaluate(bench(1), CopySubject(), tmp_path)
    cases = bench(2)
    ideal = CopySubject()
    records, _ = evaluate(cases, ideal, tmp_path)
    assert len(records) == 6


def test_other_settings_are_refused(tmp_path):
    """A run of another model, seed or judge is not mixed in."""
    evaluate(bench(1), CopySubject(), tmp_path)
    with pytest.raises(RunMismatchError, match="seed"):
        evaluate(bench(1), CopySubject(), tmp_path, seed=1)
    other = bench(1)
    with pytest.raises(RunMismatchError, match="subject"):
        evaluate(other, Ideal(other), tmp_path)


def test_seeds_belong_to_cases():
    """A case has the same noise whatever is made with it; another case has other noise."""
    cases = bench()
    seeds = [cases.ask(key, 0).seed for key in cases.keys]
    assert len(set(seeds)) == len(seeds)
    assert cases.ask(cases.keys[0], 1).seed != seeds[0]


class Page(HTMLParser):
    """Checks that every tag is closed, and keeps texts and pictures."""

    VOID = ("meta", "img")

    def __init__(self):
        super().__init__()
        self.open, self.pictures, self.texts = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.pictures.append(dict(attrs)["src"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def test_report_is_whole_and_holds_its_pictures(tmp_path):
    """Well-formed, nothing from outside, what others wrote is text, failed cases first."""
    cases = bench(3, ("left_right", "none"))
    records, told = evaluate(cases, Ideal(cases), tmp_path)
    records[4]["aligned"], records[4]["failures"] = False, ["<script>alert(1)</script>"]
    summary = summarise(cases, records, told, 0)
    write_report(cases, records, summary, tmp_path)
    text = (tmp_path / "report.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert len(page.pictures) == 6 * 5  # source, result, exact target, meant, grounded
    assert all(src.startswith("data:image/webp;base64,") for src in page.pictures)
    assert "http" not in text
    assert "<script" not in text
    assert "<script>alert(1)</script>" in page.texts
    failed, first = text.index("left_right/00002"), text.index("left_right/00000")
    assert failed < first
    assert json.loads((tmp_path / "report.json").read_text("utf-8")) == summary
    assert read_baselines([tmp_path / "report.json"])["ideal"]["count"] == 6


class Shy:
    """An editor that fails on every second picture."""

    name, version = "shy", "1"

    def __init__(self, ready=True):
        self.calls, self.ready = 0, ready

    def availability(self):
        return Availability(self.ready, "no weights", "bring them")

    def supports(self, op):
        return True

    def domain(self, image):
        return DomainVerdict(True)

    def edit(self, request):
        self.calls += 1
        if self.calls % 2:
            raise EditorFailed("not today")
        return EditOutcome(request.image, region=np.ones(request.image.shape[:2], bool))


def test_a_case_that_fails_is_counted_as_such(tmp_path):
    """It is not aligned, says why, and the others go on."""
    cases = bench()
    records, told = evaluate(cases, EditorSubject(Shy()), tmp_path)
    assert sum(bool(record["error"]) for record in records) == 3
    assert not any(record["aligned"] for record in records if record["error"])
    assert summarise(cases, records, told, 0)["errors"] == 3


def test_a_model_that_is_not_here_is_refused(tmp_path):
    """Before anything is made."""
    with pytest.raises(EditorUnavailable, match="no weights"):
        evaluate(bench(), EditorSubject(Shy(ready=False)), tmp_path)
    assert not (tmp_path / "cases.jsonl").exists()


@pytest.mark.parametrize("wrong", [np.zeros((8, 8, 3), np.uint8), np.zeros((64, 64, 3), float)])
def test_results_of_another_form_are_refused(tmp_path, wrong):
    """A model's output is not trusted."""

    class Odd(CopySubject):
        def make(self, asks):
            return [Made(wrong, 0.0) for _ in asks]

    with pytest.raises(EvaluationSetupError, match="gave"):
        evaluate(bench(), Odd(), tmp_path)


def test_a_pipeline_runs_in_batches_and_cases_do_not_depend_on_them(tiny_folder, tmp_path):
    """The same case alone and in a batch gives the same picture, up to rounding."""
    subject = PipelineSubject("tiny", tiny_folder, device="cpu", options={"num_inference_steps": 2})
    told = subject.prepare()
    assert told["version"]
    cases = bench(1)
    asks = [cases.ask(key, 0) for key in cases.keys]
    together = subject.make(asks)
    alone = [subject.make([ask])[0] for ask in asks]
    for one, other in zip(together, alone, strict=True):
        assert one.image.shape == (64, 64, 3)
        assert not one.error
        assert np.abs(one.image.astype(int) - other.image).max() <= 2


def test_a_pipeline_that_grounds_is_asked_for_its_regions(tmp_path):
    """Masks of any size come back as bool at the picture's size."""

    class Grounding:
        def __call__(self, pictures, words, **_):
            return type("Out", (), {"images": pictures, "declined": [True, False]})()

        def ground(self, images, instructions):
            return np.stack([np.eye(4) > 0] * len(images))

    assert isinstance(Grounding(), Grounds)
    subject = PipelineSubject("grounding", tmp_path)
    subject._pipe = Grounding()
    asks = [Ask(np.zeros((64, 64, 3), np.uint8), "remove it", "remove", n) for n in range(2)]
    first, second = subject.make(asks)
    assert first.declined
    assert not second.declined
    assert second.region.shape == (64, 64)
    assert second.region[5, 5]
    assert not second.region[5, 60]
    assert not first.region.any()


def test_names_and_options(tiny_folder, tmp_path):
    """A folder runs as a pipeline, `copy` as itself, all else through the shelf."""
    options = parse_options(["steps=4", "sampler=dpm"])
    assert options == {"steps": 4, "sampler": "dpm"}
    assert isinstance(subject_of("copy", tmp_path, Shy, {}), CopySubject)
    assert isinstance(subject_of(str(tiny_folder), tmp_path, Shy, options), PipelineSubject)
    assert isinstance(subject_of("x", tmp_path, lambda _: Shy(), {}), EditorSubject)
    suited = tmp_path / "suited"
    shutil.copytree(tiny_folder, suited)
    (suited / "editing.json").write_text('{"steps": 1, "guidance_text": 1.0, "context": 2.0}')
    subject = subject_of(str(suited), tmp_path, Shy, {"guidance_text": 3.0})
    assert isinstance(subject, PipelineSubject)
    assert subject._options == {"num_inference_steps": 1, "guidance_scale": 3.0}
    with pytest.raises(EvaluationSetupError, match="NAME=VALUE"):
        parse_options(["steps"])
    with pytest.raises(EvaluationSetupError, match="no option"):
        subject_of(str(tiny_folder), tmp_path, Shy, {"colour": 1})
    savings = {"guidance_text": 5, "guidance_interval": "0.2,0.8", "keep_every": 2, "steps": 4}
    subject = subject_of(str(tiny_folder), tmp_path, Shy, savings)
    assert isinstance(subject, PipelineSubject)
    wanted = Guidance(text=5.0, interval=(0.2, 0.8), keep_every=2)
    assert subject._options == {"num_inference_steps": 4, "guidance": wanted}
    with pytest.raises(BadArguments, match="keep_every"):
        subject_of(str(tiny_folder), tmp_path, Shy, {"keep_every": 0})
    with pytest.raises(EvaluationSetupError, match="report"):
        read_baselines([tmp_path / "none.json"])


def test_the_command_prints_one_json_object(tmp_path, monkeypatch):
    """From the command line, with the shipped judge."""
    from orchestrator.cli.app import app

    monkeypatch.setenv("SMARTEDIT_HOME", str(tmp_path / "home"))
    given = ["eval", "--model", "copy", "--limit", "1", "--categories", "left_right,none"]
    result = CliRunner().invoke(app, [*given, "-o", str(tmp_path / "run"), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["understanding"]["ins_align"] == 0.0
    assert report["categories"]["none"]["count"] == 1
    assert (tmp_path / "run/report.html").is_file()
    with Image.open(next((tmp_path / "run/pictures").glob("*.png"))) as kept:
        assert kept.size == (128, 128)
