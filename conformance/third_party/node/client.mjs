// An application in Node that pushes users and groups. SCIMMY's schemas and messages build what is sent and check what comes
// back; SCIMMY and scim-patch apply each PATCH on their own, scim2-parse-filter runs each filter over what was read: the server
// must say the same. One line of JSON for each step.
//
// usage: node client.mjs, with SCIM_BASE_URL and SCIM_TOKEN in the environment

import assert from "node:assert/strict";
import SCIMMY from "scimmy";
import {patchBodyValidation, scimPatch} from "scim-patch";
import {filter as tester, parse} from "scim2-parse-filter";

const BASE = process.env.SCIM_BASE_URL;
const TOKEN = process.env.SCIM_TOKEN;
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const ROLECALL_USER = "urn:ietf:params:scim:schemas:extension:rolecall:2.0:User";
const {User, Group, EnterpriseUser} = SCIMMY.Schemas;
const ENTERPRISE = EnterpriseUser.id;

User.extend(EnterpriseUser);

async function send(method, path, body, headers = {}) {
    const answer = await fetch(BASE + path, {
        method, body: body === undefined ? undefined : JSON.stringify(body), signal: AbortSignal.timeout(30000),
        headers: {
            authorization: `Bearer ${TOKEN}`, accept: "application/scim+json",
            ...(body === undefined ? {} : {"content-type": "application/scim+json"}), ...headers,
        },
    });
    const text = await answer.text();
    if (text) assert.match(answer.headers.get("content-type"), /^application\/scim\+json/);
    const data = text ? JSON.parse(text) : undefined;
    if (answer.status >= 400) {
        assert.deepEqual(data.schemas, [ERROR]);
        assert.equal(data.status, String(answer.status));
    }
    return {status: answer.status, data, headers: answer.headers};
}

