"""Addresses of the app."""

from django.urls import path

from questions import views

urlpatterns = [
    path("", views.questions, name="questions"),
    path("questions/<int:key>/answers", views.answer, name="answer"),
    path("healthz", views.healthz, name="healthz"),
]
