"""Pages of the app."""

import os

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .models import Note


def board(request: HttpRequest) -> HttpResponse:
    """Shows the newest notes and takes a new one."""
    if request.method == "POST":
        text = request.POST.get("text", "").strip()
        if text:
            Note.objects.create(text=text[:200])
        return redirect("board")
    context = {
        "notes": Note.objects.all()[:50],
        "count": Note.objects.count(),
        "release": os.environ.get("RELEASE", "none"),
    }
    return render(request, "board/board.html", context)


def healthz(_request: HttpRequest) -> HttpResponse:
    """Healthy means: this process answers and its database does too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
