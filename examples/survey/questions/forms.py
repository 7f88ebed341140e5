"""What people may send."""

from django import forms

from .models import Answer, Question


class QuestionForm(forms.ModelForm):
    """A surveyor's new question."""

    class Meta:
        model = Question
        fields = ["text"]


class AnswerForm(forms.ModelForm):
    """A respondent's mark."""

    mark = forms.TypedChoiceField(choices=[(mark, mark) for mark in range(1, 6)], coerce=int)

    class Meta:
        model = Answer
        fields = ["respondent", "mark"]
