"""`earshot password`: a new one for the console."""

import typer

from earshot import passwords
from earshot.cli.options import ConfigPath, DataDir, existing_store, read_config
from earshot.errors import Refused
from earshot.store import access


def password(config: ConfigPath = None, data_dir: DataDir = None) -> None:
    """Make a new password for the console, print it once, and end all sessions.

    The old one is forgotten; only a hash of the new one is kept.

    Example: earshot password --config /etc/earshot.toml
    """
    if read_config(config, needed=False).console.password is not None:
        raise Refused("the console's password is set in the configuration: change console.password there")
    made = passwords.made()
    with existing_store(config, data_dir) as store, store.begin() as connection:
        access.replace(connection, passwords.KEPT_AS, passwords.hashed(made))
    typer.echo("New password for the console, shown this once; all sessions have ended:", err=True)
    typer.echo(made)
