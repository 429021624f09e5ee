"""Audit: whether history is what the team's rules allow, and who did how much."""

from textcrm.audit.checkpoint import Checkpoint, Checkpoints
from textcrm.audit.policy import Violation
from textcrm.audit.report import Report, report
from textcrm.audit.verify import Verified, verify

__all__ = [
    "Checkpoint",
    "Checkpoints",
    "Report",
    "Verified",
    "Violation",
    "report",
    "verify",
]
