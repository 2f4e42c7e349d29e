"""Servers that the tests of one file share, so that the whole run stays short.

A test names its rows in its docstring, last line `Proves: 7643-2.1-01 7643-2.1-03`. Where what we do differs from the
letter, a line before it says so: `Deviates: 7643-3-01: what we do instead and why.` (one line, or continued indented).
Names must be new in each test (`unique`), because other tests of the file write to the same server.
"""

import atexit
import itertools
import urllib.parse

import expect
from rolecall_server import Client, Server, group_body, user_body

SCHEMAS_URN = "urn:ietf:params:scim:schemas:core:2.0:Schema"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
NOBODY = "00000000-0000-7000-8000-000000000000"
# A certificate of "CN=bo"; its base64 ends with two padding characters.
CERTIFICATE = (
    "MIIBcTCCARegAwIBAgIUDVwkA/zxEe9P4TvE8COwD1m/9E8wCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCYm8wIBcNMjYxMTI0MjIzMzE1WhgPMjEyNjEw"
    "MzEyMjMzMTVaMA0xCzAJBgNVBAMMAmJvMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9u/SApgzSPSIEeJxgWCuSGM2Xj3FxZls/+fr/wBbZVFUkszi"
    "1DePAp/Q8YNbtbPHale5KFbHQwkOxV2w2NAJYaNTMFEwHQYDVR0OBBYEFCIDGzHfWuCXPhlCKrd5kO6/s9HSMB8GA1UdIwQYMBaAFCIDGzHfWuCXPhlC"
    "Krd5kO6/s9HSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAIvGRJrPwnvlLdbG3fk24Bc6bItwW3GU+N4tLmAVokpRAiAYqkAsWP8A"
    "nDxdM7tFPBNJIbrpMc4XQ10JzRMgKEFLUw==")

_servers = {}
_clients = {}
_numbers = itertools.count(1)


def server(**settings):
    """The running server of this file with these settings (ROLECALL_… variables without that prefix), one for each set."""
    key = tuple(sorted(settings.items()))
    if key not in _servers:
        _servers[key] = Server(environment={"ROLECALL_" + name: str(value) for name, value in settings.items()}).start()
    return _servers[key]


def client(connection="okta", workspace="default", **settings):
    """A client of a connection; the same one each time, as a connection has at most two live tokens."""
    key = (connection, workspace, tuple(sorted(settings.items())))
    if key not in _clients:
        running = server(**settings)
        _clients[key] = running.scim(running.token(connection, workspace))
    return _clients[key]


def anonymous(**settings):
    return Client(server(**settings).listen, None, "/scim/v2")


def close_all():
    for one in _clients.values():
        one.close()
    _clients.clear()
    for one in _servers.values():
        one.close()
    _servers.clear()


atexit.register(close_all)


def unique(word="ana"):
    """A name that no other test of the file uses."""
    return f"{word}-{next(_numbers)}"


def new_user(scim, name=None, /, **more):
    """A created User; with `userName` made up unless given."""
    return expect.scim(scim.post("/Users", user_body(name or unique() + "@acme.example", **more)), 201)


def new_group(scim, *members, name=None, **more):
    return expect.scim(scim.post("/Groups", group_body(name or unique("Team"), *members, **more)), 201)


def names_found(scim, text, kind="Users"):
    """The userName or displayName of all that a filter finds."""
    found = expect.listed(scim.find(kind, text))
    return sorted(one["userName" if kind == "Users" else "displayName"] for one in found)


def query(path, **parameters):
    """A target with its query escaped; a parameter of value None has a name only."""
    parts = [name if value is None else f"{name}={urllib.parse.quote(str(value), safe='')}"
             for name, value in parameters.items()]
    return path + ("?" + "&".join(parts) if parts else "")
