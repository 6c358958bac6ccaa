"""`earshot lists`: the lists of outlets and voices that come with Earshot, to use or to copy."""

import json
from pathlib import Path
from typing import Annotated

import typer

from earshot.cli.options import AsJson
from earshot.config.faults import unknown
from earshot.config.lists import read, shipped
from earshot.errors import Refused


def lists(
    name: Annotated[str, typer.Argument(help="Print this one, as it is.", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """Name the lists of outlets and voices that come with Earshot, or print one, to copy and change.

    Example: earshot lists italy > my-italy.toml

    Next: lists = ["my-italy.toml"] under rules in earshot.toml, then earshot check.
    """
    known = shipped()
    if name and name not in known:
        raise Refused(unknown(f"list {name!r}", name, known))
    if name:
        typer.echo(known[name], nl=False)
        return
    rows = [_counted(each, text) for each, text in known.items()]
    if as_json:
        typer.echo(json.dumps({"lists": rows}))
        return
    for row in rows:
        typer.echo(f"{row['name']:<10}  {row['outlets']} outlets, {row['voices']} voices")
    typer.echo('Use one: lists = ["italy"] under [rules]. Change one: earshot lists italy > my-italy.toml')


def _counted(name: str, text: str) -> dict[str, str | int]:
    found = read(text, Path(f"{name}.toml"))
    return {"name": name, "outlets": len(list(found.media())), "voices": len(found.voices)}
