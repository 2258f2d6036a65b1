from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.routes import COVERED_ELSEWHERE, ROUTES

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
ADMIN_KWARGS = {"admin:app_list": {"app_label": "crm"}}
DENIED = {302, 401, 403, 404, 405}


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(
                pattern, space + (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        elif isinstance(pattern, URLPattern):
            yield space + (pattern.name or f"unnamed {pattern.pattern}")


def own_names() -> set[str]:
    return {name for name in names(get_resolver()) if not name.startswith(COVERED_ELSEWHERE)}


def test_routes_name_every_address_of_the_resolver() -> None:
    assert own_names() - set(ROUTES) == set()


def test_routes_name_no_address_that_is_gone() -> None:
    assert set(ROUTES) - own_names() == set()


def test_only_a_short_list_is_public() -> None:
    public = {name for name, route in ROUTES.items() if route.public}
    assert len(public) <= 20, sorted(public)


def guarded() -> list[list[str]]:
    """Together where the same makes what they need: it is made once for all of them."""
    together: dict[object, list[str]] = {}
    for name, route in sorted(ROUTES.items()):
        if not route.public:
            together.setdefault(route.kwargs, []).append(name)
    return list(together.values())


@pytest.mark.parametrize("names", guarded(), ids=lambda names: names[0])
@pytest.mark.django_db
def test_addresses_are_denied_without_sign_in(client: Client, names: list[str]) -> None:
    kwargs = ROUTES[names[0]].kwargs()
    for address in [reverse(name, kwargs=kwargs) for name in names]:
        for method in METHODS:
            response = getattr(client, method)(address)
            assert response.status_code in DENIED, f"{method} {address} gave {response.status_code}"
            if response.status_code == 302:
                assert response.headers["Location"].startswith(str(settings.LOGIN_URL))


def admin_addresses() -> Iterator[tuple[str, str]]:
    """Every address of the admin's own resolver, those of a record with a made-up one."""
    for name in sorted(set(names(get_resolver()))):
        if name.startswith(COVERED_ELSEWHERE) and "unnamed" not in name:
            yield name, reverse(name, kwargs=ADMIN_KWARGS.get(name, {}), args=record(name))
    yield "final catch-all", "/admin/nowhere/"


def record(name: str) -> list[str]:
    if name == "admin:view_on_site":
        return ["1", "1"]
    of_a_record = name.endswith(("_change", "_delete", "_history")) and not name.startswith(
        "admin:password"
    )
    return ["1"] if of_a_record else []


@pytest.mark.django_db
def test_admin_is_denied_without_sign_in(client: Client) -> None:
    opened = []
    for name, address in admin_addresses():
        for method in METHODS:
            response = getattr(client, method)(address)
            if response.status_code not in DENIED or settings.SESSION_COOKIE_NAME in client.cookies:
                opened.append(f"{name}: {method} gave {response.status_code}")
    assert opened == []
