"""The only user of pyrage and ssh-keygen: sealing, opening, identities, signatures."""
