"""Packing: containers chosen, sealed with a number used once, opened again with a reason; media left out with a reason."""

import pytest
from travel import HOME, OURS, OUT, VENDOR


def post(client, path, key="key-1", **data):
    return client.post(path, data={"csrf_token": client.csrf, "form_key": key, **data})


def test_a_consignment_is_packed_on_pages(travel):
    number = travel.opened(OUT, count=2)
    travel.house.container("C-0501")
    client = travel.client(OURS)
    assert "C-0501" in client.get(f"/consignments/{number}/containers").text
    assert post(client, f"/consignments/{number}/containers", barcode="C-0501").status_code == 303
    travel.house.scan(OURS, f"pack:{number}:C-0501", travel.barcodes[0])
    reason = post(client, f"/consignments/{number}/skip", "key-2", barcode=travel.barcodes[1], reason=" ")
    assert (reason.status_code, "Write why it stays behind." in reason.text) == (422, True)
    skipped = post(
        client,
        f"/consignments/{number}/skip",
        "key-3",
        barcode=travel.barcodes[1],
        reason="A restore reads it.",
    )
    assert skipped.status_code == 303
    sealed = post(client, f"/consignments/{number}/containers/C-0501/seal", "key-4", seal="s501")
    assert sealed.status_code == 303
    opened = post(
        client, f"/consignments/{number}/containers/C-0501/open", "key-5", reason="One more goes in."
    )
    assert opened.status_code == 303
    used = post(client, f"/consignments/{number}/containers/C-0501/seal", "key-6", seal="S501")
    assert (used.status_code, "a seal number is used once" in used.text) == (409, True)
    assert 'value="S501"' in used.text
    assert (
        post(client, f"/consignments/{number}/containers/C-0501/seal", "key-7", seal="S502").status_code
        == 303
    )
    assert client.get("/api/v1/containers/C-0501").json()["seal"] == "S502"
    travel.house.check()


@pytest.mark.parametrize("direction", [OUT, HOME])
def test_a_seal_number_is_used_once_ever_on_any_container(travel, direction):
    travel.packed(OUT)
    used = travel.seal
    number = travel.chosen(direction)
    travel.house.scan(travel.packer(direction), f"pack:{number}:{travel.box}", *travel.barcodes)
    answer = travel.client(travel.packer(direction)).post(
        f"/api/v1/consignments/{number}/containers/seal", json={"barcode": travel.box, "seal": used.lower()}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:strongroom:problem:seal-used")


def test_a_container_of_another_consignment_is_neither_sealed_nor_opened_here(travel):
    first = travel.packed(OUT)
    box = travel.box
    second = travel.chosen(OUT)
    client = travel.client(OURS)
    for verb, more in (("open", {"reason": "Look."}), ("seal", {"seal": "S88888"}), ("choose", {})):
        answer = client.post(
            f"/api/v1/consignments/{second}/containers/{verb}", json={"barcode": box, **more}
        )
        assert answer.status_code == 409, verb
    assert client.get(f"/api/v1/containers/{box}").json()["state"] == "sealed"
    assert client.get(f"/api/v1/containers/{box}").json()["consignment"] == first


def test_a_container_with_something_else_inside_is_not_chosen(travel):
    """Its content would travel unlisted."""
    travel.received(OUT)
    box, inside = travel.box, travel.barcodes[0]
    client = travel.client(VENDOR)
    opened = client.post(f"/api/v1/containers/{box}/open", json={"reason": "Put on the shelf."})
    assert opened.status_code == 200, opened.text
    number = travel.opened(HOME)
    url = f"/api/v1/consignments/{number}/containers/choose"
    answer = client.post(url, json={"barcode": box})
    assert answer.status_code == 409
    assert inside in answer.json()["detail"]
    assert client.post(f"/api/v1/containers/{box}/empty").json()["pieces"] == 0
    assert client.post(url, json={"barcode": box}).status_code == 200
    travel.house.check()


def test_a_container_of_another_custodian_is_not_chosen(travel):
    travel.house.container("C-0777", place="Vault 2", custodian="Vault vendor")
    number = travel.opened(OUT)
    answer = travel.client(OURS).post(
        f"/api/v1/consignments/{number}/containers/choose", json={"barcode": "C-0777"}
    )
    assert answer.status_code == 409
    assert "is with Vault vendor" in answer.json()["detail"]


def test_what_is_packed_is_not_skipped_and_what_is_not_wanted_is_not_found(travel):
    number = travel.packed(OUT)
    client, url = travel.client(OURS), f"/api/v1/consignments/{number}/media/skip"
    packed = client.post(url, json={"barcode": travel.barcodes[0], "reason": "No."})
    assert packed.status_code == 409
    assert client.post(url, json={"barcode": "NOPE01L8", "reason": "No."}).status_code == 404
    assert client.post(url, json={"barcode": "\u0000", "reason": "No."}).status_code == 404
    wrong = client.post(url, json={"barcode": travel.barcodes[0], "reason": "a\u0000b"})
    assert wrong.status_code in {409, 422}


def test_an_empty_container_is_not_sealed(travel):
    number = travel.chosen(OUT)
    answer = travel.client(OURS).post(
        f"/api/v1/consignments/{number}/containers/seal", json={"barcode": travel.box, "seal": "S12345"}
    )
    assert answer.json()["type"] == "urn:strongroom:problem:container-empty"
