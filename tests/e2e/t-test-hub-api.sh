#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The HTTP API that the test hub reads repositories out by, with curl. Other
# people's clients keep it honest in tests/interop/t-hub-clients.sh.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

# get PATH [CURL-OPTION...]: prints the status; ./head and ./body
get() { http_status -D head "${@:2}" "$HUB_URL$1"; }

# as TOKEN: an option for get
as() { echo "Authorization: Bearer hf_$1"; }

# value EXPRESSION: of the JSON in ./body, which is d
value() {
  python3 -c 'import json, sys
d = json.load(open("body"))
print(eval(sys.argv[1]))' "$1"
}

# header NAME: its value in ./head
header() { sed -n "s/^$1: \(.*\)\r$/\1/pI" head; }

start_hub

# publish NAME: the model of make_model with a folder, at that name
publish() {
  hub_create "$1"
  make_model model
  mkdir -p model/sub/deep
  echo small >model/sub/deep/note.txt
  echo '{}' >"model/a b#c.json"
  git -C model add --all
  git -C model commit --quiet --message "Add notes"
  git -C model tag v1
  git -C model push --quiet "$HUB_URL/$1" main v1 main:refs/pr/1
  commit=$(git -C model rev-parse main)
  shard=model-00001-of-00002.safetensors
  oid=$(sha256sum "model/$shard" | cut -d ' ' -f 1)
}

begin_test "a repository says what it is, at a branch, a tag, a commit, a pull request"
(
  set -eu -o pipefail
  publish org/info
  assert_eq 200 "$(get /api/models/org/info)"
  assert_eq "$commit org/info False" "$(value '" ".join([d["sha"], d["id"], str(d["private"])])')"
  case $(value 'd["lastModified"]') in
    ????-??-??T??:??:??.000Z) ;;
    *) fail "huggingface_hub takes no such date" ;;
  esac
  git -C model ls-tree -r --name-only main | sort >expected
  value '"\n".join(sorted(s["rfilename"] for s in d["siblings"]))' >siblings
  assert_same_file expected siblings
  for revision in main v1 "$commit" refs%2Fpr%2F1; do
    assert_eq 200 "$(get "/api/models/org/info/revision/$revision?blobs=true")"
    assert_eq "$commit" "$(value 'd["sha"]')"
  done
  file="[s for s in d['siblings'] if s['rfilename'] == '$shard'][0]"
  assert_eq "$oid $(stat -c %s model/$shard)" \
    "$(value "$file['lfs']['sha256'] + ' ' + str($file['size'])")"
  assert_eq "$(git -C model rev-parse "main:$shard")" "$(value "$file['blobId']")"
  assert_eq 200 "$(get '/api/models/org/info?expand=sha&expand=gated')"
  assert_eq "_id gated id modelId sha" "$(value '" ".join(sorted(d))')"

  assert_eq 404 "$(get /api/models/org/info/revision/none)"
  assert_eq RevisionNotFound "$(header X-Error-Code)"
  assert_eq "Invalid rev id: none" "$(value 'd["error"]')"
  assert_eq 401 "$(get /api/models/org/none)"
  assert_eq RepoNotFound "$(header X-Error-Code)"
  assert_eq 404 "$(get /api/models/org/none -H "$(as stranger)")"
  assert_eq RepoNotFound "$(header X-Error-Code)"
  assert_contains "test-" "$(header X-Request-Id)"
)
end_test

begin_test "datasets and spaces are other repositories than models, for git too"
(
  set -eu -o pipefail
  publish datasets/org/d
  assert_eq 200 "$(get /api/datasets/org/d/revision/main)"
  assert_eq "$commit" "$(value 'd["sha"]')"
  assert_eq 401 "$(get /api/models/org/d)"
  git clone --quiet "$HUB_URL/datasets/org/d" copy
  assert_same_file model/$shard copy/$shard
  assert_eq 302 "$(get "/datasets/org/d/resolve/main/$shard")"
  hub_create spaces/org/d
  assert_eq 200 "$(get /api/spaces/org/d)"
  assert_eq False "$(value '"sha" in d')"
)
end_test

