from __future__ import annotations

from django.urls import path

from leads.followups.views import calendar, follow_ups, settings

app_name = "followups"
urlpatterns = [
    path("agenda/", follow_ups.agenda, name="agenda"),
    path("follow-ups/add/", follow_ups.add, name="add"),
    path("follow-ups/people/", follow_ups.people, name="people"),
    path("follow-ups/set/", follow_ups.begin_set, name="begin_set"),
    path("follow-ups/<uuid:follow_up>/", follow_ups.one, name="one"),
    path("follow-ups/<uuid:follow_up>/edit/", follow_ups.edit, name="edit"),
    path("follow-ups/<uuid:follow_up>/done/", follow_ups.done, name="done"),
    path("follow-ups/<uuid:follow_up>/drop/", follow_ups.drop, name="drop"),
    path("follow-ups/<uuid:follow_up>/snooze/", follow_ups.snooze, name="snooze"),
    path("follow-ups/<uuid:follow_up>/move/", follow_ups.move, name="move"),
    path("follow-ups/<uuid:follow_up>/confirm/", follow_ups.confirm, name="confirm"),
    path("follow-ups/<uuid:follow_up>/calendar/", calendar.invitation, name="invitation"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
    path("settings/follow-ups/", settings.rules, name="settings"),
    path("settings/follow-ups/calendar/", calendar.renew, name="calendar_renew"),
    path("settings/follow-ups/calendar/end/", calendar.end, name="calendar_end"),
    path("settings/follow-ups/calendar/names/", calendar.names, name="calendar_names"),
    path("settings/sets/", settings.sets, name="sets"),
    path("settings/sets/add/", settings.edit_set, name="set_add"),
    path("settings/sets/<int:template>/", settings.edit_set, name="set"),
    path("settings/sets/<int:template>/delete/", settings.delete_set, name="set_delete"),
    path("settings/keep-in-touch/", settings.cadences, name="cadences"),
    path("settings/keep-in-touch/add/", settings.edit_cadence, name="cadence_add"),
    path("settings/keep-in-touch/<int:cadence>/", settings.edit_cadence, name="cadence"),
    path(
        "settings/keep-in-touch/<int:cadence>/delete/",
        settings.delete_cadence,
        name="cadence_delete",
    ),
]
