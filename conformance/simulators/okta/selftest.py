#!/usr/bin/env python3
"""Is the simulator what Okta's public reference says? Ends with `N passed, N failed`."""

import base64
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.error

sys.dont_write_bytecode = True
import selftest_oauth  # noqa: E402
from client import Simulator  # noqa: E402

_ALL = "okta.users.manage okta.groups.manage okta.apps.manage"


def _user(okta, status="ACTIVE", number=0):
    found = [user for user in okta.every('/api/v1/users?search=status%20eq%20"' + status + '"')]
    return found[number]["id"]


def _token(okta, scope=_ALL, name="0oaIntegration", secret="integration-secret"):
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    return okta.post("/oauth2/v1/token", form={"grant_type": "client_credentials", "scope": scope},
                     headers={"Authorization": f"Basic {basic}"})


def test_pages_hold_everybody_once_and_cursors_are_of_their_query(okta):
    everybody = okta.every("/api/v1/users?limit=7")
    ids = [user["id"] for user in everybody]
    assert len(ids) == len(set(ids)) and ids == sorted(ids), ids
    # Who is gone is in no plain list.
    assert "DEPROVISIONED" not in {user["status"] for user in everybody}
    assert len(okta.every('/api/v1/users?filter=status%20eq%20"DEPROVISIONED"')) == 1
    after = okta.get("/api/v1/users?limit=7").next_page().split("after=")[1]
    assert okta.get(f'/api/v1/users?search=status%20pr&after={after}').status == 400
    assert okta.get("/api/v1/users?after=xyz").status == 400


def test_search_folds_case_and_filter_does_not(okta):
    search = okta.every('/api/v1/users?search=profile.email%20eq%20"PERSON3@example.com"')
    assert [user["profile"]["login"] for user in search] == ["person3@example.com"]
    assert okta.every('/api/v1/users?filter=profile.email%20eq%20"PERSON3@example.com"') == []
    both = okta.every('/api/v1/users?search=(status%20eq%20"ACTIVE"%20or%20status%20eq%20"STAGED")%20and%20profile.city%20eq%20"lisbon"')
    assert both and {user["profile"]["city"] for user in both} == {"Lisbon"}
    assert okta.get("/api/v1/users?search=status%20eq").status == 400
    assert okta.get("/api/v1/users?search=%24%24").body["errorCode"] == "E0000031"


def test_suspend_is_for_the_active_and_unsuspend_for_the_suspended(okta):
    user = _user(okta)
    assert okta.post(f"/api/v1/users/{user}/lifecycle/suspend").body == {}
    again = okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    assert (again.status, again.body["errorCode"]) == (400, "E0000001") and again.body["errorId"].startswith("oae")
    assert okta.get(f"/api/v1/users/{user}").body["status"] == "SUSPENDED"
    assert okta.control("/dump")["users"][user]["sessions"] == 0
    assert okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend").status == 200
    assert okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend").status == 400


def test_deactivation_takes_time_and_search_takes_more(okta):
    okta.control("/set", delay=30, lag=60)
    user = _user(okta)
    assert okta.call("POST", f"/api/v1/users/{user}/lifecycle/deactivate", headers={"Prefer": "respond-async"}).status == 200
    assert okta.get(f"/api/v1/users/{user}").body["transitioningToStatus"] == "DEPROVISIONED"
    assert okta.post(f"/api/v1/users/{user}/lifecycle/suspend").body["errorCode"] == "E0000112"
    okta.control("/advance", seconds=31)
    assert okta.get(f"/api/v1/users/{user}").body["status"] == "DEPROVISIONED"
    found = okta.every(f'/api/v1/users?search=id%20eq%20"{user}"')
    assert found[0]["status"] == "ACTIVE", "search lags"
    okta.control("/advance", seconds=61)
    assert okta.every(f'/api/v1/users?search=id%20eq%20"{user}"')[0]["status"] == "DEPROVISIONED"
    dump = okta.control("/dump")
    assert not any(user in app["users"] for app in dump["apps"].values())
    assert okta.post(f"/api/v1/users/{user}/lifecycle/deactivate").body["errorCode"] == "E0000038"


