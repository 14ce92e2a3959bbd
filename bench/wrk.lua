-- Tells what wrk measured as one line of JSON, in milliseconds; what is no 2xx or 3xx counts as an error.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"p50": %.3f, "p95": %.3f, "rate": %.2f, "requests": %d, "errors": %d}\n',
    latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    summary.requests / (summary.duration / 1e6), summary.requests,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
