"""Tests of the app: docker compose --profile dev run --build --rm web python manage.py test"""

from unittest.mock import patch

from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import TestCase

from .models import Crossing, Harbour


class FerriesTest(TestCase):
    def setUp(self):
        self.here = Harbour.objects.create(code="ONE", city="Onehaven")
        self.there = Harbour.objects.create(code="TWO", city="Twoport")
        self.crossing = Crossing.objects.create(origin=self.here, destination=self.there, minutes=90, seats=2)

    def board(self, name):
        return self.client.post(f"/crossings/{self.crossing.pk}/passengers", {"name": name}).status_code

    def test_departures_and_arrivals_are_each_harbours_own(self):
        self.assertEqual((self.here.departures.count(), self.here.arrivals.count()), (1, 0))

    def test_a_crossing_leads_somewhere_else(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Crossing.objects.create(origin=self.here, destination=self.here, minutes=1)

    def test_seats_run_out(self):
        self.assertEqual([self.board("Ana"), self.board("Bo"), self.board("Cem")], [302, 302, 409])
        self.assertContains(self.client.get("/"), "2 of 2 seats taken")

    def test_nobody_boards_without_a_name(self):
        self.assertEqual(self.board(" "), 400)

    def test_the_models_have_their_migrations(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


class WaitingTest(TestCase):
    def test_it_goes_on_when_the_database_answers(self):
        answers = [OperationalError("starting up"), None]
        with patch.object(connection, "ensure_connection", side_effect=answers), patch("time.sleep") as slept:
            call_command("wait_for_database", stderr=open("/dev/null", "w"))
        slept.assert_called_once()

    def test_it_gives_up_in_the_end(self):
        with patch.object(connection, "ensure_connection", side_effect=OperationalError("nobody there")):
            with self.assertRaisesMessage(CommandError, "did not answer within 0 s: nobody there"):
                call_command("wait_for_database", seconds=0)
