#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The helper's own memory while a large pack passes through it: under 64 MiB.
#
# SIGSTORE_TEST_PACK_MB (256) sets the size of the pack; 1024 is what the
# limit was set for.

# shellcheck source=tests/e2e/testlib.sh
. "$(dirname "$0")/testlib.sh"
# shellcheck source=tests/e2e/signedlib.sh
. "$(dirname "$0")/signedlib.sh"

begin_test "a large pack is spooled, indexed, judged and replayed in little memory"
(
  set -eu -o pipefail
  start_hub
  signer alice
  hub_create org/m
  bare=$HUB_ROOT/org/m.git
  megabytes=${SIGSTORE_TEST_PACK_MB:-256}
  git init -q --bare large.git
  python3 - "$megabytes" <<'PY' |
import os, sys
out = sys.stdout.buffer
out.write(b"commit refs/heads/main\ncommitter A <a@example.org> 1700000000 "
          b"+0000\ndata 6\nmodel\n\n")
for i in range(int(sys.argv[1]) // 4):
    out.write(b"M 100644 inline part-%03d.bin\ndata %d\n" % (i, 4 << 20))
    out.write(os.urandom(4 << 20) + b"\n")
PY
    git -C large.git -c core.compression=0 fast-import --quiet
  cp -R large.git/objects/. "$bare/objects/"
  # So that the push sends the signature alone.
  git -C "$bare" update-ref refs/heads/seed "$(git -C large.git rev-parse main)"
  git -C large.git remote add origin "$HUB_URL/org/m"
  assert_exit 0 git -C large.git push origin main
  trusting bob alice
  # In front of the helper: looks at its high-water mark until it is gone.
  mkdir bin
  cat >bin/git-remote-sigstore <<WRAPPER
#!/usr/bin/env bash
exec 9<&0
# A sanitizer would keep hundreds of megabytes of what was freed.
export ASAN_OPTIONS=quarantine_size_mb=8
"$SIGSTORE_BIN_DIR/git-remote-sigstore" "\$@" <&9 &
pid=\$!
while used=\$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/\$pid/status" 2>/dev/null) && [ -n "\$used" ]; do
  echo "\$used" >"$PWD/used"
  sleep 0.02
done
wait "\$pid"
WRAPPER
  chmod +x bin/git-remote-sigstore
  PATH=$PWD/bin:$PATH assert_exit 0 git clone --no-checkout "$HUB_URL/org/m" copy
  assert_contains "verified: signed by alice"
  used=$(cat used)
  echo "# helper: $used kB at a pack of $megabytes MB" >&3
  [ "$used" -gt 1000 ] || fail "nothing was measured"
  [ "$used" -le $((65536 * ${SIGSTORE_MEMORY_FACTOR:-1})) ] || fail "the helper took $used kB"
)
end_test