begin_test "a listing has every entry once, page by page"
(
  set -eu -o pipefail
  publish org/tree
  api=/api/models/org/tree
  assert_eq 200 "$(get "$api/tree/main?recursive=true")"
  assert_eq "" "$(header Link)"
  value '"\n".join(e["path"] for e in d)' >whole
  git -C model ls-tree -r -t --name-only -z main | tr '\0' '\n' >expected
  assert_same_file expected whole
  file="[e for e in d if e['path'] == '$shard'][0]"
  assert_eq "file $oid $(stat -c %s model/$shard)" \
    "$(value "'%s %s %d' % ($file['type'], $file['lfs']['oid'], $file['size'])")"
  assert_eq "$(git -C model rev-parse "main:$shard")" "$(value "$file['oid']")"
  assert_eq "$(git -C model cat-file -s "main:$shard")" "$(value "$file['lfs']['pointerSize']")"
  assert_eq "directory 0" "$(value "' '.join('%s %d' % (e['type'], e['size']) for e in d if e['path'] == 'sub')")"

  hub_switch page-size '{"entries": 3}'
  : >paged
  next="$HUB_URL$api/tree/main?recursive=true"
  while [ -n "$next" ]; do
    assert_eq 200 "$(http_status -D head "$next")"
    value '"\n".join(e["path"] for e in d)' >>paged
    next=$(header Link | sed -n 's/^<\(http:.*\)>; rel="next"$/\1/p')
  done
  assert_same_file expected paged
  hub_clear page-size

  assert_eq 200 "$(get "$api/tree/main/sub")"
  assert_eq sub/deep "$(value '" ".join(e["path"] for e in d)')"
  assert_eq 200 "$(get "$api/tree/main/sub?recursive=true&expand=true")"
  assert_eq "sub/deep sub/deep/note.txt" "$(value '" ".join(e["path"] for e in d)')"
  assert_eq "$commit" "$(value 'd[1]["lastCommit"]["id"]')"
  assert_eq 404 "$(get "$api/tree/main/none")"
  assert_eq EntryNotFound "$(header X-Error-Code)"

  for body in '{"paths": ["config.json", "none", "sub"]}' \
    'paths=config.json&paths=none&paths=sub'; do
    type=application/json
    [ "${body:0:1}" = "{" ] || type=application/x-www-form-urlencoded
    assert_eq 200 "$(get "$api/paths-info/main" -d "$body" -H "Content-Type: $type")"
    assert_eq "config.json sub" "$(value '" ".join(e["path"] for e in d)')"
  done
)
end_test

begin_test "refs and commits are listed"
(
  set -eu -o pipefail
  publish org/refs
  assert_eq 200 "$(get /api/models/org/refs/refs)"
  assert_eq "main refs/heads/main $commit" \
    "$(value '" ".join(d["branches"][0][k] for k in ("name", "ref", "targetCommit"))')"
  assert_eq "v1 False" "$(value 'd["tags"][0]["name"] + " " + str("pullRequests" in d)')"
  assert_eq 200 "$(get "/api/models/org/refs/refs?include_prs=1")"
  assert_eq refs/pr/1 "$(value 'd["pullRequests"][0]["ref"]')"
  assert_eq 200 "$(get "/api/models/org/refs/commits/main?limit=1")"
  assert_eq "$commit Add notes" "$(value 'd[0]["id"] + " " + d[0]["title"]')"
  next=$(header Link)
  assert_contains "<$HUB_URL/api/models/org/refs/commits/main?p=1&limit=1>" "$next"
  assert_eq 200 "$(get "/api/models/org/refs/commits/main?limit=1&p=1")"
  assert_eq "Add a tiny model" "$(value 'd[0]["title"]')"
  assert_eq "" "$(header Link)"
)
end_test

