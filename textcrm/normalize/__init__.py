"""Normalisation on entry (B2, C1-C5): words as people type them to the one form that is stored."""
