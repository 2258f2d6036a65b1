"""No request to the inside: 120 addresses and more, not one connection, counted at the socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crm.runtime import outgoing
from crm.runtime.outgoing import Limits, Refused, Unreachable
from crm.runtime.outside import is_outside

ANY = Limits(schemes=("https", "http"), ports=(443, 80, 8080, 6379, 5432), seconds=2)
INSIDE_4 = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254",  # noqa: S104
    "127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "169.254.0.1", "169.254.169.254",
    "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "192.168.255.254", "198.18.0.1", "198.19.255.254", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
]  # fmt: skip
INSIDE_6 = [
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::ffff:7f00:1", "::ffff:0:127.0.0.1", "::ffff:8.8.8.8",
    "0:0:0:0:0:0:0:1", "0:0:0:0:0:ffff:c0a8:1", "64:ff9b::7f00:1", "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1", "64:ff9b:1:fffe::1",
    "2002:7f00:1::", "2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::1", "2002:a9fe:a9fe::",
    "2001::1", "2001:0:7f00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:10::1",
    "2001:20::1", "2001:db8::1", "100::1", "fc00::1", "fd00::1", "fd12:3456:789a::1", "fe80::1",
    "febf::1", "fec0::1", "ff00::1", "ff02::1", "ff05::2", "ff0e::1", "3fff::1", "5f00::1",
]  # fmt: skip
DISGUISED = [
    "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001",
    "0x7f.1", "127.0.0.01", "0", "0x0", "10.1", "012.0.0.1", "0xa9fea9fe", "2852039166",
    "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376", "169.254.43518", "3232235777", "0xc0a80001",
    "4294967295", "127.0.0.1.", "1.2.3.4.5", "256.1.1.1", "0x", "08.08.08.08",
]  # fmt: skip
WRITTEN = [
    "https://carla@127.0.0.1/", "https://example.com@127.0.0.1/", "https://a:b@10.0.0.1/",
    "https://127.0.0.1:443@example.com/", "https://@127.0.0.1/", "https://example.com\\@127.0.0.1/",
    "https://127.0.0.1\\.example.com/", "https://127.0.0.1%2f.example.com/", "https://127.0.0.1%00/",
    "https://127.0.0.1\t/", "https://127.0.0.1\n/", " https://127.0.0.1/", "https:///127.0.0.1/",
    "https:127.0.0.1", "//127.0.0.1/", "https://127。0。0。1/", "https://①②⑦.⓪.⓪.①/",
    "https://[::1%25lo]/", "https://[fe80::1%25eth0]/", "https://[::1", "https://[v1.x]/",
    "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/",
    "https://printer.local/", "https://metadata.google.internal/", "https://router.lan/",
    "https://nas.home.arpa/", "https://-a.example/", "https://a..example/", "https:///",
    "https://", "https://127.0.0.1:22/", "https://127.0.0.1:0/", "https://127.0.0.1:65536/",
    "https://127.0.0.1:-1/", "https://127.0.0.1:x/", "http://127.0.0.1:6379/",
    "http://127.0.0.1:5432/", "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_",
    "dict://127.0.0.1:11211/", "data:text/plain,a", "javascript:1", "unix:///var/run/docker.sock",
    "jar:http://127.0.0.1!/", "HTTPS://127.0.0.1/", "https://127.0.0.1/#@example.com",
    "https://127.0.0.1?@example.com/",
]  # fmt: skip
URLS = [
    *(f"https://{host}/" for host in [*INSIDE_4, *DISGUISED]),
    *(f"http://{host}:8080/" for host in INSIDE_4[:6]),
    *(f"https://[{host}]/" for host in INSIDE_6),
    *WRITTEN,
]


@pytest.fixture
def connects(monkeypatch) -> list[object]:
    """Every attempt of any socket of this process to connect, and none goes anywhere."""
    tried: list[object] = []

    class Counting(socket.socket):
        def connect(self, address):
            tried.append(address)
            raise ConnectionRefusedError

    monkeypatch.setattr(socket, "socket", Counting)
    return tried


def test_there_are_enough_addresses():
    assert (len(URLS) >= 120, len(set(URLS))) == (True, len(URLS))


@pytest.mark.parametrize("url", URLS)
def test_an_address_inside_is_never_connected_to(url, connects):
    with pytest.raises((Refused, Unreachable)):
        outgoing.get(url, limits=ANY)
    assert connects == []


@pytest.fixture
def names(monkeypatch) -> dict[str, list[list[str]]]:
    """What a resolver says of each name, one answer a question; the last one is repeated."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def look_up(host, port, **_options):
        if host not in known:
            return real(host, port, type=socket.SOCK_STREAM)
        answers = known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        kinds = (socket.AF_INET6 if ":" in one else socket.AF_INET for one in found)
        return [(k, socket.SOCK_STREAM, 6, "", (one, port)) for k, one in zip(kinds, found)]  # noqa: B905

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def test_a_name_that_stands_for_the_inside_is_refused(names, connects):
    for address in [*INSIDE_4, *INSIDE_6]:
        names["feed.example"] = [[address]]
        with pytest.raises(Refused):
            outgoing.get("https://feed.example/")
    assert connects == []


