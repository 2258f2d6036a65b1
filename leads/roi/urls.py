from __future__ import annotations

from django.urls import path

from leads.roi import views

app_name = "roi"
DEALS = "leads/<uuid:lead>/deals/"
urlpatterns = [
    path(DEALS, views.add, name="add"),
    path(f"{DEALS}<uuid:deal>/", views.change, name="change"),
    path(f"{DEALS}<uuid:deal>/remove/", views.remove, name="remove"),
]
