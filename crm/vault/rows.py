"""What a model with sealed fields stands on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self
from uuid import UUID

from django.core import checks
from django.core.exceptions import FieldError
from django.db import models, transaction

from crm.models.data_key import DataKey
from crm.vault.blind import BlindField
from crm.vault.data_keys import Subject, opened, provide
from crm.vault.fields import EncryptedField, as_stored, stored_as_is
from crm.vault.ids import uuid7
from crm.vault.sealing import OpenKey

if TYPE_CHECKING:
    UUIDField = models.UUIDField[UUID | None, UUID | None]
    QuerySet = models.QuerySet[Any]
else:
    UUIDField = models.UUIDField
    QuerySet = models.QuerySet

BATCH = 1000


class SealedQuerySet(QuerySet):
    """Bulk statements seal each row's value for that row."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        if options.get("update_conflicts"):
            raise FieldError("What was sealed for one row can't update the one it conflicts with.")
        rows = list(objs)
        with transaction.atomic(using=self.db):
            assign_keys(rows)
            for row in rows:
                row.__dict__[RowKey.ready] = True
            return super().bulk_create(rows, *args, **options)

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        rows, names = list(objs), list(fields)
        sealed = self.model.with_companions(names)
        for row in rows:
            row.make_stored(sealed)
        with as_stored():
            return super().bulk_update(rows, list(dict.fromkeys([*names, *sealed])), batch_size)

    def update(self, **values: Any) -> int:
        if stored_as_is():
            return super().update(**values)
        sealed = {name: values.pop(name) for name in self.model.sealed_names() & values.keys()}
        if not sealed:
            return super().update(**values)
        if any(hasattr(value, "resolve_expression") for value in sealed.values()):
            raise FieldError("A sealed field takes a value for each row, and no expression.")
        with transaction.atomic(using=self.db):
            return self._update_each(sealed, values)

    def _update_each(self, sealed: dict[str, Any], readable: dict[str, Any]) -> int:
        ids = list(self.order_by().values_list("pk", flat=True))
        for start in range(0, len(ids), BATCH):
            some = self.model._base_manager.using(self.db).filter(pk__in=ids[start : start + BATCH])
            rows = list(some.select_for_update().only("pk", "data_key"))
            for row in rows:
                for name, value in sealed.items():
                    setattr(row, name, value)
            SealedQuerySet(self.model, using=self.db).bulk_update(rows, list(sealed))
            if readable:
                some.update(**readable)
        return len(ids)


class RowKey(UUIDField):
    """The data key that a row's values are sealed with, chosen when the row is made."""

    ready = "_data_key_is_chosen"

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        if not model_instance.__dict__.pop(self.ready, False) and add:
            assign_keys([model_instance])
        return super().pre_save(model_instance, add)


class SealedRow(models.Model):
    """A row with sealed fields: its id is known before the write, and its key stays for life."""

    # "self" where the row is its own subject, else the name of the relation to the subject.
    sealed_for: ClassVar[str] = "self"

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    data_key = RowKey(editable=False)

    objects: ClassVar[models.Manager[Self]] = models.Manager.from_queryset(SealedQuerySet)()

    class Meta:
        abstract = True

    def vault_subject(self) -> Subject:
        if self.sealed_for == "self":
            return Subject(self._meta.label_lower, self.id)
        relation: Any = self._meta.get_field(self.sealed_for)
        return Subject(relation.related_model._meta.label_lower, getattr(self, relation.attname))

    def opened_data_key(self) -> OpenKey:
        if self.data_key is None:
            raise FieldError("A row gets its data key when it is first saved.")
        return opened(self.data_key)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        if update_fields is not None:
            names = list(update_fields)
            update_fields = [*names, *self.with_companions(names)]
        super().save(*args, update_fields=update_fields, **options)

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        with as_stored():
            super().refresh_from_db(*args, **options)

    def make_stored(self, names: Collection[str]) -> None:
        """Seal in place: first the companions, which read their sources."""
        fields = [self._meta.get_field(name) for name in names]
        for field in sorted(fields, key=lambda field: isinstance(field, EncryptedField)):
            if isinstance(field, EncryptedField):
                field.make_stored(self)
            elif isinstance(field, BlindField):
                setattr(self, field.attname, field.pre_save(self, add=False))

    @classmethod
    def sealed_names(cls) -> set[str]:
        return {field.name for field in cls._meta.fields if isinstance(field, EncryptedField)}

    @classmethod
    def with_companions(cls, names: Collection[str]) -> list[str]:
        """The sealed ones of these fields, and the blind fields made from them."""
        sealed = sorted(cls.sealed_names().intersection(names))
        fields = (field for field in cls._meta.fields if isinstance(field, BlindField))
        return [*sealed, *(field.name for field in fields if field.source in sealed)]

    @classmethod
    def check(cls, **options: Any) -> list[checks.CheckMessage]:
        found = super().check(**options)
        if not isinstance(cls._default_manager.all(), SealedQuerySet):
            sentence = "Its manager must be made from SealedQuerySet."
            found.append(checks.Error(sentence, obj=cls, id="vault.E001"))
        return found


def assign_keys(rows: Sequence[SealedRow]) -> None:
    """Give new rows their subjects' keys; one that its subject holds already stays."""
    given = {row.data_key for row in rows if row.data_key}
    found = DataKey.objects.filter(id__in=given).values_list("id", "subject_id") if given else ()
    holders: dict[UUID | None, UUID] = dict(found)
    lacking = [row for row in rows if holders.get(row.data_key) != row.vault_subject().id]
    keys = provide(row.vault_subject() for row in lacking)
    for row in lacking:
        row.data_key = keys[row.vault_subject().id].id