def test_one_inner_address_among_outer_ones_spoils_them(names, connects):
    names["feed.example"] = [["8.8.8.8", "127.0.0.1"]]
    with pytest.raises(Refused):
        outgoing.get("https://feed.example/")
    assert connects == []


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(names, connects):
    names["feed.example"] = [["8.8.8.8"], ["127.0.0.1"]]
    with pytest.raises(Unreachable):
        outgoing.get("https://feed.example/")
    assert connects == [("8.8.8.8", 443)]


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "100.63.255.255", "2606:4700::1111"])
def test_ordinary_addresses_lie_outside(address):
    assert is_outside(address) is True


Say = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A small server on loopback that answers as the test says."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.say: dict[str, Say] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append((self.command, self.path, headers))
                outer.say[self.path](self)

            do_POST = do_GET

            def log_message(self, *_args) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=[0.02], daemon=True).start()

    def limits(self, **others) -> Limits:
        return Limits(**{"schemes": ("http",), "ports": (self.port,), "seconds": 5, **others})


def answer(status: int, body: bytes = b"", **headers: str) -> Say:
    def say(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return say


@pytest.fixture
def server(settings) -> Iterator[Server]:
    settings.OUTGOING_LOOPBACK = True
    made = Server()
    yield made
    made.http.shutdown()
    made.http.server_close()


def test_get_gives_status_headers_and_body(server):
    server.say["/feed?a=1"] = answer(200, b"<rss/>", ETag="x1")
    found = outgoing.get(f"{server.url}/feed?a=1", limits=server.limits())
    assert (found.status, found.body, found.headers["etag"]) == (200, b"<rss/>", "x1")


def test_loopback_is_refused_without_the_setting(server, settings):
    settings.OUTGOING_LOOPBACK = False
    with pytest.raises(Refused):
        outgoing.get(f"{server.url}/", limits=server.limits())
    assert server.asked == []


def test_a_redirect_to_the_inside_is_refused(server):
    for inside in ("http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "file:///etc/passwd", "//0/"):
        server.say["/"] = answer(302, Location=inside)
        with pytest.raises(Refused):
            outgoing.get(f"{server.url}/", limits=server.limits(ports=(server.port, 80)))
    assert len(server.asked) == 4


def test_a_redirect_is_followed_a_few_times(server):
    server.say["/"] = answer(302, Location="/next")
    server.say["/next"] = answer(200, b"here")
    assert outgoing.get(f"{server.url}/", limits=server.limits()).body == b"here"
    server.say["/next"] = answer(302, Location="/")
    with pytest.raises(Refused, match="too often"):
        outgoing.get(f"{server.url}/", limits=server.limits())


def test_a_redirect_to_another_host_takes_no_secrets_along(server, names):
    names["other.example"] = [["127.0.0.1"]]
    server.say["/"] = answer(302, Location=f"http://other.example:{server.port}/next")
    server.say["/next"] = answer(200)
    secrets = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Feed": "kept"}
    outgoing.get(f"{server.url}/", headers=secrets, limits=server.limits())
    _, _, headers = server.asked[1]
    assert (headers.get("authorization"), headers.get("cookie"), headers["x-feed"]) == (
        None,
        None,
        "kept",
    )


def test_post_sends_its_body_and_a_redirect_asks_without_it(server):
    server.say["/"] = answer(303, Location="/next")
    server.say["/next"] = answer(200)
    outgoing.post(f"{server.url}/", body=b"{}", limits=server.limits())
    assert [(method, path) for method, path, _ in server.asked] == [("POST", "/"), ("GET", "/next")]


def test_a_flood_is_cut_off(server):
    server.say["/"] = answer(200, b"a" * 300_000)
    with pytest.raises(Refused, match="larger"):
        outgoing.get(f"{server.url}/", limits=server.limits(size=100_000))


def drip(handler: BaseHTTPRequestHandler) -> None:
    end = time.monotonic() + 10
    try:
        while time.monotonic() < end:
            handler.wfile.write(b"H")
            threading.Event().wait(0.05)
    except OSError:
        pass


def test_a_drip_is_cut_off_in_time(server):
    server.say["/"] = drip
    began = time.monotonic()
    with pytest.raises(Unreachable):
        outgoing.get(f"{server.url}/", limits=server.limits(seconds=0.4))
    assert time.monotonic() - began < 4


def test_https_is_not_spoken_to_who_has_no_certificate(server):
    limits = server.limits(schemes=("https",))
    with pytest.raises(Unreachable):
        outgoing.get(f"https://127.0.0.1:{server.port}/", limits=limits)
    assert server.asked == []


def test_a_header_with_a_line_break_is_never_sent(server):
    with pytest.raises(Unreachable):
        outgoing.get(server.url, headers={"X-A": "b\r\nX-C: d"}, limits=server.limits())
    assert server.asked == []
