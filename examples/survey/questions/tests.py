"""Tests of the app: docker compose --profile dev run --rm web python manage.py test"""

from django.core.management import call_command
from django.test import TestCase

from .models import Answer, Question


class SurveyTest(TestCase):
    def setUp(self):
        self.question = Question.objects.create(text="Do you like the harbour?")

    def answer(self, respondent, mark):
        return self.client.post(f"/questions/{self.question.pk}/answers", {"respondent": respondent, "mark": mark})

    def test_a_surveyor_asks(self):
        self.assertRedirects(self.client.post("/", {"text": "And the sea?"}), "/")
        self.assertContains(self.client.get("/"), "And the sea?")

    def test_the_same_question_is_not_asked_twice(self):
        self.assertEqual(self.client.post("/", {"text": self.question.text}).status_code, 400)
        self.assertEqual(Question.objects.count(), 1)

    def test_respondents_answer_and_may_change_their_minds(self):
        for respondent, mark in [("ana", 5), ("bo", 2), ("bo", 3)]:
            self.assertRedirects(self.answer(respondent, mark), "/")
        self.assertContains(self.client.get("/"), "2 answers, 4.0 on average")

    def test_a_mark_outside_the_scale_is_refused(self):
        self.assertEqual(self.answer("ana", 6).status_code, 400)
        self.assertFalse(Answer.objects.exists())

    def test_the_models_have_their_migrations(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_healthy(self):
        self.assertEqual(self.client.get("/healthz").content, b"ok\n")
