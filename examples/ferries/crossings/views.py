"""Pages of the app."""

import os

from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from .models import Crossing, Harbour, Passenger


def timetable(request: HttpRequest) -> HttpResponse:
    """Shows every crossing and how full it is."""
    crossings = Crossing.objects.select_related("origin", "destination").annotate(taken=Count("passengers"))
    context = {"crossings": crossings, "release": os.environ.get("RELEASE", "none")}
    return render(request, "crossings/timetable.html", context)


@require_POST
@transaction.atomic
def board(request: HttpRequest, key: int) -> HttpResponse:
    """Gives a seat to a passenger, as long as there is one."""
    crossing = get_object_or_404(Crossing.objects.select_for_update(), pk=key)
    name = request.POST.get("name", "").strip()[:80]
    if not name:
        return HttpResponse("who?\n", status=400, content_type="text/plain")
    if crossing.passengers.count() >= crossing.seats:
        return HttpResponse("full\n", status=409, content_type="text/plain")
    crossing.passengers.create(name=name)
    return redirect("timetable")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Healthy means: this process answers, and the tables are as its code wants them."""
    for model in (Harbour, Crossing, Passenger):
        model.objects.first()
    return HttpResponse("ok\n", content_type="text/plain")