def test_delete_first_deactivates_then_deletes(okta):
    user = _user(okta)
    assert okta.call("DELETE", f"/api/v1/users/{user}").status == 204
    assert okta.get(f"/api/v1/users/{user}").body["status"] == "DEPROVISIONED"
    assert okta.call("DELETE", f"/api/v1/users/{user}").status == 204
    gone = okta.get(f"/api/v1/users/{user}")
    assert (gone.status, gone.body["errorCode"]) == (404, "E0000007")


def test_passwords_factors_sessions_and_unlocking(okta):
    user = _user(okta)
    assert okta.post(f"/api/v1/users/{user}/lifecycle/reset_factors").status == 200
    assert okta.get(f"/api/v1/users/{user}/factors").body == []
    assert okta.call("DELETE", f"/api/v1/users/{user}/sessions").status == 204
    state = okta.control("/dump")["users"][user]
    assert (state["factors"], state["sessions"]) == (0, 0)
    assert okta.post(f"/api/v1/users/{user}/lifecycle/reset_password").status == 400
    assert okta.post(f"/api/v1/users/{user}/lifecycle/reset_password?sendEmail=true").status == 200
    assert [kind for _, kind in okta.control("/dump")["mails"]] == ["password reset"]
    other = _user(okta, number=1)
    first = okta.post(f"/api/v1/users/{other}/lifecycle/expire_password_with_temp_password").body["tempPassword"]
    assert first != okta.post(f"/api/v1/users/{other}/lifecycle/expire_password_with_temp_password").body["tempPassword"]
    locked = "person2@example.com"
    okta.control("/user", login=locked, status="LOCKED_OUT")
    assert okta.post(f"/api/v1/users/{locked}/lifecycle/unlock").status == 200
    assert okta.post(f"/api/v1/users/{locked}/lifecycle/unlock").status == 403


def test_create_activate_and_update(okta):
    profile = {"login": "new@example.com", "email": "new@example.com", "firstName": "New", "lastName": "Hire"}
    made = okta.post("/api/v1/users?activate=false", {"profile": profile}).body
    assert made["status"] == "STAGED" and made["activated"] is None
    twice = okta.post("/api/v1/users", {"profile": profile})
    assert (twice.status, twice.body["errorCode"]) == (400, "E0000001") and "login" in twice.body["errorCauses"][0]["errorSummary"]
    assert okta.post("/api/v1/users", {"profile": {"login": "x"}}).status == 400
    assert okta.post(f"/api/v1/users/{made['id']}/lifecycle/activate").status == 200
    assert okta.post(f"/api/v1/users/{made['id']}/lifecycle/activate").body["errorCode"] == "E0000016"
    changed = okta.post(f"/api/v1/users/{made['id']}", {"profile": {"title": "Analyst"}}).body["profile"]
    assert changed["title"] == "Analyst" and changed["lastName"] == "Hire"


def test_only_groups_of_okta_take_members(okta):
    groups = okta.every("/api/v1/groups?limit=2")
    own = next(group["id"] for group in groups if group["type"] == "OKTA_GROUP")
    user = _user(okta)
    for _ in range(2):
        assert okta.call("PUT", f"/api/v1/groups/{own}/users/{user}").status == 204
    assert user in [member["id"] for member in okta.every(f"/api/v1/groups/{own}/users?limit=3")]
    assert own in [group["id"] for group in okta.get(f"/api/v1/users/{user}/groups").body]
    for _ in range(2):
        assert okta.call("DELETE", f"/api/v1/groups/{own}/users/{user}").status == 204
    assert user not in [member["id"] for member in okta.every(f"/api/v1/groups/{own}/users")]
    for kind in ("APP_GROUP", "BUILT_IN"):
        other = next(group["id"] for group in groups if group["type"] == kind)
        assert okta.call("PUT", f"/api/v1/groups/{other}/users/{user}").body["errorCode"] == "E0000006"
    assert okta.call("PUT", f"/api/v1/groups/00gNone/users/{user}").status == 404


