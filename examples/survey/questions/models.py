"""What a surveyor asks and respondents answer."""

from django.db import models


class Question(models.Model):
    """Something that a surveyor wants to know."""

    text = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["id"]


class Answer(models.Model):
    """One respondent's mark for a question, 1 (not at all) to 5 (very much)."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="answers")
    respondent = models.CharField(max_length=80)
    mark = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="mark_from_1_to_5", condition=models.Q(mark__gte=1, mark__lte=5)),
            models.UniqueConstraint(name="one_answer_each", fields=["question", "respondent"]),
        ]
