"""Sealed values as they stand in a file, read without any key."""
