"""The only user of pyrage and ssh-keygen: sealing, opening, identities, signatures."""

from textcrm.sealing.files import decrypt, decrypt_file, encrypt, encrypt_file
from textcrm.sealing.identities import Identity, generate, identities, protect
from textcrm.sealing.recipients import recipient_problem
from textcrm.sealing.signatures import (
    can_sign,
    fingerprint,
    generate_signing_key,
    sign,
    verify,
)
from textcrm.sealing.values import seal, unseal

__all__ = [
    "Identity",
    "can_sign",
    "decrypt",
    "decrypt_file",
    "encrypt",
    "encrypt_file",
    "fingerprint",
    "generate",
    "generate_signing_key",
    "identities",
    "protect",
    "recipient_problem",
    "seal",
    "sign",
    "unseal",
    "verify",
]
