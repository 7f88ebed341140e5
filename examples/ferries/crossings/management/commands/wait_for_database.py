"""Waits until the database answers."""

import time

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection


class Command(BaseCommand):
    """A database that is being moved or restarted is no reason for a release to fail at once."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=60, help="longest wait")

    def handle(self, *_args: object, seconds: float, **_options: object) -> None:
        end = time.monotonic() + seconds
        while True:
            try:
                connection.ensure_connection()
                return
            except OperationalError as error:
                if time.monotonic() > end:
                    raise CommandError(f"the database did not answer within {seconds:g} s: {error}") from error
                self.stderr.write("waiting for the database")
                time.sleep(1)
