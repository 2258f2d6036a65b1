from __future__ import annotations

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_the_sample_has_its_migrations():
    call_command("makemigrations", "sample", check=True, dry_run=True)
