import { maxRecordNumber, maxTotal } from './record-codec.ts';

/**
 * Joins facts and counters, publishes the changes, and returns what changed after the seen version.
 *
 * It reads records and totals by the rules of the codec. A wild number would win every join for ever: a record that has one
 * counts as absent, and such a total as 0. Numbers are stored as the text that was sent and compared as doubles, so that no
 * digit is lost.
 *
 * KEYS: records, meta, then two for each window: usage, own usage.
 * ARGV: instance, nonce, seen incarnation, seen version, ms to keep the records, ms to keep own usage, channel, whether the
 * changes and the totals are wanted, number of facts, the facts (id, record), then for each window: its end in ms, number of
 * keys, the keys (id, totals).
 */
export const syncScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local records, meta = KEYS[1], KEYS[2]
local instance, nonce, seenIncarnation, seenVersion = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local keepMs, keepOwnMs = tonumber(ARGV[5]), tonumber(ARGV[6])
local channel, wanted, withTotals = ARGV[7], ARGV[8] == '1', ARGV[9] == '1'
local maxNumber, maxTotal = ${maxRecordNumber}, ${maxTotal}
local at = 10

local function take()
  local value = ARGV[at]
  at = at + 1
  return value
end

-- By bytes, because Lua's comparison depends on the server's locale.
local function later(a, b)
  for i = 1, math.min(#a, #b) do
    local left, right = a:byte(i), b:byte(i)
    if left ~= right then return left > right and a or b end
  end
  return #a > #b and a or b
end

local function larger(a, b)
  return tonumber(a) > tonumber(b) and a or b
end

local function whole(text)
  local n = text and text:match('^%d+$') and tonumber(text)
  return n and n <= maxNumber and n or nil
end

-- The seventh part is what a newer version has appended.
local function unpackRecord(text)
  local record = {text:match('^(%d+)|(%d+)|(%d+)|(%d+)|([a-z%-]*)|([a-z%-]*)(.*)$')}
  local more = record[7]
  if not more or (more ~= '' and more:sub(1, 1) ~= '|') then return nil end
  for i = 1, 4 do if not whole(record[i]) then return nil end end
  return record
end

local function same(a, b)
  for i = 1, 4 do if tonumber(a[i]) ~= tonumber(b[i]) then return false end end
  return a[5] == b[5] and a[6] == b[6]
end

local function join(a, b)
  local ag, bg, ae, be = tonumber(a[1]), tonumber(b[1]), tonumber(a[2]), tonumber(b[2])
  if ag ~= bg then return ag > bg and a or b end
  local disabled = later(a[6], b[6])
  if ae ~= be then
    local won = ae > be and a or b
    return {won[1], won[2], won[3], won[4], won[5], disabled}
  end
  local au, bu = tonumber(a[3]), tonumber(b[3])
  local longer = au > bu and a or b
  local reason = au == bu and later(a[5], b[5]) or longer[5]
  return {longer[1], longer[2], longer[3], larger(a[4], b[4]), reason, disabled}
end

local function total(text)
  -- Lua also reads hexadecimal digits, inf and nan.
  local n = text:match('^%d[%d.e+%-]*$') and tonumber(text) or 0
  return n <= maxTotal and n or 0
end

local function totalsOf(text)
  local totals = {}
  for part in (text or ''):gmatch('[^,]+') do totals[#totals + 1] = total(part) end
  return totals
end

local function packTotals(totals)
  for i = 1, #totals do totals[i] = string.format('%.17g', math.min(totals[i], maxTotal)) end
  return table.concat(totals, ',')
end

local incarnation = redis.call('HGET', meta, 'inc')
local version = whole(redis.call('HGET', meta, 'v'))
local isFirst = not incarnation or not version or (version > 0 and redis.call('EXISTS', records) == 0)
if isFirst then
  incarnation, version = nonce, 0
  redis.call('HSET', meta, 'inc', incarnation, 'v', '0')
end
local full = incarnation ~= seenIncarnation or version ~= tonumber(seenVersion)

local changed = {}
for _ = 1, tonumber(take()) do
  local id, fact = take(), unpackRecord(take())
  local stored = redis.call('HGET', records, id)
  local known = stored and unpackRecord(stored) or {'0', '0', '0', '0', '', '', ''}
  local joined = fact and join(known, fact)
  if joined and not same(joined, known) then
    local packed = table.concat(joined, '|', 1, 6) .. known[7]
    redis.call('HSET', records, id, packed)
    changed[#changed + 1] = id
    changed[#changed + 1] = packed
  end
end
if #changed > 0 then
  version = redis.call('HINCRBY', meta, 'v', 1)
  local message = {i = instance, inc = incarnation, v = string.format('%.0f', version), s = changed}
  redis.call('PUBLISH', channel, cjson.encode(message))
end
-- Extend the expiry at most once a day, so that a request without changes writes nothing.
local leftMs = redis.call('PTTL', meta)
if #changed > 0 or leftMs < keepMs - 86400000 then
  redis.call('PEXPIRE', records, keepMs)
  redis.call('PEXPIRE', meta, keepMs)
end

-- Sets the expiry of a key that would end before soonestMs. PTTL and TIME can differ by a millisecond.
local function extend(key, soonestMs, untilMs)
  local left = redis.call('PTTL', key)
  if left == -1 or (left >= 0 and now + left + 10 < soonestMs) then redis.call('PEXPIREAT', key, string.format('%.0f', untilMs)) end
end

local usages = {}
for window = 1, (#KEYS - 2) / 2 do
  local usage, own = KEYS[1 + 2 * window], KEYS[2 + 2 * window]
  local untilMs = tonumber(take())
  for _ = 1, tonumber(take()) do
    local id, sent = take(), totalsOf(take())
    local before, sum = totalsOf(redis.call('HGET', own, id)), totalsOf(redis.call('HGET', usage, id))
    local grown = #sent > #before
    for i = 1, #sent do
      local more = sent[i] - (before[i] or 0)
      if more > 0 then grown = true else more = 0 end
      before[i] = (before[i] or 0) + more
      sum[i] = (sum[i] or 0) + more
    end
    if grown and untilMs > now then
      redis.call('HSET', own, id, packTotals(before))
      redis.call('HSET', usage, id, packTotals(sum))
    end
  end
  extend(usage, untilMs, untilMs)
  -- Once an hour at most, so that a request without changes writes nothing.
  extend(own, math.min(untilMs, now + keepOwnMs - 3600000), math.min(untilMs, now + keepOwnMs))
  usages[window] = withTotals and redis.call('HGETALL', usage) or {}
end

local reply = {}
if wanted then reply = full and redis.call('HGETALL', records) or changed end
return {string.format('%.0f', now), incarnation, string.format('%.0f', version), full and 1 or 0, reply, usages, isFirst and 1 or 0}
`;

/** Releases a lease if the caller still holds it. KEYS: the lease. ARGV: its token. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;
