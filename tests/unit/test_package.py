"""What leaves this repository: the wheel, the locks, and the order of its imports."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]
OURS = {"earshot", "collectors", "processors", "alerts", "console"} | (
    {"care"} if (ROOT / "care/__init__.py").exists() else set()
)
DATA = {  # what is no module and must be in the wheel all the same
    "earshot/py.typed",
    "earshot/store/migrations/script.py.mako",
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "earshot/sample").glob("*.json*")),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "earshot/lists").glob("*.toml")),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "console/locale").glob("*.po")),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "console/templates").glob("*.html")),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "processors/models").iterdir()),
    *(path.relative_to(ROOT).as_posix() for path in (ROOT / "console/static").iterdir() if path.is_file()),
}
OF_ITS_OWN = {"processors/_likeness", "processors/_plain"}
MEASURING = set(re.findall(r'"(processors/.*\.py)",', (ROOT / "setup.py").read_text(encoding="utf-8")))
PACKAGES = {
    path.parent.relative_to(ROOT).as_posix() for name in OURS for path in (ROOT / name).rglob("__init__.py")
}
MODULES = {path.relative_to(ROOT).as_posix() for name in OURS for path in (ROOT / name).rglob("*.py")}


# --- the wheel ----------------------------------------------------------------------------------------------


def test_only_our_packages_are_found() -> None:
    setuptools = pytest.importorskip("setuptools")
    found = setuptools.find_packages(str(ROOT), include=SETUPTOOLS["packages"]["find"]["include"])
    assert {name.replace(".", "/") for name in found} == PACKAGES
    assert {name.split(".")[0] for name in found} == OURS


def test_every_module_is_in_a_package() -> None:
    """A folder without `__init__.py` would be left out of the wheel without a word."""
    assert {module for module in MODULES if module.rpartition("/")[0] not in PACKAGES} == set()


def test_what_the_compiled_part_is_built_from_is_declared() -> None:
    """What is not would be missing in a source distribution, and the wheel made of it would lack that part silently."""
    declared = {
        name for each in SETUPTOOLS["ext-modules"] for name in (*each["sources"], *each.get("depends", ()))
    }
    there = {
        path.relative_to(ROOT).as_posix() for name in OURS for path in (ROOT / name).rglob("*.[hp][py][px]")
    }
    assert declared == there


def test_data_is_declared() -> None:
    patterns = [
        f"{package}/{pattern}" for package, each in SETUPTOOLS["package-data"].items() for pattern in each
    ]
    assert {"earshot/py.typed", "console/static/earshot.css"} <= DATA
    assert {name for name in DATA if not any(fnmatch(name, pattern) for pattern in patterns)} == set()


def test_the_wheel_holds_that_and_nothing_else(tmp_path: Path) -> None:
    """Skipped where setuptools is older than the build needs; the tests above hold all the same."""
    pytest.importorskip("setuptools", minversion="77")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "build",
            "--wheel",
            "--no-isolation",
            "--outdir",
            str(tmp_path),
            copied(tmp_path),
        ],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as opened:
        names = {name for name in opened.namelist() if ".dist-info/" not in name}
    compiled = {name for name in names if name.endswith(".so")}
    assert names - compiled == MODULES | DATA
    parts = {*(name.removesuffix(".py") for name in MEASURING), *OF_ITS_OWN, "processors__mypyc"}
    expected = parts if _has_a_compiler() else set()
    assert {name.partition(".")[0] for name in compiled} == expected


def test_what_is_compiled_is_of_our_own_kinds() -> None:
    """A class that stands on a library's would be compiled otherwise where a wheel is built without that library."""
    trees = [ast.parse((ROOT / name).read_text(encoding="utf-8")) for name in sorted(MEASURING)]
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert {ast.unparse(kind) for each in classes for kind in each.bases} <= {"NamedTuple"}


def _has_a_compiler() -> str | None:
    return shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")


def copied(folder: Path) -> str:
    """The sources alone, so that a build leaves nothing here and finds nothing of an earlier one."""
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in files.stdout.splitlines():
        if (ROOT / name).is_file():
            target = folder / "source" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    return str(folder / "source")


def test_without_the_compiled_part_the_python_one_decides() -> None:
    there_is_none = (
        "import sys; sys.modules['processors._likeness'] = sys.modules['processors._plain'] = None"
    )
    asked = (
        "from processors import likeness, link, words; sys.exit(likeness.FASTEST is not likeness.PURE"
        " or words.of_plain is not words.of_plain_pure or link.joined_plain is not link.joined_plain_pure)"
    )
    subprocess.run([sys.executable, "-c", f"{there_is_none}; {asked}"], check=True, cwd=ROOT)


def test_every_entry_point_is_in_one_of_our_modules() -> None:
    points = [
        *PROJECT["project"]["scripts"].values(),
        *(point for group in PROJECT["project"]["entry-points"].values() for point in group.values()),
    ]
    assert points
    for point in points:
        module = point.partition(":")[0].replace(".", "/")
        assert {f"{module}.py", f"{module}/__init__.py"} & MODULES, point


# --- names and imports --------------------------------------------------------------------------------------

TAKEN = sys.stdlib_module_names | {"tests", "utils"}
OF_PYTHON = {"__init__", "__main__"}


def test_no_module_is_named_like_one_of_the_standard_library() -> None:
    """`import email` would find ours where a folder of ours is on the path, and a reader must not wonder."""
    names = {module: Path(module).stem for module in MODULES} | {p: Path(p).name for p in PACKAGES}
    assert {place for place, name in names.items() if name in TAKEN - OF_PYTHON} == set()


def test_imports_run_one_way() -> None:
    """The contracts in pyproject.toml."""
    checked = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


# --- the locks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_pins_hashes_and_names_no_address(lock: Path) -> None:
    """Which mirror a machine uses is its own affair."""
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pinned = [line for line in text.splitlines() if line and line[0].isalnum()]
    assert pinned
    assert [line for line in pinned if "==" not in line or not line.endswith("\\")] == []
    assert text.count("--hash=sha256:") >= len(pinned)


def test_there_is_a_lock_to_run_one_to_develop_and_one_to_train() -> None:
    assert {path.name for path in (ROOT / "requirements").glob("*.txt")} == {
        "dev.txt",
        "run.txt",
        "train.txt",
    }
