"""What stands on a lead's page. Each room adds its part, so that this one need not know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models.expressions import BaseExpression
from django.http import HttpRequest

from leads.models import Lead

Place = Literal["left", "main", "right"]


@dataclass(frozen=True)
class Panel:
    """A fragment with what it needs; None leaves it out."""

    name: str
    place: Place
    order: int
    template: str
    context: Callable[[HttpRequest, Lead], dict[str, Any] | None]
    # What the page's one query of the lead brings along, so that it costs none of its own.
    gathers: Callable[[], Mapping[str, BaseExpression]] = dict


@dataclass(frozen=True)
class Shown:
    template: str
    context: dict[str, Any]


_panels: dict[str, Panel] = {}


def register(panel: Panel) -> None:
    _panels[panel.name] = panel


def names() -> tuple[str, ...]:
    return tuple(_panels)


def gathered() -> dict[str, BaseExpression]:
    return {name: found for panel in _panels.values() for name, found in panel.gathers().items()}


def shown(place: Place, request: HttpRequest, lead: Lead) -> list[Shown]:
    chosen = sorted(
        (panel for panel in _panels.values() if panel.place == place),
        key=lambda panel: (panel.order, panel.name),
    )
    made = [(panel, panel.context(request, lead)) for panel in chosen]
    return [Shown(panel.template, context) for panel, context in made if context is not None]
