"""Bring a database to the newest schema: forward only, one process at a time; the others wait, and find it done."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from earshot.errors import Refused

HEAD = "0011"
"""The newest revision in `migrations/versions`; a test holds the two together."""

_LOCK = 0x_EA_5407_01  # any number, the same in every process that may migrate one database


def migrate(engine: Engine) -> None:
    """Do nothing where the schema is current: only a start after an upgrade pays for Alembic.

    Raises:
        Refused: a newer Earshot has migrated the database already.
    """
    found = revision(engine)
    if found == HEAD:
        return
    from alembic import command  # noqa: PLC0415 - 0.2 s of imports that nearly every start can do without
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's own lock is held already
            connection.execute(text("set local lock_timeout = 0"))  # another one may take its time
            connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Refused(
                f"the database is at revision {found} of a newer Earshot, this one knows up to {HEAD}: upgrade it"
            ) from error


def revision(engine: Engine) -> str | None:
    """What the database was last migrated to; None where it is new."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
        return found
