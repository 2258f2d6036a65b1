from __future__ import annotations

from django.urls import path

from leads.people.rights import views

app_name = "rights"
RIGHTS = "leads/<uuid:lead>/rights/"
urlpatterns = [
    path(RIGHTS, views.held, name="held"),
    path(f"{RIGHTS}download/", views.download, name="download"),
    path(f"{RIGHTS}erase/", views.erase, name="erase"),
]
