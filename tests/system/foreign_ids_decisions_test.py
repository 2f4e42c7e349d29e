"""Every place of the decision API that a caller fills in × what is of another workspace: the answer is, but for the text that
was asked for, the one about what does not exist. Routes come from schemas/openapi/access.json."""

import json
import pathlib

import expect
import matrix
from admin_examples import document
from rolecall_server import ROOT, Client, user_body

QUESTION = {"subject": {"type": "user", "id": "ana@home.example"}, "action": {"name": "requests.view"},
            "resource": {"type": "workspace", "id": "default"}}
# What each route is asked, and in which of its members another's id can stand.
ROUTES = {
    "/access/v1/evaluation": (QUESTION, ("subject", "resource")),
    "/access/v1/evaluations": ({**QUESTION, "evaluations": [{}, {"action": {"name": "requests.delete"}}]},
                               ("subject", "resource")),
    "/access/v1/search/subject": ({**QUESTION, "subject": {"type": "user"}}, ("resource",)),
    "/access/v1/search/resource": ({**QUESTION, "resource": {"type": "workspace"}}, ("subject",)),
    "/access/v1/search/action": ({name: QUESTION[name] for name in ("subject", "resource")}, ("subject", "resource")),
}
OPEN = ("/.well-known/authzen-configuration",)


def test_every_route_of_the_description_is_here():
    described = json.loads((pathlib.Path(ROOT) / "schemas" / "openapi" / "access.json").read_text())["paths"]
    expect.equal(set(described), set(ROUTES) | set(OPEN), "routes")


def comparable(answer, value):
    text = answer.body.decode().replace(value, "<asked>").replace(answer.headers["x-request-id"], "<request>")
    return answer.status, text


def test_what_is_of_another_workspace_is_judged_like_what_is_not_there(server):
    admin = server.admin()
    polar = matrix.make_polar_workspace(server, admin, document())
    server.cli("users", "grant", polar["user"][1], "--role", "Owner", "--workspace", "polar")
    scim = server.scim(server.token())
    expect.scim(scim.post("/Users", user_body("ana@home.example")), 201)
    token = matrix.make_api_token(server, admin, "default", ["decisions:read"])["token"]
    compared = 0
    for client in (admin, Client(server.listen, token, "", "application/json")):
        for path, (question, places) in ROUTES.items():
            assert client.post(path, question).status == 200, path
            for place in places if client is not admin or not path.endswith("/search/resource") else ():
                # The admin token reaches every workspace.
                names = polar["workspace"] if client is not admin else []
                for value in (polar["user"] if place == "subject" else names) + polar["group"] + polar["role"]:
                    def ask(text):
                        changed = {**question, place: {**QUESTION[place], "id": text}}
                        return client.post(path, changed)
                    foreign, absent = ask(value), ask(matrix.neighbour(value))
                    expect.equal(comparable(foreign, value), comparable(absent, matrix.neighbour(value)),
                                 f"{path} {place} {value}")
                    assert b'"decision":true' not in foreign.body, foreign
                    compared += 1
            if client is not admin:
                foreign, absent = [client.post(f"{path}?workspace={name}", question) for name in ("polar", "polaq")]
                expect.equal(comparable(foreign, "polar"), comparable(absent, "polaq"), f"{path}: workspace")
                expect.equal(foreign.status, 404, path)
    assert compared > 60, compared


def test_a_token_learns_nothing_of_who_may_what_elsewhere(server):
    admin = server.admin()
    polar = matrix.make_polar_workspace(server, admin, document())
    server.cli("users", "grant", polar["user"][1], "--role", "Owner", "--workspace", "polar")
    asked = {"subject": {"type": "user", "id": polar["user"][1]}, "action": {"name": "settings.ownership"},
             "resource": {"type": "workspace", "id": "polar"}}
    token = matrix.make_api_token(server, admin, "default", ["decisions:read"])["token"]
    bound = Client(server.listen, token, "", "application/json")
    searches = [{**asked, "subject": {"type": "user"}}, {**asked, "resource": {"type": "workspace"}},
                {name: asked[name] for name in ("subject", "resource")}]
    for client, is_allowed in ((admin, True), (bound, False)):
        expect.equal(client.post("/access/v1/evaluation", asked).json()["decision"], is_allowed)
        several = client.post("/access/v1/evaluations", {**asked, "evaluations": [{}]}).json()["evaluations"]
        expect.equal([one["decision"] for one in several], [is_allowed])
        for kind, question in zip(("subject", "resource", "action"), searches):
            found = expect.status(client.post("/access/v1/search/" + kind, question), 200)["results"]
            expect.equal(bool(found), is_allowed, f"a search for {kind}: {found}")


def test_a_page_of_another_workspace_goes_on_nowhere(server):
    admin = server.admin()
    matrix.make_polar_workspace(server, admin, document())
    scim = server.scim(server.token())
    for number in range(3):
        expect.scim(scim.post("/Users", user_body(f"u{number}@home.example")), 201)
    question = {**QUESTION, "subject": {"type": "user"}, "page": {"limit": 1}}
    first = expect.status(admin.post("/access/v1/search/subject", question), 200)
    token = first["page"]["next_token"]
    assert token, first
    following = {**question, "page": {"token": token, "limit": 1}}
    expect.status(admin.post("/access/v1/search/subject", following), 200)
    foreign = admin.post("/access/v1/search/subject?workspace=polar", following)
    broken = admin.post("/access/v1/search/subject?workspace=polar",
                        {**question, "page": {"token": token[::-1], "limit": 1}})
    expect.equal((foreign.status, foreign.body), (broken.status, broken.body), "a page of another workspace")
    expect.equal(foreign.status, 400)
