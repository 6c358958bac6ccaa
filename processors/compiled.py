"""Whether what was compiled is what is written: an edit has no effect until it is built again (docs/decisions/0019)."""

from pathlib import Path

_HERE = Path(__file__).parent
_BUILT = ".so"


def outdated(folder: Path = _HERE) -> list[Path]:
    """Sources that are newer than what was compiled of them. In a clone only: nobody edits what is installed."""
    if not (folder.parent / "setup.py").exists():
        return []
    built = {path.with_name(f"{path.name.partition('.')[0]}.py"): path for path in folder.rglob(f"*{_BUILT}")}
    return sorted(
        source
        for source, compiled in built.items()
        if source.exists() and source.stat().st_mtime > compiled.stat().st_mtime
    )
