from __future__ import annotations

from django.urls import path

from properties.picking import views

app_name = "picking"
urlpatterns = [path("homes/found/", views.homes, name="homes")]
