"""What the local network needs to reach a viewer: this machine's names, a certificate for them, a code to scan.

Needs the extra `lan` (cryptography, segno).
"""

import io
import ipaddress
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

try:
    import segno
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
except ImportError as error:
    raise ImportError("serving the local network needs two more packages: pip install 'scenewright[lan]'") from error

DAYS_VALID = 30


def own_names() -> list[str]:
    """This machine's addresses on the local network, the one that leads out first, then its names; never empty."""
    addresses = [_outward_address(), *_addresses_of(socket.gethostname())]
    host = socket.gethostname().lower().removesuffix(".local")
    names = [f"{host}.local"] if host and host != "localhost" and _is_name(host) else []
    return list(dict.fromkeys([address for address in addresses if address] + names)) or ["localhost"]


def _outward_address() -> str | None:
    """The address that packets to elsewhere would carry. Connecting a datagram socket sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if ipaddress.ip_address(address).is_unspecified else address


def _addresses_of(host: str) -> list[str]:
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, socket.AF_INET)}
    except OSError:
        return []
    return sorted(address for address in found if not ipaddress.ip_address(address).is_loopback)


def _is_name(host: str) -> bool:
    return all(part and part.isascii() and part.replace("-", "").isalnum() for part in host.split("."))


def bracketed(name: str) -> str:
    """The name as it stands in an address: IPv6 in brackets."""
    return f"[{name}]" if ":" in name else name


def write_certificate(folder: Path, names: list[str]) -> tuple[Path, Path]:
    """A fresh self-signed certificate for these names, addresses and localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Scenewright viewer")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=DAYS_VALID))
        .add_extension(x509.SubjectAlternativeName(_alternative_names(names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    descriptor = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return certificate_path, key_path


def _alternative_names(names: list[str]) -> list[x509.GeneralName]:
    general: list[x509.GeneralName] = []
    for name in dict.fromkeys([*names, "localhost", "127.0.0.1", "::1"]):
        try:
            general.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            general.append(x509.DNSName(name))
    return general


def fingerprint(certificate: Path) -> str:
    """The first half of the certificate's SHA-256, as browsers print it."""
    digest: bytes = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return digest[:16].hex(":").upper()


def qr_text(address: str) -> str:
    """The address as a QR code of terminal characters."""
    stream = io.StringIO()
    segno.make(address, error="m").terminal(stream, compact=True, border=2)
    return stream.getvalue()


def qr_picture(address: str) -> str:
    """The address as a QR code in SVG."""
    return str(segno.make(address, error="m").svg_inline(scale=4, border=1, omitsize=True))
