"""Transport security (RFC 7644 §7.2, §7.4), which the proxy of deploy/nginx.conf provides: the process listens on loopback."""

import re

import expect
from rolecall_server import ROOT, Server

NGINX = ROOT / "deploy" / "nginx.conf"


def server_blocks():
    """The server blocks of the file, without comments."""
    text = re.sub(r"#.*", "", NGINX.read_text())
    blocks = []
    for match in re.finditer(r"(?m)^server\s*\{", text):
        depth = 0
        for end in range(match.end() - 1, len(text)):
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            if depth == 0:
                break
        blocks.append(text[match.end(): end])
    return blocks


def directives(block, name):
    return [line.split() for line in re.findall(rf"(?m)^\s*{name}\s+([^;]+);", block)]


def test_plain_http_is_never_served():
    """§7.2, §7.4: what listens without TLS refuses, without forwarding; a token that was sent there finds nobody.

    Proves: 7644-7.2-01 7644-7.4-02
    """
    blocks = server_blocks()
    assert len(blocks) >= 2, blocks
    for block in blocks:
        plain = [one for one in directives(block, "listen") if "ssl" not in one]
        if plain:
            assert all(one[0].endswith("80") for one in plain), plain
            expect.equal(directives(block, "return"), [["403"]])
            assert "proxy_pass" not in block, block
    secure = [block for block in blocks if "proxy_pass" in block]
    assert secure and all("ssl" in one for block in secure for one in directives(block, "listen")), secure


def test_the_process_listens_on_loopback():
    """§7.2, §7.4: unless somebody says otherwise, nothing but a proxy on the same machine reaches it.

    Proves: 7644-7.2-01 7644-7.4-02
    """
    with Server() as running:
        settings = {one["key"]: one["default"] for one in running.cli("config", "show")}
        assert settings["server.listen"].startswith("127.0.0.1:"), settings["server.listen"]


def test_tls_is_1_2_or_later():
    """§7.2: 1.2 and 1.3, no older one, on every block that serves.

    Proves: 7644-7.2-02
    """
    for block in server_blocks():
        if "proxy_pass" in block:
            expect.equal(directives(block, "ssl_protocols"), [["TLSv1.2", "TLSv1.3"]])
