"""What is on the shelf, and what is not because a friend has it."""

from django.db import models


class Loan(models.Model):
    """A book that was lent."""

    book = models.CharField(max_length=120)
    friend = models.CharField(max_length=80)
    lent = models.DateField(auto_now_add=True)
    returned = models.DateField(null=True)

    class Meta:
        ordering = ["-lent", "-id"]
