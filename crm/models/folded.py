"""A text without case and accents, made by the database: what names are sorted and found by."""

from __future__ import annotations

from django.db import models


class Folded(models.Func):
    """The same for a column and for what is looked for in it."""

    function = "crm_folded"
    arity = 1
    output_field = models.TextField()
