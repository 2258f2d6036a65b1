"""How each named address is reached in a test. An address without a line here fails the suite.

The deny-by-default test asks each of them, with every method, without a sign-in; the browser opens
every `page` in both themes and at 390 px, and lets axe and the Content-Security-Policy judge it.
A room adds its lines to ROUTES, under its own comment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone


@dataclass(frozen=True)
class Route:
    """`kwargs` makes what the address needs and names it (it runs with a database).

    page: a page that a person looks at, as the signed-in owner.
    public: opens without a sign-in; say why in a comment.
    ready: makes what must exist before the page is worth looking at.
    """

    kwargs: Callable[[], dict[str, Any]] = dict
    page: bool = False
    public: bool = False
    query: str = ""
    ready: Callable[[], object] | None = None
    # Pages that only someone who is signed out may see are walked without the session.
    signed_out: bool = False


def said() -> dict[str, Any]:
    from tests.leads.timeline.making import dana_with_talks

    return {"lead": dana_with_talks().id}


def an_entry() -> dict[str, Any]:
    from leads.models import Interaction

    lead = said()["lead"]
    entry = Interaction.objects.filter(lead=lead, kind="showing").first()
    assert entry is not None
    return {"lead": lead, "interaction": entry.id}


def a_file() -> dict[str, Any]:
    from leads.models import Attachment

    lead = said()["lead"]
    return {"lead": lead, "attachment": Attachment.objects.filter(lead=lead).first().id}  # type: ignore[union-attr]


def a_letter() -> dict[str, Any]:
    from leads.models import Lead, OutgoingMessage

    lead = Lead.objects.get(id=said()["lead"])
    return {"message": OutgoingMessage.objects.create(lead=lead, subject="Plans", body="Here.").id}


def a_backup() -> dict[str, Any]:
    from tests.crm.keep.making import a_backup

    return {"folder": a_backup().folder}


def stuck_delivery() -> dict[str, Any]:
    from tests.crm.events.stuck import make_stuck

    return {"delivery": make_stuck().id}


def second_factors() -> None:
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal import auth as totp

    from crm.models import Owner

    owner = Owner.objects.get()
    if not Authenticator.objects.filter(user=owner).exists():
        totp.TOTP.activate(owner, totp.generate_totp_secret())
        RecoveryCodes.activate(owner)


def shown_notification() -> dict[str, Any]:
    from crm.notify.kinds import TEST
    from crm.notify.services import notify

    told = notify(TEST.name, title="This is a test", body="It came through.", key="route")
    told.shown_at = told.at
    told.save(update_fields=["shown_at"])
    return {"notification": told.id}


def told_browsers() -> None:
    from tests.crm.notify.browser import told_browsers

    told_browsers()


def activity() -> None:
    from crm.audit.services import security_event
    from tests.trailed.models import Person, Street

    street, _ = Street.objects.get_or_create(name="Oak")
    person = Person.objects.create(name="Ramon", street=street)
    person.mood = Person.Mood.QUIET
    person.save()
    security_event("export", detail={"rows": 7})


def some_leads() -> None:
    from tests.leads.directory.making import some_leads

    some_leads()


def dana() -> dict[str, Any]:
    from tests.leads.people.making import dana

    return {"lead": dana().id}


def a_way() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "point": lead.contact_points.first().id}


def a_bond() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "relationship": lead.relationships.first().id}


def a_deal() -> dict[str, Any]:
    from tests.leads.people.making import dana

    lead = dana()
    return {"lead": lead.id, "deal": lead.deals.first().id}


def consent_to_calls() -> dict[str, Any]:
    return {**dana(), "channel": "call"}


def names() -> None:
    from tests.leads.people.making import dana, lists

    dana()
    lists()


def a_name(slug: str) -> Callable[[], dict[str, Any]]:
    def made() -> dict[str, Any]:
        from leads.people.names.kinds import KINDS

        names()
        return {"slug": slug, "pk": KINDS[slug].rows()[0].pk}

    return made


def watched_problem() -> dict[str, Any]:
    from tests.crm.watch.made import make_problem

    return {"problem": make_problem().id}


def watched_rows() -> None:
    from tests.crm.watch.made import make_rows

    make_rows(12)


def listed_guests() -> None:
    from tests.listed.made import make_guests

    make_guests(120)


def listed_guest() -> dict[str, Any]:
    from tests.listed.made import make_guest

    return {"pk": make_guest(name="Dana Whitfield").id}


def previewed_guest() -> dict[str, Any]:
    return {"kind": "guests", "row": str(listed_guest()["pk"])}


def bulk_run() -> dict[str, Any]:
    from tests.listed.made import make_run

    return {"run": make_run().id}


def operation() -> dict[str, Any]:
    from crm.models import Operation

    return {"operation": Operation.objects.create(name="Nothing", actor="owner").id}


def guests() -> dict[str, Any]:
    return {"kind": "guests"}


def a_full_day() -> None:
    from tests.leads.today.making import a_full_day

    a_full_day()


def somebody_waiting() -> dict[str, Any]:
    from tests.leads.today.making import somebody_waiting

    return {"lead": somebody_waiting().id}


def a_follow_up() -> dict[str, Any]:
    from leads.followups.services import plan
    from tests.leads.factories import a_lead

    due = timezone.now() + timedelta(hours=3)
    return {"follow_up": plan(lead=a_lead(), title="Ask about the loan", due=due).id}


def a_showing() -> dict[str, Any]:
    from leads.followups.services import plan
    from tests.leads.factories import a_lead, a_listing

    due = timezone.now() + timedelta(hours=5)
    home = a_listing(address="12 Acacia Lane, Lahug")
    shown = plan(lead=a_lead(), title="Show it", kind="showing", due=due, listing=home)
    return {"follow_up": shown.id}


def a_full_week() -> None:
    from tests.leads.followups.weeks import make_week

    make_week()


def a_set() -> dict[str, Any]:
    from leads.models import FollowUpTemplate

    made, _ = FollowUpTemplate.objects.get_or_create(name="After an open house")
    made.steps.create(days_after=1, kind="call", title="Ask what they thought")
    return {"template": made.pk}


def a_cadence() -> dict[str, Any]:
    from leads.models import Cadence

    values = {"audience": "nurture", "occasion": "every", "days": 30}
    made, _ = Cadence.objects.get_or_create(name="Nurture, monthly", defaults=values)
    return {"cadence": made.pk}


def a_home() -> dict[str, Any]:
    from tests.leads.factories import a_lead, a_listing, a_talk

    home = a_listing(address="12 Acacia Lane, Talamban")
    a_talk(a_lead("Dana Whitfield"), "showing", listing=home)
    return {"listing": home.id}


def duplicates() -> None:
    from tests.leads.duplicates.made import a_couple, a_pair

    a_pair()
    a_couple()


def a_duplicate() -> dict[str, Any]:
    from tests.leads.duplicates.made import a_pair

    return {"pair": a_pair().id}


def a_board() -> None:
    from tests.leads.pipeline.made import a_board

    a_board()


def a_stage() -> dict[str, Any]:
    from leads.models import Stage

    return {"stage": Stage.objects.all()[0].id}


def a_card() -> dict[str, Any]:
    from tests.leads.factories import a_lead

    return {"lead": a_lead().id}


# Made by `duplicates` under these ids.
TWINS_CHOSEN = f"?lead={UUID(int=21)}&lead={UUID(int=22)}"

ROUTES: dict[str, Route] = {
    # leads/today
    # leads/timeline
    "timeline:log": Route(said, page=True),
    "timeline:amend": Route(an_entry),
    "timeline:compose": Route(said, page=True, query="?compose=showing"),
    "timeline:entries": Route(said, page=True),
    "timeline:entry": Route(an_entry, page=True),
    "timeline:remove": Route(an_entry),
    "timeline:file": Route(a_file),
    "timeline:drop_file": Route(a_file),
    "timeline:homes": Route(),
    # leads/messages
    "messages:cancel": Route(a_letter),
    "messages:again": Route(a_letter),
    "messages:arrived": Route(a_letter),
    "today:today": Route(page=True, ready=a_full_day),
    "today:why": Route(somebody_waiting, page=True),
    "today:snooze": Route(somebody_waiting, page=True),
    "today:done": Route(somebody_waiting),
    "today:weights": Route(page=True),
    # leads/scoring
    "scoring:points": Route(page=True),
    # leads/directory
    "directory:leads": Route(page=True, ready=some_leads),
    # leads/people
    "people:add": Route(page=True),
    "people:hints": Route(),
    "people:lead": Route(dana, page=True),
    "people:history": Route(dana, page=True),
    "people:details": Route(dana, page=True),
    "people:wants": Route(dana, page=True),
    "people:about": Route(dana, page=True),
    "people:custom": Route(dana, page=True),
    "people:call": Route(dana),
    "people:text": Route(dana),
    "people:mail": Route(dana),
    "people:add_point": Route(dana, page=True),
    "people:change_point": Route(a_way, page=True),
    "people:way": Route(a_way),
    "people:reveal": Route(a_way),
    "people:remove_point": Route(a_way),
    "people:consent": Route(consent_to_calls, page=True),
    "people:stage": Route(dana),
    "people:lost": Route(dana, page=True),
    "people:archive": Route(dana),
    "people:bring_back": Route(dana),
    "people:do_not_contact": Route(dana),
    "people:relate": Route(dana, page=True),
    "people:unrelate": Route(a_bond),
    "people:candidates": Route(dana),
    "people:leave_household": Route(dana),
    "people:referred": Route(dana, page=True),
    "rights:held": Route(dana, page=True),
    "rights:download": Route(dana),
    "rights:erase": Route(dana, page=True),
    "names:stages": Route(page=True, ready=names),
    "names:profiles": Route(page=True, ready=names),
    "names:sources": Route(page=True, ready=names),
    "names:campaigns": Route(page=True, ready=names),
    "names:tags": Route(page=True, ready=names),
    "names:fields": Route(page=True, ready=names),
    "names:add": Route(lambda: {"slug": "fields"}, page=True),
    "names:change": Route(a_name("fields"), page=True),
    "names:move": Route(a_name("stages")),
    "names:remove": Route(a_name("tags"), page=True),
    "names:merge": Route(a_name("tags"), page=True),
    "names:retire": Route(a_name("fields")),
    # leads/roi
    "roi:add": Route(dana, page=True),
    "roi:change": Route(a_deal, page=True),
    "roi:remove": Route(a_deal),
    # leads/followups
    "followups:agenda": Route(page=True, ready=a_full_week),
    "followups:add": Route(page=True),
    "followups:people": Route(query="?who=da"),
    "followups:begin_set": Route(),
    "followups:one": Route(a_follow_up),
    "followups:edit": Route(a_follow_up, page=True),
    "followups:done": Route(a_follow_up),
    "followups:drop": Route(a_follow_up),
    "followups:snooze": Route(a_follow_up, page=True),
    "followups:move": Route(a_follow_up),
    "followups:confirm": Route(a_showing),
    "followups:invitation": Route(a_showing),
    # For calendar programs, which have no session: only the secret in the address opens it.
    "followups:feed": Route(lambda: {"token": "unknown"}, public=True),
    "followups:settings": Route(page=True),
    "followups:calendar_renew": Route(),
    "followups:calendar_end": Route(),
    "followups:calendar_names": Route(),
    "followups:sets": Route(page=True, ready=a_set),
    "followups:set_add": Route(page=True),
    "followups:set": Route(a_set, page=True),
    "followups:set_delete": Route(a_set),
    "followups:cadences": Route(page=True),
    "followups:cadence_add": Route(page=True),
    "followups:cadence": Route(a_cadence, page=True),
    "followups:cadence_delete": Route(a_cadence),
    # leads/search
    "search:home": Route(a_home, page=True),
    # leads/duplicates
    "duplicates:review": Route(page=True, ready=duplicates),
    "duplicates:merge": Route(page=True, ready=duplicates, query=TWINS_CHOSEN),
    "duplicates:apart": Route(a_duplicate),
    "duplicates:household": Route(a_duplicate),
    # leads/pipeline
    "pipeline:board": Route(page=True, ready=a_board),
    "pipeline:lane": Route(a_stage),
    "pipeline:stages": Route(a_card),
    "pipeline:move": Route(a_card),
    # crm/runtime
    "healthz": Route(public=True),  # for load balancers and `up`; says well or not, no more
    "health": Route(page=True),
    "reach": Route(page=True),
    "reach_check": Route(),
    # crm/owner
    "account_login": Route(page=True, public=True, signed_out=True),
    "mfa_login_webauthn": Route(public=True),  # a passkey signs in by itself
    "mfa_authenticate": Route(),
    "account_logout": Route(page=True, public=True),  # ends half a sign-in too
    "forgotten": Route(page=True, public=True, signed_out=True),
    "first_run": Route(public=True),  # the one-time link's hash in the session opens it
    "first_run_link": Route(lambda: {"token": "unknown"}, public=True),
    "recover": Route(public=True),  # likewise
    "recover_link": Route(lambda: {"token": "unknown"}, public=True),
    # Not there at all unless mail can be sent.
    "account_reset_password": Route(),
    "account_reset_password_done": Route(),
    "account_reset_password_from_key": Route(lambda: {"uidb36": "1", "key": "unknown"}),
    "account_reset_password_from_key_done": Route(),
    "second_factor_offer": Route(page=True),
    "sign_in_again": Route(page=True),
    "passkey_challenge": Route(),
    "continue": Route(),
    "preferences": Route(page=True),
    "mfa_index": Route(page=True),
    "change_email": Route(page=True),
    "account_change_password": Route(page=True),
    "end_session": Route(lambda: {"pk": 1}),
    "end_other_sessions": Route(),
    "mfa_activate_totp": Route(page=True),
    "mfa_deactivate_totp": Route(page=True, ready=second_factors),
    "mfa_add_webauthn": Route(page=True),
    "mfa_edit_webauthn": Route(lambda: {"pk": 1}),
    "mfa_remove_webauthn": Route(lambda: {"pk": 1}),
    "mfa_view_recovery_codes": Route(page=True, ready=second_factors),
    "mfa_generate_recovery_codes": Route(page=True, ready=second_factors),
    "mfa_download_recovery_codes": Route(),
    "api_tokens": Route(page=True),
    "make_token": Route(page=True),
    "revoke_token": Route(lambda: {"pk": UUID(int=1)}),
    "whoami": Route(),
    "health_for_programs": Route(),
    # crm/audit
    "activity": Route(page=True, ready=activity),
    "undo": Route(operation),
    # crm/lists, shown on a list that only tests have
    "listed:guests": Route(page=True, ready=listed_guests),
    "listed:guest": Route(listed_guest),
    "list_filter": Route(guests),
    "list_options": Route(lambda: {"kind": "guests", "filter": "source"}),
    "list_preview": Route(previewed_guest),
    "list_count": Route(guests),
    "list_save": Route(guests),
    "list_save_changes": Route(guests),
    "list_rename": Route(guests),
    "list_duplicate": Route(guests),
    "list_put_away": Route(guests),
    "list_show_again": Route(guests),
    "list_move": Route(guests),
    "list_columns": Route(guests),
    "list_bulk": Route(lambda: {"kind": "guests", "action": "tag"}),
    "list_export": Route(guests),
    "list_run": Route(bulk_run),
    "list_run_stop": Route(bulk_run),
    # crm/shell
    "settings": Route(),
    "theme": Route(public=True),  # the sign-in page has a theme too; it sets a cookie, no more
    "palette": Route(page=True, query="?q=to"),
    "components": Route(page=True),
    "toast": Route(),
    "csp_report": Route(public=True),  # browsers report without cookies; it only counts
    # crm/events
    "stuck": Route(page=True, ready=stuck_delivery),
    "stuck_retry_all": Route(),
    "stuck_retry": Route(kwargs=stuck_delivery),
    "stuck_skip": Route(kwargs=stuck_delivery),
    # crm/notify
    "notifications": Route(page=True, ready=shown_notification),
    "notification_bell": Route(),
    "notifications_read": Route(),
    "notification_words": Route(kwargs=shown_notification),
    "notification_read": Route(kwargs=shown_notification),
    "notification_settings": Route(page=True, ready=told_browsers),
    "notification_test": Route(),
    "push_key": Route(),
    "push_add": Route(),
    "push_stop": Route(),
    "push_remove": Route(lambda: {"device": UUID(int=1)}),
    "service_worker": Route(public=True),  # a browser renews it also when nobody is signed in
    "manifest": Route(public=True),  # browsers ask for it without cookies; a name and icons
    # crm/keep
    "backups": Route(page=True, ready=a_backup),
    "make_backup": Route(),
    "try_backup": Route(kwargs=a_backup),
    "recovery_code": Route(page=True),
    "retention": Route(page=True),
    # crm/watch
    "watch": Route(page=True, ready=watched_rows),
    "problem": Route(watched_problem, page=True),
    "problem_done": Route(watched_problem),
    "problem_open": Route(watched_problem),
    "browser_error": Route(),
}

# Whole name spaces that other tests cover: Django's admin has a test of its own.
COVERED_ELSEWHERE = ("admin:",)
