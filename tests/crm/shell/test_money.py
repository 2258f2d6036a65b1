from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from crm.shell.money import money, short_money, short_range

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (D("12000000.00"), "PHP", "₱12,000,000"),
        (D("1234567.50"), "PHP", "₱1,234,567.50"),
        (D(0), "USD", "$0"),
        (D("-5.25"), "USD", "-$5.25"),
        (D("1234567.5"), "JPY", "¥1,234,568"),
        (D(900), "SGD", "SGD\N{NO-BREAK SPACE}900"),
        (D(900), "XYZ", "XYZ\N{NO-BREAK SPACE}900"),
        (None, "PHP", ""),
    ],
)
def test_money_in_full(amount, currency, said):
    assert money(amount, currency) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (D(9_850_000), "₱9.85M"),
        (D(999_950), "₱1M"),
        (D(999_000), "₱999k"),
        (D(400_000), "₱400k"),
        (D(1_500_000_000), "₱1.5B"),
        (D("99.50"), "₱99.5"),
        (D(100), "₱100"),
        (D(0), "₱0"),
        (None, ""),
    ],
)
def test_money_in_short(amount, said):
    assert short_money(amount, "PHP") == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (D(8_000_000), D(12_000_000), "₱8–12M"),
        (D(800_000), D(1_200_000), "₱800k–1.2M"),
        (D(8_000_000), None, "from ₱8M"),
        (None, D(12_000_000), "up to ₱12M"),
        (D(5_000_000), D(5_000_000), "₱5M"),
        (D(0), D(500), "₱0–500"),
        (None, None, ""),
    ],
)
def test_a_budget_in_short(low, high, said):
    assert short_range(low, high, "PHP") == said


@given(st.decimals(min_value=0, max_value=D("9e11"), places=2))
def test_short_money_is_never_off_by_more_than_it_shows(amount):
    text = short_money(amount, "PHP").removeprefix("₱")
    size = {"B": 10**9, "M": 10**6, "k": 10**3}.get(text[-1], 1)
    shown = D(text.rstrip("BMk")) * size
    assert abs(shown - amount) <= amount * D("0.005") + D("0.005")


def test_templates_know_the_filters():
    page = Template("{{ amount|short_money:currency }} {{ amount|money:'USD' }}")
    assert page.render(Context({"amount": D(1000), "currency": "PHP"})) == "₱1k $1,000"
