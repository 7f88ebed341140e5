"""Who comes."""

from django.db import models


class Guest(models.Model):
    """Somebody who signed up, with as many friends as they bring."""

    name = models.CharField(max_length=80)
    email = models.EmailField(unique=True)
    friends = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["id"]
