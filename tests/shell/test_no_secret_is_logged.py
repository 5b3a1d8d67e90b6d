"""At the most talkative level, the log holds no password, token, cookie, CSRF secret or one-time link."""

import json
import re

from shell.program import serving

from service.demo_site import PASSWORD

NEW_PASSWORD = "another long sentence of ours"
LINK = re.compile(r"/setup/([\w-]{20,})")


def test_no_secret_of_a_day_of_requests_is_in_the_log(tmp_path):
    with serving(tmp_path, "--demo", log_level="debug", log_json="true") as server:
        (link,) = LINK.findall(server.said)
        wrong = {"login": "auditor", "password": "a-wrong-password-4711"}
        assert server.request("POST", "/api/v1/sign-ins", wrong)[0] == 401
        assert (
            server.request("POST", "/api/v1/sign-ins", {"login": "x", "password": ["malformed-4711"]})[0]
            == 422
        )
        assert server.request("GET", f"/setup/{link}")[0] == 200
        server.sign_in("admin", PASSWORD)
        csrf, cookie = server.headers["X-CSRF-Token"], server.headers["Cookie"].partition("=")[2]
        made = server.json("POST", "/api/v1/tokens", {"name": "Script", "scopes": ["read"], "days": 1})
        token = made["secret"]
        change = {"current": PASSWORD, "password": NEW_PASSWORD}
        assert server.request("PUT", "/api/v1/account/password", change)[0] == 204
        assert server.request("GET", "/api/v1/media", Authorization=f"Bearer {token}", Cookie="")[0] == 200
        assert (
            server.request("GET", "/api/v1/media", Authorization="Bearer bad-token-4711", Cookie="")[0] == 401
        )
        assert server.request("GET", "/account")[0] == 200
        server.request("DELETE", "/api/v1/sign-ins/current")
        server.end()
        log = server.logged
    requests = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    paths = [line["path"] for line in requests if line["event"] == "request"]
    assert {"/api/v1/sign-ins", "/api/v1/tokens", "/setup/***", "/api/v1/media"} <= set(paths)
    secrets = [
        PASSWORD,
        NEW_PASSWORD,
        csrf,
        cookie,
        token,
        link,
        "a-wrong-password-4711",
        "malformed-4711",
        "bad-token-4711",
    ]
    assert all(len(secret) > 10 for secret in secrets)
    assert [secret for secret in secrets if secret in log] == []
    assert [secret for secret in (PASSWORD, link) if secret not in server.said] == []
    assert [secret for secret in secrets if secret not in {PASSWORD, link} and secret in server.said] == []
