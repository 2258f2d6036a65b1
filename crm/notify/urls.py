from __future__ import annotations

from django.urls import path

from crm.notify import browsers, views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/bell/", views.bell, name="notification_bell"),
    path("notifications/read/", views.read_all, name="notifications_read"),
    path("notifications/<uuid:notification>/", views.words, name="notification_words"),
    path("notifications/<uuid:notification>/read/", views.read, name="notification_read"),
    path("settings/notifications/", views.preferences, name="notification_settings"),
    path("settings/notifications/test/", views.test, name="notification_test"),
    path("settings/notifications/push/", views.push_add, name="push_add"),
    path("settings/notifications/push/key/", views.push_key, name="push_key"),
    path("settings/notifications/push/stop/", views.push_stop, name="push_stop"),
    path(
        "settings/notifications/push/<uuid:device>/remove/", views.push_remove, name="push_remove"
    ),
    path("sw.js", browsers.service_worker, name="service_worker"),
    path("manifest.webmanifest", browsers.manifest, name="manifest"),
]
