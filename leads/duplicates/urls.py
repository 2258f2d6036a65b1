from __future__ import annotations

from django.urls import path

from leads.duplicates import views

app_name = "duplicates"
urlpatterns = [
    path("duplicates/", views.review, name="review"),
    path("duplicates/merge/", views.merge, name="merge"),
    path("duplicates/gather/", views.gather, name="gather"),
    path("duplicates/<uuid:pair>/apart/", views.apart, name="apart"),
    path("duplicates/<uuid:pair>/household/", views.household, name="household"),
]