async function ok(status, method, path, body, headers) {
    const answer = await send(method, path, body, headers);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.data)}`);
    return answer.data;
}

async function refused(status, scimType, method, path, body, headers) {
    const answer = await send(method, path, body, headers);
    assert.deepEqual([answer.status, answer.data?.scimType], [status, scimType], JSON.stringify(answer.data));
}

// The client knows nothing of Rolecall's extension, and sends nothing in it: all that stands there is effectiveRoles.
function withoutRolecall(data) {
    const {[ROLECALL_USER]: extension, ...rest} = data;
    if (extension) assert.deepEqual(Object.keys(extension), ["effectiveRoles"]);
    return {...rest, schemas: data.schemas.filter(urn => urn !== ROLECALL_USER)};
}

// Read by SCIMMY's schema, which throws on a value that the schema does not allow; nothing may get lost in it.
function read(Schema, answer) {
    const data = withoutRolecall(answer);
    const known = JSON.parse(JSON.stringify(new Schema(structuredClone(data), "out")));
    assert.deepEqual(sorted(known), sorted(data));
    return data;
}

function sorted(value) {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([key, one]) => [key, sorted(one)]));
}

// Without what the server alone decides and what says nothing: null, [] and an absent attribute mean the same (RFC 7643 §2.5).
function said(data) {
    const {meta, schemas, groups, ...rest} = JSON.parse(JSON.stringify(data));
    return sorted(Object.fromEntries(Object.entries(rest).filter(([, value]) =>
        value !== null && Object.keys(Object(value)).length + (typeof value !== "object") > 0)));
}

async function list(Schema, path) {
    const data = await ok(200, "GET", path);
    assert.deepEqual(data.schemas, [LIST]);
    // Throws unless the message is one.
    new SCIMMY.Messages.ListResponse(structuredClone(data));
    assert.equal(data.itemsPerPage, data.Resources.length);
    if (Schema) data.Resources.forEach(one => read(Schema, one));
    return data;
}

const query = parameters => "?" + new URLSearchParams(parameters);

async function patch(path, operations) {
    const body = {schemas: [PATCH_OP], Operations: operations};
    patchBodyValidation(structuredClone(body));
    // Throws unless the message is one.
    new SCIMMY.Messages.PatchOp(structuredClone(body));
    return send("PATCH", path, body);
}

const PATCHES = [
    [{op: "add", path: "nickName", value: "Jo"}],
    [{op: "replace", path: "name.familyName", value: "Núñez"}],
    [{op: "add", path: "emails", value: [{value: "jo@home.example", type: "home"}]}],
    [{op: "replace", path: 'emails[type eq "home"].value', value: "jo@elsewhere.example"}],
    [{op: "replace", value: {displayName: "Jo N.", title: "Agent"}}, {op: "replace", path: "userType", value: "Employee"}],
    [{op: "remove", path: 'emails[type eq "home"]'}],
    [{op: "add", path: "phoneNumbers", value: [{value: "tel:+49-30-555-0101", type: "work"}, {value: "tel:+49-170-555", type: "mobile"}]}],
    [{op: "remove", path: 'phoneNumbers[type eq "mobile"]'}],
    [{op: "remove", path: "phoneNumbers"}, {op: "remove", path: "nickName"}],
    [{op: "replace", path: `${ENTERPRISE}:department`, value: "Finance"}],
    [{op: "replace", path: "active", value: false}],
];

const FILTERS = [
    'userName eq "node07@acme.example"', 'userName sw "node1"', 'displayName co "3"', 'title pr', 'not (title pr)',
    'title eq "Agent" and active eq true', 'title eq "Agent" or active eq false', 'emails[type eq "work" and value ew "@acme.example"]',
    'emails[type eq "home"] and title pr', '(title eq "Lead" or displayName eq "Node 3") and not (active eq false)',
    'name.familyName eq "Family 2"', 'userName ge "node15@acme.example"', 'userName lt "node04@acme.example"',
    `${ENTERPRISE}:department eq "Support"`,
];

const world = {staff: []};

const STEPS = {
    async "discovers the server"() {
        const config = await ok(200, "GET", "/ServiceProviderConfig");
        for (const feature of ["patch", "filter", "sort", "etag"]) assert.equal(config[feature].supported, true);
        const {Resources: types} = await list(null, "/ResourceTypes");
        assert.deepEqual(types.map(one => one.endpoint).filter(one => ["/Users", "/Groups"].includes(one)).sort(), ["/Groups", "/Users"]);
        const {Resources: schemas} = await list(null, "/Schemas");
        // Every attribute that SCIMMY knows from the RFC is served with the same characteristics.
        for (const known of [User, Group, EnterpriseUser]) {
            const served = schemas.find(one => one.id === known.id);
            assert.ok(served, known.id);
            for (const wanted of JSON.parse(JSON.stringify(known.definition.describe())).attributes) {
                const found = served.attributes.find(one => one.name === wanted.name);
                assert.ok(found, `${known.id}:${wanted.name}`);
                assert.deepEqual([wanted.name, found.type, found.multiValued], [wanted.name, wanted.type, wanted.multiValued]);
            }
        }
    },

    async "creates a user"() {
        const body = JSON.parse(JSON.stringify(new User({
            userName: "jo@acme.example", name: {givenName: "Jo", familyName: "Nunez"}, displayName: "Jo", active: true,
            emails: [{value: "jo@acme.example", type: "work", primary: true}], externalId: "00uJO",
            [ENTERPRISE]: {employeeNumber: "12", department: "Support"},
        }, "in")));
        const answer = await send("POST", "/Users", body);
        assert.equal(answer.status, 201, JSON.stringify(answer.data));
        world.user = read(User, answer.data);
        assert.deepEqual({...said(world.user), id: undefined}, {...said(body), id: undefined});
        assert.equal(answer.headers.get("location"), world.user.meta.location);
        assert.equal(answer.headers.get("etag"), world.user.meta.version);
    },

    async "reads it back, and not again while it stays the same"() {
        assert.deepEqual(read(User, await ok(200, "GET", `/Users/${world.user.id}`)), world.user);
        const again = await send("GET", `/Users/${world.user.id}`, undefined, {"if-none-match": world.user.meta.version});
        assert.equal(again.status, 304);
    },

    async "finds it before it creates it again"() {
        const found = await list(User, "/Users" + query({filter: 'userName eq "JO@acme.example"', startIndex: 1, count: 2}));
        assert.deepEqual(found.Resources.map(one => one.id), [world.user.id]);
        await refused(409, "uniqueness", "POST", "/Users", {schemas: [User.id], userName: "Jo@ACME.example"});
    },

    async "PATCH gives what SCIMMY and scim-patch give"() {
        for (const operations of PATCHES) {
            const answer = await patch(`/Users/${world.user.id}`, operations);
            assert.equal(answer.status, 200, JSON.stringify([operations, answer.data]));
            const next = read(User, answer.data);
            const ours = said(next);
            const byScimPatch = said(scimPatch(structuredClone(world.user), structuredClone(operations)));
            assert.deepEqual(ours, byScimPatch, `scim-patch: ${JSON.stringify(operations)}`);
            const message = new SCIMMY.Messages.PatchOp({schemas: [PATCH_OP], Operations: structuredClone(operations)});
            const patched = await message.apply(new User(structuredClone(world.user), "out"), async instance => instance);
            assert.deepEqual(ours, said(patched), `SCIMMY: ${JSON.stringify(operations)}`);
            world.user = next;
        }
    },

    async "replaces it, but not over somebody else's change"() {
        const {title, ...body} = world.user;
        const before = world.user.meta.version;
        world.user = read(User, await ok(200, "PUT", `/Users/${world.user.id}`, {...body, displayName: "Jo again"}, {"if-match": before}));
        assert.deepEqual([world.user.displayName, world.user.title], ["Jo again", undefined]);
        await refused(412, undefined, "PUT", `/Users/${world.user.id}`, body, {"if-match": before});
    },

    async "filters find what scim2-parse-filter finds"() {
        for (let number = 0; number < 20; ++number) {
            const body = {
                schemas: [User.id, ENTERPRISE], userName: `node${String(number).padStart(2, "0")}@acme.example`,
                displayName: `Node ${number}`, name: {familyName: `Family ${number % 4}`}, active: number % 3 > 0,
                emails: [{value: `n${number}@acme.example`, type: number % 2 ? "work" : "home"}],
                ...(number % 4 ? {title: ["Agent", "Lead"][number % 2]} : {}),
                [ENTERPRISE]: {department: number % 2 ? "Support" : "Sales"},
            };
            world.staff.push(read(User, await ok(201, "POST", "/Users", body)));
        }
        const everybody = [...world.staff, world.user];
        for (const text of FILTERS) {
            const wanted = everybody.filter(tester(parse(text))).map(one => one.userName).sort();
            const found = await list(User, "/Users" + query({filter: text, count: 100}));
            assert.deepEqual([text, found.Resources.map(one => one.userName).sort()], [text, wanted]);
        }
    },

    async "pages are whole, sorted and cut down as asked"() {
        const seen = [];
        for (let start = 1; start <= 20; start += 6) {
            const page = await list(null, "/Users" + query({
                filter: 'userName sw "node"', sortBy: "userName", sortOrder: "descending", startIndex: start, count: 6, attributes: "userName",
            }));
            assert.deepEqual([page.totalResults, page.startIndex], [20, start]);
            page.Resources.forEach(one => assert.deepEqual(Object.keys(one).sort(), ["id", "schemas", "userName"]));
            seen.push(...page.Resources.map(one => one.userName));
        }
        assert.deepEqual(seen, world.staff.map(one => one.userName).sort().reverse());
    },

    async "a group is pushed: created, filled, thinned out, renamed"() {
        const [first, second, third] = world.staff;
        const body = JSON.parse(JSON.stringify(new Group({displayName: "Node team", members: [{value: first.id}]}, "in")));
        world.group = read(Group, await ok(201, "POST", "/Groups", body));
        const path = `/Groups/${world.group.id}`;
        const members = async () => (read(Group, await ok(200, "GET", path)).members ?? []).map(one => one.value).sort();
        const change = async operations => assert.ok([200, 204].includes((await patch(path, operations)).status));
        await change([{op: "add", path: "members", value: [{value: second.id}, {value: third.id}]}]);
        assert.deepEqual(await members(), [first.id, second.id, third.id].sort());
        await change([{op: "remove", path: `members[value eq "${second.id}"]`}]);
        assert.deepEqual(await members(), [first.id, third.id].sort());
        await change([{op: "replace", path: "members", value: [{value: second.id}]}, {op: "replace", path: "displayName", value: "Node crew"}]);
        assert.deepEqual(await members(), [second.id]);
        const user = read(User, await ok(200, "GET", `/Users/${second.id}`));
        assert.deepEqual(user.groups.map(one => [one.value, one.display]), [[world.group.id, "Node crew"]]);
        await change([{op: "remove", path: "members"}]);
        assert.deepEqual(await members(), []);
    },

    async "what is wrong is named"() {
        const path = `/Users/${world.user.id}`;
        const wrong = (scimType, operation) => refused(400, scimType, "PATCH", path, {schemas: [PATCH_OP], Operations: [operation]});
        await wrong("invalidPath", {op: "replace", path: "nope", value: "x"});
        await wrong("mutability", {op: "replace", path: "id", value: "x"});
        await wrong("invalidValue", {op: "replace", path: "active", value: 7});
        await wrong("noTarget", {op: "remove"});
        await refused(400, "invalidFilter", "GET", "/Users" + query({filter: "userName eq"}));
        await refused(404, undefined, "GET", "/Users/nobody");
        await refused(401, undefined, "GET", "/Users", undefined, {authorization: "Bearer nobody"});
    },

    async "deletes them, and they are gone"() {
        await ok(204, "DELETE", `/Groups/${world.group.id}`);
        for (const one of [...world.staff, world.user]) await ok(204, "DELETE", `/Users/${one.id}`);
        await refused(404, undefined, "GET", `/Groups/${world.group.id}`);
        await refused(404, undefined, "DELETE", `/Users/${world.user.id}`);
        assert.equal((await list(User, "/Users")).totalResults, 0);
    },
};

for (const [check, run] of Object.entries(STEPS)) {
    let failure = null;
    try {
        await run();
    } catch (error) {
        failure = String(error.stack ?? error).slice(0, 1500);
    }
    console.log(JSON.stringify({check, failure}));
}
