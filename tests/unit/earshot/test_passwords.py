import re

import pytest

from earshot import passwords


def test_a_made_one_can_be_read_aloud_and_is_never_the_same() -> None:
    made = {passwords.made() for _ in range(50)}
    assert len(made) == 50
    assert all(
        re.fullmatch(r"([bdfgklmnprstvz][aeiou]){2}(-([bdfgklmnprstvz][aeiou]){2}){4}", each) for each in made
    )


@pytest.mark.parametrize("password", ["tivo-ruka", "", "così è", "\ud800"])
def test_only_the_right_one_fits_its_hash(password: str) -> None:
    kept = passwords.hashed(password)
    assert passwords.is_right(password, kept)
    assert not passwords.is_right(password + " ", kept)
    assert kept != passwords.hashed(password)  # salted
    assert not password or password not in kept
