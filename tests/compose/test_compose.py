"""docker-compose.yml against the Compose specification's schema (compose-spec.json, Apache-2.0), and against our settings."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from service.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_the_compose_file_fits_the_compose_specification(compose):
    schema = json.loads((Path(__file__).parent / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft201909Validator(schema).validate(compose)


def test_every_setting_that_the_compose_file_uses_exists(compose):
    environment = compose["services"]["service"]["environment"]
    named = {name.removeprefix(PREFIX).lower() for name in environment}
    assert all(name.startswith(PREFIX) for name in environment)
    assert named <= set(Settings.model_fields)
    values = {name.removeprefix(PREFIX).lower(): value for name, value in environment.items()}
    Settings(**values)


def test_every_secret_is_a_file_and_named_like_its_setting(compose):
    assert all(set(secret) == {"file"} for secret in compose["secrets"].values())
    for name in compose["services"]["service"]["secrets"]:
        assert name.removeprefix(PREFIX.lower()) in Settings.model_fields


def test_the_service_has_a_health_check_no_root_and_a_volume_for_its_key(compose):
    service = compose["services"]["service"]
    assert service["user"] != "0:0"
    assert "/readyz" in " ".join(service["healthcheck"]["test"])
    assert any(volume.endswith(":/data") for volume in service["volumes"])
    assert compose["services"]["db"]["image"].startswith("postgres:18")
    assert service["depends_on"]["db"]["condition"] == "service_healthy"


def test_the_image_installs_from_hashes_and_runs_as_the_same_user(compose):
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert any("--require-hashes" in line for line in lines)
    assert f"USER {compose['services']['service']['user']}" in lines