begin_test "resolve: a regular file is at a relative address, with its commit and hash"
(
  set -eu -o pipefail
  publish org/resolve
  blob=$(git -C model rev-parse main:config.json)
  assert_eq 307 "$(get /org/resolve/resolve/main/config.json -I)"
  assert_eq "$commit" "$(header X-Repo-Commit)"
  assert_eq "\"$blob\"" "$(header ETag)"
  location=$(header Location)
  assert_contains "/api/resolve-cache/models/org/resolve/$commit/config.json?" "$location"
  assert_eq 200 "$(get "$location" -I)"
  assert_eq "$commit \"$blob\" $(stat -c %s model/config.json)" \
    "$(header X-Repo-Commit) $(header ETag) $(header Content-Length)"
  assert_eq 200 "$(get "$location")"
  assert_same_file model/config.json body
  assert_eq 206 "$(get "$location" -r 3-6)"
  assert_eq "bytes 3-6/$(stat -c %s model/config.json)" "$(header Content-Range)"
  assert_same_file <(tail -c +4 model/config.json | head -c 4) body
  assert_eq 416 "$(get "$location" -r 99999-)"
  assert_eq 304 "$(get "$location" -H "If-None-Match: \"$blob\"")"

  assert_eq 200 "$(get "/org/resolve/resolve/v1/a%20b%23c.json" -L)"
  assert_same_file "model/a b#c.json" body
  assert_eq 200 "$(get /org/resolve/resolve/refs%2Fpr%2F1/sub/deep/note.txt -L)"
  assert_same_file model/sub/deep/note.txt body
  # As @huggingface/hub writes it.
  assert_eq 200 "$(get /org/resolve/resolve/refs/pr/1/sub/deep/note.txt -L)"
  assert_eq 200 "$(get /api/models/org/resolve/tree/refs/pr/1/sub/deep)"
  assert_eq sub/deep/note.txt "$(value 'd[0]["path"]')"
  assert_eq 200 "$(get "/org/resolve/raw/main/$shard")"
  assert_contains "oid sha256:$oid" "$(cat body)"

  assert_eq 404 "$(get /org/resolve/resolve/main/none.json -r 0-0)"
  assert_eq "EntryNotFound $commit" "$(header X-Error-Code) $(header X-Repo-Commit)"
  assert_eq 404 "$(get /org/resolve/resolve/none/config.json -I)"
  assert_eq RevisionNotFound "$(header X-Error-Code)"
)
end_test

begin_test "resolve: an LFS file is on the other origin, at an address that is signed and expires"
(
  set -eu -o pipefail
  publish org/cdn
  size=$(stat -c %s model/$shard)
  assert_eq 302 "$(get "/org/cdn/resolve/main/$shard" -I)"
  assert_eq "$commit \"$oid\" $size" \
    "$(header X-Repo-Commit) $(header X-Linked-Etag) $(header X-Linked-Size)"
  location=$(header Location)
  assert_contains "$CDN_URL/" "$location"
  assert_eq 200 "$(http_status "$location")"
  assert_same_file model/$shard body
  assert_eq 206 "$(http_status -D head -r 100- "$location")"
  assert_eq "bytes 100-$((size - 1))/$size" "$(header Content-Range)"
  assert_same_file <(tail -c +101 model/$shard) body
  assert_eq 206 "$(http_status -r 0- "$location")"
  out=$(hub_requests | grep '"origin":"cdn"' | tail -n 1)
  assert_contains '"range":"bytes=0-"'

  assert_eq 403 "$(http_status "${location/file=m/file=n}")"
  assert_eq 403 "$(http_status "${location%&Signature*}")"
  assert_eq 403 "$(http_status -T model/$shard "$location")"
  hub_switch url-lifetime '{"seconds": 0}'
  get "/org/cdn/resolve/main/$shard" -I
  expired=$(header Location)
  until [ "$(date +%s)" -gt "$(sed 's/.*Expires=\([0-9]*\).*/\1/' <<<"$expired")" ]; do sleep 0.1; done
  assert_eq 403 "$(http_status "$expired")"
  assert_contains "Request has expired" "$(cat body)"
)
end_test

