"""Signatures over the access file: by ssh-keygen and without it, good and forged."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from textcrm import sealing
from textcrm.errors import StorageFailure
from textcrm.sealing import signatures

if TYPE_CHECKING:
    from pathlib import Path

needs_ssh_keygen = pytest.mark.skipif(
    not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed"
)


@pytest.fixture(params=[pytest.param("ssh-keygen", marks=needs_ssh_keygen), "alone"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of making and checking signatures."""
    if request.param == "alone":
        monkeypatch.setattr(signatures, "_program", lambda: None)
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_signed_by_one_of_them(tmp_path: Path) -> None:
    anna = sealing.generate_signing_key(tmp_path / "anna")
    bob = sealing.generate_signing_key(tmp_path / "bob")
    assert (tmp_path / "anna").stat().st_mode & 0o077 == 0
    keys = {"anna": anna, "bob": bob}
    signature = sealing.sign(b"data", tmp_path / "bob")
    assert sealing.verify(b"data", signature, keys) == "bob"
    assert sealing.verify(b"data", signature, {"anna": anna}) is None
    assert sealing.verify(b"date", signature, keys) is None
    assert sealing.verify(b"data", signature, keys, namespace="git") is None
    with pytest.raises(StorageFailure):
        sealing.generate_signing_key(tmp_path / "anna")


@needs_ssh_keygen
def test_each_way_reads_the_other_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    public = sealing.generate_signing_key(tmp_path / "key")
    by_program = sealing.sign(b"data", tmp_path / "key")
    monkeypatch.setattr(signatures, "_program", lambda: None)
    assert sealing.verify(b"data", by_program, {"me": public}) == "me"
    alone = sealing.sign(b"data", tmp_path / "key")
    monkeypatch.undo()
    assert sealing.verify(b"data", alone, {"me": public}) == "me"


@pytest.mark.usefixtures("way")
def test_what_is_no_signature(tmp_path: Path) -> None:
    public = sealing.generate_signing_key(tmp_path / "key")
    good = sealing.sign(b"data", tmp_path / "key")
    for bad in (b"", b"x", good[:-40], good.replace(b"A", b"B"), b"-----BEGIN SSH SIGNATURE-----"):
        assert sealing.verify(b"data", bad, {"me": public}) is None
    assert sealing.verify(b"data", good, {}) is None
    assert sealing.verify(b"data", good, {"me": "nonsense", "rsa": "ssh-rsa AAAA"}) is None


@needs_ssh_keygen
def test_the_fingerprint_is_ssh_keygen_s(tmp_path: Path) -> None:
    public = sealing.generate_signing_key(tmp_path / "key")
    said = subprocess.run(
        ["ssh-keygen", "-lf", str(tmp_path / "key.pub")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert sealing.fingerprint(public) == said.split()[1]
    assert sealing.fingerprint("nonsense") == ""


@needs_ssh_keygen
@pytest.mark.usefixtures("way")
def test_a_key_that_cannot_sign(tmp_path: Path) -> None:
    with pytest.raises(StorageFailure):
        sealing.sign(b"data", tmp_path / "missing")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "x", "-f", str(tmp_path / "locked")],
        check=True,
    )
    with pytest.raises(StorageFailure):
        sealing.sign(b"data", tmp_path / "locked")
