"""Who is calling, behind proxies: nobody is believed who is not listed."""

import pytest
from clients import Client
from door import PASSWORD, with_password

from service.app import create_app
from service.handlers.attempts import ADDRESS_FAILURES, count_failure
from service.handlers.callers import caller
from service.ledger.writer import SYSTEM
from service.settings import Settings, networks

PROXY, FAR_PROXY, CALLER, LIE = "10.0.0.1", "10.0.0.2", "198.51.100.7", "203.0.113.9"
TRUSTED = networks("10.0.0.0/30, 2001:db8:1::/64")


@pytest.mark.parametrize(
    ("peer", "named", "found"),
    [
        (CALLER, [], CALLER),
        (CALLER, [LIE], CALLER),  # not from a listed proxy: the header says nothing
        (PROXY, [], PROXY),
        (PROXY, [CALLER], CALLER),
        (PROXY, [LIE, CALLER], CALLER),  # what the caller wrote itself stands left of what the proxy saw
        (PROXY, [LIE, PROXY, CALLER], CALLER),
        (PROXY, [CALLER, FAR_PROXY], CALLER),
        (PROXY, [LIE, CALLER, FAR_PROXY], CALLER),
        (PROXY, [FAR_PROXY], FAR_PROXY),
        (PROXY, ["nonsense"], PROXY),
        (PROXY, [LIE, "nonsense"], PROXY),
        (PROXY, [LIE, ""], PROXY),
        (PROXY, [f"{CALLER}:4711"], CALLER),
        (PROXY, [" 2001:db8::7 "], "2001:db8::7"),
        (PROXY, ["[2001:db8::7]:4711"], "2001:db8::7"),
        ("2001:db8:1::5", [CALLER], CALLER),
        ("::ffff:10.0.0.1", [CALLER], CALLER),  # a listener on :: sees IPv4 callers so
        (PROXY, [f"::ffff:{CALLER}"], CALLER),
        ("unknown", [LIE], "unknown"),
    ],
)
def test_the_nearest_address_that_is_no_listed_proxy_is_the_caller(peer, named, found):
    assert caller(peer, named, TRUSTED) == found


def test_without_the_setting_no_header_is_read():
    assert caller("127.0.0.1", [LIE], networks("")) == "127.0.0.1"


@pytest.mark.parametrize("text", ["localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.1 10.0.0.2", "*"])
def test_a_setting_that_names_no_networks_is_refused(text):
    with pytest.raises(ValueError, match="trusted_proxies"):
        Settings(trusted_proxies=text)


def sign_in_from(app, proxy, *forwarded):
    client = Client(app)
    client._transport.client = (proxy, 1)
    headers = [("x-forwarded-for", line) for line in forwarded]
    typed = {"login": "media-handler", "password": PASSWORD}
    return client.post("/api/v1/sign-ins", json=typed, headers=headers).status_code


def test_behind_a_listed_proxy_only_the_guessing_address_waits(runtime, house):
    runtime.settings = runtime.settings.model_copy(update={"trusted_proxies": PROXY})
    app = create_app(runtime)
    with_password(runtime, house)
    for number in range(ADDRESS_FAILURES):
        runtime.writer.run(SYSTEM, lambda unit, n=number: count_failure(unit, f"somebody-{n}", CALLER))
    assert sign_in_from(app, PROXY, CALLER) == 429
    assert sign_in_from(app, PROXY, f"{LIE}, {CALLER}") == 429
    assert sign_in_from(app, PROXY, LIE, CALLER) == 429  # two headers are one list
    assert sign_in_from(app, CALLER, LIE) == 429
    assert sign_in_from(app, PROXY, "198.51.100.8") == 201
