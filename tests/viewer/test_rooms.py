from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from viewer.rooms import RoomDesk
from viewer.server import make_app

PLAN = {"name": "attic", "boxes": []}


def read(name: str, content: bytes) -> dict[str, Any]:
    if not name.endswith(".json"):
        raise ValueError(f"{name}: is no plan of a room")
    return {"name": content.decode()}


def check(plan: dict[str, Any]) -> list[str]:
    return ["is too large" if box["size"] > 2 else "" for box in plan["boxes"]]


@pytest.fixture
def started() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def client(run: Path, started: list[dict[str, Any]]) -> TestClient:
    def start(plan: dict[str, Any]) -> None:
        if plan.get("name") == "bad":
            raise ValueError("floor: must have three corners (got 2)")
        started.append(plan)

    desk = RoomDesk(classes=({"name": "bed"},), plan=lambda: PLAN, read=read, check=check, start=start)
    return TestClient(make_app(run, rooms=desk), base_url="http://localhost")


def test_the_editor_is_told_what_there_is_and_what_the_run_was_made_from(client: TestClient) -> None:
    assert client.get("/api/room").json() == {"classes": [{"name": "bed"}], "plan": PLAN}
    assert client.get("/api/session").json()["can_edit_room"] is True


def test_a_viewer_without_rooms_has_no_such_address(run: Path) -> None:
    client = TestClient(make_app(run), base_url="http://localhost")
    assert client.get("/api/session").json()["can_edit_room"] is False
    assert [client.get("/api/room").status_code, client.post("/api/room/start", json={}).status_code] == [404, 404]


def test_a_file_is_read_by_its_name_and_content(client: TestClient) -> None:
    assert client.post("/api/room/read?name=a.json", content=b"attic").json() == {"plan": {"name": "attic"}}
    refused = client.post("/api/room/read?name=a.txt", content=b"attic")
    assert (refused.status_code, refused.json()) == (400, {"error": "a.txt: is no plan of a room"})


def test_a_plan_is_started_and_a_wrong_one_is_explained(client: TestClient, started: list[dict[str, Any]]) -> None:
    assert client.post("/api/room/start", json={"name": "attic"}).status_code == 202
    answer = client.post("/api/room/start", json={"name": "bad"})
    assert (answer.status_code, answer.json()) == (400, {"error": "floor: must have three corners (got 2)"})
    for content in (b"[]", b"{", b"null", b"[" * 100_000):
        assert client.post("/api/room/start", content=content).status_code == 400
    assert started == [{"name": "attic"}]


def test_too_much_and_other_sites_are_refused(client: TestClient, started: list[dict[str, Any]]) -> None:
    assert client.post("/api/room/read?name=a.json", content=bytes(2 << 20)).status_code == 413
    foreign = client.post("/api/room/start", json={}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert started == []


def test_a_plan_is_checked_box_by_box_without_starting_anything(
    client: TestClient, started: list[dict[str, Any]]
) -> None:
    answer = client.post("/api/room/check", json={"boxes": [{"size": 1}, {"size": 3}]})
    assert answer.json() == {"complaints": ["", "is too large"]}
    assert client.post("/api/room/check", json=[]).status_code == 400
    assert started == []
