-- One workload of tests/bench/run, driven by wrk. Arguments after "--": workload, file of ids (one per line), token,
-- group id, path or size ("-" when none), a tag that makes names of this run unique, the path of SCIM, how the names of
-- the users begin that are there.
local threads = 0

function setup(thread)
  thread:set("thread_number", threads)
  threads = threads + 1
end

local workload, token, group, tag, base, person
local ids, count, headers = {}, 0, nil

function init(args)
  workload, token, group, tag, base, person = args[1], args[3], args[4], args[5], args[6], args[7]
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
  return wrk.format("GET", base .. "/Users/" .. ids[math.random(#ids)], headers)
end

function builders.filter_eq()
  local name = string.format(person .. "%06d%%40example.com", math.random(#ids) - 1)
  return wrk.format("GET", base .. "/Users?filter=userName%20eq%20%22" .. name .. "%22", headers)
end

-- Every pass over the ids of this thread flips the value, so that no request is a change of nothing.
function builders.patch_active()
  local half = math.floor(#ids / 2)
  local index = thread_number % 2 * half + count % half + 1
  local value = math.floor(count / half) % 2 == 0 and "false" or "true"
  return wrk.format("PATCH", base .. "/Users/" .. ids[index], headers,
                    patch_body('{"op":"replace","value":{"active":' .. value .. '}}'))
end

local function full_user(number, title, name)
  name = name or string.format(person .. "%06d", number)
  local address = '"streetAddress":"' .. number .. ' Long Winding Road, Building ' .. number % 97 .. '","locality":"Springfield",' ..
    '"region":"Example Region","postalCode":"' .. string.format("%05d", number % 99999) .. '","country":"US","formatted":"' ..
    number .. ' Long Winding Road\\nBuilding ' .. number % 97 .. '\\nSpringfield, Example Region, US"'
  return '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",' ..
    '"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"' .. name .. '@example.com","externalId":"' ..
    string.format("00u%09d", number) .. '","name":{"formatted":"Given' .. number .. ' Middle Family' .. number ..
    '","givenName":"Given' .. number .. '","middleName":"Middle","familyName":"Family' .. number .. '"},"displayName":"Given' ..
    number .. ' Family' .. number .. '","nickName":"nick' .. number .. '","title":"' .. title ..
    '","profileUrl":"https://people.example.com/profiles/' .. name .. '","userType":"Employee","preferredLanguage":"en-US",' ..
    '"locale":"en-US","timezone":"America/New_York","active":true,"emails":[{"value":"' .. name .. '@dept' .. number % 40 ..
    '.example.com","type":"work","primary":true},{"value":"' .. name .. '@home.example.net","type":"home"}],"phoneNumbers":[' ..
    '{"value":"tel:+1-555-' .. string.format("%04d", number % 10000) .. '","type":"work"},{"value":"tel:+1-556-' ..
    string.format("%04d", number % 10000) .. '","type":"mobile"}],"addresses":[{' .. address .. ',"type":"work","primary":true},{' ..
    address .. ',"type":"home"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"' .. number ..
    '","costCenter":"CC-' .. number % 50 .. '","organization":"Example Corp","division":"Division ' .. number % 7 ..
    '","department":"Department ' .. number % 40 .. '"}}'
end

-- Each time with another title, so that no request is a change of nothing.
function builders.put_user()
  local half = math.floor(#ids / 2)
  local index = thread_number % 2 * half + count % half + 1
  return wrk.format("PUT", base .. "/Users/" .. ids[index], headers, full_user(index - 1, "Engineer " .. tag .. " " .. count))
end

function builders.post_user()
  local name = string.format("new-%s-%d-%d", tag, thread_number, count)
  return wrk.format("POST", base .. "/Users", headers, full_user(thread_number * 4000000 + count, "Engineer", name))
end

-- What an IdP does for each user of a first import: look whether it is there, then create it.
function builders.import_user()
  local number = 10000000 + thread_number * 4000000 + math.floor(count / 2)
  if count % 2 == 0 then
    local name = string.format(person .. "%06d%%40example.com", number)
    return wrk.format("GET", base .. "/Users?filter=userName%20eq%20%22" .. name .. "%22&startIndex=1&count=100", headers)
  end
  return wrk.format("POST", base .. "/Users", headers, full_user(number, "Engineer"))
end

function builders.post_group_of_50()
  local members = {}
  for i = 1, 50 do members[i] = '{"value":"' .. ids[(count * 50 + thread_number * 25000 + i) % #ids + 1] .. '"}' end
  return wrk.format("POST", base .. "/Groups", headers, '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"' ..
    "group " .. tag .. " " .. thread_number .. " " .. count .. '","members":[' .. table.concat(members, ",") .. ']}')
end

-- A hundred come, then the same hundred go.
function builders.patch_100_members()
  local first = (thread_number * 20011 + math.floor(count / 2) * 100) % math.max(#ids - 100, 1)
  local members = {}
  for i = 1, 100 do members[i] = '{"value":"' .. ids[first + i] .. '"}' end
  local verb = count % 2 == 0 and "add" or "remove"
  return wrk.format("PATCH", base .. "/Groups/" .. group, headers,
    patch_body('{"op":"' .. verb .. '","path":"members","value":[' .. table.concat(members, ",") .. ']}'))
end

function builders.bulk()
  local operations = {}
  for i = 1, tonumber(group) do
    local name = "bulk-" .. tag .. "-" .. thread_number .. "-" .. count .. "-" .. i
    operations[i] = '{"method":"POST","path":"/Users","bulkId":"b' .. i ..
      '","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"' .. name ..
      '@example.com","externalId":"' .. name .. '","name":{"givenName":"New","familyName":"Person"},"active":true}}'
  end
  return wrk.format("POST", base .. "/Bulk", headers,
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[' .. table.concat(operations, ",") .. ']}')
end

-- One address, asked again and again.
function builders.get_path()
  return wrk.format("GET", base .. group, headers)
end

function builders.get_unindexed()
  return wrk.format("GET", base .. "/Users?filter=nickName%20eq%20%22nick" .. math.random(#ids) - 1 .. "%22", headers)
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
  return wrk.format("PATCH", base .. "/Groups/" .. group, headers, patch_body(operation))
end

-- By id and by name; permissions for all, within a scope, and not held at all.
local permissions = { "requests.reply", "requests.delete", "requests.notes", "requests.resolve" }
function builders.evaluate()
  local user = math.random(#ids)
  local name = string.format(person .. "%06d@example.com", user - 1)
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
