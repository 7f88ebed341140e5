"""Pages of the app."""

import os

from django.db.models import Avg, Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from .forms import AnswerForm, QuestionForm
from .models import Answer, Question


def questions(request: HttpRequest) -> HttpResponse:
    """Shows every question with its answers so far, and takes a new question."""
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("questions")
    context = {
        "form": form,
        "marks": range(1, 6),
        "questions": Question.objects.annotate(count=Count("answers"), mean=Avg("answers__mark")),
        "release": os.environ.get("RELEASE", "none"),
    }
    return render(request, "questions/questions.html", context, status=400 if form.errors else 200)


@require_POST
def answer(request: HttpRequest, key: int) -> HttpResponse:
    """Takes a respondent's mark; a second one from the same person replaces the first."""
    question = get_object_or_404(Question, pk=key)
    given = AnswerForm(request.POST)
    if not given.is_valid():
        return HttpResponse(given.errors.as_text() + "\n", status=400, content_type="text/plain")
    Answer.objects.update_or_create(
        question=question,
        respondent=given.cleaned_data["respondent"],
        defaults={"mark": given.cleaned_data["mark"]},
    )
    return redirect("questions")


def healthz(_request: HttpRequest) -> HttpResponse:
    """Healthy means: the tables are as this code wants them. An image that is behind the database finds out here."""
    for model in (Question, Answer):
        model.objects.first()
    return HttpResponse("ok\n", content_type="text/plain")
