"""People, keys and roles: adding and removing members, rotating keys, drills."""
