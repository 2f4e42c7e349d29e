// SCIMMY behind Express with users and groups in memory, on a free port of loopback. Prints "URL,TOKEN" for
// tests/bench/run --against, and serves until its input ends. An id and a userName are looked up in a map, as whoever
// stores them would do; everything else is SCIMMY's own.
import { randomBytes, randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = randomBytes(16).toString("hex");

function unique(value) {
  return String(value).toLowerCase();
}

// Handlers of one resource type; `key` is the attribute that no two may share, or undefined.
function kept(type, key) {
  const byId = new Map();
  const byKey = new Map();

  function named(filter) {
    const test = filter?.length === 1 && Object.keys(filter[0]).length === 1 ? filter[0][key] : undefined;
    if (!Array.isArray(test) || test[0] !== "eq") return undefined;
    const found = byKey.get(unique(test[1]));
    return found ? [found] : [];
  }

  SCIMMY.Resources.declare(type)
    .ingress((resource, data) => {
      const old = resource.id ? byId.get(resource.id) : undefined;
      if (resource.id && !old) throw new SCIMMY.Types.Error(404, null, `${resource.id} was not found`);
      const stored = JSON.parse(JSON.stringify(data));
      if (key) {
        const holder = byKey.get(unique(stored[key]));
        if (holder && holder !== old) throw new SCIMMY.Types.Error(409, "uniqueness", `${key} is taken`);
        if (old) byKey.delete(unique(old[key]));
        byKey.set(unique(stored[key]), stored);
      }
      const now = new Date().toISOString();
      stored.id = old?.id ?? randomUUID();
      stored.meta = { created: old?.meta.created ?? now, lastModified: now };
      byId.set(stored.id, stored);
      return stored;
    })
    .egress((resource) => {
      if (!resource.id) return (key && named(resource.filter)) ?? [...byId.values()];
      const found = byId.get(resource.id);
      if (!found) throw new SCIMMY.Types.Error(404, null, `${resource.id} was not found`);
      return found;
    })
    .degress((resource) => {
      const old = byId.get(resource.id);
      if (!old) throw new SCIMMY.Types.Error(404, null, `${resource.id} was not found`);
      byId.delete(resource.id);
      if (key) byKey.delete(unique(old[key]));
    });
}

kept(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false), "userName");
kept(SCIMMY.Resources.Group);

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("no such token");
    return "bench";
  },
}));
const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/scim/v2,${token}`));
process.stdin.on("end", () => process.exit(0)).resume();
