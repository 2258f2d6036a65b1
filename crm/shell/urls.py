from __future__ import annotations

from django.urls import path

from crm.shell import views

urlpatterns = [
    path("settings/", views.settings_home, name="settings"),
    path("settings/appearance/", views.appearance, name="appearance"),
    path("theme/", views.theme, name="theme"),
    path("search/", views.search, name="palette"),
    path("csp-report", views.csp_report, name="csp_report"),
]
