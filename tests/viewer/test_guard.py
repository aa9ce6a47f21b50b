import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from viewer.guard import MAX_BODY_BYTES, Guard


def client_of(*, token: str | None = None, base_url: str = "http://localhost:8000") -> TestClient:
    async def answer(request: Request) -> Response:
        try:
            return PlainTextResponse(str(len(await request.body())))
        except ClientDisconnect:
            return PlainTextResponse("too much", 413)

    routes = [Route("/", answer, methods=["GET", "POST"]), Route("/run/{name:path}", answer)]
    guard = Middleware(Guard, token=token, hosts={"localhost", "127.0.0.1", "[::1]", "192.168.1.20"})
    return TestClient(Starlette(routes=routes, middleware=[guard]), base_url=base_url)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST:1", "127.0.0.1:80", "[::1]:8000", "[::1]", "192.168.1.20"]
)
def test_known_hosts_are_served(host: str) -> None:
    assert client_of().get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "localhost:80:80",
        "",
        "localhost:x",
        "user@localhost",
        "10.0.0.1",
    ],
)
def test_other_hosts_are_refused_as_in_dns_rebinding(host: str) -> None:
    assert client_of().get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    ],
)
def test_other_sites_are_refused(headers: dict[str, str]) -> None:
    for path in ("/", "/run/run.json"):
        assert client_of().get(path, headers=headers).status_code == 403
    assert client_of().post("/", headers=headers, content=b"{}").status_code == 403


def test_a_link_on_another_site_may_open_the_page_but_no_file() -> None:
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert client_of().get("/", headers=link).status_code == 200
    assert client_of().get("/run/run.json", headers=link).status_code == 403


def test_the_pages_own_requests_are_served() -> None:
    own = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}
    assert client_of().post("/", headers=own, content=b"12345").text == "5"


def test_without_the_token_nothing_is_served() -> None:
    client = client_of(token="right-token")
    for path in (
        "/",
        "/run/run.json",
        "/nothing",
        "/?token=",
        "/?token=wrong",
        "/?token=right-toke",
        "/?token=RIGHT-TOKEN",
    ):
        answer = client.get(path)
        assert (answer.status_code, "right-token" in answer.text) == (401, False)
    assert client.get("/", headers={"authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/?" + "&".join(f"a{n}=1" for n in range(100)) + "&token=right-token").status_code == 401
    assert client.get("/?token=%ff%c3").status_code == 401


def test_the_token_in_the_address_becomes_a_cookie_of_this_server_alone() -> None:
    client = client_of(token="right-token", base_url="https://localhost:8000")
    answer = client.get("/?token=right-token")
    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Secure", "Path=/"):
        assert part in cookie
    assert client.get("/run/run.json").status_code == 200
    assert client_of(token="another").get("/", headers={"cookie": cookie.split(";")[0]}).status_code == 401


def test_the_token_may_come_as_a_bearer() -> None:
    client = client_of(token="right-token")
    assert client.get("/run/x", headers={"authorization": "Bearer right-token"}).status_code == 200


@pytest.mark.parametrize("length", ["1073741824", str(MAX_BODY_BYTES + 1), "-1", "1e9", "9" * 4000, "x"])
def test_a_large_body_is_refused_by_its_announcement(length: str) -> None:
    assert client_of().post("/", headers={"content-length": length}, content=b"").status_code == 413


def test_a_large_body_without_announcement_is_cut_off() -> None:
    chunks = (b"x" * 65536 for _ in range(64))
    assert client_of().post("/", content=chunks).text == "too much"


def test_reading_carries_no_body() -> None:
    assert client_of().request("GET", "/", content=b"x").status_code == 413


def test_every_answer_forbids_framing_sniffing_and_other_addresses() -> None:
    for answer in (client_of().get("/"), client_of().get("/", headers={"host": "evil"})):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "http" not in policy
        assert "'unsafe-inline'" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_sockets_are_refused() -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client_of().websocket_connect("/", headers={"origin": "https://evil.example"}),
    ):
        pass
