"""Every bench that the README names can be started: none lags behind the code that it measures."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NAMED = sorted(set(re.findall(r"`python bench/(\w+\.py)", (ROOT / "bench" / "README.md").read_text("utf-8"))))


def test_the_readme_names_them() -> None:
    assert len(NAMED) >= 10


@pytest.mark.parametrize("name", NAMED)
def test_it_tells_how_it_is_used(name: str) -> None:
    asked = subprocess.run(
        [sys.executable, ROOT / "bench" / name, "--help"], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert "usage:" in asked.stdout
