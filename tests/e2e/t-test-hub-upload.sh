#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The test hub's side of an upload by the Hub's API, with curl: repositories,
# branches, preupload, LFS in one piece and in parts, commits, pull requests.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

header() { sed -n "s/^$1: \(.*\)\r$/\1/pI" head; }
value() {
  python3 -c 'import json, sys
d = json.load(open("body"))
print(eval(sys.argv[1]))' "$1"
}

# call TOKEN METHOD PATH [JSON]: prints the status; ./head and ./body
call() {
  local type=application/json
  case $3 in */commit/*) type=application/x-ndjson ;; esac
  http_status -D head -X "$2" "$HUB_URL$3" -H "Authorization: Bearer hf_$1" \
    -H "Content-Type: $type" ${4+--data-binary "$4"}
}

# batch TOKEN REPO OID SIZE: the LFS batch call of an upload
batch() {
  http_status -H "Authorization: Bearer hf_$1" -H "Content-Type: application/vnd.git-lfs+json" \
    -d "{\"operation\":\"upload\",\"transfers\":[\"basic\",\"multipart\"],\"hash_algo\":\"sha256\",\"ref\":{\"name\":\"main\"},\"objects\":[{\"oid\":\"$3\",\"size\":$4}]}" \
    "$HUB_URL/$2.git/info/lfs/objects/batch"
}

# commit LINE...: an NDJSON body with a header before the lines
commit() {
  printf '%s\n' '{"key":"header","value":{"summary":"Change","description":"by a test"'"${parent:+,\"parentCommit\":\"$parent\"}"'}}' "$@"
}
file() { printf '{"key":"file","value":{"path":"%s","content":"%s","encoding":"base64"}}' "$1" "$(printf %s "$2" | base64 -w 0)"; }

start_hub
create() { assert_eq 200 "$(call writer POST /api/repos/create "{\"name\":\"$1\",\"organization\":\"org\"${2:-}}")"; }

begin_test "repositories are created with .gitattributes, once, moved and deleted, by who may"
(
  set -eu -o pipefail
  create made ',"private":true'
  assert_eq "$HUB_URL/org/made" "$(value 'd["url"]')"
  assert_eq 409 "$(call writer POST /api/repos/create '{"name":"made","organization":"org"}')"
  assert_eq "$HUB_URL/org/made" "$(value 'd["url"]')"
  git clone --quiet "${HUB_URL/:\/\//://u:hf_writer@}/org/made" copy
  assert_contains "*.safetensors filter=lfs" "$(cat copy/.gitattributes)"
  assert_eq 200 "$(call reader GET /api/models/org/made)"
  assert_eq True "$(value 'd["private"]')"
  assert_eq 403 "$(call reader POST /api/repos/create '{"name":"x","organization":"org"}')"
  assert_eq 403 "$(call stranger POST /api/repos/create '{"name":"x","organization":"org"}')"
  assert_eq 200 "$(call stranger POST /api/repos/create '{"name":"x","type":"dataset"}')"
  assert_eq "$HUB_URL/datasets/stranger/x" "$(value 'd["url"]')"
  assert_eq 401 "$(http_status -d '{}' "$HUB_URL/api/repos/create")"
  assert_eq 400 "$(call writer POST /api/repos/create '{"name":"../x","organization":"org"}')"
  assert_eq 200 "$(call writer PUT /api/models/org/made/settings '{"private":false,"gated":"auto"}')"

  assert_eq 200 "$(call writer POST /api/repos/move '{"fromRepo":"org/made","toRepo":"org/moved"}')"
  assert_eq 307 "$(call writer GET /api/models/org/made)"
  assert_eq 200 "$(call writer GET /api/models/org/moved)"
  assert_eq auto "$(value 'd["gated"]')"
  assert_eq 200 "$(call writer DELETE /api/repos/delete '{"name":"moved","organization":"org"}')"
  assert_eq 404 "$(call writer GET /api/models/org/moved)"
)
end_test

begin_test "branches and tags are created once and deleted"
(
  set -eu -o pipefail
  create refs
  assert_eq 200 "$(call writer POST /api/models/org/refs/branch/dev '{}')"
  assert_eq 409 "$(call writer POST /api/models/org/refs/branch/dev)"
  assert_eq 400 "$(call writer POST /api/models/org/refs/branch/refs%2Fpr%2F5)"
  assert_eq "Invalid reference for a branch" "$(value 'd["error"]')"
  assert_eq 404 "$(call writer POST /api/models/org/refs/branch/x '{"startingPoint":"none"}')"
  assert_eq 200 "$(call writer POST /api/models/org/refs/tag/dev '{"tag":"v1"}')"
  assert_eq 409 "$(call writer POST /api/models/org/refs/tag/main '{"tag":"v1"}')"
  assert_eq 403 "$(call reader POST /api/models/org/refs/tag/main '{"tag":"v2"}')"
  assert_eq "refs/heads/dev refs/heads/main refs/tags/v1" \
    "$(git -C "$HUB_ROOT/org/refs.git" for-each-ref --format='%(refname)' | xargs)"
  assert_eq 200 "$(call writer DELETE /api/models/org/refs/tag/v1)"
  assert_eq 200 "$(call writer DELETE /api/models/org/refs/branch/dev)"
  assert_eq 404 "$(call writer DELETE /api/models/org/refs/branch/dev)"
)
end_test

begin_test "preupload: modes by attributes, size and content, in the order of the request"
(
  set -eu -o pipefail
  create modes
  entry() { printf '{"path":"%s","size":%d,"sample":"%s"}' "$1" "$2" "$(printf "$3" | base64 -w 0)"; }
  body="{\"files\":[$(entry z.json 5 '{}'),$(entry a.safetensors 9 x),$(entry empty.bin 0 ''),$(entry big.txt 11000000 x),$(entry b.dat 3 '\0'),$(entry c.log 2 x)],\"gitIgnore\":\"*.log\"}"
  assert_eq 200 "$(call writer POST /api/models/org/modes/preupload/main "$body")"
  assert_eq "z.json regular False;a.safetensors lfs False;empty.bin regular False;big.txt lfs False;b.dat lfs False;c.log regular True" \
    "$(value '";".join("%s %s %s" % (f["path"], f["uploadMode"], f["shouldIgnore"]) for f in d["files"])')"
  hub_switch large-file '{"from": 5}'
  body="{\"files\":[$(entry z.json 5 '{}'),$(entry .gitattributes 4 x)],\"gitAttributes\":\"\"}"
  assert_eq 200 "$(call writer POST /api/models/org/modes/preupload/main "$body")"
  assert_eq "lfs regular" "$(value '" ".join(f["uploadMode"] for f in d["files"])')"
  assert_eq "$(git -C "$HUB_ROOT/org/modes.git" rev-parse main:.gitattributes)" "$(value 'd["files"][1]["oid"]')"
  body="{\"files\":[$(entry x.own 4 x)],\"gitAttributes\":\"*.own filter=lfs\"}"
  assert_eq 200 "$(call writer POST /api/models/org/modes/preupload/main "$body")"
  assert_eq "lfs" "$(value '" ".join(f["uploadMode"] for f in d["files"])')"
  assert_eq 403 "$(call reader POST /api/models/org/modes/preupload/main "$body")"
  assert_eq 200 "$(call reader POST "/api/models/org/modes/preupload/main?create_pr=1" "$body")"
  assert_eq 422 "$(call writer POST /api/models/org/modes/preupload/main '{"files":[{}]}')"
)
end_test

begin_test "a commit of files, of folders that go, of a rename; the parent is the lock"
(
  set -eu -o pipefail
  create files
  repo=$HUB_ROOT/org/files.git
  api=/api/models/org/files/commit/main
  parent=$(git -C "$repo" rev-parse main)
  assert_eq 200 "$(call writer POST $api "$(commit "$(file a.txt one)" "$(file 'd/e f.txt' two)" "$(file d/g.txt three)")")"
  first=$(git -C "$repo" rev-parse main)
  assert_eq "$first $HUB_URL/org/files/commit/$first" "$(value 'd["commitOid"] + " " + d["commitUrl"]')"
  assert_eq "$parent" "$(git -C "$repo" rev-parse main^)"
  assert_eq two "$(git -C "$repo" show 'main:d/e f.txt')"
  assert_eq "Change by a test writer" "$(git -C "$repo" log -1 --format='%s %b %an' | xargs)"

  assert_eq 412 "$(call writer POST $api "$(commit "$(file a.txt other)")")"
  parent=$first
  hub_switch commit-busy '{"times": 1}'
  assert_eq 409 "$(call writer POST $api "$(commit "$(file a.txt other)")")"
  hub_switch commit-moved '{"times": 1}'
  assert_eq 412 "$(call writer POST $api "$(commit "$(file a.txt other)")")"
  assert_eq "$first" "$(git -C "$repo" rev-parse main)"
  assert_eq 200 "$(call writer POST $api "$(commit '{"key":"deletedFolder","value":{"path":"d"}}' \
    '{"key":"file","value":{"path":"b.txt","oldPath":"a.txt"}}')")"
  assert_eq ".gitattributes b.txt" "$(git -C "$repo" ls-tree -r --name-only main | xargs)"
  unset parent
  assert_eq 200 "$(call writer POST $api "$(commit '{"key":"deletedFile","value":{"path":"b.txt"}}')")"

  hub_switch lost-commit '{"times": 1}'
  assert_exit 52 call writer POST $api "$(commit "$(file late.txt x)")"
  assert_eq x "$(git -C "$repo" show main:late.txt)"
  for path in ../x /x .git/config a//b; do
    assert_eq 400 "$(call writer POST $api "$(commit "$(file "$path" x)")")"
  done
  assert_eq 400 "$(call writer POST $api "$(file a.txt x)")"
  assert_eq 404 "$(call writer POST /api/models/org/files/commit/none "$(commit "$(file a.txt x)")")"
  assert_eq 403 "$(call reader POST $api "$(commit "$(file a.txt x)")")"
  hub_create org/empty
  assert_eq 200 "$(call writer POST /api/models/org/empty/commit/main "$(commit "$(file a.txt x)")")"
  assert_eq x "$(git -C "$HUB_ROOT/org/empty.git" show main:a.txt)"
  assert_eq "" "$(ls "$HUB_ROOT/.hub/spool")"
)
end_test

begin_test "LFS in one piece and in parts, at the other origin, then committed with a rule"
(
  set -eu -o pipefail
  create lfs
  repo=$HUB_ROOT/org/lfs.git
  head -c 1000 /dev/urandom >whole
  head -c 2500 /dev/urandom >parts
  whole=$(sha256sum <whole | cut -d ' ' -f 1)
  parts=$(sha256sum <parts | cut -d ' ' -f 1)
  line() { printf '{"key":"lfsFile","value":{"path":"%s","algo":"sha256","oid":"%s","size":%d}}' "$@"; }
  assert_eq 400 "$(call writer POST /api/models/org/lfs/commit/main "$(commit "$(line w.dat "$whole" 1000)")")"
  assert_contains "does not exist" "$(cat body)"
  assert_eq 403 "$(batch reader org/lfs "$whole" 1000)"

  assert_eq 200 "$(batch writer org/lfs "$whole" 1000)"
  assert_eq basic "$(value 'd["transfer"]')"
  href=$(value 'd["objects"][0]["actions"]["upload"]["href"]')
  verify=$(value 'd["objects"][0]["actions"]["verify"]["href"]')
  assert_contains "$CDN_URL/" "$href"
  assert_eq 422 "$(http_status -T parts "$href")"
  assert_eq 404 "$(http_status -d "{\"oid\":\"$whole\",\"size\":1000}" "$verify")"
  assert_eq 200 "$(http_status -T whole "$href")"
  assert_eq 200 "$(http_status -d "{\"oid\":\"$whole\",\"size\":1000}" "$verify")"
  assert_eq 200 "$(batch writer org/lfs "$whole" 1000)"
  assert_eq False "$(value '"actions" in d["objects"][0]')"

  hub_switch multipart '{"from": 2000, "chunk_size": 1000}'
  assert_eq 200 "$(batch writer org/lfs "$parts" 2500)"
  assert_eq "multipart 00001 00002 00003 chunk_size" \
    "$(value 'd["transfer"] + " " + " ".join(sorted(d["objects"][0]["actions"]["upload"]["header"]))')"
  cp body batch
  href=$(value 'd["objects"][0]["actions"]["upload"]["href"]')
  assert_contains "$HUB_URL/" "$href"
  list=""
  for n in 3 1 2; do
    url=$(python3 -c 'import json, sys; print(json.load(open("batch"))["objects"][0]["actions"]["upload"]["header"][sys.argv[1]])' 0000$n)
    tail -c +$(((n - 1) * 1000 + 1)) parts | head -c 1000 >part
    assert_eq 200 "$(http_status -D head -T part "$url")"
    header ETag | tr -d '"' >etag$n
  done
  for n in 1 2 3; do list+="${list:+,}{\"partNumber\":$n,\"etag\":\"\\\"$(cat etag$n)\\\"\"}"; done
  complete() { http_status -H "Content-Type: application/vnd.git-lfs+json" -d "{\"oid\":\"$parts\",\"parts\":[$1]}" "$href"; }
  assert_eq 400 "$(complete "$(sed 's/"etag":[^}]*}$/"etag":"x"}/' <<<"$list")")"
  assert_contains "part 3 has another ETag" "$(cat body)"
  assert_eq 400 "$(complete "{\"partNumber\":1,\"etag\":\"x\"}")"
  assert_eq 403 "$(http_status -d "{}" "${href%?}")"
  assert_eq 200 "$(complete "$list")"
  assert_same_file parts "$(hub_object "$parts")"

  assert_eq 200 "$(call writer POST /api/models/org/lfs/commit/main \
    "$(commit "$(line 'a w.dat' "$whole" 1000)" "$(line p.safetensors "$parts" 2500)")")"
  git clone --quiet "$HUB_URL/org/lfs" copy
  assert_same_file whole "copy/a w.dat"
  assert_same_file parts copy/p.safetensors
  assert_eq 1 "$(git -C copy diff HEAD^ -- .gitattributes | grep -c '^+[^+]')"
  assert_eq "" "$(ls "$HUB_ROOT/.hub/spool")"
)
end_test

begin_test "pull requests: from a commit by anybody with a token, as a draft, merged"
(
  set -eu -o pipefail
  create pulls
  repo=$HUB_ROOT/org/pulls.git
  main=$(git -C "$repo" rev-parse main)
  assert_eq 200 "$(call stranger POST "/api/models/org/pulls/commit/main?create_pr=1" "$(commit "$(file model.sig x)")")"
  assert_eq "$HUB_URL/org/pulls/discussions/1" "$(value 'd["pullRequestUrl"]')"
  assert_eq "$main" "$(git -C "$repo" rev-parse refs/pr/1^)"
  assert_eq "$main" "$(git -C "$repo" rev-parse main)"
  assert_eq 401 "$(http_status -H "Content-Type: application/x-ndjson" -d '{}' "$HUB_URL/api/models/org/pulls/commit/main?create_pr=1")"
  assert_eq 200 "$(call reader POST /api/models/org/pulls/discussions '{"title":"Sign","pullRequest":true}')"
  assert_eq 2 "$(value 'd["num"]')"
  assert_eq "$main" "$(git -C "$repo" rev-parse refs/pr/2)"
  assert_eq 200 "$(call writer POST /api/models/org/pulls/commit/refs%2Fpr%2F2 "$(commit "$(file b.txt x)")")"
  assert_eq x "$(git -C "$repo" show refs/pr/2:b.txt)"
  assert_eq 200 "$(call reader GET /api/models/org/pulls/discussions)"
  assert_eq "2 open draft" "$(value '"%d %s %s" % (d["count"], d["discussions"][0]["status"], d["discussions"][1]["status"])')"
  assert_eq 403 "$(call stranger POST /api/models/org/pulls/discussions/1/merge '{}')"
  assert_eq 200 "$(call writer POST /api/models/org/pulls/discussions/1/merge '{}')"
  assert_eq x "$(git -C "$repo" show main:model.sig)"
  assert_eq 409 "$(call writer POST /api/models/org/pulls/discussions/2/merge '{}')"
  assert_eq 404 "$(call writer POST /api/models/org/pulls/discussions/9/merge '{}')"
)
end_test
