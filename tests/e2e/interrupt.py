#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""interrupt.py PHASE VICTIM SIGNAL MICROSECONDS COMMAND...

Runs COMMAND (a git command that starts the helper) in a session of its own,
its output in ./run.log. Once the helper says that it is in PHASE (phase_log),
waits and sends SIGNAL to VICTIM, "helper" or "git". Prints the phase that the
helper was in by then, "none" when the command was over. Ends when nothing
that the command started runs any more.

The helper is kept from leaving its phase meanwhile: it says where it is
through a FIFO, and whoever opens that for writing waits for a reader.
"""

import os
import select
import signal
import subprocess
import sys
import time

LIMIT = 120  # seconds, also for programs with sanitizers on a busy machine


def others(session):
    """The processes of a session that run, by /proc (proc(5), stat)."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % name) as file:
                text = file.read()
        except OSError:
            continue  # ended meanwhile
        state, _, _, its_session = text[text.rindex(")") + 2 :].split()[:4]
        if int(its_session) == session and state not in "ZX":
            found.append((int(name), text.split()[1]))
    return found


def give_up(git):
    running = others(git.pid)
    for pid, _ in running:
        os.kill(pid, signal.SIGKILL)
    sys.exit("interrupt.py: still running after %d s: %s" % (LIMIT, running))


def next_line(git, deadline):
    """The next line of the helper, None when the command is over."""
    fifo = os.open("trace", os.O_RDONLY | os.O_NONBLOCK)
    try:
        while not select.select([fifo], [], [], 0.02)[0]:
            if git.poll() is not None:
                return None
            if time.monotonic() > deadline:
                give_up(git)
        return os.read(fifo, 4096).decode().split("\n")[-2]
    except (BlockingIOError, IndexError):
        return ""
    finally:
        os.close(fifo)


def interrupt(git, phase, victim, name, delay, deadline):
    current = "start"
    helper = None
    while current != phase:
        line = next_line(git, deadline)
        if line is None:
            return "none"
        if line:
            helper, current = int(line.split()[0]), line.split()[1]
    time.sleep(delay / 1e6)
    # Before it is sent, or it would reach what has the number next.
    if git.poll() is not None:
        return "none"
    try:
        os.kill(helper if victim == "helper" else git.pid, getattr(signal, "SIG" + name))
    except ProcessLookupError:
        return "none"
    return current


def main():
    phase, victim, name, delay = sys.argv[1:5]
    deadline = time.monotonic() + LIMIT
    if os.path.lexists("trace"):
        os.unlink("trace")
    os.mkfifo("trace")
    git = subprocess.Popen(
        sys.argv[5:],
        stdin=subprocess.DEVNULL,
        stdout=open("run.log", "w"),
        stderr=subprocess.STDOUT,
        env=dict(os.environ, GIT_TRACE_SIGSTORE=os.path.abspath("trace")),
        start_new_session=True,
        # Commands in the background of a script ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    hit = interrupt(git, phase, victim, name, int(delay), deadline)
    # Nobody waits for a reader any more.
    held = os.open("trace", os.O_RDWR)
    while others(git.pid):
        git.poll()
        if time.monotonic() > deadline:
            give_up(git)
        time.sleep(0.01)
    git.wait()
    os.close(held)
    print(hit)


main()
