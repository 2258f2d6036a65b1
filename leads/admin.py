"""Leads and their things in the admin: to be read. They are changed on their own pages, where it
is checked, recorded and can be undone; what is sealed stays sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest

from crm.models.folded import Folded
from crm.shell.admin import ReadOnlyAdmin, register_the_rest
from crm.vault.admin import SealedAdmin
from leads.models import ContactPoint, CustomField, Deal, FollowUp, Interaction, Lead, Stage


class SealedReadOnlyAdmin(SealedAdmin, ReadOnlyAdmin):
    list_select_related = True


@admin.register(Lead)
class LeadAdmin(SealedReadOnlyAdmin):
    list_display = ("name", "state", "kind", "stage", "score", "source", "arrived_at",
                    "last_touch_at")  # fmt: skip
    list_filter = ("state", "kind", "stage", "source", "do_not_contact")
    search_fields = ("folded_name",)
    search_help_text = "A part of the name, with or without accents."
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        del request
        wanted = Q()
        for word in search_term.replace("\0", "").split():
            wanted &= Q(folded_name__contains=Folded(Value(word)))
        return queryset.filter(wanted), False


@admin.register(ContactPoint)
class ContactPointAdmin(SealedReadOnlyAdmin):
    list_display = ("lead", "kind", "label", "network", "is_primary", "bounced_at", "made_at")
    list_filter = ("kind", "is_primary", "network", ("bounced_at", admin.EmptyFieldListFilter))
    search_fields = ("lead__folded_name",)
    ordering = ("-id",)


@admin.register(Interaction)
class InteractionAdmin(SealedReadOnlyAdmin):
    list_display = ("at", "lead", "kind", "direction", "outcome", "automatic", "origin")
    list_filter = ("kind", "direction", "outcome", "automatic", "origin")
    ordering = ("-at", "id")


@admin.register(FollowUp)
class FollowUpAdmin(SealedReadOnlyAdmin):
    list_display = ("due", "lead", "kind", "priority", "state", "ended_at", "outcome")
    list_filter = ("state", "kind", "priority")
    ordering = ("-id",)


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    list_display = ("lead", "state", "amount", "currency", "commission", "expected_on", "closed_on")
    list_filter = ("state", "currency")
    list_select_related = ("lead",)
    ordering = ("-id",)


@admin.register(Stage)
class StageAdmin(ReadOnlyAdmin):
    list_display = ("order", "name", "kind", "likely_percent")
    list_filter = ("kind",)
    ordering = ("order", "id")


@admin.register(CustomField)
class CustomFieldAdmin(ReadOnlyAdmin):
    list_display = ("order", "name", "kind", "private", "retired")
    list_filter = ("kind", "private", "retired")
    ordering = ("order", "id")


register_the_rest("leads")
