"""Tests of the app: docker compose --profile dev run --rm web python manage.py test"""

from django.core.management import call_command
from django.test import TestCase
from django.test.utils import override_script_prefix

from .models import Guest

ANA = {"name": "Ana", "email": "ana@example.com", "friends": 2}


class SignupTest(TestCase):
    def test_guests_are_counted_with_their_friends(self):
        self.assertRedirects(self.client.post("/", ANA), "/")
        self.assertRedirects(self.client.post("/", {"name": "Bo", "email": "bo@example.com", "friends": 0}), "/")
        self.assertContains(self.client.get("/"), '<strong id="coming">4</strong>')

    def test_nobody_signs_up_twice(self):
        self.client.post("/", ANA)
        self.assertEqual(self.client.post("/", ANA).status_code, 400)
        self.assertEqual(Guest.objects.count(), 1)

    def test_addresses_stay_private(self):
        self.client.post("/", ANA)
        self.assertNotContains(self.client.get("/"), ANA["email"])

    @override_script_prefix("/event1")
    def test_under_a_path_every_address_begins_with_it(self):
        self.assertContains(self.client.get("/"), 'action="/event1/"')
        self.assertEqual(self.client.post("/", ANA)["Location"], "/event1/")

    def test_the_models_have_their_migrations(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
