"""Model fields whose values lie sealed in the database and are opened when somebody looks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core import checks
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.lookups import IsNull
from django.db.models.query_utils import DeferredAttribute

from crm.vault import data_keys
from crm.vault.errors import VaultError
from crm.vault.sealing import Place, key_id, seal, unseal

if TYPE_CHECKING:
    from crm.vault.rows import SealedRow

    Field = models.Field[Any, Any]
else:
    Field = models.Field

NEIGHBOURS = 512
_as_stored: ContextVar[bool] = ContextVar("as_stored", default=False)


@contextmanager
def as_stored() -> Iterator[None]:
    """Within it a sealed attribute gives what is stored, unopened."""
    token = _as_stored.set(True)
    try:
        yield
    finally:
        _as_stored.reset(token)


def stored_as_is() -> bool:
    return _as_stored.get()


class Sealed:
    """A value as it is stored, and the values read beside it, whose keys come in one query."""

    __slots__ = ("neighbours", "value")

    def __init__(self, value: bytes, neighbours: list[bytes] | None = None) -> None:
        self.value = value
        self.neighbours = neighbours

    @property
    def key_id(self) -> UUID:
        return key_id(self.value)

    def opened(self, place: Place) -> bytes:
        wanted = self.key_id
        key = data_keys.memory.get(wanted)
        if key is None:
            beside = {UUID(bytes=name) for name in self.neighbours or ()}
            key = data_keys.opened(wanted, tuple(beside))
        return unseal(self.value, place=place, key=key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return "•••"

    def __reduce__(self) -> tuple[type[Sealed], tuple[bytes]]:
        return Sealed, (self.value,)


def _converter() -> Callable[[bytes | None, Any, Any], Sealed | None]:
    """One for each query that is run: it gathers the neighbours as their rows arrive."""
    beside: list[bytes] = []

    def convert(value: bytes | None, _expression: Any, _connection: Any) -> Sealed | None:
        nonlocal beside
        if value is None:
            return None
        if len(beside) >= NEIGHBOURS:
            beside = []
        value = bytes(value)
        beside.append(value[1:17])
        return Sealed(value, beside)

    return convert


class SealedAttribute(DeferredAttribute):
    """Opens on access, and remembers what was stored, so that an unchanged value stays as it is."""

    field: EncryptedField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        data, name = instance.__dict__, self.field.attname
        if name not in data:
            data[name] = self.field.loaded(instance)
        value = data[name]
        if _as_stored.get():
            return value
        if value is None:
            return self.field.empty()
        if isinstance(value, Sealed):
            data[self.field.memo] = value
            value = data[name] = self.field.unsealed(value, instance.pk)
        return value

    def __set__(self, instance: SealedRow, value: Any) -> None:
        data, name = instance.__dict__, self.field.attname
        held = data.get(name)
        if isinstance(held, Sealed):
            data[self.field.memo] = held
        data[name] = value


class EncryptedField(Field):
    """Sealed for one row of one table under its subject's data key; NULL where there is nothing."""

    descriptor_class = SealedAttribute
    empty_strings_allowed = False

    def __init__(
        self, *args: Any, sealed_as: tuple[str, str] | None = None, **options: Any
    ) -> None:
        # The table and column that values were first sealed for, where one was renamed since.
        self.sealed_as = sealed_as
        options["null"] = True
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        # A default is made by Python for each row; the database could not seal one.
        for made_here in ("null", "default"):
            options.pop(made_here, None)
        if self.sealed_as:
            options["sealed_as"] = self.sealed_as
        return name, path, args, options

    def encode(self, value: Any) -> bytes | None:
        raise NotImplementedError

    def decode(self, plain: bytes) -> Any:
        raise NotImplementedError

    def empty(self) -> Any:
        raise NotImplementedError

    @property
    def memo(self) -> str:
        return f"_{self.attname}_as_stored"

    def place(self, row_id: UUID) -> Place:
        table, column = self.sealed_as or (self.model._meta.db_table, str(self.column))
        return Place(table, column, row_id)

    def unsealed(self, sealed: Sealed, row_id: UUID) -> Any:
        return self.decode(sealed.opened(self.place(row_id)))

    def loaded(self, instance: models.Model) -> Sealed | None:
        rows = type(instance)._base_manager.using(instance._state.db).filter(pk=instance.pk)
        found: Sealed | None = rows.values_list(self.attname, flat=True).get()
        return found

    def pre_save(self, model_instance: Any, add: bool) -> Sealed | None:
        data = model_instance.__dict__
        value = data.get(self.attname)
        if hasattr(value, "resolve_expression"):
            raise FieldError(f"{self.name} is sealed for each row: give a value, no expression.")
        if isinstance(value, Sealed):
            if add:
                value.opened(self.place(model_instance.pk))
            return value
        stored = self._stored(model_instance, self.encode(value))
        data[self.memo] = stored
        return stored

    def make_stored(self, instance: SealedRow) -> None:
        instance.__dict__[self.attname] = self.pre_save(instance, add=False)

    def _stored(self, row: SealedRow, plain: bytes | None) -> Sealed | None:
        if plain is None:
            return None
        place = self.place(row.pk)
        before: Sealed | None = row.__dict__.get(self.memo)
        if before is not None and before.key_id == row.data_key and _same(before, place, plain):
            return before
        return Sealed(seal(plain, place=place, key=row.opened_data_key()))

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_db_converters(self, _connection: Any) -> list[Any]:
        return [_converter()]

    def get_db_prep_value(
        self,
        value: Any,
        connection: Any,  # noqa: ARG002 (Django's signature)
        prepared: bool = False,  # noqa: ARG002
    ) -> Any:
        if value is None or isinstance(value, bytes):
            return value
        if isinstance(value, Sealed):
            return value.value
        raise FieldError(f"{self.name} is sealed for its row: write it through the model.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return IsNull
        raise FieldError(f"{self.name} is sealed: only its blind indexes can be searched.")

    def get_transform(self, _lookup_name: str) -> Any:
        return None

    def value_to_string(self, _obj: Any) -> str:
        raise FieldError(f"{self.name} is sealed, and is not dumped. Use manage.py backup.")

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        from crm.vault.rows import SealedRow

        found = super().check(**options)
        if not issubclass(self.model, SealedRow):
            found.append(checks.Error("Its model must be a SealedRow.", obj=self, id="vault.E002"))
        if self.unique or getattr(self, "db_index", False):
            found.append(checks.Error("Ciphertext can't be indexed.", obj=self, id="vault.E003"))
        return found


def _same(before: Sealed, place: Place, plain: bytes) -> bool:
    try:
        return before.opened(place) == plain
    except VaultError:
        return False


class EncryptedText(EncryptedField):
    """Text of any script and length; the empty text is stored as NULL."""

    description = "Sealed text"
    if TYPE_CHECKING:
        _pyi_private_set_type: str | models.expressions.Combinable
        _pyi_private_get_type: str

    def __init__(self, *args: Any, one_line: bool = False, **options: Any) -> None:
        self.one_line = one_line
        super().__init__(*args, **options)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        if self.one_line:
            options["one_line"] = True
        return name, path, args, options

    def encode(self, value: str | None) -> bytes | None:
        return value.encode("utf-8", "surrogatepass") if value else None

    def decode(self, plain: bytes) -> str:
        return plain.decode("utf-8", "surrogatepass")

    def empty(self) -> str:
        return ""

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else str(value)

    def formfield(self, **options: Any) -> Any:
        widget = forms.TextInput if self.one_line else forms.Textarea
        shape = {"form_class": forms.CharField, "max_length": self.max_length, "widget": widget}
        return super().formfield(**{**shape, **options})


class EncryptedJSON(EncryptedField):
    """Anything that JSON can say; what equals the default is stored as NULL."""

    description = "Sealed JSON"
    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def encode(self, value: Any) -> bytes | None:
        if value is None or value == self.empty():
            return None
        text = json.dumps(
            value,
            cls=DjangoJSONEncoder,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )
        return text.encode("utf-8", "surrogatepass")

    def decode(self, plain: bytes) -> Any:
        return json.loads(plain.decode("utf-8", "surrogatepass"))

    def empty(self) -> Any:
        return self.get_default() if self.has_default() else None

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": forms.JSONField, **options})
