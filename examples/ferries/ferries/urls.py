"""Addresses of the app."""

from django.urls import path

from crossings import views

urlpatterns = [
    path("", views.timetable, name="timetable"),
    path("crossings/<int:key>/passengers", views.board, name="board"),
    path("healthz", views.healthz, name="healthz"),
]
