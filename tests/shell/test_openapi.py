"""The OpenAPI document says what the API does: generated requests of every kind, and its own examples."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from shell.api_house import ApiHouse, api_house

from service.app import OPENAPI_URL
from service.rooms import ROUTERS
from service.web.errors import PROBLEM_MEDIA_TYPE

EXAMPLES_PER_OPERATION = 15
CHECKS = [content_type_conformance, response_schema_conformance, status_code_conformance]
# A new device is looked at before it is added; an address behind which nothing is found is a fault of the device.
# So is what hands cannot do at the door of a simulated library.
FAULT = 502
LOOKS_AT_DEVICE = {("POST", "/api/v1/devices"), ("POST", "/api/v1/printers")} | {
    ("POST", f"/api/v1/devices/{{device_id}}/door/{act}")
    for act in ("take-out", "put-in", "put-in-all", "open", "close", "let-go-wrong", "clear-faults")
}
# Examples that this world refuses: a stranger's password, a device that is not there, a barcode the demonstration
# uses, a slot that is empty here.
REFUSED_EXAMPLES = {
    ("post", "/api/v1/sign-ins"): 401,
    ("put", "/api/v1/account/password"): 422,
    ("post", "/api/v1/devices"): FAULT,
    ("post", "/api/v1/containers"): 422,
    ("post", "/api/v1/devices/{device_id}/load"): 422,
    ("post", "/api/v1/devices/{device_id}/transfer"): 422,
}
FORM_ERRORS = {400, 401, 405, 413, 415, 422}
TAGS = sorted({tag for router in ROUTERS for tag in router.tags})
METHODS = ("get", "post", "put", "patch", "delete")
BOUNDED = settings(
    max_examples=EXAMPLES_PER_OPERATION,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[ApiHouse]:
    with api_house(tmp_path_factory.mktemp("openapi")) as made:
        yield made


def operations(house: ApiHouse, tag: str):
    schema = schemathesis.openapi.from_asgi(OPENAPI_URL, house.app)
    found = [result.ok() for result in schema.get_all_operations()]
    return [operation for operation in found if tag in operation.tags]


@pytest.mark.parametrize("tag", TAGS)
def test_no_request_brings_the_api_down_or_an_answer_it_does_not_declare(tag, house):
    found = operations(house, tag)
    assert found
    for operation in found:
        send_generated(house, operation)


def send_generated(house: ApiHouse, operation) -> None:
    real = house.real(operation.path)
    held = house.credentials()

    @BOUNDED
    @given(case=operation.as_strategy(), names_something=st.booleans())
    def send(case, names_something):
        if names_something:
            case.path_parameters.update(real)
        headers, cookies = house.credentials() if "sign-ins" in operation.path else held
        response = case.call(headers=headers, cookies=cookies)
        place = (operation.method.upper(), operation.path)
        assert response.status_code < 500 or (response.status_code == FAULT and place in LOOKS_AT_DEVICE), (
            response.text
        )
        case.validate_response(response, checks=CHECKS, headers=headers)
        if response.status_code >= 400:
            assert response.headers["content-type"][0] == PROBLEM_MEDIA_TYPE
            assert response.json()["status"] == response.status_code

    send()


def test_every_operation_is_of_one_room(house):
    paths = house.app.openapi()["paths"]
    tags = {tuple(found.get("tags", ())) for path in paths.values() for found in path.values()}
    assert tags == {(tag,) for tag in TAGS}


def examples(document: dict, method: str, path: str) -> list[object]:
    """The bodies the document shows for this operation; [None] for one without a body."""
    body = document["paths"][path][method].get("requestBody")
    if body is None:
        return [None]
    content = body["content"]["application/json"]
    shown = [one["value"] for one in content.get("examples", {}).values()]
    return shown + examples_of(document, content["schema"])


def examples_of(document: dict, schema: dict) -> list[object]:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    whole = [schema["example"]] if "example" in schema else list(schema.get("examples", ()))
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    if not whole and required and all(properties[name].get("examples") for name in required):
        return [{name: properties[name]["examples"][0] for name in required}]
    return whole


def shown(document: dict) -> list[tuple[str, str, object]]:
    """Holds last, so that what they forbid is shown before; containers first, because other examples use them."""
    paths = sorted(
        document["paths"],
        key=lambda path: (path.startswith("/api/v1/holds"), path != "/api/v1/containers", path),
    )
    return [
        (method, path, body)
        for path in paths
        for method in METHODS
        if method in document["paths"][path]
        for body in examples(document, method, path)
    ]


def test_every_body_has_an_example(house):
    document = house.app.openapi()
    without = [
        (method, path)
        for path, found in document["paths"].items()
        for method in METHODS
        if method in found and not examples(document, method, path)
    ]
    assert without == []


def test_every_example_is_understood(tmp_path):
    """Answered, or refused for a reason in the world (403, 404, 409), never for its form."""
    wrong = []
    with api_house(tmp_path) as house:
        document, known = house.app.openapi(), house.known_ids()
        for method, path, body in shown(document):
            address = filled(document, method, path, house.real(path) | known)
            answer = house.client().request(method, address, json=with_ids(body, known))
            refused = answer.status_code >= 500 or answer.status_code in FORM_ERRORS
            if refused and answer.status_code != REFUSED_EXAMPLES.get((method, path)):
                wrong.append((method, address, body, answer.status_code, answer.text[:300]))
    assert wrong == []


def with_ids(body: object, known: dict[str, str]) -> object:
    """An example's ids are nobody's; here they are of things that are there."""
    if not isinstance(body, dict):
        return body
    return {name: known.get(name, value) for name, value in body.items()}


def filled(document: dict, method: str, path: str, known: dict[str, str]) -> str:
    """The address with an example in every place that needs one: the document's, else something real, else an id nobody has."""
    query = {}
    for parameter in document["paths"][path][method].get("parameters", ()):
        name, schema = parameter["name"], parameter["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        shown_value = next(iter(schema.get("examples", schema.get("enum", ()))), None)
        value = str(shown_value or known.get(name) or unknown(schema))
        if parameter["in"] == "path":
            path = path.replace("{" + name + "}", value)
        elif parameter["in"] == "query" and parameter["required"]:
            query[name] = value
    return path + ("?" + urlencode(query) if query else "")


def unknown(schema: dict) -> str:
    return "1" if schema.get("type") == "integer" else "0" * 26
