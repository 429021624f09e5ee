"""The door to git: the only user of the git executable."""

from textcrm.gitrepo.message import compose_message
from textcrm.gitrepo.repository import GitRepo
from textcrm.gitrepo.values import BlobChange, Commit, FileStatus, Head, PastCommit, Person

__all__ = [
    "BlobChange",
    "Commit",
    "FileStatus",
    "GitRepo",
    "Head",
    "PastCommit",
    "Person",
    "compose_message",
]
