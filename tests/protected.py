"""Files locked with a passphrase at a work that tests can afford: what ``age -p`` writes, in little.

age chooses a work of about a second for each file; one file made by the product itself is enough to
prove that it does. The form is that of https://age-encryption.org/v1: a header with one scrypt
stanza, its MAC, and a payload of one chunk.
"""

from __future__ import annotations

import base64
import os

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

_WORK = 10


def protected(data: bytes, passphrase: str) -> bytes:
    """As ``sealing.protect``, for less than 64 KiB and with little work."""
    file_key, salt, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    whole = b"age-encryption.org/v1/scrypt" + salt
    wrapping = Scrypt(salt=whole, length=32, n=2**_WORK, r=8, p=1).derive(passphrase.encode())
    wrapped = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_64(salt), _WORK, _64(wrapped))
    mac = hmac.HMAC(_derived(file_key, b"", b"header"), hashes.SHA256())
    mac.update(header)
    last = bytes(11) + b"\x01"  # the counter of the first chunk, and that none follows
    payload = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).encrypt(last, data, None)
    return header + b" " + _64(mac.finalize()) + b"\n" + nonce + payload


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt, info).derive(key)


def _64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")
