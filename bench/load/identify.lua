-- For wrk: the same picture from every client, and how often each status was answered.
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
  statuses = ""
  counts = {}
end

function response(status)
  counts[status] = (counts[status] or 0) + 1
  statuses = ""
  for code, count in pairs(counts) do statuses = statuses .. code .. "=" .. count .. " " end
end

function done(summary, latency)
  local total = {}
  for _, thread in ipairs(threads) do
    for code, count in thread:get("statuses"):gmatch("(%d+)=(%d+)") do
      total[code] = (total[code] or 0) + tonumber(count)
    end
  end
  local parts = {}
  for code, count in pairs(total) do table.insert(parts, string.format('"%s": %d', code, count)) end
  local errors = summary.errors
  io.stderr:write(string.format(
    '{ "seconds": %.3f, "p50": %.1f, "p99": %.1f, "longest": %.1f, "broken": %d, "statuses": { %s } }\n',
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(parts, ", ")))
end
