"""Commit messages: what goes in as a trailer comes out, and nothing else does."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textcrm.errors import Misuse
from textcrm.gitrepo import compose_message
from textcrm.gitrepo.message import encoded


def trailers_of(message: str) -> list[str]:
    done = subprocess.run(
        [
            "git",
            "interpret-trailers",
            "--only-trailers",
            "--only-input",
            "--unfold",
            "--no-divider",
        ],
        input=encoded(message),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace").split("\n")[:-1]


def test_subject_alone() -> None:
    assert compose_message("C1: add") == "C1: add\n"
    assert compose_message("  \n ") == "textcrm\n"


def test_reason_comes_last_on_one_line() -> None:
    message = compose_message("s", reason="a\n\nTextcrm-Op: x\n", trailers=[("Textcrm-Op", "set")])
    assert message == "s\n\nTextcrm-Op: set\nTextcrm-Reason: a Textcrm-Op: x\n"


def test_a_trailer_s_name_is_checked() -> None:
    with pytest.raises(Misuse):
        compose_message("s", trailers=[("Bad: name", "x")])


@settings(deadline=None, max_examples=60)
@given(subject=st.text(max_size=80), reason=st.text(max_size=200))
@example(subject="Textcrm-Op: x", reason="y\r\n\r\nTextcrm-Op: z")
@example(subject="---", reason="# comment\x85Textcrm-Op: z\u2028Textcrm-Op: w")
@example(subject="x\0y", reason="🎉 客户\0要求")
def test_nobody_s_words_make_a_trailer(subject: str, reason: str) -> None:
    found = trailers_of(compose_message(subject, reason=reason, trailers=[("Textcrm-Op", "set")]))
    names = [line.partition(":")[0] for line in found]
    assert names in (["Textcrm-Op"], ["Textcrm-Op", "Textcrm-Reason"])
    assert found[0] == "Textcrm-Op: set"


@settings(deadline=None, max_examples=40)
@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=100
    ).filter(lambda text: text == text.strip() and text)
)
def test_a_reason_of_one_line_comes_back_exactly(reason: str) -> None:
    assert trailers_of(compose_message("s", reason=reason)) == [f"Textcrm-Reason: {reason}"]
