#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The faults of the test hub's content, listings and second origin, each seen
# by curl: what a test of the product blames on the network must happen.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
TESTLIB=$(cd "$(dirname "$0")" && pwd)/testlib.sh

get() { http_status -D head "${@:2}" "$HUB_URL$1"; }
header() { sed -n "s/^$1: \(.*\)\r$/\1/pI" head; }
value() {
  python3 -c 'import json, sys
d = json.load(open("body"))
print(eval(sys.argv[1]))' "$1"
}

# content [CURL-OPTION...]: of the shard, from the second origin
content() {
  get "/org/m/resolve/main/$shard" >/dev/null
  http_status -D head "$@" "$(header Location)"
}

begin_test "credentials at the second origin are refused, counted and fail the test"
(
  set -eu -o pipefail
  push_model
  for leak in "Authorization: Bearer hf_writer" "Cookie: token=x"; do
    hub_switch token-leak
    assert_eq 403 "$(content -H "$leak")"
    hub_clear token-leak
  done
  assert_eq 200 "$(content)"
  assert_eq 2 "$(hub_hits token-leak)"

  cat >leaks.sh <<SH
. "$TESTLIB"
begin_test "leaks"
(
  set -eu
  start_hub
  curl -sS -H "Authorization: Bearer x" "\$CDN_URL/any" -o /dev/null
)
end_test
SH
  assert_exit 1 env SIGSTORE_BIN_DIR="$SIGSTORE_BIN_DIR" bash leaks.sh
  assert_contains "a hub ended with an error"
  assert_contains "credentials reached the CDN 1 times"
)
end_test

begin_test "ranges: ignored, wrong, refused as expired"
(
  set -eu -o pipefail
  push_model
  size=$(stat -c %s model/$shard)
  hub_switch ignore-range '{"times": 1, "scope": "cdn"}'
  assert_eq 200 "$(content -r 5-9)"
  assert_same_file model/$shard body
  hub_switch wrong-range '{"start": 2, "total": 1, "times": 1}'
  assert_eq 206 "$(content -r 5-9)"
  assert_eq "bytes 7-11/$((size + 1))" "$(header Content-Range)"
  hub_switch expired-url '{"skip": 1, "times": 2, "status": 400}'
  assert_eq 200 "$(content)"
  assert_eq 400 "$(content)"
  assert_eq 400 "$(content)"
  assert_eq 206 "$(content -r 5-9)"
  assert_same_file <(tail -c +6 model/$shard | head -c 5) body
)
end_test

begin_test "bytes: flipped, cut, too many, other ones, slow, gzip"
(
  set -eu -o pipefail
  push_model
  size=$(stat -c %s model/$shard)
  hub_switch corrupt "{\"offset\": 500, \"times\": 1, \"file\": \"$shard\"}"
  assert_eq 200 "$(content)"
  assert_eq 501 "$(cmp -l model/$shard body | awk '{ print $1 }')"
  hub_clear corrupt
  hub_switch corrupt '{"offset": 3, "times": 1, "file": "config.json"}'
  assert_eq 200 "$(get /org/m/resolve/main/config.json -L)"
  assert_eq 4 "$(cmp -l model/config.json body | awk '{ print $1 }')"

  hub_switch truncate '{"after": 700, "times": 1, "scope": "cdn"}'
  assert_exit 18 content
  assert_eq 700 "$(stat -c %s body)"
  hub_switch too-long '{"bytes": 5, "times": 1}'
  assert_eq 200 "$(content)"
  assert_eq $((size + 5)) "$(stat -c %s body)"
  assert_eq $((size + 5)) "$(header Content-Length)"
  hub_clear too-long
  hub_switch too-long '{"bytes": 300000, "announced": false, "times": 1}'
  assert_eq 200 "$(content)"
  assert_eq "$((size + 300000)) " "$(stat -c %s body) $(header Content-Length)"
  hub_switch replace-object "{\"path\": \"$PWD/model/README.md\", \"times\": 1}"
  assert_eq 200 "$(content)"
  assert_same_file model/README.md body
  hub_switch slow-drip '{"chunk": 1000, "delay_ms": 5, "scope": "cdn", "times": 1}'
  assert_eq 200 "$(content)"
  assert_same_file model/$shard body
  hub_switch encode-gzip '{"times": 1}'
  assert_eq 200 "$(content -H "Accept-Encoding: identity")"
  assert_eq gzip "$(header Content-Encoding)"
  assert_same_file model/$shard <(gzip -dc body)
)
end_test

