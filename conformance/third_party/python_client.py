"""scim2-client as the client of an application: the whole life of users and groups. Its models check every answer, and
they foretell what a PATCH and a filter must give. One line of JSON for each step.

usage: python python_client.py, with SCIM_BASE_URL and SCIM_TOKEN in the environment
"""

import json
import os

import httpx2
import scim2_models as models
from scim2_client import SCIMResponseException
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import Group, ListResponse, PatchOp, PatchOperation, SCIMException, SearchRequest, User

Staff = User[models.EnterpriseUser]
ROLECALL_USER = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User"
STEPS = []


def step(name):
    def keep(function):
        STEPS.append((name, function))
        return function
    return keep


class World:
    """What one step leaves for the next."""

    def __init__(self, base_url, token):
        self.base_url = base_url
        self.http = httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        self.scim = SyncSCIMClient(self.http)
        self.user = self.group = None
        self.staff = []

    def model(self, name):
        """As built from the schemas that the server publishes."""
        return self.scim.get_resource_model(name)


def equal(actual, wanted):
    assert actual == wanted, f"{actual!r} instead of {wanted!r}"


def plain(resource):
    """What the resource says, without what the server alone decides."""
    data = resource.model_dump(exclude={"meta", "id", "groups", "schemas"}, exclude_none=True)
    extension = data.get(ROLECALL_USER)
    if extension:
        extension.pop("effectiveRoles", None)
        if not extension:
            del data[ROLECALL_USER]
    return json.loads(json.dumps(data, default=str))


def refused(call, status, scim_type=None):
    try:
        answer = call()
    except SCIMException as failure:
        error = failure.to_error()
        equal((int(error.status), error.scim_type), (status, scim_type))
        return
    except SCIMResponseException as failure:
        equal(failure.source.status_code, status)
        return
    raise AssertionError(f"not refused: {answer!r}")


def operations(model, *ops):
    return PatchOp[model](operations=[PatchOperation(op=PatchOperation.Op(op), path=path, value=value)
                                      for op, path, value in ops])


@step("discovers the server")
def _(world):
    world.scim.discover()
    config = world.scim.provider.config
    assert config.patch.supported and config.filter.supported and config.sort.supported and config.etag.supported, config
    assert {"User", "Group"} <= {one.name for one in world.scim.provider.resource_types}
    assert world.model("User") and world.model("Group")


