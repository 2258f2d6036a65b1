"""Every model in the admin: a room registers its own, and what is left is shown to be read.

What the vault has sealed is never shown here, and nothing can be changed: changes go through the
rooms' services, where they are checked, recorded and can be undone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.utils.functional import cached_property

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

COLUMNS = 6
FILTERS = 4
WORDS = (models.CharField, models.EmailField, models.SlugField)
PLAIN = (
    *WORDS,
    models.BooleanField,
    models.DateField,
    models.DecimalField,
    models.ForeignKey,
    models.IntegerField,
    models.UUIDField,
)
SECRET = frozenset({"password", "hash", "secret", "token", "key"})


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anyone turns pages, so that a list of millions opens at once."""

    MOST = 10_000

    @cached_property
    def count(self) -> int:
        rows = cast("models.QuerySet[Any]", self.object_list)
        return rows.order_by()[: self.MOST].count()

    @property
    def more(self) -> bool:
        return self.count == self.MOST


class ReadOnlyAdmin(ModelAdmin):
    """For what has its own pages, and for history that nobody may edit."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50

    def never(self, *_: object, **__: object) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = never


def register_the_rest(label: str) -> None:
    """For an app's `admin.py`, after the rooms' own: no model is left out."""
    for model in apps.get_app_config(label).get_models():
        if not admin.site.is_registered(model):
            admin.site.register(model, made_for(model))


def made_for(model: type[models.Model]) -> type[ReadOnlyAdmin]:
    shown = [field for field in model._meta.concrete_fields if is_shown(field)]
    plain = [field for field in shown if isinstance(field, PLAIN)]
    values: dict[str, Any] = {
        "fields": [field.name for field in shown],
        "list_display": [field.name for field in plain][:COLUMNS] or ["__str__"],
        "list_filter": [field.name for field in plain if is_choice(field)][:FILTERS],
        "search_fields": [field.name for field in plain if isinstance(field, WORDS)],
        "list_select_related": True,
        "ordering": ["-pk"],
    }
    return type(f"{model.__name__}Admin", (ReadOnlyAdmin,), values)


def is_shown(field: models.Field[Any, Any]) -> bool:
    secret = SECRET & set(field.name.split("_"))
    sealed = type(field).__module__.startswith("crm.vault")
    return not (secret or sealed or isinstance(field, models.BinaryField))


def is_choice(field: models.Field[Any, Any]) -> bool:
    return bool(field.choices) or isinstance(field, models.BooleanField)
