"""History told in fields: log, undo, trash and restore, saving hand edits."""
