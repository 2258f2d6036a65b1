"""Asking the public address for ourselves: what works, and each thing that may stand between."""

from __future__ import annotations

import datetime
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core import signing
from django.test import Client
from django.utils import timezone

from crm.runtime import knocking
from tests.crm.runtime.test_outgoing import Server, answer, names, server  # noqa: F401


def word(public: str) -> str:
    return knocking.knock(public).word


@pytest.mark.django_db(transaction=True)
def test_it_reaches_itself_through_its_own_address(live_server, settings) -> None:
    settings.OUTGOING_LOOPBACK = True
    found = knocking.knock(live_server.url)
    assert (found.word, found.arrived) == ("Not encrypted", True)


@pytest.mark.django_db(transaction=True)
def test_another_porchlight_is_not_taken_for_this_one(live_server, settings, monkeypatch) -> None:
    settings.OUTGOING_LOOPBACK = True
    real = signing.dumps
    monkeypatch.setattr(
        knocking.signing, "dumps", lambda text, salt: real(text, salt=salt, key="another's")
    )
    assert word(live_server.url) == "Another one"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"<html>router</html>", "Something else"),
        (200, b"well\n", "Another one"),
        (404, b"", "Something else"),
        (400, b"", "Another name"),
        (502, b"", "Nobody behind it"),
        (530, b"", "Nobody behind it"),
    ],
)
@pytest.mark.usefixtures("any_path")
def test_something_else_that_answers_is_named(server, status, body, expected) -> None:  # noqa: F811
    server.say["any"] = answer(status, body)
    assert word(server.url) == expected
    assert server.asked[0][1].startswith("/healthz?knock=")


@pytest.fixture
def any_path(server, monkeypatch) -> None:  # noqa: F811
    """Whatever is asked is answered alike."""

    class Alike(dict):
        def __missing__(self, path: str):
            return self["any"]

    monkeypatch.setattr(server, "say", Alike())


@pytest.mark.usefixtures("any_path")
def test_an_echo_is_no_proof(server) -> None:  # noqa: F811
    def echo(handler: BaseHTTPRequestHandler) -> None:
        answer(200, f"well\n{handler.path.partition('=')[2]}\n".encode())(handler)

    server.say["any"] = echo
    assert word(server.url) == "Another one"


@pytest.mark.usefixtures("any_path")
def test_an_address_that_leads_on_to_ourselves_is_named(server, names) -> None:  # noqa: F811
    names["other.example"] = [["127.0.0.1"]]

    def go(handler: BaseHTTPRequestHandler) -> None:
        if handler.headers["Host"].startswith("other.example"):
            token = parse_qs(urlsplit(handler.path).query)["knock"][0]
            answer(200, f"well\n{knocking.answer_to(token)}".encode())(handler)
        else:
            location = f"http://other.example:{server.port}{handler.path}"
            answer(302, Location=location)(handler)

    server.say["any"] = go
    found = knocking.knock(server.url)
    assert (found.word, found.arrived) == ("Leads on", True)
    assert f"http://other.example:{server.port}." in found.sentence


@pytest.mark.usefixtures("any_path")
def test_a_router_that_shows_its_own_page_is_recognised(server) -> None:  # noqa: F811
    server.say["any"] = answer(302, Location="http://192.168.1.1/login")
    assert word(server.url) == "Led inside"


def test_nobody_at_the_door_is_said(server) -> None:  # noqa: F811
    server.http.shutdown()
    server.http.server_close()
    assert word(server.url) == "No answer"


def test_https_without_tls_is_not_understood(server) -> None:  # noqa: F811
    assert word(server.url.replace("http:", "https:")) == "Not understood"


def test_an_unknown_name_is_said(settings, monkeypatch) -> None:
    def unknown(*_args, **_values):
        raise OSError

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    assert word("https://crm.example.com") == "Unknown name"


@pytest.mark.parametrize("public", ["https://192.168.1.20", "https://crm.lan", "https://127.0.0.1"])
def test_a_private_address_is_said(public: str) -> None:
    assert word(public) == "Private"


@pytest.mark.parametrize("public", ["ftp://crm.example.com", "https://crm.example.com:x"])
def test_an_address_that_is_none_is_said(public: str) -> None:
    assert word(public) == "Not asked"


def test_no_address_is_said() -> None:
    assert word("") == "No address"


@pytest.fixture
def self_signed(tmp_path: Path, settings) -> Iterator[str]:
    settings.OUTGOING_LOOPBACK = True
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "crm.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "both.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    http = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    http.handle_error = lambda *_args: None  # type: ignore[method-assign]
    http.socket = context.wrap_socket(http.socket, server_side=True)
    threading.Thread(target=http.serve_forever, args=[0.02], daemon=True).start()
    yield f"https://127.0.0.1:{http.server_address[1]}"
    http.shutdown()
    http.server_close()


def test_a_certificate_that_nobody_vouches_for_is_said(self_signed: str) -> None:
    assert word(self_signed) == "Certificate"


def test_strangers_learn_nothing_from_healthz(client: Client, db: None) -> None:
    asked = signing.dumps("x", salt=knocking.SALT)
    assert client.get("/healthz", {"knock": "x"}).content == b"well\n"
    assert client.get("/healthz", {"knock": signing.dumps("x", salt="other")}).content == b"well\n"
    assert len(client.get("/healthz", {"knock": asked}).content) == len("well\n") + 65
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=90), tick=False):
        assert client.get("/healthz", {"knock": asked}).content == b"well\n"


def test_the_button_shows_what_came_of_it(signed_in: Client, settings) -> None:
    settings.PUBLIC_URL = "https://192.168.1.20"
    page = signed_in.post("/settings/reach/check/").content.decode()
    part = signed_in.post("/settings/reach/check/", headers={"HX-Request": "true"})
    assert "Three ways to be reached" in page
    assert "Three ways to be reached" not in part.content.decode()
    for text in (page, part.content.decode()):
        assert "192.168.1.20 stands for an address of your own network or machine." in text
        assert text.count("Not now") == 3
