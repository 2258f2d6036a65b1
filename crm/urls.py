from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from crm.owner.admin import guard

guard(admin.site)
handler500 = "crm.shell.failing.server_error"

urlpatterns = [
    path("", include("leads.today.urls")),
    path("", include("leads.scoring.urls")),
    path("", include("leads.timeline.urls")),
    path("", include("leads.messages.urls")),
    path("", include("leads.directory.urls")),
    path("", include("leads.people.urls")),
    path("", include("leads.people.rights.urls")),
    path("", include("leads.people.names.urls")),
    path("", include("leads.roi.urls")),
    path("", include("leads.followups.urls")),
    path("", include("leads.search.urls")),
    path("", include("leads.duplicates.urls")),
    path("", include("leads.pipeline.urls")),
    path("", include("properties.picking.urls")),
    path("", include("crm.runtime.urls")),
    path("", include("crm.owner.urls")),
    path("", include("crm.shell.urls")),
    path("", include("crm.audit.urls")),
    path("", include("crm.lists.urls")),
    path("", include("crm.events.urls")),
    path("", include("crm.notify.urls")),
    path("", include("crm.keep.urls")),
    path("", include("crm.watch.urls")),
    path("admin/", admin.site.urls),
]