begin_test "any request: too many, server errors, no answer"
(
  set -eu -o pipefail
  push_model
  hub_switch rate-limit '{"times": 1, "seconds": 7}'
  assert_eq 429 "$(get /api/models/org/m)"
  assert_eq '"api";r=0;t=7' "$(header RateLimit)"
  assert_eq '"fixed window";"api";q=500;w=300' "$(header RateLimit-Policy)"
  hub_clear rate-limit
  hub_switch rate-limit '{"times": 1, "headers": "retry-after", "scope": "resolve"}'
  assert_eq 200 "$(get /api/models/org/m)"
  assert_eq "429 1" "$(get /org/m/resolve/main/config.json) $(header Retry-After)"
  hub_switch server-error '{"status": 503, "scope": "cdn", "times": 1}'
  assert_eq 503 "$(content)"
  hub_clear server-error
  hub_switch server-error '{"scope": "lfs", "times": 1}'
  assert_eq 500 "$(http_status "$lfs/objects/$oid")"
  hub_switch cut-connection '{"scope": "api", "times": 1}'
  assert_exit 52 get /api/models/org/m
  assert_eq 200 "$(get /api/models/org/m)"
)
end_test

begin_test "resolve: another hash, size or commit; Xet's headers and its bridge"
(
  set -eu -o pipefail
  push_model
  size=$(stat -c %s model/$shard)
  file=/org/m/resolve/main/$shard
  hub_switch wrong-etag '{"times": 1}'
  hub_switch wrong-size '{"times": 1, "add": 3}'
  assert_eq 302 "$(get "$file")"
  assert_eq "\"$(printf '0%.0s' $(seq 64))\" $((size + 3))" "$(header X-Linked-Etag) $(header X-Linked-Size)"
  hub_switch wrong-commit '{"times": 1}'
  assert_eq 302 "$(get "$file")"
  assert_eq "" "$(header X-Repo-Commit)"

  assert_eq "" "$(header X-Xet-Hash)"
  hub_switch xet
  assert_eq 302 "$(get "$file")"
  hash=$(header X-Xet-Hash)
  assert_eq 64 "${#hash}"
  assert_contains "$CDN_URL/xet-bridge/$hash?" "$(header Location)"
  assert_contains 'rel="xet-auth"' "$(header Link)"
  assert_eq 200 "$(http_status "$(header Location)")"
  assert_same_file model/$shard body
  assert_eq 200 "$(get /api/models/org/m/tree/main)"
  assert_eq "$hash" "$(value "[e for e in d if e['path'] == '$shard'][0]['xetHash']")"
)
end_test

begin_test "listings: a lie, entries of the caller's, a million, another origin"
(
  set -eu -o pipefail
  push_model
  tree="/api/models/org/m/tree/main?recursive=true"
  hub_switch lying-listing "{\"file\": \"$shard\", \"sha256\": \"$(printf 'a%.0s' $(seq 64))\", \"size\": 7}"
  assert_eq 200 "$(get "$tree")"
  file="[e for e in d if e['path'] == '$shard'][0]"
  assert_eq "aaaa 7 7" "$(value "'%s %d %d' % ($file['lfs']['oid'][:4], $file['size'], $file['lfs']['size'])")"
  hub_clear lying-listing

  hub_switch hostile-listing '{"entries": [{"type": "file", "path": "../x"}], "add": true}'
  assert_eq 200 "$(get "$tree")"
  assert_eq "7 ../x" "$(value '"%d %s" % (len(d), d[6]["path"])')"
  hub_switch hostile-listing '{"count": 1000000, "one_page": true}'
  assert_eq 200 "$(get "$tree")"
  assert_eq "1000000" "$(value 'len(set(e["path"] for e in d))')"
  hub_switch hostile-listing '{"count": 2500, "padding": 100}'
  assert_eq 200 "$(get "$tree&cursor=2000")"
  assert_eq "500 100" "$(value '"%d %d" % (len(d), len(d[0]["path"]))')"
  assert_eq "" "$(header Link)"
  hub_switch next-elsewhere
  assert_eq 200 "$(get "$tree")"
  assert_contains "<$CDN_URL/api/models/org/m/tree/main?recursive=true&cursor=1000>" "$(header Link)"
)
end_test
