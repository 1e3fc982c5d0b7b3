# SPDX-License-Identifier: Apache-2.0
"""Results as Markdown, JSON and gnuplot's pictures."""

import dataclasses
import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess

from measure import Spread, ratio


@dataclasses.dataclass
class Row:
    """One line of the table; without samples it was not run, `note` is why."""

    benchmark: str
    files: int
    peer: str
    ours_samples: object = None
    peer_samples: object = None
    goal: float | None = None  # largest ratio
    slack: float = 0  # seconds that ours may take on top
    note: str = ""
    unit: str = "s"  # of what stands in the place of seconds


def amount(spread, unit):
    unit, factor = ((unit, 1) if unit != "s" or spread.high >= 1 else
                    ("ms", 1000))
    low, middle, high = (f"{value * factor:.3g}" for value in (
        spread.low, spread.median, spread.high))
    return f"{middle} {unit} ({low}-{high})"


def cells(row):
    goal = "report" if row.goal is None else f"<= {row.goal:g}x"
    if row.slack:
        goal += f" + {row.slack * 1000:g} ms"
    if row.ours_samples is None:
        return [row.benchmark, "NOT RUN", row.peer, row.note, "", "", goal, ""]
    ours, peer = row.ours_samples, row.peer_samples
    times = ratio(ours.wall, peer.wall)
    cpu = ratio(ours.cpu, peer.cpu)
    judged = ratio([wall - row.slack for wall in ours.wall], peer.wall)
    met = "" if row.goal is None else (
        "yes" if judged.median <= row.goal else "no")
    return [row.benchmark, amount(Spread.of(ours.wall), row.unit), row.peer,
            amount(Spread.of(peer.wall), row.unit),
            f"{times.median:.3g}x ({times.low:.3g}-{times.high:.3g})",
            f"{cpu.median:.3g}x", goal, met]


def table(rows):
    head = ["benchmark", "ours", "peer", "peer's time", "ours / peer",
            "same, CPU", "goal", "met"]
    lines = [head, ["---"] * len(head)] + [cells(row) for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def machine(git_version):
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"date": now.strftime("%Y-%m-%d %H:%M UTC"), "cpu": cpu_model(),
            "cores": str(os.cpu_count()), "memory": f"{memory >> 30} GiB",
            "kernel": platform.release(), "git": git_version,
            "load before": f"{os.getloadavg()[0]:.1f}"}


METHOD = """\
Whole processes, page cache warm, one round uncounted, then the contenders in
turn. Times are medians (lowest-highest); a ratio is the median of the ratios
of the rounds, below 1 we are faster. On a machine with other work the ratio of
CPU seconds, children included, is the steadier one.
"""


def write_markdown(path, rows, facts, rounds):
    described = "".join(f"* {name}: {value}\n" for name, value in
                        facts.items())
    path.write_text(f"# Benchmarks\n\n{described}* rounds: {rounds}\n\n"
                    f"{METHOD}\n{table(rows)}")


def write_json(path, rows, facts, rounds):
    def entry(row):
        value = dataclasses.asdict(row)
        if row.ours_samples is not None:
            for what in ("wall", "cpu"):
                value[f"{what}_ratio"] = dataclasses.asdict(
                    ratio(getattr(row.ours_samples, what),
                          getattr(row.peer_samples, what)))
        return value
    document = {"machine": facts, "rounds": rounds,
                "results": [entry(row) for row in rows]}
    path.write_text(json.dumps(document, indent=2) + "\n")


CURVES = """\
set terminal pngcairo size 900,540
set title "{title}"
set xlabel "git-lfs pointers"
set ylabel "seconds (median, lowest to highest)"
set logscale xy
set offsets graph 0.05, graph 0.05
set rmargin 5
set grid
set key left top
{data}
plot = "plot {plots}"
set output "{name}.png"; eval plot
set terminal svg size 900,540 background "white"
set output "{name}.svg"; eval plot
"""

BARS = """\
set terminal pngcairo size 900,540
set title "{title}"
set ylabel "seconds (median, lowest to highest)"
set style fill solid 0.6
set boxwidth 0.6
set logscale y
set grid y
set bmargin 4
set xrange [-0.6:{last}.6]
set xtics ({ticks})
{data}
plot = "plot $all using 1:2 with boxes notitle, \
$all using 1:2:3:4 with yerrorbars notitle lc black"
set output "{name}.png"; eval plot
set terminal svg size 900,540 background "white"
set output "{name}.svg"; eval plot
"""


RATIOS = """\
set terminal pngcairo size 1100,{height}
set title "{title} (left of 1 we are faster; x: the goal)"
set xlabel "median, lowest to highest"
set logscale x
set yrange [-0.7:{last}.7]
set ytics ({ticks})
set grid x
set arrow from 1,graph 0 to 1,graph 1 nohead lc black
set key off
{data}
plot = "plot $all using 2:1:3:4 with xerrorbars pt 7, \
$goals using 2:1 with points pt 2 ps 1.5 lc rgb 'red'"
set output "{name}.png"; eval plot
set terminal svg size 1100,{height} background "white"
set output "{name}.svg"; eval plot
"""


def ratios(name, title, rows):
    """A line a row: ours to the peer's, and the goal where there is one."""
    rows = [row for row in rows if row.unit == "s"][::-1]
    ticks = ", ".join(f'"{row.benchmark}\\nto {row.peer}" {number}'
                      for number, row in enumerate(rows))
    points = [(number, ratio(row.ours_samples.wall, row.peer_samples.wall))
              for number, row in enumerate(rows)]
    goals = [(number, Spread(row.goal, row.goal, row.goal))
             for number, row in enumerate(rows) if row.goal is not None]
    return RATIOS.format(
        name=name, title=title, last=len(rows) - 1, ticks=ticks,
        height=120 + 42 * len(rows),
        data=data_block("all", points) + "\n" + data_block("goals", goals))


def data_block(name, points):
    """points: x and samples."""
    lines = [f"{x} {s.median} {s.low} {s.high}" for x, s in points]
    return "\n".join([f"${name} << EOD", *lines, "EOD"])


def curves(name, title, rows):
    """Time over the number of files, a line a contender."""
    lines = {"ours": {}}
    for row in rows:
        lines["ours"][row.files] = Spread.of(row.ours_samples.wall)
        lines.setdefault(row.peer, {})[row.files] = Spread.of(
            row.peer_samples.wall)
    blocks, plots = [], []
    for number, (contender, points) in enumerate(lines.items()):
        blocks.append(data_block(f"line{number}", sorted(points.items())))
        plots.append(f"$line{number} using 1:2:3:4 with yerrorlines "
                     f"title '{contender}'")
    return CURVES.format(name=name, title=title, data="\n".join(blocks),
                         plots=", ".join(plots))


def bars(name, title, rows):
    points, ticks = [], []
    for row in rows:
        for who, samples in (("ours", row.ours_samples),
                             (row.peer, row.peer_samples)):
            ticks.append(f"'{row.benchmark}\\n{who}' {len(points)}")
            points.append((len(points), Spread.of(samples.wall)))
    return BARS.format(name=name, title=title, last=len(points) - 1,
                       ticks=", ".join(t.replace("'", '"') for t in ticks),
                       data=data_block("all", points))


def write_plots(folder, groups):
    """groups: (curves or bars, name, title, rows); False without gnuplot."""
    if shutil.which("gnuplot") is None:
        return False
    for draw, name, title, rows in groups:
        ran = [row for row in rows if row.ours_samples is not None]
        if ran:
            subprocess.run(["gnuplot"], input=draw(name, title, ran),
                           text=True, cwd=folder, check=True)
    return True
