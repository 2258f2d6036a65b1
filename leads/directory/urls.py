from __future__ import annotations

from django.urls import path

from leads.directory import views

app_name = "directory"
urlpatterns = [path("leads/", views.leads, name="leads")]
