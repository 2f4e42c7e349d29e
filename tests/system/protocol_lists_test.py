"""Lists: filters, pages, projections, order and search by POST (RFC 7644 §3.4.2, §3.4.3)."""

import urllib.parse

import expect
from rolecall_server import ENTERPRISE, SHIPPED_ROLES, group_body, user_body

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
NAMES = ("ana", "bo", "cleo", "dan", "eve")


def five_users(server):
    """ana is inactive, bo has a home address beside the work one, cleo no title, dan a manager."""
    scim = server.scim(server.token())
    made = []
    for rank, name in enumerate(NAMES):
        body = user_body(
            f"{name}@acme.example",
            externalId=f"X{rank}",
            active=name != "ana",
            displayName=name.title(),
            name={"givenName": name.title(), "familyName": "Lopez" if rank % 2 else "Garcia"},
        )
        if name != "cleo":
            body["title"] = f"Level {rank}"
        if name == "bo":
            body["emails"].append({"value": "bo@home.example", "type": "home"})
        if name == "dan":
            body[ENTERPRISE] = {"manager": {"value": made[0]["id"]}, "employeeNumber": "7"}
        made.append(expect.scim(scim.post("/Users", body), 201))
    return scim, made


def found(scim, text):
    users = expect.listed(scim.get("/Users?sortBy=userName&filter=" + urllib.parse.quote(text, safe="")))
    return [user["userName"].split("@")[0] for user in users]


def test_every_operator(server):
    scim, made = five_users(server)
    middle = made[2]["meta"]["created"]
    for text, wanted in (
        ('userName eq "BO@acme.example"', ["bo"]),
        ('userName ne "bo@acme.example"', ["ana", "cleo", "dan", "eve"]),
        ('userName co "e"', list(NAMES)),
        ('displayName co "E"', ["cleo", "eve"]),
        ('userName sw "d"', ["dan"]),
        ('displayName ew "o"', ["bo", "cleo"]),
        ("title pr", ["ana", "bo", "dan", "eve"]),
        ('displayName gt "cleo"', ["dan", "eve"]),
        ('displayName ge "cleo"', ["cleo", "dan", "eve"]),
        ('displayName lt "cleo"', ["ana", "bo"]),
        ('displayName le "CLEO"', ["ana", "bo", "cleo"]),
        ("active eq false", ["ana"]),
        ("active ne false", ["bo", "cleo", "dan", "eve"]),
        ("title eq null", ["cleo"]),
        ('externalId eq "X1"', ["bo"]),
        ('externalId eq "x1"', []),
        (f'id eq "{made[3]["id"]}"', ["dan"]),
        (f'meta.created lt "{middle}"', ["ana", "bo"]),
        (f'meta.created ge "{middle}"', ["cleo", "dan", "eve"]),
        ('meta.resourceType eq "User"', list(NAMES)),
    ):
        expect.equal(found(scim, text), wanted, text)


def test_logic_grouping_value_paths_and_extensions(server):
    scim, made = five_users(server)
    for text, wanted in (
        ('active eq true and name.familyName eq "garcia"', ["cleo", "eve"]),
        ('displayName eq "Ana" or displayName eq "Bo" and active eq false', ["ana"]),
        ('(displayName eq "Ana" or displayName eq "Bo") and active eq true', ["bo"]),
        ('not (name.familyName eq "Lopez")', ["ana", "cleo", "eve"]),
        ('emails[type eq "home"]', ["bo"]),
        ('emails[type eq "home" and value ew "@acme.example"]', []),
        ('emails.value ew "@home.example"', ["bo"]),
        ('emails co "HOME"', ["bo"]),
        ("manager pr", ["dan"]),
        (f'manager.value eq "{made[0]["id"]}"', ["dan"]),
        (f'{ENTERPRISE}:employeeNumber eq "7"', ["dan"]),
        ('USERNAME EQ "eve@acme.example"', ["eve"]),
        ('userName eq "no one" or not (active eq true)', ["ana"]),
    ):
        expect.equal(found(scim, text), wanted, text)


def test_hostile_literals_are_only_text(server):
    scim, _ = five_users(server)
    for literal in ("' OR 1=1 --", "%", "_", "*", "\\", '\\"', "a%' ESCAPE '", "\u0000", "\U0001f600", "]]", "${x}"):
        text = 'displayName co "' + literal.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\u0000") + '"'
        answer = scim.get("/Users?filter=" + urllib.parse.quote(text, safe=""))
        if answer.status != 400:  # NUL has no place in any text here
            expect.equal(expect.listed(answer), [], text)


def test_groups_can_be_filtered_by_name_and_by_member(server):
    scim, made = five_users(server)
    desk = expect.scim(scim.post("/Groups", group_body("Desk", made[1]["id"], made[2]["id"])), 201)
    for text in (
        'displayName eq "DESK"',
        f'members eq "{made[1]["id"]}"',
        f'members[value eq "{made[2]["id"]}"]',
        'displayName sw "de"',
        f'id eq "{desk["id"]}"',
    ):
        expect.equal([group["id"] for group in expect.listed(scim.find("Groups", text))], [desk["id"]], text)
    expect.equal(expect.listed(scim.find("Groups", f'members.value eq "{made[4]["id"]}"')), [])


def test_every_linkable_role_is_a_group_before_any_push(server):
    scim = server.scim(server.token())
    groups = expect.listed(scim.get("/Groups?excludedAttributes=members"))
    expect.equal(sorted(group["displayName"] for group in groups), sorted(SHIPPED_ROLES))
    again = expect.listed(scim.get("/Groups"))
    expect.equal(
        {group["displayName"]: group["id"] for group in again},
        {group["displayName"]: group["id"] for group in groups},
        "ids of role groups",
    )


