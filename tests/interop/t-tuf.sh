#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Repositories that python-tuf makes, good ones and attacks: hf-sigstore and
# python-tuf's own client follow the same ones and refuse the same ones.

# shellcheck source=tests/interop/peers.sh
. "$(dirname "$0")/peers.sh"

scenarios=$TEST_ROOT/scenarios

begin_test "both clients say of every scenario what they should"
(
  set -eu -o pipefail
  mkdir "$scenarios"
  "$SIGSTORE_PEERS/bin/python" "$interop/tuf_scenarios.py" "$scenarios"
)
end_test

begin_test "an instance that is not known is named, with the way out"
(
  set -eu -o pipefail
  assert_exit 4 hf-sigstore update-trust-root --instance http://127.0.0.1:9/x/
  assert_contains "the instance http://127.0.0.1:9/x is not known; hf-sigstore trust-instance"
  assert_exit 4 hf-sigstore verify . --instance http://127.0.0.1:9/x
  assert_contains "is not known"
  assert_exit 4 hf-sigstore trust-instance none.json --instance http://127.0.0.1:9/x
  assert_contains "none.json"
  assert_exit 4 hf-sigstore update-trust-root --instance ftp://example.org
  [ ! -e "$HOME/.local/share/hf-sigstore/tuf" ] || [ -z "$(ls "$HOME/.local/share/hf-sigstore/tuf")" ]
)
end_test

begin_test "a server that is not there leaves what was fetched before"
(
  set -eu -o pipefail
  repository=$scenarios/nothing_new/repository
  python3 -u -m http.server --bind 127.0.0.1 --directory "$repository" 0 \
    >server.log 2>&1 &
  server=$!
  trap 'kill $server 2>/dev/null || true' EXIT
  for _ in $(seq 100); do
    grep -q "(http://" server.log && break
    sleep 0.1
  done
  URL=$(sed -nE 's/.*\((http:[^)]*)\/\).*/\1/p' server.log)
  assert_exit 0 hf-sigstore trust-instance "$repository/1.root.json" --instance "$URL"
  assert_contains "TUF root: version 1"
  kill "$server"
  wait "$server" || true
  before=$(find "$HOME/.local/share/hf-sigstore/tuf" -type f -exec sha256sum {} + | sort)
  assert_exit 4 hf-sigstore update-trust-root --instance "$URL"
  assert_contains "$URL"
  assert_exit 4 hf-sigstore trust-instance "$repository/1.root.json" --instance "$URL"
  [ "$before" = "$(find "$HOME/.local/share/hf-sigstore/tuf" -type f -exec sha256sum {} + | sort)" ] ||
    fail "what was fetched before is not there any more"
)
end_test
