// Plays a Postman collection with newman, Postman's own runner, against a server on the loopback. Requests to anywhere else
// are left out. One line of JSON for each check: every assertion of the collection; of a request without any, that it succeeds.
//
// usage: node play.mjs COLLECTION, with SCIM_BASE_URL, SCIM_TOKEN and SCIM_VARIABLES (JSON) in the environment

import {readFileSync} from "node:fs";
import newman from "newman";

const BASE = process.env.SCIM_BASE_URL;
// The addresses that the published collections spell out, as they stand in them.
const SPELT = /^(?:\{\{Protocol\}\}|https):\/\/(?:\{\{Server\}\}\{\{Port\}\}\/\{\{Api\}\}|\{\{endpoint\}\}\/scim)(?=[/?])/;
const SECONDS = 120;
// A token is handed in; no other is fetched.
const TOKEN_PATH = /\/Token$/;

const say = line => console.log(JSON.stringify(line));

// Points requests here; gives the items that stay. A folder's name goes in front of the names of its items.
function adapt(items, folder = "") {
    return items.flatMap(item => {
        if (item.item) return adapt(item.item, `${folder}${item.name} / `);
        const name = folder + item.name;
        const raw = typeof item.request.url === "string" ? item.request.url : item.request.url?.raw ?? "";
        const url = raw.replace(SPELT, BASE);
        if (!url.startsWith(BASE) || TOKEN_PATH.test(url)) {
            say({left: name, why: url.startsWith(BASE) ? "the token is handed in" : `nothing is sent to ${raw}`});
            return [];
        }
        return [{...item, name, request: {...item.request, url}}];
    });
}

const collection = JSON.parse(readFileSync(process.argv[2]));
collection.item = adapt(collection.item);
collection.auth = {type: "bearer", bearer: [{key: "token", value: "{{token}}", type: "string"}]};

const values = Object.entries({token: process.env.SCIM_TOKEN, ...JSON.parse(process.env.SCIM_VARIABLES)});
const timer = setTimeout(() => {
    say({check: "runs to its end", failure: `not within ${SECONDS} s`});
    process.exit(1);
}, SECONDS * 1000);

newman.run({
    collection, environment: {values: values.map(([key, value]) => ({key, value, enabled: true}))},
    reporters: [], timeoutRequest: 30000, timeoutScript: 10000, ignoreRedirects: true,
}, (error, summary) => {
    clearTimeout(timer);
    for (const run of summary?.run.executions ?? []) {
        const answer = run.response;
        const shown = answer ? `${answer.code} ${answer.text().slice(0, 300)}` : "no answer";
        const faults = (run.assertions ?? []).map(one => ({check: one.assertion, failure: one.error?.message}));
        for (const script of [...run.prerequestScript ?? [], ...run.testScript ?? []]) {
            if (script.error) faults.push({check: "script", failure: script.error.message});
        }
        if (!run.assertions?.length) faults.push({check: "succeeds", failure: answer?.code < 400 ? undefined : "refused"});
        for (const {check, failure} of faults) {
            say({check: `${run.item.name}: ${check}`, failure: failure ? `${failure} (${shown})` : null});
        }
    }
    say({check: "runs to its end", failure: error ? String(error) : null});
});
