"""What opens the console: small secrets by name, each made once, whoever is first."""

from sqlalchemy import Connection


def get(connection: Connection, name: str) -> str | None:
    found: str | None = connection.exec_driver_sql(
        "select value from access where name = ?", (name,)
    ).scalar()
    return found


def keep_first(connection: Connection, name: str, value: str) -> str:
    """`value`, unless another process was first: then what that one kept."""
    connection.exec_driver_sql(
        "insert into access values (?, ?) on conflict (name) do nothing", (name, value)
    )
    return get(connection, name) or value


def replace(connection: Connection, name: str, value: str) -> None:
    connection.exec_driver_sql(
        "insert into access values (?, ?) on conflict (name) do update set value = excluded.value",
        (name, value),
    )
