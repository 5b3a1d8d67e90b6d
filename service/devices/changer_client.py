"""The service's API as the changer command needs it. Standard library only, imported late, so that the command starts at once."""

import http.client
import json
import os
import time
from typing import Any, NamedTuple, Self
from urllib.parse import quote, urlsplit

from service.devices.changer_settings import ChangerSettings, ChangerSettingsError

ANSWER_S = 30.0
TRIES = 3
PAUSE_S = 0.5
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_POLL_S, SLOWEST_POLL_S = 0.05, 1.0
ENDED = frozenset({"done", "failed", "cancelled", "needs_operator"})
HTTP_ERROR = 400
STOPPED = "stopped by the backup program"


class ServerError(Exception):
    """What the server answered, or that it did not; in one sentence for the backup program's log."""


class Library(NamedTuple):
    device_id: str
    name: str


class Client:
    """One connection, kept. Every POST carries its own key, so that a repeat after a lost answer asks for nothing twice."""

    def __init__(self, settings: ChangerSettings) -> None:
        parts = urlsplit(settings.server)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ChangerSettingsError(f"{settings.server!r} is no address of a server. Nothing was moved.")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ChangerSettingsError(
                f"{settings.server} would get the token in the clear: write https://. Nothing was moved."
            )
        self._base = f"{parts.path.rstrip('/')}/api/v1"
        self._token = settings.token
        self._connection = _connection(parts.scheme, parts.hostname, parts.port, settings.ca_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: dict[str, object], key: str = "") -> Any:
        return self._ask("POST", path, body, key or os.urandom(16).hex())

    def queue(self, path: str, body: dict[str, object]) -> Any:
        """A job. Stopped while the answer is on its way, it asks for it again, and takes the job back."""
        key = os.urandom(16).hex()
        try:
            return self.post(path, body, key)
        except KeyboardInterrupt:
            self._connection.close()
            self._give_up(self.post(path, body, key), STOPPED)
            raise

    def _ask(self, method: str, path: str, body: dict[str, object] | None, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        data = None if body is None else json.dumps(body)
        for last in (*(False,) * (TRIES - 1), True):
            try:
                self._connection.request(method, self._base + path, data, headers)
                answer = self._connection.getresponse()
                return _read(answer.status, answer.read())
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if last:
                    raise ServerError(
                        f"Strongroom does not answer: {error or type(error).__name__}."
                    ) from error
                time.sleep(PAUSE_S)
        raise AssertionError("the last try returns or raises")

    def library(self, called: str) -> Library:
        """By name, id, device URL, the path in it, or serial number."""
        path, after = "/devices?limit=500", None
        while True:
            page = self.get(path + (f"&after={after}" if after else ""))
            for one in page["items"]:
                if called in _names(one):
                    return Library(one["device_id"], one["name"])
            after = page["next"]
            if after is None:
                raise ServerError(f"Strongroom knows no library {called!r}. Nothing was moved.")

    def contents(self, library: Library) -> Any:
        return self.get(f"/devices/{quote(library.device_id)}/contents")

    def wait(self, job: Any, wait_s: float) -> Any:
        """The job when it has ended or needs a person; cancelled where that takes too long."""
        end, pause = time.monotonic() + wait_s, FIRST_POLL_S
        try:
            while job["state"] not in ENDED:
                if time.monotonic() >= end:
                    return self._give_up(job, f"not done within {wait_s:.0f} s")
                time.sleep(pause)
                pause = min(pause * 1.5, SLOWEST_POLL_S)
                job = self.get(f"/jobs/{quote(job['job_id'])}")
        except KeyboardInterrupt:
            self._connection.close()
            self._give_up(job, STOPPED)
            raise
        return job

    def _give_up(self, job: Any, why: str) -> Any:
        """Nothing may move later that nobody waits for; a move under way is finished and seen all the same."""
        try:
            self.post(f"/jobs/{quote(job['job_id'])}/cancel", {"reason": why})
        except ServerError:
            job = self.get(f"/jobs/{quote(job['job_id'])}")
            if job["state"] in ENDED:
                return job
        waiting = job.get("sentence") or f"it is {job['state']}"
        return {**job, "state": "cancelled", "sentence": f"The move was {why}: {waiting}"}


def _connection(scheme: str, host: str, port: int | None, ca_file: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    import ssl

    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise ChangerSettingsError(f"The certificates in {ca_file} cannot be read: {error}.") from error
    return http.client.HTTPSConnection(host, port, timeout=ANSWER_S, context=context)


def _read(status: int, body: bytes) -> Any:
    try:
        answer = json.loads(body)
    except ValueError:
        raise ServerError(f"Strongroom answered {status} and no JSON. Is a proxy in between?") from None
    if status < HTTP_ERROR:
        return answer
    told = str(answer.get("detail") or answer.get("title") or f"status {status}")
    more = answer.get("next_step")
    raise ServerError(f"{told} {more}" if more else told)


def _names(device: Any) -> set[str]:
    url = str(device["url"]).partition("?")[0]
    return {
        device["device_id"],
        device["name"],
        url,
        url.partition("://")[2],
        device["serial"] or device["name"],
    }
