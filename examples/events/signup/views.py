"""Pages of the app."""

import os

from django.conf import settings
from django.db.models import Count, Sum
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .models import Guest

GuestForm = modelform_factory(Guest, fields=["name", "email", "friends"])


def signup(request: HttpRequest) -> HttpResponse:
    """Shows how many come, and takes one more. Addresses are nobody's business but the organisers'."""
    form = GuestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("signup")
    sums = Guest.objects.aggregate(guests=Count("id"), friends=Sum("friends"))
    context = {
        "event": settings.EVENT_NAME,
        "coming": sums["guests"] + (sums["friends"] or 0),
        "form": form,
        "names": Guest.objects.values_list("name", flat=True)[:200],
        "release": os.environ.get("RELEASE", "none"),
    }
    return render(request, "signup/signup.html", context, status=400 if form.errors else 200)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Healthy means: this process answers, and the table is as its code wants it."""
    Guest.objects.first()
    return HttpResponse("ok\n", content_type="text/plain")
