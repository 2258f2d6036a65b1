"""How each named address is reached in a test. An address without a line here fails the suite.

The deny-by-default test asks each of them, with every method, without a sign-in; the browser opens
every `page` in both themes and at 390 px, and lets axe and the Content-Security-Policy judge it.
A room adds its lines to ROUTES, under its own comment.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.routes_ready import (
    TWINS_CHOSEN,
    a_backup,
    a_board,
    a_bond,
    a_cadence,
    a_card,
    a_deal,
    a_duplicate,
    a_file,
    a_follow_up,
    a_full_day,
    a_full_week,
    a_home,
    a_letter,
    a_name,
    a_set,
    a_showing,
    a_stage,
    a_way,
    activity,
    an_entry,
    bulk_run,
    consent_to_calls,
    dana,
    duplicates,
    guests,
    listed_guest,
    listed_guests,
    names,
    operation,
    previewed_guest,
    said,
    second_factors,
    shown_notification,
    some_leads,
    somebody_waiting,
    stuck_delivery,
    told_browsers,
    watched_problem,
    watched_rows,
)


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
    "followups:people": Route(),
    "followups:begin_set": Route(),
    "followups:one": Route(a_follow_up),
    "followups:edit": Route(a_follow_up, page=True),
    "followups:done": Route(a_follow_up, page=True),
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
    "duplicates:gather": Route(),
    "duplicates:merge": Route(page=True, ready=duplicates, query=TWINS_CHOSEN),
    "duplicates:apart": Route(a_duplicate),
    "duplicates:household": Route(a_duplicate),
    # leads/pipeline
    "pipeline:board": Route(page=True, ready=a_board),
    "pipeline:counts": Route(),
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
    # properties/picking
    "picking:homes": Route(),
    # crm/audit
    "activity": Route(page=True, ready=activity),
    "undo": Route(operation),
    # crm/lists, shown on a list that only tests have
    "listed:guests": Route(page=True, ready=listed_guests),
    "listed:guest": Route(listed_guest),
    "list_filter": Route(guests),
    "list_apply": Route(guests),
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
