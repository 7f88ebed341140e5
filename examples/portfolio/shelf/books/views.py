"""Pages of the app."""

import os

from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from .models import Loan

LoanForm = modelform_factory(Loan, fields=["book", "friend"])


def shelf(request: HttpRequest) -> HttpResponse:
    """Shows who has which book, and takes down a new loan."""
    form = LoanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("shelf")
    context = {"loans": Loan.objects.all()[:100], "form": form, "release": os.environ.get("RELEASE", "none")}
    return render(request, "books/shelf.html", context, status=400 if form.errors else 200)


@require_POST
def back(_request: HttpRequest, key: int) -> HttpResponse:
    """A book came back."""
    loan = get_object_or_404(Loan, pk=key, returned=None)
    loan.returned = timezone.localdate()
    loan.save(update_fields=["returned"])
    return redirect("shelf")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Healthy means: this process answers, and the table is as its code wants it."""
    Loan.objects.first()
    return HttpResponse("ok\n", content_type="text/plain")
