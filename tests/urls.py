"""The product's addresses, and those that only tests have."""

from __future__ import annotations

from django.urls import include, path

from crm.urls import handler500 as handler500
from crm.urls import urlpatterns as product

urlpatterns = [*product, path("", include("tests.listed.urls"))]
