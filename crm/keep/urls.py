from __future__ import annotations

from django.urls import path

from crm.keep import views

urlpatterns = [
    path("settings/backups/", views.backups, name="backups"),
    path("settings/backups/make/", views.make_backup, name="make_backup"),
    path("settings/backups/code/", views.recovery_code, name="recovery_code"),
    path("settings/backups/<str:folder>/try/", views.try_backup, name="try_backup"),
    path("settings/retention/", views.retention, name="retention"),
]