def test_pages_cover_everything_once(server):
    scim, made = five_users(server)
    seen = []
    for start in (1, 3, 5):
        body = expect.scim(scim.get(f"/Users?startIndex={start}&count=2"))
        expect.equal((body["totalResults"], body["startIndex"]), (5, start))
        seen += [user["id"] for user in body["Resources"]]
    expect.equal(sorted(seen), sorted(user["id"] for user in made))


def test_paging_extremes(server):
    scim, _ = five_users(server)
    for query, start, count in (
        ("count=0", 1, 0),
        ("count=-5", 1, 0),
        ("startIndex=0", 1, 5),
        ("startIndex=-9", 1, 5),
        ("count=99999999999999999999999", 1, 5),
        ("count=1001", 1, 5),
        ("startIndex=6", 6, 0),
        ("startIndex=4&count=10", 4, 2),
        ("STARTINDEX=2&Count=1", 2, 1),
    ):
        body = expect.scim(scim.get("/Users?" + query))
        expect.equal(
            (body["totalResults"], body["startIndex"], body["itemsPerPage"], len(body["Resources"])),
            (5, start, count, count),
            query,
        )
    far = expect.scim(scim.get("/Users?startIndex=99999999999999999999999"))
    expect.equal((far["totalResults"], far["Resources"]), (5, []))
    for query in ("count=two", "startIndex=1.5", "count=", "count=1&count=2"):
        expect.refused(scim.get("/Users?" + query), 400, "invalidValue")


def test_a_page_is_never_larger_than_its_limit(server):
    scim = server.scim(server.token())
    for number in range(102):
        expect.scim(scim.post("/Users", {"userName": f"user{number:03}"}), 201)
    expect.equal(len(expect.listed(scim.get("/Users"))), 100, "default page")
    expect.equal(len(expect.listed(scim.get("/Users?count=1000"))), 102)


def test_order(server):
    scim, _ = five_users(server)

    def ordered(query):
        return [user["displayName"] for user in expect.listed(scim.get("/Users?" + query))]

    expect.equal(ordered("sortBy=displayName"), ["Ana", "Bo", "Cleo", "Dan", "Eve"])
    expect.equal(ordered("sortBy=displayName&sortOrder=descending"), ["Eve", "Dan", "Cleo", "Bo", "Ana"])
    expect.equal(ordered("sortBy=displayName&sortOrder=descending&startIndex=2&count=2"), ["Dan", "Cleo"])
    expect.equal(ordered("sortBy=meta.created"), ["Ana", "Bo", "Cleo", "Dan", "Eve"])
    # RFC 7644 §3.4.2.3: what has no value comes last when ascending, first when descending.
    expect.equal(ordered("sortBy=title")[-1], "Cleo")
    expect.equal(ordered("sortBy=title&sortOrder=descending")[0], "Cleo")
    for query in ("sortBy=nothing", "sortBy=name", "sortBy=userName&sortOrder=sideways"):
        expect.refused(scim.get("/Users?" + query), 400, "invalidValue")


def test_lists_are_projected(server):
    scim, made = five_users(server)
    expect.scim(scim.post("/Groups", group_body("Desk", made[1]["id"])), 201)
    for user in expect.listed(scim.get("/Users?attributes=userName")):
        expect.equal(sorted(user), ["id", "schemas", "userName"])
    for group in expect.listed(scim.get("/Groups?excludedAttributes=members")):
        assert "members" not in group, group
    desk = expect.listed(scim.find("Groups", 'displayName eq "Desk"'))[0]
    expect.equal(len(desk["members"]), 1)
    bo = expect.listed(scim.find("Users", 'displayName eq "Bo"'))[0]
    expect.equal(bo["groups"][0]["display"], "Desk")


def test_search_by_post_is_the_same_list(server):
    scim, _ = five_users(server)
    body = {
        "schemas": [SEARCH],
        "filter": 'name.familyName eq "Lopez"',
        "attributes": ["userName"],
        "sortBy": "userName",
        "sortOrder": "descending",
        "startIndex": 1,
        "count": 1,
    }
    answer = expect.scim(scim.post("/Users/.search", body))
    expect.equal(
        (answer["totalResults"], [user["userName"] for user in answer["Resources"]]), (2, ["dan@acme.example"])
    )
    expect.refused(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": 7}), 400, "invalidValue")
    expect.refused(scim.post("/Users/.search", {"schemas": [SEARCH], "filter": "nonsense"}), 400, "invalidFilter")


def test_faulty_filters_say_what_is_wrong_and_where(server):
    scim, _ = five_users(server)
    for text in (
        "userName",
        "userName eq",
        'userName eq "a',
        'userName is "a"',
        'nosuch eq "a"',
        'userName eq "a" and',
        '(userName eq "a"',
        'userName eq "a")',
        "active gt true",
        'active eq "yes"',
        'emails[type eq "work"',
        'name eq "a"',
        "userName eq 5",
        "",
        " ",
        'userName eq "a" xor active eq true',
        "userName co null",
        'meta.created gt "yesterday"',
    ):
        sentence = expect.refused(scim.get("/Users?filter=" + urllib.parse.quote(text, safe="")), 400, "invalidFilter")
        expect.holds(sentence.lower(), "filter" if "nosuch" not in text else "nosuch", f"answer to {text!r}")
