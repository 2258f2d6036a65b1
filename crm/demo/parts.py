"""The house's own parts of the demonstration, in the order in which they are built."""

from __future__ import annotations

from crm.demo import house
from crm.demo.registry import register


def register_all() -> None:
    register("the owner", house.owner, 10)
    register("notices of the house", house.notices_of_the_house, 20)
