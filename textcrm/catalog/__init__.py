"""The catalog: what every record file says, kept fresh by looking at what changed on disk."""
