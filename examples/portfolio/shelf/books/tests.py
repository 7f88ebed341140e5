"""Tests of the app: docker compose --profile dev run --rm web python manage.py test"""

from django.core.management import call_command
from django.test import TestCase

from .models import Loan


class ShelfTest(TestCase):
    def test_a_book_is_lent_and_comes_back(self):
        self.assertRedirects(self.client.post("/", {"book": "Moby-Dick", "friend": "Ana"}), "/")
        self.assertContains(self.client.get("/"), "Ana has it")
        key = Loan.objects.get().pk
        self.assertRedirects(self.client.post(f"/books/{key}/back"), "/")
        self.assertNotContains(self.client.get("/"), "Ana has it")
        self.assertEqual(self.client.post(f"/books/{key}/back").status_code, 404)

    def test_nobody_gets_a_book_without_a_name(self):
        self.assertEqual(self.client.post("/", {"book": "Moby-Dick", "friend": ""}).status_code, 400)
        self.assertFalse(Loan.objects.exists())

    def test_the_models_have_their_migrations(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
