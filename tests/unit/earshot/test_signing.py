import base64
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from earshot.clock import EPOCH, SystemClock
from earshot.errors import Forged
from earshot.signing import Secret, new_secret, sign, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(bytes(range(40, 72))).decode()
ID = "msg_1"
BODY = '{"text": "perché?"}'.encode()
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def unix(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(seconds=1)


def signed(
    secret: str = SECRET, *, at: datetime = NOW, body: bytes = BODY, message_id: str = ID
) -> dict[str, str]:
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(unix(at)),
        "webhook-signature": sign(secret, message_id, unix(at), body),
    }


def test_the_example_of_the_specification() -> None:
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cc"]), min_size=1))
def test_what_is_signed_is_verified(body: bytes, message_id: str) -> None:
    headers = signed(body=body, message_id=message_id)
    assert verify(SECRET, headers, body, NOW) == message_id


@pytest.mark.parametrize("secret", [SECRET, OTHER, SECRET.removeprefix("whsec_"), OTHER.rstrip("=")])
def test_the_reference_library_verifies_what_we_sign(secret: str) -> None:
    headers = signed(secret, at=SystemClock().now())
    standardwebhooks.Webhook(secret).verify(BODY, headers)


@pytest.mark.parametrize("secret", [SECRET, OTHER, SECRET.removeprefix("whsec_"), OTHER.rstrip("=")])
def test_we_verify_what_the_reference_library_signs(secret: str) -> None:
    signature = standardwebhooks.Webhook(secret).sign(ID, NOW, BODY.decode())
    assert verify(secret, signed() | {"webhook-signature": signature}, BODY, NOW) == ID


def test_header_names_in_any_case() -> None:
    assert verify(SECRET, {name.title(): value for name, value in signed().items()}, BODY, NOW) == ID


@pytest.mark.parametrize("secrets", [[OTHER, SECRET], (SECRET, OTHER)])
def test_one_of_several_secrets_is_enough(secrets: list[str]) -> None:
    assert verify(secrets, signed(), BODY, NOW) == ID


def test_one_of_several_signatures_is_enough_and_unknown_versions_are_ignored() -> None:
    several = f"v1a,abc v1 v2,x {signed(OTHER)['webhook-signature']} {signed()['webhook-signature']}"
    assert verify(SECRET, signed() | {"webhook-signature": several}, BODY, NOW) == ID


@pytest.mark.parametrize("age", [-300, -1, 0, 300])
def test_within_the_tolerance(age: int) -> None:
    assert verify(SECRET, signed(at=NOW - timedelta(seconds=age)), BODY, NOW) == ID


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (NOW - timedelta(seconds=301), "webhook-timestamp is 301 s old, at most 300 s .* check the clock"),
        (NOW + timedelta(seconds=301), "webhook-timestamp is 301 s ahead of our time, .* check the clock"),
        (EPOCH, "s old"),
    ],
)
def test_too_old_or_from_the_future(at: datetime, reason: str) -> None:
    with pytest.raises(Forged, match=reason):
        verify(SECRET, signed(at=at), BODY, NOW)


def test_the_tolerance_is_a_choice() -> None:
    hour_old = signed(at=NOW - timedelta(hours=1))
    assert verify(SECRET, hour_old, BODY, NOW, timedelta(hours=2)) == ID


@pytest.mark.parametrize("gone", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_or_empty_header_is_named(gone: str) -> None:
    for headers in (signed() | {gone: ""}, {name: value for name, value in signed().items() if name != gone}):
        with pytest.raises(Forged, match=f"^{gone} missing"):
            verify(SECRET, headers, BODY, NOW)


def test_all_missing_headers_are_named() -> None:
    with pytest.raises(Forged, match=r"^webhook-id, webhook-timestamp, webhook-signature missing"):
        verify(SECRET, {}, BODY, NOW)


@pytest.mark.parametrize("time", ["now", "1.5", "-1", "1_0", "１２３", "9" * 5000, " 1", "0x1", "nan"])
def test_a_timestamp_that_is_no_time(time: str) -> None:
    with pytest.raises(Forged, match="webhook-timestamp is not a time"):
        verify(SECRET, signed() | {"webhook-timestamp": time}, BODY, NOW)


@pytest.mark.parametrize("signature", ["garbage", "v2,abc", "v1", "v1a,abc", ",", " "])
def test_no_signature_that_we_know(signature: str) -> None:
    with pytest.raises(Forged, match="no v1 signature"):
        verify(SECRET, signed() | {"webhook-signature": signature}, BODY, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": signed(OTHER)["webhook-signature"]},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,perché"},
        {"webhook-signature": "v1,\ud800"},
        {"webhook-id": "msg_2"},
        {"webhook-id": "\ud800"},
        {"webhook-timestamp": str(unix(NOW) + 1)},
    ],
)
def test_a_forged_request(change: dict[str, str]) -> None:
    with pytest.raises(Forged, match="the signature does not match"):
        verify(SECRET, signed() | change, BODY, NOW)


@pytest.mark.parametrize("body", [b"", BODY + b" ", BODY.replace(b"perch", b"Perch")])
def test_an_altered_body(body: bytes) -> None:
    with pytest.raises(Forged, match="the signature does not match"):
        verify(SECRET, signed(), body, NOW)


def test_without_a_secret_nothing_passes() -> None:
    with pytest.raises(Forged):
        verify([], signed(), BODY, NOW)


@given(st.dictionaries(st.sampled_from(list(signed())), st.text(st.characters())))
def test_garbage_is_forged_and_nothing_else(headers: dict[str, str]) -> None:
    with pytest.raises(Forged) as raised:
        verify([SECRET, OTHER], headers, BODY, NOW)
    assert SECRET[6:] not in str(raised.value)


def test_new_secrets_differ_and_are_long() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


class Settings(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    secret: Secret


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "hunter2", "whsec_hunter2!", "whsec_c2hvcnQ=", "perché" * 9]
)
def test_a_secret_that_cannot_sign_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(ValueError, match="must be whsec_ and the base64 of at least 24") as raised:
        sign(secret, ID, 1, b"")
    assert raised.value.__cause__ is None
    with pytest.raises(ValidationError, match="at least 24 random bytes") as refused:
        Settings.model_validate({"secret": secret})
    assert not secret or "hunter2" not in str(refused.value)


def test_a_good_secret_in_the_configuration() -> None:
    assert Settings.model_validate({"secret": OTHER}).secret.get_secret_value() == OTHER
