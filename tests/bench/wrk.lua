-- One workload of tests/bench/run, driven by wrk. Arguments after "--": workload, file of ids (one per line), token,
-- group id ("-" when none), a tag that makes names of this run unique.
local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

local workload, token, group, tag
local ids, count, headers = {}, 0, nil

function init(args)
  workload, token, group, tag = args[1], args[3], args[4], args[5]
  for line in io.lines(args[2]) do ids[#ids + 1] = line end
  math.randomseed(7919 * (thread_number + 1))
  local media_type = workload == "evaluate" and "application/json" or "application/scim+json"
  headers = { ["Authorization"] = "Bearer " .. token, ["Content-Type"] = media_type, ["Accept"] = media_type }
end

local function patch_body(operation)
  return '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[' .. operation .. ']}'
end

local builders = {}

function builders.get_user()
  return wrk.format("GET", "/scim/v2/Users/" .. ids[math.random(#ids)], headers)
end

function builders.filter_eq()
  local name = string.format("user%06d%%40example.com", math.random(#ids) - 1)
  return wrk.format("GET", "/scim/v2/Users?filter=userName%20eq%20%22" .. name .. "%22", headers)
end

function builders.post_user()
  local name = string.format("new-%s-%d-%d", tag, thread_number, count)
  local body = '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"' .. name .. '@example.com",' ..
    '"externalId":"' .. name .. '","name":{"givenName":"New","familyName":"Person"},"displayName":"New Person",' ..
    '"emails":[{"value":"' .. name .. '@example.com","type":"work","primary":true}],"active":true}'
  return wrk.format("POST", "/scim/v2/Users", headers, body)
end

-- Every pass over the ids of this thread flips the value, so that no request is a change of nothing.
function builders.patch_active()
  local half = math.floor(#ids / 2)
  local index = thread_number % 2 * half + count % half + 1
  local value = math.floor(count / half) % 2 == 0 and "false" or "true"
  return wrk.format("PATCH", "/scim/v2/Users/" .. ids[index], headers,
                    patch_body('{"op":"replace","value":{"active":' .. value .. '}}'))
end

-- Adds one user and removes the one added 128 requests ago: the group keeps its size, every request changes one row.
function builders.patch_member()
  local half = math.floor(#ids / 2)
  local offset = thread_number % 2 * half
  local step = math.floor(count / 2)
  local operation
  if count % 2 == 0 or step < 128 then
    operation = '{"op":"add","path":"members","value":[{"value":"' .. ids[offset + step % half + 1] .. '"}]}'
  else
    operation = '{"op":"remove","path":"members[value eq \\"' .. ids[offset + (step - 128) % half + 1] .. '\\"]"}'
  end
  return wrk.format("PATCH", "/scim/v2/Groups/" .. group, headers, patch_body(operation))
end

-- By id and by name; permissions for all, within a scope, and not held at all.
local permissions = { "requests.reply", "requests.delete", "requests.notes", "requests.resolve" }
function builders.evaluate()
  local user = math.random(#ids)
  local name = string.format("user%06d@example.com", user - 1)
  local subject = count % 2 == 0 and ids[user] or name
  return wrk.format("POST", "/access/v1/evaluation", headers,
    '{"subject":{"type":"user","id":"' .. subject .. '"},"action":{"name":"' .. permissions[math.random(#permissions)] ..
    '"},"resource":{"type":"requests","id":"4711","properties":{"ownerID":"' .. name .. '"}}}')
end

function request()
  local text = builders[workload]()
  count = count + 1
  return text
end

function done(summary, latency)
  io.write(string.format(
    'result {"requests": %d, "seconds": %.3f, "p50": %.3f, "p99": %.3f, "bad_status": %d, "socket_errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
