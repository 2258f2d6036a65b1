from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from crm.models import Operation, SecurityEvent, Trail

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnly(ModelAdmin):
    """History is read, never edited."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _row: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _row: Any = None) -> bool:
        return False


@admin.register(Trail)
class TrailAdmin(ReadOnly):
    list_display = ("id", "at", "op", "table_name", "row_id", "actor", "page", "scrubbed")
    list_filter = ("op", "scrubbed")
    search_fields = ("=row_id", "=operation", "=subject")
    ordering = ("-id",)


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnly):
    list_display = ("id", "at", "kind", "actor", "page", "after")
    search_fields = ("=kind",)
    ordering = ("-id",)


@admin.register(Operation)
class OperationAdmin(ReadOnly):
    list_display = ("name", "at", "actor", "undoes")
    search_fields = ("name",)
    ordering = ("-at",)
