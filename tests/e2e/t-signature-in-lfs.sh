#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# model.sig as an object of git-lfs (test 21 of the push list): by a rule in
# .gitattributes, or because it is too large for a plain file.
#
# SIGSTORE_TEST_POINTERS (60,000) sets the size of the large model.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

# alice pushes a model whose .gitattributes cover model.sig as well.
publish_in_lfs() {
  signer alice
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  make_model work
  echo '*.sig filter=lfs diff=lfs merge=lfs -text' >>work/.gitattributes
  git -C work commit -qam "All in git-lfs"
  git -C work remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C work push -u origin main
  sig=$(sha256sum work/model.sig | cut -d ' ' -f 1)
}

begin_test "filter=lfs covers model.sig: a pointer is committed, the content uploaded first"
(
  set -eu -o pipefail
  start_hub
  publish_in_lfs
  assert_contains "local branch 'main' fast-forwarded"
  assert_contains "oid sha256:$sig" "$(git -C work cat-file blob HEAD:model.sig)"
  assert_eq "" "$(git -C work status --porcelain)"
  assert_same_file work/model.sig "$(hub_object "$sig")"
  assert_exit 0 git -C work sigstore verify
  # The second push has nothing to sign, the third follows the first.
  tip=$(git -C "$bare" rev-parse main)
  assert_exit 0 git -C work push
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
  echo more >>work/README.md
  git -C work commit -qam more
  assert_exit 0 git -C work push
  assert_contains "signed "
  assert_exit 0 git -C work sigstore verify
)
end_test

begin_test "a clone fetches it before the verdict, then checks out the file"
(
  set -eu -o pipefail
  start_hub
  publish_in_lfs
  trusting bob alice
  assert_exit 0 git clone "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice (key "
  assert_same_file work/model.sig copy/model.sig
  assert_exit 0 git clone --bare "$HUB_URL/org/m" bare.git
  assert_contains "verified: signed by alice (key "
  assert_exit 0 git clone --filter=blob:none "$HUB_URL/org/m" partial
  assert_contains "verified: signed by alice (key "
  GIT_LFS_SKIP_SMUDGE=1 assert_exit 0 git clone "$HUB_URL/org/m" skipped
  assert_contains "verified: signed by alice (key "
  assert_exit 0 git clone "sigstore::$HUB_URL/org/m" prefixed
  assert_contains "verified: signed by alice (key "
  assert_exit 0 git -C copy sigstore verify --worktree
)
end_test

begin_test "tampered, missing, swapped and oversized: refused, and not taken for unsigned"
(
  set -eu -o pipefail
  start_hub
  publish_in_lfs
  trusting bob alice
  git clone -q "$HUB_URL/org/m" copy
  good=$(git -C "$bare" rev-parse main)
  # bob has seen it verified: git-lfs alone notices that it cannot have it.
  trusting carol alice
  hub_switch not-found "{\"oid\": \"$sig\"}"
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "model.sig is stored in git-lfs and cannot be fetched"
  assert_missing fresh
  hub_clear not-found
  hub_switch corrupt "{\"oid\": \"$sig\"}"
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "fatal: remote error: sigstore: org/m@main: model.sig is stored in git-lfs"
  assert_missing fresh
  hub_clear corrupt
  as_plain mallory
  git clone -q "$HUB_URL/org/m" evil
  echo evil >>evil/README.md
  git -C evil commit -qam "Improve the model"
  git -C evil push -q
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "does not match its signature: changed README.md"
  assert_missing fresh
  assert_exit 1 git -C copy pull
  assert_contains "does not match its signature: changed README.md"
  # Another content, by a pointer of its own; one that says it is huge.
  as_plain mallory
  git -C "$bare" update-ref refs/heads/main "$good"
  git -C evil reset -q --hard "$good"
  echo '{}' >evil/model.sig
  git -C evil commit -qam "Improve the signature"
  git -C evil push -q
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "malformed bundle"
  as_plain mallory
  git -C "$bare" update-ref refs/heads/main "$good"
  git -C evil reset -q --hard "$good"
  git -C evil cat-file blob HEAD:model.sig | sed 's/^size .*/size 99999999999/' >pointer
  git -C evil update-index --cacheinfo "100644,$(git -C evil hash-object -w --no-filters "$PWD/pointer"),model.sig"
  git -C evil commit -qm "A larger signature"
  git -C evil push -q --no-verify
  as bob
  assert_exit 128 git clone "$HUB_URL/org/m" fresh
  assert_contains "model.sig has 99999999999 bytes, more than the limit"
  assert_missing fresh
)
end_test

