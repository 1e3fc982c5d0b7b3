# SPDX-License-Identifier: Apache-2.0
"""Times programs against each other: whole processes, A B A B, medians."""

import dataclasses
import os
import statistics
import subprocess
import tempfile
import time


class Failed(Exception):
    """A program under measurement failed; its numbers would mean nothing."""


@dataclasses.dataclass
class Contender:
    """A program with its arguments, or a shell line when `command` is text."""

    name: str
    command: list | str
    env: dict
    prepare: object = None  # called before each run, outside of the time
    input: object = subprocess.DEVNULL  # stdin, an open file
    own_clock: bool = False  # stdout begins with the seconds that count


@dataclasses.dataclass
class Spread:
    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values))


@dataclasses.dataclass
class Samples:
    """All counted runs of one contender, in the order of the rounds."""

    wall: list = dataclasses.field(default_factory=list)  # seconds
    cpu: list = dataclasses.field(default_factory=list)  # with its children
    memory: list = dataclasses.field(default_factory=list)  # peak, KiB
    output: str = ""  # of the round that is not counted


def run_once(contender):
    """Returns wall seconds, resource usage and stdout."""
    if contender.prepare:
        contender.prepare()
    shell = isinstance(contender.command, str)
    argv = (["bash", "-c", "set -o pipefail; " + contender.command]
            if shell else contender.command)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen(argv, env=contender.env, stdout=out,
                                 stderr=err, stdin=contender.input)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            text = err.read().decode(errors="replace").strip()
            raise Failed(f"{contender.name}: exit code {child.returncode}: "
                         f"{text[-500:]}")
        text = out.read().decode(errors="replace")
        if contender.own_clock:
            wall = float(text.split()[0])
        return wall, usage, text


def interleave(contenders, rounds):
    """Each round runs every contender once; the first round only warms up."""
    samples = {contender.name: Samples() for contender in contenders}
    for contender in contenders:
        samples[contender.name].output = run_once(contender)[2]
    for number in range(rounds):
        # Whoever comes first in one round comes last in the next.
        turn = contenders if number % 2 == 0 else contenders[::-1]
        for contender in turn:
            wall, usage, _ = run_once(contender)
            kept = samples[contender.name]
            kept.wall.append(wall)
            kept.cpu.append(usage.ru_utime + usage.ru_stime)
            kept.memory.append(usage.ru_maxrss)
    return samples


def ratio(ours, peer):
    """Of each round, ours to peer: noise that hits both drops out."""
    return Spread.of([a / b for a, b in zip(ours, peer)])
