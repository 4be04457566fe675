import { maxRecordNumber, maxTotal } from './record-codec.ts';

/**
 * Joins facts and counters, publishes the changes, and returns what changed after the seen version.
 *
 * It reads records and totals by the rules of the codec. An impossible number would win every later join, so a record that has one
 * counts as absent, and such a total as 0. Numbers are stored as the text that was sent and compared as doubles, so that no
 * digit is lost.
 *
 * KEYS: records, meta, then two for each window: usage, own usage.
 * ARGV: instance, nonce, seen incarnation, seen version, ms to keep the records, ms to keep own usage, channel, whether the
 * changes and the totals are wanted, number of facts, the facts (id, record), then for each window: its end in ms, number of
 * keys, the keys (id, totals).
 */
export const syncScript: string = `
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

-- At most 200, so that unpack() can return them.
local function takePairs()
  local ids, texts = {}, {}
  for i = 1, tonumber(take()) do ids[i], texts[i] = take(), take() end
  return ids, texts
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
  for i = 1, 4 do if tonumber(record[i]) > maxNumber then return nil end end
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

-- The rule of core's isOldCooldown(), for records of buckets. Those of a newer version are left alone.
local function isStale(id, record)
  return id:find('/', 1, true) and tonumber(record[2]) == 0 and tonumber(record[3]) > 0
    and tonumber(record[3]) + 3600000 <= now and record[6] == '' and record[7] == ''
end

-- Also deletes stale records.
local function allRecords()
  local all, stale = redis.call('HGETALL', records), {}
  for i = 1, #all, 2 do
    local record = all[i]:find('/', 1, true) and unpackRecord(all[i + 1])
    if record and isStale(all[i], record) then
      if #stale < 100 then stale[#stale + 1] = all[i] end
      all[i + 1] = '' -- readers skip what is not a record
    end
  end
  -- Without any record, the data would count as lost.
  if #stale * 2 == #all then table.remove(stale) end
  if #stale > 0 then redis.call('HDEL', records, unpack(stale)) end
  return all
end

local function inRange(total)
  return total <= maxTotal and total or 0
end

local function total(text)
  -- Lua also reads hexadecimal digits, inf and nan.
  return text:match('^%d[%d.e+%-]*$') and inRange(tonumber(text) or 0) or 0
end

-- Reads many lists in one call, which is quicker. The pattern excludes what JSON allows and totals do not.
local function parsed(texts)
  if table.concat(texts, ','):match('^[,.-9]*$') then
    local isJson, lists = pcall(cjson.decode, '[[' .. table.concat(texts, '],[') .. ']]')
    if isJson then return lists end
  end
  local lists = {}
  for i = 1, #texts do
    local totals = {}
    for part in texts[i]:gmatch('[^,]+') do totals[#totals + 1] = total(part) end
    lists[i] = totals
  end
  return lists
end

local function pack(totals)
  for i = 1, #totals do
    local n = totals[i]
    -- Of others, Lua itself would write only 14 digits.
    if n >= 1e14 or n % 1 ~= 0 then totals[i] = string.format(n % 1 == 0 and '%.0f' or '%.17g', n) end
  end
  return table.concat(totals, ',')
end

-- Adds to the sums what is new in the sent totals. A late message must not lower the own totals, so sent receives the larger ones.
local function grow(own, sums, sent)
  local hasGrown, isLate = #sent > #own, #sent < #own
  for i = 1, math.max(#sent, #own) do
    local before, after, sum = own[i] or 0, sent[i] or 0, sums[i] or 0
    if before + after + sum > maxTotal then before, after, sum = inRange(before), inRange(after), inRange(sum) end
    if after > before then
      hasGrown = true
      sum = math.min(sum + (after - before), maxTotal)
    elseif after < before then
      sent[i], isLate = before, true
    end
    sums[i] = sum
  end
  return hasGrown, isLate
end

local function count(ownKey, sumsKey, ids, texts)
  local ownTexts, sumTexts = redis.call('HMGET', ownKey, unpack(ids)), redis.call('HMGET', sumsKey, unpack(ids))
  local newIds, newTexts, oldOwn, oldSums = {}, {}, {}, {}
  for i, id in ipairs(ids) do
    if ownTexts[i] ~= texts[i] then
      local n = #newIds + 1
      newIds[n], newTexts[n], oldOwn[n], oldSums[n] = id, texts[i], ownTexts[i] or '', sumTexts[i] or ''
    end
  end
  local own, sums, sent = parsed(oldOwn), parsed(oldSums), parsed(newTexts)
  local newOwn, newSums, at = {}, {}, 0
  for i, id in ipairs(newIds) do
    local hasGrown, isLate = grow(own[i], sums[i], sent[i])
    if hasGrown then
      newOwn[at + 1], newOwn[at + 2] = id, isLate and pack(sent[i]) or newTexts[i]
      newSums[at + 1], newSums[at + 2] = id, pack(sums[i])
      at = at + 2
    end
  end
  if at == 0 then return end
  redis.call('HSET', ownKey, unpack(newOwn))
  redis.call('HSET', sumsKey, unpack(newSums))
end

local incarnation, version = unpack(redis.call('HMGET', meta, 'inc', 'v'))
version = whole(version)
-- Both keys have the same expiry, but one of them can be lost. Before the first version, there are no records.
local leftMs = redis.call('PTTL', version and version > 0 and records or meta)
local isFirst = not incarnation or not version or leftMs == -2
if isFirst then
  incarnation, version = nonce, 0
  redis.call('HSET', meta, 'inc', incarnation, 'v', '0')
end
local full = incarnation ~= seenIncarnation or version ~= tonumber(seenVersion)

local ids, facts = takePairs()
local stored = #ids > 0 and redis.call('HMGET', records, unpack(ids))
local changed = {}
for i, id in ipairs(ids) do
  local fact = stored[i] ~= facts[i] and unpackRecord(facts[i])
  local known = fact and stored[i] and unpackRecord(stored[i])
  -- Otherwise two processes would keep returning to each other what one of them has forgotten.
  if fact and not known and isStale(id, fact) then fact = nil end
  known = known or {'0', '0', '0', '0', '', '', ''}
  local joined = fact and join(known, fact)
  if joined and not same(joined, known) then
    changed[#changed + 1] = id
    changed[#changed + 1] = table.concat(joined, '|', 1, 6) .. known[7]
  end
end
if #changed > 0 then
  redis.call('HSET', records, unpack(changed))
  version = redis.call('HINCRBY', meta, 'v', 1)
  local message = {i = instance, inc = incarnation, v = string.format('%.0f', version), s = changed}
  redis.call('PUBLISH', channel, cjson.encode(message))
end
-- Extend the expiry at most once a day, so that a request without changes writes nothing.
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
  local ids, texts = takePairs()
  if #ids > 0 and untilMs > now then count(own, usage, ids, texts) end
  extend(usage, untilMs, untilMs)
  -- Once an hour at most, so that a request without changes writes nothing.
  extend(own, math.min(untilMs, now + keepOwnMs - 3600000), math.min(untilMs, now + keepOwnMs))
  usages[window] = withTotals and redis.call('HGETALL', usage) or {}
end

local reply = {}
if wanted then reply = full and allRecords() or changed end
return {string.format('%.0f', now), incarnation, string.format('%.0f', version), full and 1 or 0, reply, usages, isFirst and 1 or 0}
`;