begin_test "a poisoned local store of git-lfs is noticed"
(
  set -eu -o pipefail
  start_hub
  publish_in_lfs
  object=work/.git/lfs/objects/${sig:0:2}/${sig:2:2}/$sig
  chmod u+w "$object"
  tr a b <"$object" >poison
  cp poison "$object"
  assert_exit 4 git -C work sigstore verify
  assert_contains "which gave other bytes than its pointer names"
)
end_test

begin_test "an upload that fails: nothing is pushed, no commit is made"
(
  set -eu -o pipefail
  start_hub
  publish_in_lfs
  tip=$(git -C "$bare" rev-parse main)
  echo more >>work/README.md
  git -C work commit -qam more
  local_tip=$(git -C work rev-parse main)
  hub_switch unauthorized '{"scope": "lfs"}'
  assert_exit 1 git -C work push
  assert_contains "git lfs push: cannot upload model.sig"
  assert_contains "nothing was pushed"
  hub_clear unauthorized
  # git-lfs remembers that it was asked for a password.
  git -C work config --unset "lfs.$HUB_URL/org/m.git/info/lfs.access"
  assert_eq "$tip" "$(git -C "$bare" rev-parse main)"
  assert_eq "$local_tip" "$(git -C work rev-parse main)"
  assert_exit 0 git -C work push
  assert_contains "local branch 'main' fast-forwarded"
)
end_test

begin_test "a signature above 10 MiB goes to git-lfs without a rule"
(
  set -eu -o pipefail
  start_hub
  signer alice
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  files=${SIGSTORE_TEST_POINTERS:-60000}
  git init -q --bare large.git
  python3 - "$files" <<'PY' | git -C large.git fast-import --quiet
import hashlib, sys
out = sys.stdout.buffer
rule = b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"
out.write(b"commit refs/heads/main\ncommitter A <a@example.org> 1700000000 "
          b"+0000\ndata 6\nmodel\n\nM 100644 inline .gitattributes\ndata %d\n"
          b"%s\n" % (len(rule), rule))
for i in range(int(sys.argv[1])):
    pointer = (b"version https://git-lfs.github.com/spec/v1\n"
               b"oid sha256:%s\nsize %d\n" %
               (hashlib.sha256(b"%d" % i).hexdigest().encode(), 1000 + i))
    out.write(b"M 100644 inline part-%02d/layer-%04d/%06d.safetensors\n"
              b"data %d\n%s\n" % (i // 10000, i // 100, i, len(pointer), pointer))
PY
  git -C large.git remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C large.git push origin main
  assert_contains "signing $files files"
  assert_contains "is kept in git-lfs without a rule, so that checkouts hold its pointer; the line 'model.sig filter=lfs diff=lfs merge=lfs -text' in .gitattributes"
  assert_contains "oid sha256:" "$(git -C "$bare" cat-file blob main:model.sig)"
  oid=$(git -C "$bare" cat-file blob main:model.sig | sed -n 's/^oid sha256://p')
  [ "$(stat -c %s "$(hub_object "$oid")")" -gt 10485760 ] || fail "the signature is small"
  trusting bob alice
  assert_exit 0 git clone --no-checkout "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  assert_contains "warning: model.sig ("
  assert_contains " is kept in git-lfs without a rule"
  # Its pointer is all that a checkout can have.
  git -C copy config core.sparseCheckout true
  echo /model.sig >copy/.git/info/sparse-checkout
  assert_exit 0 git -C copy checkout -q main
  assert_contains "oid sha256:$oid" "$(cat copy/model.sig)"
  refute_contains "in the place of its content"
  assert_exit 0 git -C copy sigstore verify
  assert_contains "$files files"
)
end_test
