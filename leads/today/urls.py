from __future__ import annotations

from django.urls import path

from leads.today import views

app_name = "today"
urlpatterns = [
    path("", views.today, name="today"),
    path("today/<uuid:lead>/why/", views.why, name="why"),
    path("today/<uuid:lead>/snooze/", views.snooze, name="snooze"),
    path("today/<uuid:lead>/done/", views.done, name="done"),
    path("settings/today/", views.weights, name="weights"),
]
