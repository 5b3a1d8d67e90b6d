"""The ledger over HTTP: what is shown is what an outsider can check."""

import base64
import io
import re
import tarfile

import pytest
from media_site import make_site, register

from service.handlers.models import Role
from service.ledger import checkpoint, tree, verify
from service.ledger.writer import SYSTEM
from service.media.actions import MediumEvent


@pytest.fixture
def site(runtime, house):
    return make_site(runtime)


@pytest.fixture
def auditor(client_as, site):
    return client_as(Role.AUDITOR)


def fill(runtime, upto):
    def work(unit):
        for number in range(unit.first_position, upto):
            unit.append("medium:other", MediumEvent.EDITED, facts={"n": number})

    runtime.writer.run(SYSTEM, work)


def b64(texts):
    return [base64.b64decode(text) for text in texts]


def test_an_entry_its_proof_and_the_key_check_without_the_server(auditor, runtime, site):
    register(runtime, site, "STR142L8")
    position = auditor.get("/api/v1/ledger").json()["size"] - 1
    entry = auditor.get(f"/ledger/entries/{position}/entry").content
    proof = auditor.get(f"/ledger/entries/{position}/proof").text
    key = checkpoint.Verifier.parse(auditor.get("/ledger/ledger.vkey").text)
    assert verify.verify_proof(entry, proof, key).size == position + 1
    with pytest.raises(checkpoint.CheckpointError):
        verify.verify_proof(entry.replace(b"STR142L8", b"STR143L8"), proof, key)


def test_the_json_proof_leads_from_the_leaf_to_the_root(auditor, runtime):
    fill(runtime, 300)
    for position in (0, 17, 255, 256, 299):
        entry = auditor.get(f"/api/v1/ledger/entries/{position}").json()
        proof = auditor.get(f"/api/v1/ledger/entries/{position}/proof").json()
        leaf = tree.leaf_hash(entry["body"].encode())
        assert leaf.hex() == entry["leaf"]
        root = tree.inclusion_root(leaf, position, proof["size"], b64(proof["path"]))
        assert root.hex() == proof["root"] == auditor.get("/api/v1/ledger").json()["root"]


def test_two_sizes_are_proved_consistent(auditor, runtime):
    fill(runtime, 300)
    for old, new in ((1, 300), (255, 256), (256, 300), (100, 257), (300, 300)):
        found = auditor.get("/api/v1/ledger/consistency", params={"from": old, "to": new}).json()
        roots = bytes.fromhex(found["from_root"]), bytes.fromhex(found["to_root"])
        assert tree.consistent(old, roots[0], new, roots[1], b64(found["path"]))


@pytest.mark.parametrize(("old", "new"), [(0, 5), (5, 4), (1, 10**6)])
def test_impossible_sizes_have_no_consistency_proof(auditor, runtime, old, new):
    fill(runtime, 10)
    assert auditor.get("/api/v1/ledger/consistency", params={"from": old, "to": new}).status_code == 422


def test_entries_are_followed_by_a_cursor(auditor, runtime):
    fill(runtime, 60)
    seen, after = [], None
    while True:
        answer = auditor.get(
            "/api/v1/ledger/entries", params={"limit": 25} | ({"after": after} if after else {})
        ).json()
        seen += [one["position"] for one in answer["items"]]
        after = answer["next"]
        if after is None:
            break
    assert seen == list(range(len(seen)))
    only = auditor.get("/api/v1/ledger/entries", params={"subject": "medium:other"}).json()["items"]
    assert {one["subject"] for one in only} == {"medium:other"}