@step("creates a user")
def _(world):
    model = world.model("User")
    new = model.model_validate({
        "schemas": [User.__schema__, models.EnterpriseUser.__schema__], "userName": "Ana.Lopez@acme.example",
        "externalId": "00uANA", "name": {"givenName": "Ana", "familyName": "López"}, "active": True,
        "emails": [{"value": "ana.lopez@acme.example", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": "tel:+49-30-555-0100", "type": "mobile"}],
        models.EnterpriseUser.__schema__: {"employeeNumber": "4711", "department": "Support"}})
    world.user = world.scim.create(new)
    equal(plain(world.user), plain(new))
    equal(world.user.meta.location, f"{world.base_url}/Users/{world.user.id}")
    assert world.user.meta.version and world.user.meta.created == world.user.meta.last_modified


@step("reads it back")
def _(world):
    equal(world.scim.query(world.model("User"), world.user.id), world.user)


@step("is told that nothing changed")
def _(world):
    # A conditional read; on 304 the client hands back the very object it was given.
    assert world.scim.query(world.user) is world.user


@step("a second user of that name is refused")
def _(world):
    again = world.model("User")(user_name="ANA.LOPEZ@acme.example")
    refused(lambda: world.scim.create(again), 409, "uniqueness")


@step("finds it by name")
def _(world):
    model = world.model("User")
    for text in ('userName eq "ana.lopez@ACME.example"', 'externalId eq "00uANA"', 'emails.value eq "ana.lopez@acme.example"',
                 'emails[type eq "work" and primary eq true]', f'id eq "{world.user.id}" and active eq true'):
        found = world.scim.query(model, query_parameters=SearchRequest[model](filter=text))
        equal([one.id for one in found.resources or []], [world.user.id])
    nobody = world.scim.query(model, query_parameters=SearchRequest[model](filter='externalId eq "00uana"'))
    equal(nobody.total_results, 0)


@step("replaces it")
def _(world):
    world.user.name.family_name = "López-Núñez"
    world.user.phone_numbers = None
    world.user.title = "Agent"
    wanted = plain(world.user)
    world.user = world.scim.replace(world.user)
    equal(plain(world.user), wanted)


@step("a stale version is refused")
def _(world):
    stale = world.user.model_copy(deep=True)
    world.user = world.scim.modify(world.user, operations(world.model("User"), ("replace", "title", "Senior Agent")))
    stale.title = "Manager"
    refused(lambda: world.scim.replace(stale), 412)
    equal(world.scim.query(world.model("User"), world.user.id).title, "Senior Agent")


PATCHES = (
    (("add", "nickName", "Anita"),),
    (("add", "emails", [{"value": "ana@home.example", "type": "home"}]),),
    (("replace", 'emails[type eq "home"].value', "ana@elsewhere.example"),),
    (("add", 'emails[type eq "home"].display', "At home"), ("replace", "name.givenName", "Ana María")),
    (("remove", 'emails[type eq "home"]', None),),
    (("replace", f"{models.EnterpriseUser.__schema__}:department", "Finance"),
     ("remove", f"{models.EnterpriseUser.__schema__}:employeeNumber", None)),
    (("replace", None, {"displayName": "Ana", "name": {"familyName": "López"}}),),
    (("replace", "name", {"formatted": "Ana López"}),),
    (("add", "addresses", [{"type": "work", "country": "DE", "locality": "Berlin"}]),
     ("replace", 'addresses[type eq "work"].locality', "Hamburg")),
    (("remove", "nickName", None), ("remove", "addresses", None)),
    (("replace", "active", False),),
)


@step("PATCH gives what the client's own model gives")
def _(world):
    model = world.model("User")
    for ops in PATCHES:
        foretold = world.user.model_copy(deep=True)
        assert operations(model, *ops).patch(foretold), ops
        world.user = world.scim.modify(world.user, operations(model, *ops))
        assert plain(world.user) == plain(foretold), f"{ops}: {plain(world.user)} instead of {plain(foretold)}"
        equal(plain(world.scim.query(model, world.user.id)), plain(foretold))


@step("what is wrong in a PATCH is named")
def _(world):
    def patch(*op):
        return lambda: world.scim.modify(world.model("User"), world.user.id, {
            "schemas": [PatchOp.__schema__], "Operations": [dict(zip(("op", "path", "value"), op))]},
            check_request_payload=False)
    refused(patch("replace", "nope", "x"), 400, "invalidPath")
    refused(patch("replace", "id", "x"), 400, "mutability")
    refused(patch("remove", "userName"), 400, "mutability")
    refused(patch("replace", "active", 7), 400, "invalidValue")
    refused(patch("replace", 'emails[type eq "fax"].value', "x"), 400, "noTarget")
    refused(patch("replace", 'emails[type eq', "x"), 400, "invalidPath")


@step("filters find what the client's own model finds")
def _(world):
    model = world.model("User")
    for number in range(24):
        world.staff.append(world.scim.create(model.model_validate({
            "schemas": [User.__schema__], "userName": f"staff{number:02}@acme.example", "active": number % 3 > 0,
            "title": ("Agent", "agent", "Lead")[number % 3] if number % 4 else None, "displayName": f"Staff {24 - number:02}",
            "emails": [{"value": f"s{number}@{'acme' if number % 2 else 'home'}.example",
                        "type": "work" if number % 2 else "home", "primary": number % 5 == 0}]})))
    everybody = world.staff + [world.user]
    for text in ('title eq "agent"', 'title ne "agent" and title pr', "title pr", "not (title pr)", 'userName sw "STAFF1"',
                 'userName ew "9@acme.example"', 'displayName co "0"', 'displayName ge "Staff 12" and active eq true',
                 'emails[type eq "work" and primary eq true]', 'emails.value ew "@home.example"', 'emails.type ne "work"',
                 'active eq false or title eq "lead" and emails.primary eq true', 'not (emails[type eq "home"]) and title pr',
                 'meta.resourceType eq "User"', 'displayName lt "staff 05"', '(title eq "lead" or title pr) and active eq false'):
        request = SearchRequest[model](filter=text, count=100)
        wanted = sorted(one.user_name for one in everybody if request.filter.match(one))
        for answer in (world.scim.query(model, query_parameters=request), world.scim.search(model, request)):
            equal((text, sorted(one.user_name for one in answer.resources or [])), (text, wanted))


@step("pages are whole and in order")
def _(world):
    model = world.model("User")
    seen = []
    for start in range(1, 30, 7):
        page = world.scim.query(model, query_parameters=SearchRequest[model](
            start_index=start, count=7, sort_by="displayName", sort_order=SearchRequest.SortOrder.descending,
            filter='userName sw "staff"', attributes=["displayName"]))
        equal((page.total_results, page.start_index), (24, start))
        assert all(one.user_name is None for one in page.resources or [])
        seen += [one.display_name for one in page.resources or []]
    equal(seen, sorted((one.display_name for one in world.staff), reverse=True))


@step("cursors lead through everybody")
def _(world):
    model = world.model("User")
    assert world.scim.provider.config.pagination.cursor, "cursors are not offered"
    seen, cursor = [], ""
    while cursor is not None and len(seen) < 100:
        page = world.scim.query(model, query_parameters=SearchRequest[model](cursor=cursor, count=7, filter='userName sw "staff"'))
        seen += [one.user_name for one in page.resources or []]
        cursor = page.next_cursor
    equal(seen, [one.user_name for one in world.staff])


@step("a group gets, shows and loses members")
def _(world):
    model = world.model("Group")
    first, second = world.staff[:2]
    world.group = world.scim.create(model.model_validate({
        "schemas": [Group.__schema__], "displayName": "Support", "externalId": "00gSUP", "members": [{"value": first.id}]}))
    equal([(one.value, one.type, str(one.ref)) for one in world.group.members], [(first.id, "User", first.meta.location)])
    # Nothing or the group: a server may answer a PATCH with 204.
    world.scim.modify(model, world.group.id, operations(model, ("add", "members", [{"value": second.id}])))
    world.group = world.scim.query(model, world.group.id)
    equal({one.value for one in world.group.members}, {first.id, second.id})
    equal([(one.value, one.display) for one in world.scim.query(first.__class__, second.id).groups], [(world.group.id, "Support")])
    world.scim.modify(model, world.group.id, operations(model, ("remove", f'members[value eq "{first.id}"]', None)))
    world.group = world.scim.query(model, world.group.id)
    equal([one.value for one in world.group.members], [second.id])
    assert not world.scim.query(first.__class__, first.id).groups
    found = world.scim.query(model, query_parameters=SearchRequest[model](filter='displayName eq "support"', excluded_attributes=["members"]))
    equal([(one.id, one.members) for one in found.resources], [(world.group.id, None)])


@step("a group is renamed by a replacement and emptied by a PATCH")
def _(world):
    model = world.model("Group")
    world.group.display_name = "Support EMEA"
    world.group = world.scim.replace(world.group)
    equal((world.group.display_name, [one.value for one in world.group.members]), ("Support EMEA", [world.staff[1].id]))
    world.scim.modify(model, world.group.id, operations(model, ("remove", "members", None)))
    world.group = world.scim.query(model, world.group.id)
    equal((world.group.display_name, world.group.members or []), ("Support EMEA", []))


@step("searches all types at once")
def _(world):
    answer = world.scim.search(search_request=SearchRequest(filter='externalId eq "00gSUP" or externalId eq "00uANA"'))
    assert isinstance(answer, ListResponse)
    equal({one.id for one in answer.resources}, {world.user.id, world.group.id})


@step("sends much at once")
def _(world):
    assert world.scim.provider.config.bulk.supported, "bulk is not offered"
    request = {"schemas": [models.BulkRequest.__schema__], "failOnErrors": 1, "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "bo", "data": {"schemas": [User.__schema__], "userName": "bo@acme.example"}},
        {"method": "POST", "path": "/Groups", "bulkId": "team", "data": {
            "schemas": [Group.__schema__], "displayName": "Bulk", "members": [{"type": "User", "value": "bulkId:bo"}]}},
        {"method": "DELETE", "path": f"/Users/{world.staff[-1].id}"}]}
    answer = world.scim.bulk(request, check_request_payload=False)
    equal([int(one.status) for one in answer.operations], [201, 201, 204])
    made = [one.location.rsplit("/", 1)[-1] for one in answer.operations[:2]]
    equal([one.value for one in world.scim.query(world.model("Group"), made[1]).members], [made[0]])
    world.scim.delete(world.model("Group"), made[1])
    world.scim.delete(world.model("User"), made[0])
    world.scim.create(world.staff[-1].__class__(user_name=world.staff[-1].user_name))


@step("deletes them, and they are gone")
def _(world):
    world.scim.delete(world.group)
    refused(lambda: world.scim.query(world.model("Group"), world.group.id), 404)
    for one in (world.scim.query(world.model("User"), query_parameters=SearchRequest(count=100)).resources or []):
        world.scim.delete(one)
    refused(lambda: world.scim.query(world.model("User"), world.user.id), 404)
    refused(lambda: world.scim.delete(world.model("User"), world.user.id), 404)
    equal(world.scim.query(world.model("User")).total_results, 0)


@step("another token is refused")
def _(world):
    stranger = SyncSCIMClient(httpx2.Client(base_url=world.base_url, headers={"Authorization": "Bearer nobody"}), provider=world.scim.provider)
    refused(lambda: stranger.query(world.model("User")), 401)


def main():
    world = World(os.environ["SCIM_BASE_URL"], os.environ["SCIM_TOKEN"])
    for name, function in STEPS:
        failure = None
        try:
            function(world)
        except Exception as error:  # pylint: disable=broad-except
            source = getattr(getattr(error, "source", None), "text", "")
            failure = f"{type(error).__name__}: {error} {source}"[:1500]
        print(json.dumps({"check": name, "failure": failure}), flush=True)


if __name__ == "__main__":
    main()
