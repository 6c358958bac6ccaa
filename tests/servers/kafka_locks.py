"""TLS, logins and rights for a test's Kafka: an authority of its own, two users, one of whom may not make topics."""

import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from servers.daemon import Missing

_LOGINS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


@dataclass(frozen=True)
class Locks:
    """`username` may do everything; `guest` may log in, and nothing else until somebody grants it."""

    folder: Path
    username: str = "earshot"
    password: str = field(default_factory=lambda: secrets.token_hex(12))
    guest: str = "guest"
    guest_password: str = field(default_factory=lambda: secrets.token_hex(12))
    store_password: str = field(default_factory=lambda: secrets.token_hex(12))

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def settings(self) -> dict[str, object]:
        plain = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        users = " ".join(f'user_{name}="{password}"' for name, password in self._users().items())
        prefix = "listener.name.clients"
        return {
            "ssl.keystore.location": self.folder / "broker.p12", "ssl.keystore.type": "PKCS12",
            "ssl.keystore.password": self.store_password, "ssl.key.password": self.store_password,
            f"{prefix}.sasl.enabled.mechanisms": ",".join(_LOGINS),
            f"{prefix}.plain.sasl.jaas.config": f"{plain} {users};",
            f"{prefix}.scram-sha-256.sasl.jaas.config": scram,
            f"{prefix}.scram-sha-512.sasl.jaas.config": scram,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": f"User:ANONYMOUS;User:{self.username}",  # brokers among themselves are anonymous
        }  # fmt: skip

    def scram_users(self) -> list[str]:
        """For `StorageTool format`."""
        return [
            word
            for mechanism in _LOGINS[1:]
            for name, password in self._users().items()
            for word in ("--add-scram", f"{mechanism}=[name={name},password={password}]")
        ]

    def _users(self) -> dict[str, str]:
        return {self.username: self.password, self.guest: self.guest_password}


def make_locks(folder: Path) -> Locks:
    """An authority, and a certificate of its for 127.0.0.1 and localhost. Raises `Missing`."""
    if not shutil.which("openssl"):
        raise Missing("no openssl: run `make servers` (Debian: apt-get install openssl)")
    locks = Locks(folder)
    key = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    _openssl(
        folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Earshot tests",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    _openssl(folder, "req", *key[:3], "-keyout", "broker.key", "-out", "broker.csr", "-subj", "/CN=127.0.0.1")
    names = folder / "names"
    names.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\nauthorityKeyIdentifier=keyid\n")
    _openssl(
        folder, "x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-days", "2", "-extfile", "names", "-out", "broker.pem",
    )  # fmt: skip
    _openssl(
        folder, "pkcs12", "-export", "-inkey", "broker.key", "-in", "broker.pem", "-certfile", "ca.pem",
        "-name", "broker", "-out", "broker.p12", "-passout", f"pass:{locks.store_password}",
    )  # fmt: skip
    return locks


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)
