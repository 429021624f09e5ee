"""Records that stay clean: check, doctor."""
