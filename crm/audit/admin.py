from __future__ import annotations

from django.contrib import admin

from crm.models import Operation, SecurityEvent, Trail
from crm.shell.admin import ReadOnlyAdmin


@admin.register(Trail)
class TrailAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "op", "table_name", "row_id", "actor", "page", "scrubbed")
    list_filter = ("op", "scrubbed")
    search_fields = ("=row_id", "=operation", "=subject")
    ordering = ("-id",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "kind", "actor", "page", "after")
    search_fields = ("=kind",)
    ordering = ("-id",)


@admin.register(Operation)
class OperationAdmin(ReadOnlyAdmin):
    list_display = ("name", "at", "actor", "undoes")
    search_fields = ("name",)
    ordering = ("-at",)
