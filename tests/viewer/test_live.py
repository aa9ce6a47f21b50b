import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from viewer.live import LiveFields, Shot, read_shot
from viewer.server import make_app

POSE = [1.0, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 4, 0, 0, 0, 1]
SHOT = {"world_from_camera": POSE, "field_of_view": 45, "width": 320, "height": 200}


def about(stage: str) -> dict[str, Any]:
    return {"field": {"low": [0, 0, 0], "high": [1, 1, 1], "cameras": []}}[stage]


@pytest.fixture
def shots() -> list[Shot]:
    return []


@pytest.fixture
def client(run: Path, shots: list[Shot]) -> TestClient:
    def paint(stage: str, shot: Shot) -> bytes:
        about(stage)
        shots.append(shot)
        return b"a picture"

    return TestClient(make_app(run, fields=LiveFields(about, paint)), base_url="http://localhost")


def test_a_picture_is_painted_as_asked(client: TestClient, shots: list[Shot]) -> None:
    answer = client.post("/api/field/field/picture", json=SHOT)
    assert (answer.content, answer.headers["content-type"]) == (b"a picture", "image/jpeg")
    assert shots == [Shot(tuple(POSE), 45.0, 320, 200)]


def test_a_stage_without_a_field_is_not_found(client: TestClient) -> None:
    assert client.get("/api/session").json()["can_paint"] is True
    assert client.get("/api/field/field").json()["high"] == [1, 1, 1]
    assert client.get("/api/field/other").status_code == 404
    assert client.post("/api/field/other/picture", json=SHOT).status_code == 404


def test_a_viewer_without_fields_has_no_such_address(run: Path) -> None:
    client = TestClient(make_app(run), base_url="http://localhost")
    assert client.get("/api/field/field").status_code == 404
    assert client.get("/api/session").json()["can_paint"] is False


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 0}, "width: must be 1 to 2048 pixels (got 0)"),
        ({"height": 100_000}, "height: must be 1 to 2048"),
        ({"width": 320.0}, "width: must be"),
        ({"width": True}, "width: must be"),
        ({"field_of_view": 180}, "field_of_view: must be 1 to 170 degrees (got 180)"),
        ({"field_of_view": "wide"}, "field_of_view: must be"),
        ({"world_from_camera": POSE[:12]}, "world_from_camera: must be 16 finite numbers"),
        ({"world_from_camera": [float("nan"), *POSE[1:]]}, "world_from_camera: must be 16 finite numbers"),
        ({"extra": 1}, "must have exactly field_of_view, height, width, world_from_camera"),
    ],
)
def test_a_wrong_request_is_explained(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        read_shot(json.dumps(SHOT | change).encode())


def test_a_wrong_request_paints_nothing(client: TestClient, shots: list[Shot]) -> None:
    for body in (b"", b"[]", b"{", b"null", b"[" * 100_000):
        assert client.post("/api/field/field/picture", content=body).status_code == 400
    assert client.post("/api/field/field/picture", content=bytes(2 << 20)).status_code == 413
    assert shots == []
