"""Tests of the app: docker compose --profile dev run --rm web python -m unittest"""

import os
import unittest

from links import create_app
from links.database import database, migrate

os.environ["EDITOR_PASSWORD"] = "for the test"


class LinksTest(unittest.TestCase):
    def setUp(self):
        app = create_app()
        # A schema of its own: what people keep in the database stays as it is.
        url = app.config["DATABASE_URL"]
        app.config["DATABASE_URL"] = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3Dlinks_test"
        self.client = app.test_client()
        with app.app_context():
            database().execute("DROP SCHEMA IF EXISTS links_test CASCADE")
            database().execute("CREATE SCHEMA links_test")
            self.assertEqual(migrate(), ["0001_links.sql"])
            self.assertEqual(migrate(), [])

    def keep(self, word, target="https://example.com/a", password="for the test"):
        return self.client.post("/", data={"word": word, "target": target, "password": password}).status_code

    def test_a_word_leads_to_its_target_and_counts_visits(self):
        self.assertEqual(self.keep("docs"), 302)
        answer = self.client.get("/docs")
        self.assertEqual((answer.status_code, answer.location), (302, "https://example.com/a"))
        self.assertIn("1 visits", self.client.get("/").text)

    def test_only_the_editor_keeps_links(self):
        self.assertEqual(self.keep("docs", password="guess"), 403)
        self.assertEqual(self.client.get("/docs").status_code, 404)

    def test_bad_words_and_targets_are_refused(self):
        self.assertEqual(self.keep("No Word"), 400)
        self.assertEqual(self.keep("docs", target="javascript:alert(1)"), 400)

    def test_healthy(self):
        self.assertEqual(self.client.get("/healthz").text, "ok\n")


if __name__ == "__main__":
    unittest.main()
