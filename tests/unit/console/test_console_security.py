import re
from pathlib import Path

import pytest
from console_world import PATIENT
from hypothesis import given
from hypothesis import strategies as st

import console
from console.security import host_of, safe_link


@pytest.mark.parametrize(
    "url", ["https://x.example/a?b=c#d", "http://10.0.0.1:8080/", "HTTPS://GAZZETTA.example/à"]
)
def test_web_addresses_are_links(url: str) -> None:
    assert safe_link(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example/",
        "/relative",
        "https://",
        "https:///path",
        "http://[::1",
        "https://evil.example\\@good.example/",
        "https://good.example/\u202egpj.exe",
        "https://good.example/a b",
    ],
)
def test_everything_else_is_not(url: str) -> None:
    assert safe_link(url) is None


@PATIENT
@given(st.text())
def test_no_address_is_too_odd(url: str) -> None:
    assert safe_link(url) in {None, url}
    assert safe_link(f"https://{url}") is None or host_of(f"https://{url}").isascii()


def test_a_lookalike_host_shows_its_punycode() -> None:
    assert host_of("https://gаzzetta.example/") == "xn--gzzetta-2fg.example"  # the first a is Cyrillic


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read(scheme: int) -> None:
    """WCAG AA: 4.5 to 1, in both schemes."""
    sheet = (Path(console.__file__).parent / "static/earshot.css").read_text()
    c = colours(re.findall(r":root \{(.*?)\n\}", sheet, re.DOTALL)[scheme])
    pairs = [
        (ink, paper) for ink in ("ink", "ink-2", "ink-3", "accent") for paper in ("paper", "card", "sunk")
    ]
    pairs += [(level, f"{level}-soft") for level in ("watch", "warning", "critical", "good")]
    pairs += [
        ("critical", "card"),
        ("good", "card"),
        ("watch", "card"),
        ("accent-ink", "accent"),
        ("paper", "ink"),
    ]
    assert [pair for pair in pairs if contrast(c[pair[0]], c[pair[1]]) < 4.5] == []
