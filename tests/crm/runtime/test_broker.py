from __future__ import annotations

import signal
import stat
from collections.abc import Iterator

import pytest
import redis

from crm.runtime import processes
from crm.runtime.broker import Broker, lent
from crm.runtime.broker_address import for_celery
from crm.runtime.home import Home


@pytest.fixture
def broker(place: Home) -> Iterator[Broker]:
    broker = Broker(place)
    yield broker
    broker.stop()


def test_broker_answers_on_a_private_socket_only(broker: Broker) -> None:
    broker.start()
    with redis.Redis.from_url(broker.url) as client:
        chosen = client.config_get("*")
    asked = ("port", "appendonly", "maxmemory-policy")
    assert [chosen[name] for name in asked] == ["0", "yes", "noeviction"]
    assert stat.S_IMODE(broker.socket.parent.stat().st_mode) == 0o700


def test_second_start_adopts_the_running_broker(broker: Broker) -> None:
    broker.start()
    again = Broker(broker.home)
    again.start()
    assert (again.process, again.pids()) == (None, broker.pids())


def test_messages_survive_a_kill(broker: Broker) -> None:
    broker.start()
    with redis.Redis.from_url(broker.url) as client:
        client.rpush("hints", "one", "two")
    processes.send(broker.pids(), signal.SIGKILL)
    broker.start()
    with redis.Redis.from_url(broker.url) as client:
        assert client.lrange("hints", 0, -1) == [b"one", b"two"]


def test_stop_leaves_no_process_and_no_socket(broker: Broker) -> None:
    broker.start()
    broker.stop()
    assert (broker.pids(), broker.socket.exists()) == ([], False)


def test_a_command_is_lent_the_broker_and_leaves_one_that_ran(broker: Broker) -> None:
    with lent(broker.home, broker.url):
        assert broker.answers()
    assert (broker.pids(), broker.answers()) == ([], False)
    broker.start()
    with lent(broker.home, broker.url):
        assert broker.answers()
    assert broker.answers()


def test_a_command_with_a_redis_of_its_own_is_lent_none(broker: Broker) -> None:
    with lent(broker.home, "redis://127.0.0.1:1/0"):
        assert not broker.answers()


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("unix:///run/x.sock?db=2", "redis+socket:///run/x.sock?virtual_host=2"),
        ("unix:///run/x.sock", "redis+socket:///run/x.sock?virtual_host=0"),
        ("redis://:secret@host:6379/3", "redis://:secret@host:6379/3"),
        ("rediss://host/0", "rediss://host/0"),
        ("", ""),
    ],
)
def test_celery_reads_every_address(given: str, wanted: str) -> None:
    assert for_celery(given) == wanted
