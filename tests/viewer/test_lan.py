import http.client
import ipaddress
import re
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("cryptography", reason="needs the extra lan: pip install 'scenewright[lan]'")
pytest.importorskip("segno", reason="needs the extra lan: pip install 'scenewright[lan]'")

from cryptography import x509

from viewer import lan

pytestmark = pytest.mark.extra("lan")

PROGRAM = (
    "import sys; from pathlib import Path; from viewer.server import serve; serve(Path(sys.argv[1]), port=0, lan=True)"
)


def test_the_certificate_names_what_people_will_type(tmp_path: Path) -> None:
    path, key = lan.write_certificate(tmp_path, ["192.168.1.20", "studio.local"])
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["studio.local", "localhost"]
    addresses = [ipaddress.ip_address(text) for text in ("192.168.1.20", "127.0.0.1", "::1")]
    assert names.get_values_for_type(x509.IPAddress) == addresses
    assert key.stat().st_mode & 0o077 == 0
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)


def test_two_certificates_share_no_key(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    first, second = (lan.write_certificate(tmp_path / name, ["localhost"])[1].read_bytes() for name in ("a", "b"))
    assert first != second


def test_own_names_are_addresses_or_plain_names_and_no_loopback() -> None:
    names = lan.own_names()
    assert names
    for name in names:
        try:
            assert not ipaddress.ip_address(name).is_loopback
        except ValueError:
            assert re.fullmatch(r"[a-z0-9.-]+", name)


def test_the_network_is_served_over_https_to_who_has_the_token(run: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(run)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        found = re.fullmatch(r"https://([^:/]+):(\d+)/\?token=([\w-]{32})\n", process.stdout.readline())
        assert found
        port, token = int(found[2]), found[3]

        def ask(path: str, host: str = "localhost") -> tuple[int, bytes]:
            unverified = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection("localhost", port, timeout=20, context=unverified)
            connection.request("GET", path, headers={"host": f"{host}:{port}"})
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return answer.status, body

        assert ask("/")[0] == 401
        assert ask("/run/run.json")[0] == 401
        assert ask(f"/run/run.json?token={token}")[0] == 200
        assert ask(f"/run/run.json?token={token}", host=found[1])[0] == 200
        assert ask(f"/run/run.json?token={token}", host="evil.example")[0] == 421
        status, body = ask(f"/api/session?token={token}")
        assert status == 200
        assert b"<svg" in body
        assert b"adb reverse tcp:%d tcp:%d" % (port, port) in body
        process.send_signal(signal.SIGINT)
        output = process.stdout.read()
    assert process.returncode == 0
    assert "█" in output
    assert "Traceback" not in output
