"""The folder .textcrm: its owner's alone, and never one that came with a clone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textcrm.catalog.folder import make_folder, require_own
from textcrm.errors import TrustFailure

EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git's name of an empty file
FORMS = {
    "version 2": [],
    "version 4": ["-c", "index.version=4"],
    "split": ["-c", "core.splitIndex=true"],
}


def git(root: Path, *words: str, text: str = "") -> None:
    subprocess.run(
        ["git", "-C", str(root), *words], input=text, text=True, check=True, capture_output=True
    )


def track(root: Path, *names: str, form: str = "version 2") -> None:
    for name in names:
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"x")
    git(root, *FORMS[form], "add", "-f", "--", *names)


def refusal(root: Path) -> str | None:
    try:
        require_own(root, root / ".textcrm")
    except TrustFailure as error:
        assert error.hint
        return error.code
    return None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "v")
    return tmp_path / "v"


def test_it_is_for_its_owner_and_ignored(tmp_path: Path) -> None:
    make_folder(tmp_path / ".textcrm")
    assert (tmp_path / ".textcrm").stat().st_mode & 0o077 == 0
    assert "*" in (tmp_path / ".textcrm/.gitignore").read_text("utf-8").split("\n")


@pytest.mark.parametrize("name", [".textcrm/catalog.db", ".textcrm/index/x", ".TextCRM/y"])
@pytest.mark.parametrize("form", FORMS)
def test_one_that_git_tracks_is_refused(root: Path, name: str, form: str) -> None:
    track(root, ".gitattributes", "customers/a.yaml", "textcrm.yaml", form=form)
    assert refusal(root) is None
    track(root, name, form=form)
    assert refusal(root) == "local-folder-tracked"


def test_one_below_the_top_of_the_work_tree(root: Path) -> None:
    track(root, "sub/vault/customers/a.yaml", "sub/vault/.textcrm/x")
    assert refusal(root) is None
    assert refusal(root / "sub/vault") == "local-folder-tracked"


def test_one_in_a_repository_of_long_hashes(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "v")
    track(tmp_path / "v", ".a", "z")
    assert refusal(tmp_path / "v") is None
    track(tmp_path / "v", ".textcrm/x")
    assert refusal(tmp_path / "v") == "local-folder-tracked"


def test_one_in_a_second_work_tree(root: Path, tmp_path: Path) -> None:
    track(root, ".a", "z")
    git(root, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    git(root, "worktree", "add", "-q", str(tmp_path / "w"))
    assert refusal(tmp_path / "w") is None
    track(tmp_path / "w", ".textcrm/x")
    assert refusal(tmp_path / "w") == "local-folder-tracked"
    assert refusal(root) is None


def test_a_repository_in_its_place_is_refused(root: Path) -> None:
    """A submodule of that name would be filled by whoever made the vault."""
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{EMPTY},.textcrm")
    assert refusal(root) == "local-folder-tracked"


def test_a_file_that_is_only_to_be_added(root: Path) -> None:
    track(root, ".a")
    (root / ".b").write_bytes(b"")
    git(root, "add", "-N", ".b")  # such an entry is longer
    assert refusal(root) is None
    track(root, ".textcrm/x")
    assert refusal(root) == "local-folder-tracked"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.sets(
        st.text(st.sampled_from("!-.0aZt\u4e91"), min_size=1, max_size=70).filter(
            lambda name: name.strip(".") != ""
        ),
        max_size=40,
    ),
    tracked=st.booleans(),
    version=st.sampled_from("24"),
)
def test_among_any_names(root: Path, names: set[str], tracked: bool, version: str) -> None:
    (root / ".git/index").unlink(missing_ok=True)
    wanted = sorted(f"{name}/x" for name in names) + [".textcrm/x"] * tracked
    lines = "".join(f"100644 {EMPTY}\t{name}\0" for name in wanted)
    git(root, "-c", f"index.version={version}", "update-index", "-z", "--index-info", text=lines)
    assert refusal(root) == ("local-folder-tracked" if tracked else None)


def test_a_broken_index_is_left_to_git(root: Path) -> None:
    track(root, ".a", "z")
    whole = (root / ".git/index").read_bytes()
    for end in (0, 3, 11, 12, 50, 75, len(whole) - 1):
        (root / ".git/index").write_bytes(whole[:end])
        assert refusal(root) is None


def test_a_link_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / ".textcrm").symlink_to(tmp_path / "elsewhere")
    assert refusal(root) == "local-folder-linked"
    assert not list((tmp_path / "elsewhere").iterdir())
