"""Addresses of the app."""

from django.urls import path

from books import views

urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("books/<int:key>/back", views.back, name="back"),
    path("healthz", views.healthz, name="healthz"),
]
