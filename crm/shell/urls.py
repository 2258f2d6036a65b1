from __future__ import annotations

from django.urls import path

from crm.shell import gallery, views

urlpatterns = [
    path("settings/", views.settings_home, name="settings"),
    path("theme/", views.theme, name="theme"),
    path("search/", views.search, name="palette"),
    path("components/", gallery.components, name="components"),
    path("components/toast/", gallery.toast, name="toast"),
    path("csp-report", views.csp_report, name="csp_report"),
]
