-- Sends the requests of a file, which are separated by bytes of value 1, in turn.
local requests, n = {}, 0

function init(args)
  for r in io.open(args[1], "rb"):read("*a"):gmatch("[^\1]+") do
    requests[#requests + 1] = r
  end
  n = math.random(#requests)
end

function request()
  n = n % #requests + 1
  return requests[n]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"us":%d,"errors":%d,"p99_us":%d}\n',
    summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout + e.status, latency:percentile(99)))
end