def test_an_assignment_by_group_is_not_taken_away_by_hand(okta):
    app = okta.every("/api/v1/apps?limit=1")[0]["id"]
    users = okta.every(f"/api/v1/apps/{app}/users?limit=5")
    by_group = next(user["id"] for user in users if user["scope"] == "GROUP")
    by_hand = next(user["id"] for user in users if user["scope"] == "USER")
    assert okta.call("DELETE", f"/api/v1/apps/{app}/users/{by_group}").status == 403
    assert okta.call("DELETE", f"/api/v1/apps/{app}/users/{by_hand}").status == 204
    assert okta.call("DELETE", f"/api/v1/apps/{app}/users/{by_hand}").body["errorCode"] == "E0000007"
    assert okta.post(f"/api/v1/apps/{app}/users", {"id": by_hand, "scope": "USER"}).body["scope"] == "USER"


def test_tokens_scopes_and_their_refusals(okta):
    assert _token(okta, secret="wrong").body["error"] == "invalid_client"
    assert _token(okta, name="nobody").status == 401
    assert _token(okta, scope="okta.users.read okta.logs.read").body["error"] == "invalid_scope"
    assert _token(okta, scope="").status == 400
    granted = _token(okta, "okta.users.read").body
    assert granted["expires_in"] == 3600 and granted["scope"] == "okta.users.read"
    okta.authorization = "Bearer " + granted["access_token"]
    assert okta.get("/api/v1/users?limit=1").status == 200
    refused = okta.get("/api/v1/groups")
    assert (refused.status, refused.text) == (403, "")
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert 'scope="okta.groups.read"' in refused.headers["WWW-Authenticate"]
    okta.control("/advance", seconds=3601)
    expired = okta.get("/api/v1/users")
    assert expired.status == 401 and "invalid_token" in expired.headers["WWW-Authenticate"]
    okta.authorization = "Bearer " + _token(okta, "okta.users.manage").body["access_token"]
    assert okta.get("/api/v1/users").status == 200, "managing includes reading"
    okta.control("/revoke", credential="0oaIntegration")
    assert okta.get("/api/v1/users").status == 401
    assert _token(okta).body["error"] == "invalid_client"


