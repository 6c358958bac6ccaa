"""Whether what was compiled is what is written: an edit has no effect until it is built again (docs/decisions/0019)."""

from pathlib import Path
from sysconfig import get_config_var

from processors import measure

_HERE = Path(__file__).parent
_ENDING = str(get_config_var("EXT_SUFFIX"))


def is_compiled() -> bool:
    return str(measure.__file__).endswith(_ENDING)


def outdated(folder: Path = _HERE) -> list[Path]:
    """What was edited since it was compiled, and `setup.py`, which names what is.

    In a clone only: nobody edits what is installed. By the file that holds all the code: one beside a module is a door.
    """
    lists, code = folder.parent / "setup.py", folder.parent / f"{folder.name}__mypyc{_ENDING}"
    if not (lists.exists() and code.exists()):
        return []
    doors = [path.with_name(path.name.removesuffix(_ENDING)) for path in folder.rglob(f"*{_ENDING}")]
    sources = [door.with_suffix(ending) for door in doors for ending in (".py", ".pyx")]
    built = code.stat().st_mtime
    return sorted(path for path in (lists, *sources) if path.exists() and path.stat().st_mtime > built)
