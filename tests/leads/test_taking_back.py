"""Whatever is destructive or done to many goes back: from its message, and days later from the
history; and each undo can be done again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.audit.tracking import tracked_tables
from crm.lists import services as smart_lists
from crm.lists import shelf, tree
from leads.followups.services import plan
from leads.models import (
    Attachment,
    BuyerProfile,
    Cadence,
    Campaign,
    CustomField,
    FollowUpTemplate,
    Interaction,
    Lead,
    OutgoingMessage,
    Source,
    Stage,
    Tag,
)  # fmt: skip
from tests.leads.directory.making import some_leads
from tests.leads.duplicates.made import TWINS, twins
from tests.leads.people.making import dana, lists
from tests.leads.timeline.making import dana_with_talks

pytestmark = pytest.mark.django_db
# Calendars take an undo for a new version, too; scores follow a moment later; of a letter the
# trail leaves out when it was settled.
MOVES_ON = {"sequence", "score", "score_reasons", "scored_at", "settled_at"}
Act = Callable[[], tuple[str, dict[str, Any]]]


def of(name: str, *args: Any, **data: Any) -> tuple[str, dict[str, Any]]:
    return reverse(name, args=args), data


def removing(slug: str, model: Any, **which: Any) -> Act:
    return lambda: of("names:remove", slug, model.objects.filter(**which).first().pk)


def with_people(action: str, **data: Any) -> Act:
    def act() -> tuple[str, dict[str, Any]]:
        some_leads(6)
        chosen = list(Lead.objects.filter(name__startswith="Paolo").values_list("id", flat=True))
        others = list(Lead.objects.filter(name__startswith="Grace").values_list("id", flat=True))
        sent = {key: value() if callable(value) else value for key, value in data.items()}
        return of("list_bulk", "leads", action, id=[*chosen, *others], **sent)

    return act


def a_stage_of_nobody() -> tuple[str, dict[str, Any]]:
    stage = Stage.objects.create(name="Second showing", kind="showing", order=40)
    return of("names:remove", "stages", stage.pk)


def a_saved_list() -> tuple[str, dict[str, Any]]:
    everybody = shelf.load().of("leads")[0]
    made = smart_lists.save_as(
        kind="leads", name="Mine", asked=tree.Group(), sort="name", like=everybody,
        icon="users", pinned=False,
    )  # fmt: skip
    return of("list_put_away", "leads", list=made.row.id.hex)


def a_follow_up(name: str, **data: Any) -> Act:
    def act() -> tuple[str, dict[str, Any]]:
        due = timezone.now() + dt.timedelta(days=2)
        planned = plan(lead=dana(), title="Ask", due=due, rule="FREQ=WEEKLY")
        return of(f"followups:{name}", planned.id, **data)

    return act


def an_entry() -> tuple[str, dict[str, Any]]:
    showing = Interaction.objects.filter(lead=dana_with_talks(), kind="showing").first()
    return of("timeline:remove", showing.lead_id, showing.id)


def a_letter() -> tuple[str, dict[str, Any]]:
    made = OutgoingMessage.objects.create(
        lead=dana(), subject="Three homes", body="Here they are.", state="failed",
        last_error="The mail server is busy.", settled_at=timezone.now(),
    )  # fmt: skip
    return of("messages:cancel", made.id)


def a_file() -> tuple[str, dict[str, Any]]:
    file = Attachment.objects.filter(lead=dana_with_talks()).first()
    return of("timeline:drop_file", file.lead_id, file.id)


def a_merge() -> tuple[str, dict[str, Any]]:
    twins()
    return of("duplicates:merge", lead=[str(id) for id in TWINS], kept=str(TWINS[0]))


def a_merge_of_tags() -> tuple[str, dict[str, Any]]:
    lists()
    vip, other = Tag.objects.get(name="VIP"), Tag.objects.get(name="Relocating")
    return of("names:merge", "tags", vip.pk, into=other.pk)


ACTS: dict[str, Act] = {
    "archive": lambda: of("people:archive", dana().id),
    "do not contact": lambda: of("people:do_not_contact", dana().id, wanted="yes"),
    "lost": lambda: of("people:lost", dana().id, lost_reason="budget", why="Too dear"),
    "a way to reach": lambda: of(
        "people:remove_point", dana().id, dana().contact_points.first().id
    ),
    "a bond": lambda: of("people:unrelate", dana().id, dana().relationships.first().id),
    "a household": lambda: of("people:leave_household", dana().id),
    "who referred": lambda: of("people:referred", dana().id, nobody="1"),
    "a deal": lambda: of("roi:remove", dana().id, dana().deals.first().id),
    "an entry": an_entry,
    "a file": a_file,
    "a follow-up": a_follow_up("drop"),
    "a whole series": a_follow_up("drop", all="1"),
    "a follow-up done": a_follow_up("done"),
    "a tag": removing("tags", Tag, name="VIP"),
    "two tags": a_merge_of_tags,
    "a stage": a_stage_of_nobody,
    "a profile": removing("profiles", BuyerProfile),
    "a campaign": removing("campaigns", Campaign),
    "a source": removing("sources", Source),
    "a letter": a_letter,
    "an own field": removing("fields", CustomField, name="Visa"),
    "a retired field": lambda: of(
        "names:retire", "fields", CustomField.objects.get(name="Visa").pk, wanted="yes"
    ),
    "a set": lambda: of("followups:set_delete", FollowUpTemplate.objects.first().pk),
    "a rule of keeping in touch": lambda: of(
        "followups:cadence_delete", Cadence.objects.first().pk
    ),
    "a saved list": a_saved_list,
    "a merge": a_merge,
    "many moved": with_people("stage", stage=lambda: Stage.objects.first_of("offer").pk),
    "many tagged": with_people("tag", **{"typed.tags": "New one"}),
    "many untagged": with_people("untag", tags=lambda: Tag.objects.get(name="Cash buyer").pk),
    "many to call": with_people("follow-up", title="Call", kind="call", due_on="2027-01-05"),
    "many archived": with_people("archive"),
}  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    """All that the trail watches."""
    return {
        table: [
            {key: value for key, value in row.items() if key not in MOVES_ON}
            for row in model._base_manager.order_by("pk").values()
        ]
        for table, (model, *_) in tracked_tables().items()
        if model._meta.app_label in ("leads", "properties", "crm")
    }


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """By table, what changed in which row; a row that came or went is all of it."""
    told = {}
    for table, rows in before.items():
        was, now = ({str(row.get("id", row)): row for row in each} for each in (rows, after[table]))
        for key in {*was, *now}:
            one, other = was.get(key, {}), now.get(key, {})
            if columns := {
                c: (one.get(c), other.get(c)) for c in {*one, *other} if one.get(c) != other.get(c)
            }:
                told[table, key] = columns
    return told


@pytest.mark.parametrize("what", ACTS)
def test_it_goes_back_from_the_history_and_is_done_again(what, signed_in):
    dana()
    url, data = ACTS[what]()
    before = rows()
    answer = signed_in.post(url, data)
    assert answer.status_code == 302
    done = rows()
    assert differing(before, done)

    page = signed_in.get(reverse("activity"), {"kind": "changes"})
    (said,) = page.context["messages"]
    offer = next(each.offer for each in page.context["history"].entries if each.offer)
    assert said.extra_tags == reverse("undo", args=[offer.operation])

    signed_in.post(said.extra_tags, headers={"Referer": "/settings/activity/"})
    assert differing(before, rows()) == {}

    page = signed_in.get(reverse("activity"), {"kind": "changes"})
    again = next(each.offer for each in page.context["history"].entries if each.offer)
    assert again.label == "Do again"
    signed_in.post(reverse("undo", args=[again.operation]))
    if what != "a merge":  # parted people are merged again on purpose only
        assert differing(done, rows()) == {}
