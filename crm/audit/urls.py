from __future__ import annotations

from django.urls import path

from crm.audit import views

urlpatterns = [
    path("settings/activity/", views.activity, name="activity"),
    path("undo/<uuid:operation>/", views.undo, name="undo"),
]
