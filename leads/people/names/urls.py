from __future__ import annotations

from django.urls import path

from leads.people.names import views
from leads.people.names.kinds import KINDS

app_name = "names"
ROW = "settings/names/<slug:slug>/<int:pk>/"
urlpatterns = [
    *[path(f"settings/{slug}/", views.listed, {"slug": slug}, name=slug) for slug in KINDS],
    path("settings/names/<slug:slug>/add/", views.add, name="add"),
    path(ROW, views.change, name="change"),
    path(f"{ROW}move/", views.move, name="move"),
    path(f"{ROW}remove/", views.remove, name="remove"),
    path(f"{ROW}merge/", views.merge, name="merge"),
    path(f"{ROW}retire/", views.retire, name="retire"),
]
