"""Findings in the forms of CI hosts: GitHub, GitLab, SARIF 2.1.0, JUnit; pure, each gives a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.quality.formats import github, gitlab, junit, sarif

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.quality.formats.report import Report

FORMATS: Final[dict[str, Callable[[Report], str]]] = {
    "github": github.render,
    "gitlab": gitlab.render,
    "sarif": sarif.render,
    "junit": junit.render,
}
