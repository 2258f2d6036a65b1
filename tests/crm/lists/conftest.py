from __future__ import annotations

import datetime as dt

import pytest

from crm.lists import registry
from crm.lists.shape import Shape
from crm.lists.wording import Reader
from tests.listed.guests import GUESTS

TODAY = dt.date(2026, 6, 17)


@pytest.fixture(autouse=True)
def only_guests(monkeypatch):
    """The house has lists of its own; here there is one kind."""
    monkeypatch.setattr(registry, "_lists", {GUESTS.name: GUESTS})


@pytest.fixture
def reader():
    return Reader("PHP", TODAY)


@pytest.fixture
def shape():
    return Shape(GUESTS)
