"""No container engine is at hand in the checks, so what can be read of the set-up is."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.utils import timezone
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from crm.models import Heartbeat
from crm.runtime import heartbeats

ROOT = settings.BASE_DIR
NEEDED = re.compile(r"\$\{([A-Z_]+):\?")


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return found


def test_three_processes_and_two_engines() -> None:
    assert set(services()) == {"settle", "web", "worker", "beat", "database", "broker"}


def test_each_command_of_ours_exists() -> None:
    asked = [service["command"] for service in services().values() if service.get("build")]
    asked += [
        service["healthcheck"]["test"][1:]
        for service in services().values()
        if "manage.py" in service.get("healthcheck", {}).get("test", [])
    ]
    by_manage = [words[2] for words in asked if words[1] == "manage.py"]

    assert sorted(by_manage) == ["beat", "beating", "beating", "web", "worker"]
    assert set(by_manage) <= set(get_commands())
    assert [words[2] for words in asked if words[1] == "-m"] == ["crm.runtime.settle"]
    assert (ROOT / "crm/runtime/settle.py").exists()


def test_all_that_stay_have_a_health_check() -> None:
    without = {name for name, service in services().items() if "healthcheck" not in service}

    assert without == {"settle"}


def test_ours_run_without_rights() -> None:
    ours = {name: service for name, service in services().items() if service.get("build")}

    assert {service["user"] for service in ours.values()} == {"10001:10001"}
    assert {tuple(service["cap_drop"]) for service in ours.values()} == {("ALL",)}
    assert "--uid 10001" in (ROOT / "Dockerfile").read_text()


def test_each_secret_is_in_the_example() -> None:
    example = (ROOT / "compose.env.example").read_text()
    offered = set(re.findall(r"^([A-Z_]+)=", example, re.M))

    assert set(NEEDED.findall((ROOT / "compose.yaml").read_text())) == offered


def test_only_the_web_is_reached_and_only_from_this_machine() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_a_caller_can_not_lend_itself_an_address() -> None:
    seen: list[str] = []

    async def application(scope: Any, *_: Any) -> None:
        seen.append(scope["client"][0])

    believed = services()["web"]["environment"]["FORWARDED_ALLOW_IPS"]
    # The proxy adds whom it met to what the caller claimed.
    said = (b"x-forwarded-for", b"198.51.100.7, 203.0.113.9")
    scope = {"type": "http", "client": ("172.18.0.1", 1), "headers": [said]}
    unused: Any = None
    asyncio.run(ProxyHeadersMiddleware(application, believed)(scope, unused, unused))  # type: ignore[arg-type]

    assert seen == ["203.0.113.9"]


def test_the_guide_and_the_container_make_the_same_roles() -> None:
    made = re.compile(r"^ *(CREATE ROLE \w+ [A-Z ]+|GRANT porchlight_app .*;)", re.M)
    files = ("docs/guide/server.md", "deploy/roles.sh")
    guide, container = (
        [role.strip() for role in made.findall((ROOT / f).read_text())] for f in files
    )

    assert guide == container
    # A backup is tried in a database of its own.
    assert guide[0] == "CREATE ROLE porchlight_owner LOGIN CREATEDB PASSWORD"


def test_the_guide_starts_it_with_its_secrets() -> None:
    guide = (ROOT / "docs/guide/server.md").read_text()
    commands = re.findall(r"^ *docker compose .*$", guide, re.M)

    assert commands
    assert [command for command in commands if "--env-file compose.env" not in command] == []


def test_each_file_that_is_copied_or_mounted_exists() -> None:
    copied = re.findall(r"^COPY --chown=porchlight (\S+)", (ROOT / "Dockerfile").read_text(), re.M)
    mounted = [
        volume.split(":")[0]
        for service in services().values()
        for volume in service.get("volumes", [])
        if volume.startswith("./")
    ]

    assert copied[:3] == ["requirements.lock", "crm/__init__.py", "crm/bootstrap"]
    assert [path for path in copied + mounted if not (ROOT / path).exists()] == []


@pytest.mark.django_db
def test_beating_asks_for_this_machine_and_lately() -> None:
    with pytest.raises(CommandError, match="The worker of this machine has not been heard of"):
        call_command("beating", "worker")

    heartbeats.beat("worker")
    call_command("beating", "worker")

    Heartbeat.objects.update(at=timezone.now() - timedelta(seconds=95))
    with pytest.raises(CommandError, match="The worker"):
        call_command("beating", "worker")
