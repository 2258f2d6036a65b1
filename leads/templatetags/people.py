from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from crm.shell.money import short_range
from leads.models import Lead
from leads.people.panels import Shown
from leads.people.rights.exporting import shown as shown_value
from leads.people.wanting import Wanted
from properties.models import Listing

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: Context, shown: Shown) -> SafeString:
    """A room's part of the page, with what the room gave it."""
    assert context.template is not None  # noqa: S101  (a tag is drawn by a template)
    with context.push(**shown.context):
        return context.template.engine.get_template(shown.template).render(context)


@register.filter
def budget(lead: Lead) -> str:
    return short_range(lead.budget_min, lead.budget_max, lead.currency)


@register.filter
def told(value: object) -> str:
    return shown_value(value)


@register.filter
def wanted_words(wanted: Wanted, currency: str) -> str:
    """ "₱8–12M, house, 3+ bedrooms, Lahug" """
    bedrooms = f"{wanted.bedrooms}+ bedrooms" if wanted.bedrooms else ""
    kinds = [Listing.Kind(kind).label.lower() for kind in wanted.kinds]
    budget = short_range(wanted.low, wanted.high, currency)
    parts = [budget, *kinds, bedrooms, *(area.name for area in wanted.areas)]
    return ", ".join(filter(None, parts))
