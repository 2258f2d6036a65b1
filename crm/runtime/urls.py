from __future__ import annotations

from django.urls import path

from crm.runtime import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("settings/reach/", views.reach, name="reach"),
    path("settings/reach/check/", views.reach_check, name="reach_check"),
    path("settings/health/", views.health, name="health"),
]
