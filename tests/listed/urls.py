from __future__ import annotations

from django.urls import path

from tests.listed import views

app_name = "listed"
urlpatterns = [
    path("listed/guests/", views.guests, name="guests"),
    path("listed/guests/<uuid:pk>/", views.guest, name="guest"),
]
