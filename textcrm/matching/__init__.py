"""Which customers may be one and the same: keys that name one, an index of them, likeness (G1)."""

from textcrm.matching.index import KeyIndex, Match
from textcrm.matching.keys import Key, key_of, keys_of, name_keys

__all__ = ["Key", "KeyIndex", "Match", "key_of", "keys_of", "name_keys"]
