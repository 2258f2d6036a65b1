from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch

from crm.audit import context
from crm.audit.middleware import trail_context
from crm.audit.registration import process
from crm.audit.services import operation, summarise
from crm.models import Operation, Owner, Trail
from tests.trailed.models import Person, Street


def said(record):
    return record.actor, record.page, record.operation


def test_a_change_says_who_and_from_where(trail):
    with context.acting("owner", page="people:lead"):
        Street.objects.create(name="Oak")

    assert said(trail().get()) == ("owner", "people:lead", None)


def test_a_change_outside_of_any_page_is_the_process_s(trail):
    Street.objects.create(name="Oak")

    assert trail().get().actor == "command"


def test_a_change_straight_at_the_database_names_its_user(trail):
    user = connection.connection.info.user
    with connection.connection.cursor() as cursor:
        cursor.execute("INSERT INTO trailed_street (name) VALUES ('Oak')")

    assert said(trail().get()) == (f"database:{user}", "", None)


@pytest.mark.parametrize(
    ("arguments", "acting"),
    [
        (["manage.py", "migrate"], ("migration", "migrate")),
        (["/x/manage.py", "backup", "--now"], ("command", "backup")),
        (["/x/bin/celery", "-A", "crm", "worker"], ("worker", "")),
        (["/x/lib/celery/__main__.py"], ("command", "__main__.py")),
        ([], ("command", "")),
    ],
)
def test_a_process_is_named_by_its_command(arguments, acting):
    assert process(arguments) == acting


@pytest.mark.django_db(transaction=True)
def test_the_context_does_not_outlive_its_transaction():
    with context.acting("owner", page="people:lead"):
        Street.objects.create(name="Oak")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('porchlight.actor', true)")
        left = cursor.fetchone()[0]

    assert Trail.objects.get(after__name="Oak").actor == "owner"
    assert not left


def test_the_context_survives_a_rolled_back_savepoint(trail):
    with context.acting("owner"):
        with transaction.atomic():
            Street.objects.create(name="Oak")
            transaction.set_rollback(True)
        Street.objects.create(name="Elm")

    assert [(record.actor, record.after["name"]) for record in trail()] == [("owner", "Elm")]


def test_reading_sends_no_context(db, monkeypatch):
    sent = []
    monkeypatch.setattr(context, "_send", sent.append)
    with context.acting("owner"):
        list(Person.objects.all())
        Person.objects.exists()
        Person.objects.select_for_update().first()

    assert sent == []


def test_a_write_is_counted_as_one_query(db, django_assert_num_queries):
    with context.acting("owner"), django_assert_num_queries(1):
        Street.objects.create(name="Oak")


def test_copy_carries_the_context_once_it_was_sent(trail):
    with context.acting("owner", page="intake:import"):
        context.send()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY trailed_street (name) FROM STDIN") as copy,
        ):
            copy.write_row(["Elm"])

    assert said(trail().get()) == ("owner", "intake:import", None)


@pytest.mark.django_db(transaction=True)
def test_sending_outside_of_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        context.send()


def request_for(view, user, path="/people/1/?token=secret"):
    request = RequestFactory().get(path)
    request.user = user
    request.resolver_match = ResolverMatch(
        view, (), {}, url_name="lead", app_names=["people"], namespaces=["people"], route="people/"
    )
    return request


def test_a_page_writes_as_the_owner_and_by_its_name(trail):
    def view(request):
        Street.objects.create(name="Oak")
        return HttpResponse()

    trail_context(view)(request_for(view, Owner()))

    assert said(trail().get()) == ("owner", "people:lead", None)


def test_a_page_reached_without_a_user_writes_as_a_visitor(trail):
    def view(request):
        Street.objects.create(name="Oak")
        return HttpResponse()

    request = RequestFactory().post("/hooks/secret/")
    request.resolver_match = None
    trail_context(view)(request)

    assert said(trail().get()) == ("visitor", "", None)


def test_a_checked_token_becomes_the_actor(trail):
    with context.acting("visitor", page="api:leads"):
        context.identify("api:17")
        Street.objects.create(name="Oak")

    assert said(trail().get()) == ("api:17", "api:leads", None)


@pytest.mark.django_db(transaction=True)
def test_threads_keep_their_contexts_apart():
    ready = threading.Barrier(2)

    def work(actor):
        with context.acting(actor):
            ready.wait()
            Street.objects.create(name=actor)
        connection.close()

    threads = [threading.Thread(target=work, args=[actor]) for actor in ("owner", "worker")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    recorded = Trail.objects.filter(table_name="trailed_street", actor__in=["owner", "worker"])
    assert {(record.actor, record.after["name"]) for record in recorded} == {
        ("owner", "owner"),
        ("worker", "worker"),
    }


def test_an_operation_marks_its_changes_and_no_others(trail):
    with context.acting("owner"):
        with operation("Merge", people=2) as merge:
            Street.objects.create(name="Oak")
        Street.objects.create(name="Elm")

    assert [record.operation for record in trail()] == [merge, None]
    made = Operation.objects.get()
    assert (made.id, made.name, made.actor, made.summary) == (
        merge,
        "Merge",
        "owner",
        {"people": 2},
    )


def test_an_operation_inside_another_is_part_of_it(trail):
    with operation("Import") as outer, operation("Merge") as inner:
        Street.objects.create(name="Oak")

    assert inner == outer
    assert [record.operation for record in trail()] == [outer]
    assert Operation.objects.count() == 1


def test_a_later_batch_joins_its_operation(trail):
    with operation("Import", files=1) as imported:
        pass
    with context.within(imported):
        Street.objects.create(name="Oak")
    summarise(imported, rows=1)

    assert [record.operation for record in trail()] == [imported]
    assert Operation.objects.get().summary == {"files": 1, "rows": 1}
