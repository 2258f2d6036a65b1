from __future__ import annotations

from django.urls import path

from leads.search import views

app_name = "search"
urlpatterns = [path("search/homes/<uuid:listing>/", views.home, name="home")]
