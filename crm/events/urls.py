from __future__ import annotations

from django.urls import path

from crm.events import views

urlpatterns = [
    path("settings/stuck/", views.stuck, name="stuck"),
    path("settings/stuck/retry/", views.retry_all, name="stuck_retry_all"),
    path("settings/stuck/<uuid:delivery>/retry/", views.retry, name="stuck_retry"),
    path("settings/stuck/<uuid:delivery>/skip/", views.skip, name="stuck_skip"),
]