def test_a_service_app_signs(okta):
    with tempfile.TemporaryDirectory() as where:
        key = pathlib.Path(where) / "key.pem"
        subprocess.run(["openssl", "genrsa", "-out", key, "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", key, "-pubout"], check=True, capture_output=True, text=True).stdout
        okta.control("/client", client="0oaService", public_key=public, granted=["okta.users.read"])

        def assertion(**claims):
            now = time.time()
            said = {"iss": "0oaService", "sub": "0oaService", "aud": okta.about["url"] + "/oauth2/v1/token",
                    "exp": now + 300, **claims}
            parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                     for part in ({"alg": "RS256"}, said)]
            signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=".".join(parts).encode(),
                                    check=True, capture_output=True).stdout
            return ".".join([*parts, base64.urlsafe_b64encode(signed).decode().rstrip("=")])

        def ask(text):
            return okta.post("/oauth2/v1/token", headers={"Authorization": ""}, form={
                "grant_type": "client_credentials", "scope": "okta.users.read", "client_assertion": text,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"})

        assert ask(assertion()).status == 200
        assert ask(assertion(aud="https://elsewhere.example")).status == 401
        assert ask(assertion(exp=time.time() - 1)).status == 401
        assert ask(assertion(exp=time.time() + 7200)).status == 401
        assert ask(assertion()[:-8] + "AAAAAAAA").status == 401
        assert ask("no.jwt").status == 401


def test_ssws_dies_without_words_about_why(okta):
    for break_it in (lambda: okta.control("/revoke", credential="00sswsToken"),
                     lambda: okta.control("/advance", seconds=31 * 24 * 3600),
                     lambda: okta.control("/user", login="admin@example.com", status="SUSPENDED")):
        okta.control("/reset", users=10)
        assert okta.get("/api/v1/users").status == 200
        break_it()
        refused = okta.get("/api/v1/users")
        assert (refused.status, refused.body["errorCode"]) == (401, "E0000011")
    okta.control("/ssws", value="00weak", has_role=False)
    okta.authorization = "SSWS 00weak"
    assert okta.get("/api/v1/users").body["errorCode"] == "E0000006"


def test_a_bucket_that_is_empty_fills_again(okta):
    okta.control("/set", limits={"users": 3})
    left = [okta.get("/api/v1/users?limit=1").headers["X-Rate-Limit-Remaining"] for _ in range(3)]
    assert left == ["2", "1", "0"], left
    refused = okta.get("/api/v1/users?limit=1")
    assert (refused.status, refused.body["errorCode"]) == (429, "E0000047")
    assert time.time() < int(refused.headers["X-Rate-Limit-Reset"]) <= time.time() + 62
    assert okta.get("/api/v1/groups").status == 200, "buckets are by kind of path"
    okta.control("/advance", seconds=62)
    assert okta.get("/api/v1/users?limit=1").status == 200
    okta.control("/set", concurrency=0)
    crowded = okta.get("/api/v1/groups")
    assert crowded.status == 429 and crowded.headers["X-Rate-Limit-Limit"] == "0"


def test_the_log_goes_on_from_its_cursor(okta):
    okta.control("/grant", client="0oaIntegration", scopes=["okta.logs.read", "okta.users.manage"])
    okta.authorization = "Bearer " + _token(okta, "okta.logs.read okta.users.manage").body["access_token"]
    begin = okta.get("/api/v1/logs?sortOrder=ASCENDING")
    assert begin.body == [] and begin.next_page()
    user = okta.get("/api/v1/users?limit=1").body[0]["id"]
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    more = okta.get(begin.next_page())
    assert [entry["eventType"] for entry in more.body] == ["user.lifecycle.suspend"]
    assert more.body[0]["target"][0]["id"] == user
    assert okta.get(more.next_page()).body == []


class Receiver:
    """Answers challenges, and every delivery with the next of `statuses`, then 204."""

    def __init__(self):
        self.got, self.statuses = [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                text = json.dumps({"verification": self.headers["x-okta-verification-challenge"]}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_POST(self):  # noqa: N802
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.got.append((self.headers["Authorization"], body["data"]["events"][0]["eventType"]))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def wait_for(self, count):
        end = time.monotonic() + 10
        while len(self.got) < count:
            assert time.monotonic() < end, self.got
            time.sleep(0.02)
        time.sleep(0.1)
        return self.got[:]


def test_an_event_hook_is_verified_and_told_at_least_once(okta):
    receiver = Receiver()
    body = {"name": "x", "events": {"type": "EVENT_TYPE", "items": ["user.lifecycle.suspend", "user.lifecycle.unsuspend"]},
            "channel": {"type": "HTTP", "version": "1.0.0", "config": {
                "uri": receiver.url, "authScheme": {"type": "HEADER", "key": "Authorization", "value": "the secret"}}}}
    assert okta.post("/api/v1/eventHooks", {**body, "channel": {}}).status == 400
    made = okta.post("/api/v1/eventHooks", body)
    path = "/api/v1/eventHooks/" + made.body["id"]
    assert made.body["verificationStatus"] == "UNVERIFIED" and "the secret" not in made.text
    user = _user(okta)
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    assert okta.post(path + "/lifecycle/verify").body["verificationStatus"] == "VERIFIED"
    okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend")
    assert receiver.wait_for(1) == [("the secret", "user.lifecycle.unsuspend")], "nothing before it was verified"
    # Once more after a fault, never after a refusal.
    receiver.statuses = [500, 500, 400]
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    okta.post(f"/api/v1/users/{user}/lifecycle/unsuspend")
    assert [event for _, event in receiver.wait_for(4)][1:] == ["user.lifecycle.suspend"] * 2 + ["user.lifecycle.unsuspend"]
    okta.control("/deliveries", drop=1, duplicate=1, reorder=True)
    for step in ("suspend", "unsuspend", "suspend"):
        okta.post(f"/api/v1/users/{user}/lifecycle/{step}")
    told = [event.rsplit(".", 1)[1] for _, event in receiver.wait_for(8)][4:]
    assert sorted(told) == ["suspend"] * 2 + ["unsuspend"] * 2, told
    assert okta.call("DELETE", path).status == 400, "it is active"
    assert okta.post(path + "/lifecycle/deactivate").body["status"] == "INACTIVE"
    assert okta.call("DELETE", path).status == 204 and okta.get("/api/v1/eventHooks").body == []
    receiver.server.shutdown()


def test_faults_come_when_ordered_and_some_take_effect(okta):
    okta.control("/fault", kind="html_200", path="/api/v1/users")
    assert okta.get("/api/v1/users").text.startswith("<html>")
    assert okta.get("/api/v1/users").status == 200
    user = _user(okta)
    okta.control("/fault", kind="lost_reset", method="POST")
    try:
        okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
        raise AssertionError("an answer came")
    except (urllib.error.URLError, http.client.HTTPException, OSError):
        pass
    assert okta.get(f"/api/v1/users/{user}").body["status"] == "SUSPENDED"
    okta.control("/fault", kind="status_500", count=2)
    assert [okta.get("/api/v1/org").status for _ in range(3)] == [500, 500, 200]
    okta.control("/set", hostile=1.0)
    for _ in range(60):
        try:
            okta.get("/api/v1/groups")
        except (urllib.error.URLError, http.client.HTTPException, OSError):
            pass
    okta.control("/set", hostile=0.0)
    assert len({entry["fault"] for entry in okta.control("/journal")}) > 12


def test_the_journal_holds_no_credential(okta):
    token = _token(okta).body["access_token"]
    okta.authorization = "Bearer " + token
    okta.get("/api/v1/users?limit=1")
    journal = json.dumps(okta.control("/journal"))
    for secret in (token, "integration-secret", "00sswsToken"):
        assert secret not in journal
    assert "sim0000" in journal and "0oaIntegration" in journal


def test_paths_and_methods_that_are_not_there(okta):
    assert okta.get("/api/v1/nothing").status == 404
    assert okta.call("PATCH", "/api/v1/users").status == 405
    okta.authorization = ""
    assert okta.get("/api/v1/users").body["errorCode"] == "E0000011"
    okta.authorization = "SSWS 00sswsToken"
    broken = okta.call("POST", "/api/v1/users", headers={"Content-Type": "application/json"}, form={"a": "b"})
    assert broken.body["errorCode"] == "E0000003"


def main():
    passed = failed = 0
    for name, test in sorted({**globals(), **vars(selftest_oauth)}.items()):
        if not name.startswith("test_"):
            continue
        try:
            with Simulator(users=40) as okta:
                test(okta)
            passed += 1
        except Exception:  # noqa: BLE001
            failed += 1
            print(f"FAILED {name}")
            traceback.print_exc()
    with tempfile.TemporaryDirectory() as where, Simulator(tls=where, users=3) as okta:
        is_served = okta.about["url"].startswith("https://localhost:") and okta.get("/api/v1/users").status == 200
        passed, failed = passed + is_served, failed + (not is_served)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
