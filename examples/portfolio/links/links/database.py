"""The app's Postgres: a connection for each request, and migrations that run once each."""

import os
from pathlib import Path

import psycopg
from flask import Flask, current_app, g

MIGRATIONS = Path(__file__).parent / "migrations"


def database() -> psycopg.Connection:
    """The connection of this request; what was done in it is kept if the request ends well."""
    if "database" not in g:
        g.database = psycopg.connect(current_app.config["DATABASE_URL"])
    return g.database


def close(error: BaseException | None) -> None:
    """Keeps or takes back what the request did."""
    connection = g.pop("database", None)
    if connection is None:
        return
    if error is None:
        connection.commit()
    connection.close()


def migrate() -> list[str]:
    """Brings the tables up to date, all or nothing. Returns the names of what it ran."""
    connection = database()
    connection.execute("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)")
    done = {name for (name,) in connection.execute("SELECT name FROM migrations")}
    files = [file for file in sorted(MIGRATIONS.glob("*.sql")) if file.name not in done]
    for file in files:
        connection.execute(file.read_text())
        connection.execute("INSERT INTO migrations VALUES (%s)", [file.name])
    return [file.name for file in files]


def set_up(app: Flask) -> None:
    """Gives an app its database and the command `flask migrate`."""
    app.config.setdefault("DATABASE_URL", os.environ.get("DATABASE_URL"))
    app.teardown_appcontext(close)

    @app.cli.command("migrate")
    def _migrate() -> None:
        print("ran:", ", ".join(migrate()) or "nothing new")
