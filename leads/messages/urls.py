from __future__ import annotations

from django.urls import path

from leads.messages import views

app_name = "messages"
urlpatterns = [
    path("messages/<uuid:message>/cancel/", views.cancel, name="cancel"),
    path("messages/<uuid:message>/again/", views.again, name="again"),
    path("messages/<uuid:message>/arrived/", views.arrived, name="arrived"),
]
