"""The page of components: what axe and the pictures run against, and what builders copy from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crm.shell.charts import Bars, Chart, Goal, Histogram, Line, Ring, Spark, funnel
from crm.shell.forms import ExampleForm
from crm.shell.toasts import toast as show

WRONG = {"phone": "0917 555", "outcome": "reached", "stage": "new"}


def charts() -> dict[str, Chart]:
    back = [4.4, 5.2, 5.9, 7.7, 10.8, 5.7]
    months = list(zip(["Jan", "Feb", "Mar", "Apr", "May", "June"], back, strict=True))
    sources = [
        ("Referral", [1_420_000, 42_000]),
        ("Property portal", [1_030_000, 186_000]),
        ("Facebook ads", [655_000, 148_000]),
        ("Signboard", [0, 36_000]),
    ]
    steps = [("Leads", 886), ("Contacted", 702), ("Qualified", 241), ("Offer", 34), ("Closed", 16)]
    minutes = [("0-5", 41), ("5-15", 18), ("15-60", 9), ("1-4 h", 4), ("later", 2)]
    rows = [("Rows", [268, 31, 9])]
    return {
        "bars": Bars("Commission and cost by source", sources, ("Commission", "Cost")),
        "funnel": funnel("From lead to keys", steps),
        "line": Line("Back per peso", months, [3.1, 3.9, 4.8, 5.2, 6.4, 6.0], unfinished=True),
        "stacked": Bars("What will happen", rows, ("New", "Merge", "Skip"), stacked=True),
        "histogram": Histogram("Minutes to the first answer", minutes),
        "goal": Goal("June commissions", 385_000, 600_000, 53.3),
        "ring": Ring("Answered in 5 minutes", 86, "86%"),
        "spark": Spark("Back per peso", back),
    }


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    forms = {
        "form": ExampleForm(initial={"stage": "showing", "consent": True}, prefix="right"),
        "wrong": ExampleForm(
            {f"wrong-{name}": value for name, value in WRONG.items()}, prefix="wrong"
        ),
    }
    return render(request, "crm/shell/components.html", {**forms, "charts": charts()})


@require_POST
def toast(_request: HttpRequest) -> HttpResponse:
    return show(
        HttpResponse(status=204), "Done. Dana comes back on 19 June", undo_url=reverse("toast")
    )
