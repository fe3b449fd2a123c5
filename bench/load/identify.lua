-- A script for wrk with one thread per client, so that each answer can be matched to its request. Every client sends the
-- same image; the script counts the answers by status, and measures the times of identified answers.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]
local MONOTONIC = 1
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local picture = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = picture:read("*a")
  wrk.headers["content-type"] = "image/png"
  wrk.headers["x-api-key"] = args[2]
  picture:close()
  now = ffi.new("moment")
  text = wrk.format()
  counts = {}
  identified = {}
end

local function milliseconds()
  ffi.C.clock_gettime(MONOTONIC, now)
  return tonumber(now.seconds) * 1e3 + tonumber(now.nanoseconds) / 1e6
end

function request()
  started = milliseconds()
  return text
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  if status == 200 then table.insert(identified, milliseconds() - started) end
end

function done(summary, latency)
  local total, times = {}, {}
  for _, thread in ipairs(threads) do
    for code, count in pairs(thread:get("counts")) do total[code] = (total[code] or 0) + count end
    for _, time in ipairs(thread:get("identified")) do table.insert(times, time) end
  end
  table.sort(times)
  local parts = {}
  for code, count in pairs(total) do table.insert(parts, string.format('"%d": %d', code, count)) end
  local function quantile(share) return times[math.max(1, math.ceil(share * #times))] or 0 end
  local errors = summary.errors
  io.stderr:write(string.format(
    '{ "seconds": %.3f, "identified": { "p50": %.1f, "p99": %.1f, "longest": %.1f }, ' ..
    '"all": { "p50": %.1f, "p99": %.1f, "longest": %.1f }, "broken": %d, "statuses": { %s } }\n',
    summary.duration / 1e6, quantile(0.5), quantile(0.99), quantile(1),
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(parts, ", ")))
end
