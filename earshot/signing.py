"""Standard Webhooks (standardwebhooks.com): who sent a request, that nobody altered it, and that it is fresh."""

import binascii
import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from earshot.clock import EPOCH
from earshot.errors import Forged

TOLERANCE = timedelta(minutes=5)
SHORTEST_KEY = 24  # bytes, as the specification wants

_PREFIX = "whsec_"
_ID, _TIMESTAMP, _SIGNATURE = HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_UNIX_SECONDS = re.compile(r"[0-9]{1,11}")


def new_secret() -> str:
    return _PREFIX + b64encode(token_bytes(32)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature` for these values of the other two headers (`timestamp` in unix seconds).

    Raises:
        ValueError: the secret cannot be used.
    """
    return _signature(secret, message_id, str(timestamp), body)


def verify(
    secrets: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """The request's id, once it is proven that a holder of one of the secrets sent this body just now.

    Several secrets let a sender change from one to the next. The same request passes again within the
    tolerance: whoever must not do things twice remembers the id.

    Raises:
        Forged: with what is wrong.
        ValueError: a secret cannot be used.
    """
    message_id, timestamp, signatures = _required(headers)
    _check_age(timestamp, now, tolerance)
    given = [
        signature.encode(errors="surrogatepass")
        for signature in signatures.split()
        if signature.startswith("v1,")
    ]
    if not given:
        raise Forged(f"{_SIGNATURE} holds no v1 signature: send `v1,` and the base64 of the HMAC-SHA256")
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        right = _signature(secret, message_id, timestamp, body).encode()
        if any(hmac.compare_digest(right, one) for one in given):
            return message_id
    raise Forged("the signature does not match: check the secret, and that the body is signed as it is sent")


def _required(headers: Mapping[str, str]) -> tuple[str, str, str]:
    found = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in HEADERS if not found.get(name)]
    if missing:
        raise Forged(f"{', '.join(missing)} missing: sign the request as standardwebhooks.com says")
    return found[_ID], found[_TIMESTAMP], found[_SIGNATURE]


def _check_age(timestamp: str, now: datetime, tolerance: timedelta) -> None:
    if not _UNIX_SECONDS.fullmatch(timestamp):
        raise Forged(f"{_TIMESTAMP} is not a time: whole seconds since 1970 are expected")
    age = (now - EPOCH) // timedelta(seconds=1) - int(timestamp)
    limit = tolerance // timedelta(seconds=1)
    if abs(age) > limit:
        lies = f"{age} s old" if age > 0 else f"{-age} s ahead of our time"
        raise Forged(f"{_TIMESTAMP} is {lies}, at most {limit} s are allowed: check the clock of the sender")


def _signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    # What a header may hold is up to the sender; nothing in it may raise here.
    signed = f"{message_id}.{timestamp}.".encode(errors="surrogatepass") + body
    return "v1," + b64encode(hmac.digest(_key(secret), signed, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(_PREFIX)
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < SHORTEST_KEY:
        # Without the cause: its text may hold part of the secret.
        raise ValueError(
            f"must be {_PREFIX} and the base64 of at least {SHORTEST_KEY} random bytes"
        ) from None
    return key


def _usable(secret: SecretStr) -> SecretStr:
    _key(secret.get_secret_value())
    return secret


Secret = Annotated[SecretStr, AfterValidator(_usable)]
"""A secret in the configuration, refused there if it cannot sign."""
