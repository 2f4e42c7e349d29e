"""Signed texts (RFC 7515): reading them, and who signed them."""

import base64
import json
import pathlib
import subprocess
import tempfile

# What stands before the two numbers of a public key on P-256 (RFC 5480).
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200") + b"\4"


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def encoded(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts_of(token):
    """Header, claims, what was signed and the signature; ValueError for what is none."""
    head, claims, signature = token.split(".")
    header, said = json.loads(decoded(head)), json.loads(decoded(claims))
    if not isinstance(header, dict) or not isinstance(said, dict):
        raise ValueError("no objects")
    return header, said, f"{head}.{claims}".encode(), decoded(signature)


def key_of(jwk):
    """The public key of a JWK on P-256 in PEM (RFC 7518 §6.2)."""
    x, y = decoded(jwk["x"]), decoded(jwk["y"])
    if (jwk.get("kty"), jwk.get("crv"), len(x), len(y)) != ("EC", "P-256", 32, 32):
        raise ValueError("no key on P-256")
    return f"-----BEGIN PUBLIC KEY-----\n{base64.encodebytes(_P256 + x + y).decode()}-----END PUBLIC KEY-----\n"


def is_signed(public_key, algorithm, text, signature):
    """By the openssl command: the standard library verifies nothing."""
    if algorithm == "ES256":
        signature = _as_der(signature)
    with tempfile.TemporaryDirectory() as where:
        folder = pathlib.Path(where)
        (folder / "key").write_text(public_key)
        (folder / "signature").write_bytes(signature)
        command = ["openssl", "dgst", "-sha256", "-verify", folder / "key", "-signature", folder / "signature"]
        return subprocess.run(command, input=text, capture_output=True, check=False).returncode == 0


def _as_der(numbers):
    """Two numbers of 32 bytes, as openssl wants them (RFC 7518 §3.4)."""
    parts = b""
    for number in (numbers[:32], numbers[32:64]):
        shortest = number.lstrip(b"\0") or b"\0"
        if shortest[0] >= 0x80:
            shortest = b"\0" + shortest
        parts += bytes([2, len(shortest)]) + shortest
    return bytes([0x30, len(parts)]) + parts
