"""One process a role on a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from earshot.claim import claimed
from earshot.errors import Refused, Unavailable

HOLD = """
import sys
from pathlib import Path
from earshot.claim import claimed
with claimed(Path(sys.argv[1]), ["processors"]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_process_is_refused_until_the_first_is_gone_however_it_went(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with (
            pytest.raises(Refused, match="another process runs processors on it"),
            claimed(tmp_path, ["alerts", "processors"]),
        ):
            pass
        with claimed(tmp_path, ["alerts", "console"]):
            pass
        other.kill()
    with claimed(tmp_path, ["processors"]):
        pass


def test_any_number_may_look(tmp_path: Path) -> None:
    with claimed(tmp_path, ["console"]), claimed(tmp_path, ["console"]):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be opened"), claimed(tmp_path / "none", ["alerts"]):
        pass
