import http.client
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from viewer.server import serve

PROGRAM = """
import sys
from pathlib import Path
from viewer.server import serve
serve(Path(sys.argv[1]), port=int(sys.argv[2]))
"""


def started(run: Path, port: int) -> tuple["subprocess.Popen[str]", int]:
    process = subprocess.Popen(
        [sys.executable, "-W", "default::ResourceWarning", "-c", PROGRAM, str(run), str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    found = re.fullmatch(r"http://localhost:(\d+)/\n", process.stdout.readline())
    assert found
    return process, int(found[1])


def stopped(process: "subprocess.Popen[str]") -> str:
    """What the process still printed after Ctrl-C."""
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    return process.stdout.read()


def test_it_prints_localhost_and_ends_cleanly_on_ctrl_c_with_a_page_open(run: Path) -> None:
    process, port = started(run, 0)
    with process:
        connection = http.client.HTTPConnection("localhost", port, timeout=10)
        connection.request("GET", "/api/events")
        assert connection.getresponse().status == 200
        output = stopped(process)
        connection.close()
    assert (process.returncode, output) == (0, "")


def test_a_client_that_stops_reading_leaves_no_socket_behind(run: Path) -> None:
    """A transport that waits for its client to read is never closed by itself; Python warns when it is collected."""
    (run / "outputs" / "large.glb").write_bytes(bytes(32 << 20))
    process, port = started(run, 0)
    with process, socket.create_connection(("localhost", port), timeout=15) as client:
        client.sendall(b"GET /run/outputs/large.glb HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 200"
        output = stopped(process)
    assert (process.returncode, output) == (0, "")


def test_a_taken_port_gives_way_to_the_next(run: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process, port = started(run, taken.getsockname()[1])
        with process:
            stopped(process)
        assert taken.getsockname()[1] < port < taken.getsockname()[1] + 20


def test_only_this_machine_is_let_in(run: Path) -> None:
    process, port = started(run, 0)
    with process:
        listening = Path("/proc/net/tcp").read_text() if os.name == "posix" and Path("/proc/net/tcp").exists() else ""
        stopped(process)
    if not listening:
        pytest.skip("needs /proc/net/tcp to see what is listened to")
    assert f"0100007F:{port:04X} 00000000:0000 0A" in listening
    assert f"00000000:{port:04X} 00000000:0000 0A" not in listening


def test_other_addresses_need_the_lan_switch(run: Path) -> None:
    with pytest.raises(ValueError, match=r"host: must be one of 127\.0\.0\.1, localhost, ::1 .* \(got 0\.0\.0\.0\)"):
        serve(run, host="0.0.0.0")


def test_a_port_out_of_range_is_refused(run: Path) -> None:
    with pytest.raises(ValueError, match=r"port: must be between 0 and 65535 \(got 70000\)"):
        serve(run, port=70000)


def test_the_server_loads_nothing_heavy() -> None:
    heavy = ("torch", "numpy", "scipy", "cryptography")
    program = f"import sys, viewer.server; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"
