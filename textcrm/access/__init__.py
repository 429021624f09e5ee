"""Who works with a vault: people, roles, classes of secrets and their keys (access/access.yaml)."""

from textcrm.access.model import Access, ClassKeys, Generation
from textcrm.access.people import ROLES, Person, role_code
from textcrm.access.reading import FILE_NAME, SIGNATURE_FILE, key_file, of_tree, read, tree_of

__all__ = [
    "FILE_NAME",
    "ROLES",
    "SIGNATURE_FILE",
    "Access",
    "ClassKeys",
    "Generation",
    "Person",
    "key_file",
    "of_tree",
    "read",
    "role_code",
    "tree_of",
]
