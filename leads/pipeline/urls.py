from __future__ import annotations

from django.urls import path

from leads.pipeline import views

app_name = "pipeline"
urlpatterns = [
    path("pipeline/", views.board, name="board"),
    path("pipeline/counts/", views.counts, name="counts"),
    path("pipeline/lane/<int:stage>/", views.lane, name="lane"),
    path("pipeline/<uuid:lead>/stages/", views.stages, name="stages"),
    path("pipeline/<uuid:lead>/move/", views.move, name="move"),
]
