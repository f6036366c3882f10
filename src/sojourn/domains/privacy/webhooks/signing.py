"""Secrets and signatures, as Standard Webhooks 1.0 says (section "Signature scheme", symmetric)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """Make a secret as receivers' libraries take it: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()


def headers(message: str, at_seconds: int, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """Give the three headers of a message: its id, when it is sent, and a signature by each secret."""
    signed = f"{message}.{at_seconds}.".encode() + body
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at_seconds),
        "webhook-signature": " ".join(f"v1,{_signature(each, signed)}" for each in secrets),
    }


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