def test_the_tiles_give_the_signed_root(auditor, runtime):
    """As any C2SP client reads: checkpoint, hash tiles, entry bundles."""
    fill(runtime, 600)
    key = checkpoint.Verifier.parse(auditor.get("/ledger/ledger.vkey").text)
    signed = checkpoint.parse(auditor.get("/ledger/checkpoint").text, key)
    rest = signed.size % 256
    hashes = b"".join(
        auditor.get(f"/ledger/tile/0/{name}").content for name in ("000", "001", f"002.p/{rest}")
    )
    leaves = [hashes[at : at + 32] for at in range(0, len(hashes), 32)]
    assert tree.root_of(leaves) == signed.root
    bundles = b"".join(
        auditor.get(f"/ledger/tile/entries/{name}").content for name in ("000", "001", f"002.p/{rest}")
    )
    assert [tree.leaf_hash(entry) for entry in verify.split_bundle(bundles)] == leaves
    upper = auditor.get("/ledger/tile/1/000.p/2").content
    assert upper == tree.root_of(leaves[:256]) + tree.root_of(leaves[256:512])


@pytest.mark.parametrize(
    "path",
    [
        "0/003", "0/002", "0/000.p/256", "0/000.p/0", "0/002.p/255", "0/x000/000/1", "0/1", "0/x1/000", "64/000", "00/000",
        "-1/000", "1/000", "0/000.p", "entries/009", "entries/%2e%2e", "0/" + "x999/" * 9 + "999", "x/000", "0/٠٠٠",
    ],
)  # fmt: skip
def test_no_other_tile_is_served(auditor, runtime, path):
    fill(runtime, 600)
    assert auditor.get(f"/ledger/tile/{path}").status_code == 404


def test_the_download_verifies_without_the_database(auditor, runtime, tmp_path):
    fill(runtime, 300)
    archive = auditor.get("/ledger/export.tar").content
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        opened.extractall(tmp_path, filter="data")
    verdict = verify.verify(*verify.read_export(tmp_path / "ledger"))
    assert verdict.ok, verdict.problems
    assert verdict.size == auditor.get("/api/v1/ledger").json()["size"]


def test_the_pages_show_the_ledger_and_an_entry_with_its_proof(auditor, runtime, site):
    medium = register(runtime, site, "STR142L8")
    page = auditor.get("/ledger")
    position = auditor.get("/api/v1/ledger").json()["size"] - 1
    assert f"{position + 1:,} entries" in page.text
    assert "The signature fits the key" in page.text
    assert f"/ledger/entries/{position}" in page.text
    assert ">STR142L8</a>" in page.text
    shown = auditor.get(f"/ledger/entries/{position}")
    assert "included" in shown.text
    assert "Accession: taken in at" in shown.text
    path = auditor.get(f"/api/v1/ledger/entries/{position}/proof").json()["path"]
    assert base64.b64decode(path[0]).hex() in shown.text
    about = auditor.get(f"/ledger?subject=medium:{medium}")
    assert re.findall(r'href="/ledger/entries/(\d+)"', about.text) == [str(position)]


def test_older_entries_are_on_the_next_page(auditor, runtime):
    fill(runtime, 80)
    first = auditor.get("/ledger")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    newest = {int(found) for found in re.findall(r'href="/ledger/entries/(\d+)"', first.text)}
    older = {int(found) for found in re.findall(r'href="/ledger/entries/(\d+)"', auditor.get(following).text)}
    assert max(older) == min(newest) - 1


def test_an_entry_that_is_not_there_is_not_found(auditor):
    for path in ("/ledger/entries/999999", "/ledger/entries/999999/proof", "/ledger/entries/999999/entry"):
        assert auditor.get(path).status_code == 404
    assert auditor.get("/api/v1/ledger/entries/999999/proof").status_code == 404
    assert auditor.get("/ledger/entries/-1").status_code == 422
    assert auditor.get("/ledger/checkpoints/999999").status_code == 404


def test_only_who_may_export_gets_all_entries(client_as, site):
    handler = client_as(Role.MEDIA_HANDLER)
    assert handler.get("/ledger").status_code == 200
    assert handler.get("/ledger/tile/entries/000").status_code == 403
    assert handler.get("/ledger/export.tar").status_code == 403
    assert client_as(Role.VAULT_CUSTODIAN).get("/ledger").status_code == 403
