from __future__ import annotations

from django.urls import path

from crm.notify import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/bell/", views.bell, name="notification_bell"),
    path("notifications/read/", views.read_all, name="notifications_read"),
    path("notifications/<uuid:notification>/", views.words, name="notification_words"),
    path("notifications/<uuid:notification>/read/", views.read, name="notification_read"),
    path("settings/notifications/", views.preferences, name="notification_settings"),
    path("settings/notifications/test/", views.test, name="notification_test"),
]
