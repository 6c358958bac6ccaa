"""atheris: bytes as HTML. Whatever they are, bounded and inert text comes out."""

import re
import sys

import atheris

with atheris.instrument_imports(include=["collectors"]):
    from collectors.feeds.charset import decode
    from collectors.markup import calm, to_text

LONGEST = 1_000
FORBIDDEN = re.compile(r"<(?=[a-zA-Z/!?])|[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ud800-\udfff]")


def one_input(data: bytes) -> None:
    text = to_text(decode(data), LONGEST)
    assert len(text) <= LONGEST
    assert not FORBIDDEN.search(text), text
    assert calm(text, LONGEST) == text


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
