"""A browser's half of web push, and a push service on loopback that hands messages to it."""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from crm.models import PushSubscription


def in_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def keyed(key: bytes, data: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(data)
    return made.finalize()


class Browser:
    """Written from the RFC's own steps, with HMAC alone, apart from the code that it checks."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = self.key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.secret = os.urandom(16)

    def opened(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        shared = self.key.exchange(ec.ECDH(), point)
        between = keyed(
            keyed(self.secret, shared), b"WebPush: info\0" + self.public + theirs + b"\1"
        )
        one = keyed(salt, between)
        key = keyed(one, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = keyed(one, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert padded.endswith(b"\2")
        return padded[:-1]


@dataclass
class Message:
    """What arrived, after everything that a push service and a browser check."""

    path: str
    headers: dict[str, str]
    claims: dict[str, Any]
    shown: dict[str, str]


@dataclass
class PushService:
    """`answers` are said by path, one a request, instead of 201."""

    browsers: dict[str, Browser] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    answers: dict[str, list[int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def open(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(outer.take(self.path, dict(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=[0.02], daemon=True).start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()

    def subscription(self, name: str) -> dict[str, str]:
        """A new browser, with what it tells the house."""
        browser = self.browsers[f"/{name}"] = Browser()
        return {
            "endpoint": f"{self.url}/{name}",
            "public": in_base64(browser.public),
            "secret": in_base64(browser.secret),
        }

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.asked.append(path)
        if self.answers.get(path):
            return self.answers[path].pop(0)
        claims = self.claims(headers["Authorization"])
        shown = json.loads(self.browsers[path].opened(body))
        self.messages.append(Message(path, headers, claims, shown))
        return 201

    def claims(self, authorization: str) -> dict[str, Any]:
        """RFC 8292: the token is signed by the key beside it, for us, and for a day at most."""
        kind, _, rest = authorization.partition(" ")
        given = dict(part.strip().split("=", 1) for part in rest.split(","))
        head, body, signature = given["t"].split(".")
        raw = from_base64(signature)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64(given["k"]))
        one, two = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        key.verify(
            encode_dss_signature(one, two), f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())
        )
        claims: dict[str, Any] = json.loads(from_base64(body))
        assert (kind, json.loads(from_base64(head))["alg"], len(raw)) == ("vapid", "ES256", 64)
        assert claims["aud"] == self.url
        assert time.time() < claims["exp"] <= time.time() + 24 * 3600
        return claims | {"k": given["k"]}


def told_browsers() -> None:
    """Two of the owner's, one of which was lately not reached."""
    for number, label in enumerate(("Chrome on Android", "Safari on an iPhone")):
        browser = Browser()
        PushSubscription.objects.create(
            label=label,
            endpoint=f"https://push.example/{number}",
            public=in_base64(browser.public),
            secret=in_base64(browser.secret),
            last_ok_at=timezone.now() if number == 0 else None,
            failures=number,
            last_error="The push service did not answer." if number else "",
        )
