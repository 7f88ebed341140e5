"""Short words that lead to long addresses."""

import hmac
import os

import psycopg
from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from .database import database, set_up


def create_app() -> Flask:
    """Makes the app."""
    app = Flask(__name__)
    app.config["EDITOR_PASSWORD"] = os.environ["EDITOR_PASSWORD"]
    set_up(app)

    @app.get("/")
    def page(error: str = "") -> str:
        rows = database().execute("SELECT word, target, visits FROM links ORDER BY word").fetchall()
        return render_template("links.html", links=rows, error=error, release=os.environ.get("RELEASE", "none"))

    @app.post("/")
    def add() -> Response | tuple[str, int]:
        given = request.form
        if not hmac.compare_digest(given.get("password", "").encode(), app.config["EDITOR_PASSWORD"].encode()):
            return page("That is not the password."), 403
        try:
            with database().transaction():
                database().execute(
                    "INSERT INTO links VALUES (%s, %s) ON CONFLICT (word) DO UPDATE SET target = EXCLUDED.target",
                    [given.get("word"), given.get("target")],
                )
        except psycopg.IntegrityError:
            return page("A word has a-z, 0-9 and -, a target begins with http:// or https://."), 400
        return redirect("/")

    @app.get("/<word>")
    def follow(word: str) -> Response:
        row = database().execute(
            "UPDATE links SET visits = visits + 1 WHERE word = %s RETURNING target", [word]
        ).fetchone()
        return redirect(row[0]) if row else abort(404)

    @app.get("/healthz")
    def healthz() -> str:
        database().execute("SELECT word, target, visits FROM links LIMIT 1")
        return "ok\n"

    return app
