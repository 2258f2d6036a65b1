from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now

from crm.audit import tracking
from crm.vault.ids import uuid7


class OwnerManager(BaseUserManager["Owner"]):
    def create_owner(self, *, email: str, password: str, **values: Any) -> Owner:
        owner = self.model(email=email.strip().lower(), is_superuser=True, **values)
        owner.set_password(password)
        owner.save(using=self._db, force_insert=True)
        return owner


class Owner(AbstractBaseUser, PermissionsMixin):
    """The one person who signs in."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(
        primary_key=True, default=uuid7, editable=False
    )
    only = models.BooleanField(default=True, editable=False)
    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True, editable=False)
    is_staff = models.BooleanField(default=True, editable=False)
    joined_at = models.DateTimeField(db_default=Now(), editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[OwnerManager] = OwnerManager()

    class Meta:
        # The password's hash is nobody's history; the last sign-in stands among the events.
        triggers = tracking.triggers(exclude=["password", "last_login"])
        verbose_name = "owner"
        verbose_name_plural = "the owner"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["only"], name="there_is_one_owner"),
            models.CheckConstraint(condition=models.Q(only=True), name="the_owner_is_the_only_one"),
            # Nobody could let an owner back in who had been switched off.
            models.CheckConstraint(
                condition=models.Q(is_active=True, is_staff=True), name="the_owner_may_sign_in"
            ),
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="the_owner_e_mail_is_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email
