"""Privacy: consents, disclosure, erasure, retention and the notice (PIPL 13-17, 44-50)."""
