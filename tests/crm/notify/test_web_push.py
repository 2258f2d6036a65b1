from __future__ import annotations

from base64 import urlsafe_b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import derive_private_key
from hypothesis import given
from hypothesis import strategies as st

from crm.notify import web_push
from tests.crm.notify.browser import Browser


def known(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def private(text: str):
    return derive_private_key(int.from_bytes(known(text), "big"), web_push.CURVE)


def test_the_example_of_rfc_8291_appendix_a():
    body = web_push.encrypt(
        b"When I grow up, I want to be a watermelon",
        to=known(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        secret=known("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=known("DGv6ra1nlYgDCS1FRnbzlw"),
        own=private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        step=1,
    )
    assert body == known(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
        "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
        "lcy4a-fN"
    )


@given(st.binary(max_size=web_push.MOST))
def test_a_browser_opens_what_was_sealed_for_it(plain):
    browser = Browser()
    body = web_push.encrypt(plain, to=browser.public, secret=browser.secret)
    assert browser.opened(body) == plain
    assert len(body) <= 4096


def test_the_length_tells_nothing_about_short_words():
    browser = Browser()
    sizes = {
        len(web_push.encrypt(b"a" * length, to=browser.public, secret=browser.secret))
        for length in (1, 100, 511)
    }
    assert len(sizes) == 1


def test_what_is_too_long_for_a_push_service_is_refused():
    browser = Browser()
    with pytest.raises(ValueError, match="3993"):
        web_push.encrypt(b"a" * 3994, to=browser.public, secret=browser.secret)
