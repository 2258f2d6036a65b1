from __future__ import annotations

from django.urls import path

from crm.watch import views

urlpatterns = [
    path("settings/watch/", views.watch, name="watch"),
    path("settings/watch/browser-error/", views.browser_error, name="browser_error"),
    path("settings/watch/problems/<uuid:problem>/", views.problem, name="problem"),
    path("settings/watch/problems/<uuid:problem>/done/", views.problem_done, name="problem_done"),
    path("settings/watch/problems/<uuid:problem>/open/", views.problem_open, name="problem_open"),
]
