"""The house's models in Django's admin: each room's own pages, then what is left, to be read."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth import admin as _auth  # noqa: F401  (registers groups, now)
from django.contrib.auth.models import Group

from crm.audit import admin as _audit  # noqa: F401
from crm.owner import admin as _owner  # noqa: F401
from crm.shell.admin import register_the_rest

admin.site.site_header = admin.site.site_title = "Porchlight admin"
admin.site.index_title = "Every model"
# One person signs in: there is nobody to put into groups.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)
register_the_rest("crm")
