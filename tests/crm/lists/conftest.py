from __future__ import annotations

import datetime as dt

import pytest

from crm.lists.shape import Shape
from crm.lists.wording import Reader
from tests.listed.guests import GUESTS

TODAY = dt.date(2026, 6, 17)


@pytest.fixture
def reader():
    return Reader("PHP", TODAY)


@pytest.fixture
def shape():
    return Shape(GUESTS)
