"""Sealed fields in the admin: masked, and never opened by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import cached_property

from crm.vault.blind import BlindField
from crm.vault.fields import EncryptedField, as_stored
from crm.vault.rows import SealedRow

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

MASK = "••••••"


class SealedAdmin(ModelAdmin):
    """For models that are SealedRows: the room's own pages show and change what is sealed."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        hidden = {f.name for f in self._concealed()} | {"data_key"}
        return [name for name in shown if name not in hidden]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *self._masks]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(super().get_exclude(request, obj) or ()), *(f.name for f in self._concealed())]

    def _concealed(self) -> list[Any]:
        kinds = (EncryptedField, BlindField)
        return [field for field in self.model._meta.fields if isinstance(field, kinds)]

    @cached_property
    def _masks(self) -> list[Any]:
        sealed = [field for field in self._concealed() if isinstance(field, EncryptedField)]
        return [_mask(field) for field in sealed]


def _mask(field: EncryptedField) -> Any:
    @admin.display(description=str(field.verbose_name), empty_value="")
    def masked(row: SealedRow) -> str:
        with as_stored():
            return MASK if getattr(row, field.attname) is not None else ""

    return masked
