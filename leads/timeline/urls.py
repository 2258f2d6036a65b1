from __future__ import annotations

from django.urls import path

from leads.timeline.views import compose, entries, files, log

app_name = "timeline"
urlpatterns = [
    path("leads/<uuid:lead>/log/", log.log, name="log"),
    path("leads/<uuid:lead>/log/<uuid:interaction>/next/", log.amend, name="amend"),
    path("leads/<uuid:lead>/add/", compose.compose, name="compose"),
    path("leads/<uuid:lead>/timeline/", entries.entries, name="entries"),
    path("leads/<uuid:lead>/timeline/<uuid:interaction>/", entries.entry, name="entry"),
    path("leads/<uuid:lead>/timeline/<uuid:interaction>/delete/", entries.remove, name="remove"),
    path("leads/<uuid:lead>/files/<uuid:attachment>/", files.file, name="file"),
    path("leads/<uuid:lead>/files/<uuid:attachment>/delete/", entries.drop_file, name="drop_file"),
    path("leads/timeline/homes/", compose.homes, name="homes"),
]
