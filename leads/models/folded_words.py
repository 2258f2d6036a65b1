"""The words of a folded name, made by the database (sql/names.sql): in every script, and few."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class FoldedWords(models.Func):
    function = "leads_words"
    arity = 1
    output_field: ClassVar[models.Field[Any, Any]] = ArrayField(models.TextField())
