"""People, their keys and who reads what: changes of access.yaml, signed, each one commit."""
