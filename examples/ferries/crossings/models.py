"""Harbours, the crossings between them, and who is on board."""

from django.db import models


class Harbour(models.Model):
    """Where ferries leave and arrive."""

    code = models.CharField(max_length=3, unique=True)
    city = models.CharField(max_length=64)


class Crossing(models.Model):
    """A way from one harbour to another."""

    origin = models.ForeignKey(Harbour, on_delete=models.CASCADE, related_name="departures")
    destination = models.ForeignKey(Harbour, on_delete=models.CASCADE, related_name="arrivals")
    minutes = models.PositiveIntegerField()
    seats = models.PositiveIntegerField(default=100)

    class Meta:
        ordering = ["origin__code", "destination__code"]
        constraints = [
            models.CheckConstraint(
                name="leads_somewhere_else", condition=~models.Q(origin=models.F("destination"))
            )
        ]


class Passenger(models.Model):
    """Somebody with a seat."""

    name = models.CharField(max_length=80)
    crossing = models.ForeignKey(Crossing, on_delete=models.CASCADE, related_name="passengers")
