"""Addresses of the app, without the path that an instance is served under."""

from django.urls import path

from signup import views

urlpatterns = [
    path("", views.signup, name="signup"),
    path("healthz", views.healthz, name="healthz"),
]
