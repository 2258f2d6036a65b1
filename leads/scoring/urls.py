from __future__ import annotations

from django.urls import path

from leads.scoring import views

app_name = "scoring"
urlpatterns = [path("settings/scoring/", views.points, name="points")]
