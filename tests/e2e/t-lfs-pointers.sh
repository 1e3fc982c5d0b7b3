#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What is a pointer? We have to agree with git-lfs, or refuse: a blob that it
# smudges and we take for content, or the reverse, would be signed as something
# else than what is checked out.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"

# judge BLOB: commits it as w.bin with filter=lfs. Sets $ours (pointer, plain,
# or refused), $lfs (what `git lfs pointer --check` says: pointer or plain),
# $strict (the same, canonical ones only) and $fsck (0 when `git lfs fsck
# --pointers` finds no fault).
judge() {
  local blob tree commit
  blob=$(git hash-object -w --no-filters "$1")
  git read-tree --empty
  git update-index --add --cacheinfo "100644,$attributes,.gitattributes" \
    --cacheinfo "100644,$blob,w.bin"
  tree=$(git write-tree)
  commit=$(git commit-tree "$tree" -m "$1" </dev/null)
  git update-ref refs/heads/main "$commit"
  rm -f w.bin model.sig
  if said=$(git sigstore sign 2>&1); then
    ours=$(git cat-file blob main:model.sig | python3 -c '
import base64, hashlib, json, sys
bundle = json.load(sys.stdin)
payload = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
resources = payload["predicate"]["resources"]
digest, = [r["digest"] for r in resources if r["name"] == "w.bin"]
blob = open(sys.argv[1], "rb").read()
if digest == hashlib.sha256(blob).hexdigest():
    print("plain")
elif digest.encode() in blob:
    print("pointer")
else:
    print("neither")' "$1")
  else
    ours=refused
  fi
  lfs=plain strict=plain fsck=0
  git lfs pointer --check --file "$1" >/dev/null 2>&1 && lfs=pointer
  git lfs pointer --check --strict --file "$1" >/dev/null 2>&1 && strict=pointer
  git lfs fsck --pointers "$commit" >fsck.out 2>&1 || fsck=$?
}

prepare() {
  hf-sigstore keygen --no-password key >/dev/null
  git init -q here
  mkdir blobs
  blobs=$PWD/blobs
  git config --global sigstore.key "$PWD/key.key"
  cd here
  git remote add origin https://huggingface.co/org/m
  attributes=$(echo '*.bin filter=lfs -text' | git hash-object -w --stdin)
}

begin_test "the table of pointers that git-lfs takes and we do not"
(
  set -eu -o pipefail
  prepare
  python3 - "$blobs" <<'PYTHON'
import hashlib, pathlib, sys
folder = pathlib.Path(sys.argv[1])
oid = hashlib.sha256(b"weights").hexdigest()
v, o, s = ("version https://git-lfs.github.com/spec/v1\n",
           f"oid sha256:{oid}\n", "size 7\n")
good = v + o + s
table = {
    "canonical": good,
    "crlf": good.replace("\n", "\r\n"),
    "blank-line": v + "\n" + o + s,
    "trailing-newline": good + "\n",
    "no-final-newline": good[:-1],
    "hawser": good.replace("https://git-lfs.github.com/spec/v1",
                           "http://git-media.io/v/2"),
    "hawser-alias": good.replace("https://git-lfs.github.com/spec/v1",
                                 "https://hawser.github.com/spec/v1"),
    "size-plus": v + o + "size +7\n",
    "size-zero-led": v + o + "size 07\n",
    "size-zero": v + o + "size 0\n",
    "size-negative": v + o + "size -7\n",
    "size-huge": v + o + "size 99999999999999999999\n",
    "order": v + s + o,
    "double-space": good.replace("size 7", "size  7"),
    "padded": good + "\n" * 1000,
    "extension": v + f"ext-0-foo sha256:{oid}\n" + o + s,
    "oid-upper": good.replace(oid, oid.upper()),
    "oid-short": good.replace(oid, oid[:-1]),
    "oid-sha1": good.replace("sha256", "sha1"),
    "leading-space": " " + good,
    "mentions": "see https://git-lfs.github.com for more\n",
    "empty": "",
    "text": "weights\n",
}
for name, text in table.items():
    (folder / name).write_bytes(text.encode())
PYTHON
  printf '%-18s %-8s %-8s %-8s %s\n' blob ours git-lfs strict fsck
  for file in "$blobs"/*; do
    judge "$file"
    printf '%-18s %-8s %-8s %-8s %s\n' "${file##*/}" "$ours" "$lfs" "$strict" "$fsck"
    case ${file##*/} in
      canonical) assert_eq "pointer pointer pointer 0" "$ours $lfs $strict $fsck" ;;
      empty) assert_eq plain "$ours" ;;
      mentions | text) assert_eq "plain plain" "$ours $lfs" ;;
      oid-upper | oid-short | oid-sha1 | size-negative | size-huge | order | \
        double-space | padded)
        # git-lfs may take these for content: then so may we.
        case $ours in plain) assert_eq plain "$lfs" ;; refused) ;; *) fail "$ours" ;; esac
        ;;
      *)
        assert_eq refused "$ours"
        assert_contains "not in canonical form" "$said"
        ;;
    esac
    # A fault that git-lfs itself sees in a pointer is never passed by us.
    if grep -q nonCanonicalPointer fsck.out; then assert_eq refused "$ours"; fi
  done
)
end_test

begin_test "pointers with random damage: we agree with git-lfs or refuse"
(
  set -eu -o pipefail
  prepare
  seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
  echo "seed $seed"
  python3 - "$blobs" "$seed" <<'PYTHON'
import hashlib, pathlib, random, sys
folder = pathlib.Path(sys.argv[1])
source = random.Random(int(sys.argv[2]))
oid = hashlib.sha256(b"weights").hexdigest()
good = (f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\n"
        "size 7\n").encode()
tokens = [b"\n", b"\r", b" ", b"\t", b"0", b"+", b"size ", b"oid ", b"\0",
          b"version ", b"\xc2\xa0", b"ext-0-a sha256:" + oid.encode() + b"\n"]
for number in range(40):
    text = bytearray(good)
    for _ in range(source.randint(1, 2)):
        at = source.randrange(len(text) + 1)
        kind = source.randrange(4)
        if kind == 0:
            text[at:at] = source.choice(tokens)
        elif kind == 1:
            del text[at:at + source.randint(1, 3)]
        elif kind == 2 and at < len(text):
            text[at] = source.randrange(256)
        else:
            # At the seams, where formats are decided.
            line = source.choice([0, 43, 119, len(text) - 1, len(text)])
            text[line:line] = source.choice(tokens)
    (folder / f"{number:03}").write_bytes(text)
PYTHON
  for file in "$blobs"/*; do
    judge "$file"
    echo "${file##*/} $ours $lfs $strict $fsck"
    case $ours in
      refused) ;;
      pointer) [ "$strict" = pointer ] || fail "git-lfs finds ${file##*/} not canonical (seed $seed)" ;;
      plain) [ "$lfs" = plain ] || fail "git-lfs smudges ${file##*/} (seed $seed)" ;;
      *) fail "$ours" ;;
    esac
  done
)
end_test