begin_test "private, gated and disabled repositories, by settings and by switch"
(
  set -eu -o pipefail
  publish org/closed
  file=/org/closed/resolve/main/config.json
  hub_settings org/closed '{"private": true}'
  assert_eq "401 RepoNotFound" "$(get /api/models/org/closed) $(header X-Error-Code)"
  assert_eq "404 RepoNotFound" "$(get $file -H "$(as stranger)") $(header X-Error-Code)"
  assert_eq 200 "$(get $file -L -H "$(as reader)")"
  assert_eq 401 "$(get "/org/closed/info/refs?service=git-upload-pack")"
  assert_exit 0 git ls-remote "${HUB_URL/:\/\//://user:hf_reader@}/org/closed"
  assert_exit 128 git -C model push "${HUB_URL/:\/\//://user:hf_reader@}/org/closed" main:other
  assert_contains 403
  assert_eq 401 "$(get $file -H "Authorization: Bearer hf_wrong")"
  assert_eq "Invalid credentials in Authorization header" "$(header X-Error-Message)"

  hub_settings org/closed '{"private": false, "gated": "manual"}'
  assert_eq 200 "$(get /api/models/org/closed)"
  assert_eq manual "$(value 'd["gated"]')"
  assert_eq "401 GatedRepo" "$(get $file) $(header X-Error-Code)"
  assert_eq "403 GatedRepo" "$(get $file -H "$(as stranger)") $(header X-Error-Code)"
  assert_eq 307 "$(get $file -H "$(as reader)")"
  assert_eq 403 "$(get /api/models/org/closed/auth-check -H "$(as stranger)")"
  assert_eq 403 "$(get /api/models/org/closed/auth-check/write -H "$(as reader)")"
  assert_eq 200 "$(get /api/models/org/closed/auth-check/write -H "$(as writer)")"

  hub_settings org/closed '{"gated": false, "disabled": true}'
  assert_eq 403 "$(get /api/models/org/closed)"
  assert_eq "Access to this resource is disabled." "$(header X-Error-Message)"
  hub_settings org/closed '{"disabled": false}'
  for name in private gated disabled; do
    hub_switch $name '{"repo": "org/closed"}'
    get $file >code
    case $(cat code) in 401 | 403) ;; *) fail "$name: $(cat code)" ;; esac
    hub_clear $name
  done
  assert_eq 307 "$(get $file)"
)
end_test

begin_test "whoami knows the tokens; old names redirect to relative addresses"
(
  set -eu -o pipefail
  assert_eq 200 "$(get /api/whoami-v2 -H "$(as reader)")"
  assert_eq "reader read" "$(value 'd["name"] + " " + d["auth"]["accessToken"]["role"]')"
  assert_eq 401 "$(get /api/whoami-v2)"
  assert_eq 401 "$(get /api/whoami-v2 -H "$(as nobody)")"

  publish openai-community/gpt2
  hub_rename gpt2 openai-community/gpt2
  hub_rename old/m openai-community/gpt2
  assert_eq 307 "$(get "/api/models/gpt2/revision/main?blobs=true")"
  assert_eq "/api/models/openai-community/gpt2/revision/main?blobs=true" "$(header Location)"
  assert_eq 307 "$(get /old/m/resolve/main/config.json)"
  assert_eq /openai-community/gpt2/resolve/main/config.json "$(header Location)"
  assert_eq 200 "$(get /gpt2/resolve/main/config.json -L)"
  assert_same_file model/config.json body
  assert_eq 401 "$(get /api/models/gpt22)"
)
end_test
