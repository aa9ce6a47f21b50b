import http.client
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from viewer.sample import write_sample_run
from viewer.server import PAGE, make_app


def client_of(run: Path, **settings: Any) -> TestClient:
    return TestClient(make_app(run, **settings), base_url="http://localhost:8000")


def test_the_page_and_its_scripts_come_with_their_types(run: Path) -> None:
    client = client_of(run)
    assert client.get("/").headers["content-type"] == "text/html; charset=utf-8"
    assert client.get("/page/main.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert client.get("/page/basis_transcoder.wasm").headers["content-type"] == "application/wasm"


def test_only_the_transcoders_worker_may_evaluate_text_and_it_reaches_nothing(run: Path) -> None:
    worker = client_of(run).get("/page/basis_worker.js").headers["content-security-policy"]
    assert worker == "default-src 'none'; script-src 'unsafe-eval' 'wasm-unsafe-eval'"
    for path in ("/", "/page/main.js", "/run/run.json"):
        assert "'unsafe-eval'" not in client_of(run).get(path).headers["content-security-policy"]


def test_a_run_that_has_not_begun_has_no_content_yet(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    assert client.get("/run/run.json").status_code == 204
    assert client.get("/run/other.json").status_code == 404


def test_the_page_names_no_other_address(run: Path) -> None:
    text = (PAGE / "index.html").read_text()
    assert "//" not in text


def test_the_runs_files_are_served_as_they_are(run: Path) -> None:
    client = client_of(run)
    assert client.get("/run/run.json").json() == json.loads((run / "run.json").read_text())
    glb = client.get("/run/outputs/glb.glb")
    assert (glb.headers["content-type"], glb.content) == ("model/gltf-binary", (run / "outputs/glb.glb").read_bytes())


@pytest.mark.parametrize(
    "path",
    [
        "/run/../run.json",
        "/run/..%2f..%2fetc%2fpasswd",
        "/run/%2e%2e/secret.txt",
        "/run/%252e%252e/secret.txt",
        "/run/outputs/%2e%2e/%2e%2e/secret.txt",
        "/run/..%5csecret.txt",
        "/run/run.json%00",
        "/run//etc/passwd",
        "/run/%2fetc%2fpasswd",
        "/run/link.txt",
        "/run/",
        "/run/outputs",
        "/run/.hidden",
        "/run/%ff",
        "/page/../server.py",
        "/page/%2e%2e/server.py",
        "/against/run.json",
        "/secret.txt",
        "/api",
    ],
)
def test_nothing_outside_the_run_is_served(run: Path, path: str) -> None:
    (run.parent / "secret.txt").write_text("secret")
    (run / "link.txt").symlink_to(run.parent / "secret.txt")
    (run / ".hidden").write_text("secret")
    answer = client_of(run).get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"nowhere: must be the folder of a run \(got nothing\)"):
        make_app(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="got a file"):
        make_app(tmp_path / "file")


def test_documents_of_a_run_are_strangers_to_the_page(run: Path) -> None:
    (run / "outputs/report.html").write_text("<script>fetch('/run/run.json')</script>")
    (run / "outputs/drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for name in ("report.html", "drawing.svg"):
        policy = client_of(run).get(f"/run/outputs/{name}").headers["content-security-policy"]
        assert policy.startswith("sandbox allow-scripts;")
        assert "allow-same-origin" not in policy
        assert "connect-src" not in policy


def test_the_page_hears_of_every_headset_that_the_project_knows(run: Path) -> None:
    targets = client_of(run).get("/api/session").json()["targets"]
    folder = Path(__file__).parents[2] / "assets/targets"
    assert [target["name"] for target in targets] == sorted(path.stem for path in folder.glob("*.json"))
    (quest,) = (target for target in targets if target["name"] == "quest3-web")
    assert quest["limits"] == json.loads((folder / "quest3-web.json").read_text())["limits"]


def test_a_second_run_is_served_beside_the_first(run: Path, tmp_path: Path) -> None:
    other = write_sample_run(tmp_path / "other", "failed")
    client = client_of(run, against=other)
    assert client.get("/api/session").json()["against"] == "other"
    assert client.get("/against/run.json").json()["status"] == "failed"
    assert client.get("/run/run.json").json()["status"] == "finished"


AS_JSON = {"content-type": "application/json"}


class Starter:
    """Remembers with which changes it was asked to run, and refuses `bad` ones."""

    def __init__(self) -> None:
        self.changes: list[Any] = []

    def __call__(self, changes: dict[str, Any]) -> None:
        if "bad" in changes:
            raise ValueError("bad: there is no such setting")
        self.changes.append(changes)


def test_a_run_is_started_as_it_is_or_with_settings_changed(run: Path) -> None:
    start = Starter()
    client = client_of(run, start=start)
    assert client.get("/api/session").json()["can_start"] is True
    assert client.post("/api/start", content=b"null", headers=AS_JSON).status_code == 202
    assert client.post("/api/start", json={"good": 1}).status_code == 202
    assert start.changes == [{}, {"good": 1}]


def test_what_is_wrong_with_a_change_is_told(run: Path) -> None:
    client = client_of(run, start=Starter())
    answer = client.post("/api/start", json={"bad": 1})
    assert (answer.status_code, answer.json()) == (400, {"error": "bad: there is no such setting"})
    assert client.post("/api/start", content=b"{", headers=AS_JSON).status_code == 400
    assert client.post("/api/start", content=b"[1]", headers=AS_JSON).status_code == 400
    assert client.post("/api/start", content=b"[" * 100_000, headers=AS_JSON).status_code == 400
    assert client.post("/api/start", content=b"\xff", headers=AS_JSON).status_code == 400
    assert client.post("/api/start", content=b"{}", headers={"content-type": "text/plain"}).status_code == 415


def test_a_start_from_another_site_is_refused(run: Path) -> None:
    start = Starter()
    answer = client_of(run, start=start).post("/api/start", json=None, headers={"origin": "https://evil.example"})
    assert (answer.status_code, start.changes) == (403, [])


def test_a_viewer_that_only_looks_starts_nothing(run: Path) -> None:
    client = client_of(run)
    assert client.get("/api/session").json()["can_start"] is False
    assert client.post("/api/start", json=None).status_code == 409
    assert client.get("/api/start").status_code == 405


def test_pages_beyond_the_limit_are_told_to_wait(run: Path, serving: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("viewer.server.MAX_STREAMS", 2)
    with serving(make_app(run)) as address:
        port = int(address.rsplit(":", 1)[1])
        connections = [http.client.HTTPConnection("localhost", port, timeout=10) for _ in range(3)]
        for connection in connections:
            connection.request("GET", "/api/events")
        statuses = sorted(connection.getresponse().status for connection in connections)
        for connection in connections:
            connection.close()
    assert statuses == [200, 200, 503]


def test_ten_thousand_requests_leave_the_server_answering(run: Path, serving: Any) -> None:
    batch = b"".join(b"GET /run/missing%d HTTP/1.1\r\nHost: localhost\r\n\r\n" % number for number in range(99))
    batch += b"GET /run/run.json HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-0\r\n\r\n"
    with serving(make_app(run)) as address:
        for _ in range(10):
            with socket.create_connection(("localhost", int(address.rsplit(":", 1)[1])), timeout=60) as connection:
                for _ in range(10):
                    connection.sendall(batch)
                    received = b""
                    while received.count(b"HTTP/1.1 ") < 100 or not received.endswith(b"{"):
                        piece = connection.recv(1 << 16)
                        assert piece
                        received += piece
                    assert (received.count(b"HTTP/1.1 404"), received.count(b"HTTP/1.1 206")) == (99, 1)
