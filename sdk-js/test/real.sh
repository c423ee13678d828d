#!/usr/bin/env bash
# The snippet's tests of choices and counting against the real collector (bin/footfall) instead of the double.
set -euo pipefail
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
port=$((10000 + RANDOM % 10000)) # below the ports that the system gives to clients: none of them takes it meanwhile
while answers $port; do port=$((port + 1)); done
website=$((port + 1))
while answers $website; do website=$((website + 1)); done
export FOOTFALL_ADDR=127.0.0.1:$port FOOTFALL_METRICS_ADDR=off FOOTFALL_DATA_DIR=$dir/data
bin/footfall serve 2>"$dir/log" &
server=$!
trap 'kill $server; wait $server || true; rm -rf "$dir"' EXIT
for _ in $(seq 600); do if answers "$port"; then break; fi; sleep 0.1; done
cat >"$dir/words.json" <<'JSON'
{"contact": [{"id": "webchat", "label": {"en": "Web chat", "cy": "Sgwrs we"}}]}
JSON
key=$(bin/footfall --json site add "Harbour Young People" --host "www.harbour.localhost:$website" --vocabulary "$dir/words.json" |
  node -e 'console.log(JSON.parse(require("fs").readFileSync(0)).site.key)')
FOOTFALL_BASE=http://$FOOTFALL_ADDR FOOTFALL_SITE=$key FOOTFALL_SITE_PORT=$website \
  env -u FOOTFALL_ADDR -u FOOTFALL_METRICS_ADDR -u FOOTFALL_DATA_DIR \
  node --test --test-concurrency=1 sdk-js/test/choice.test.mjs sdk-js/test/count.test.mjs
