#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every number of the test list has a test that exists, and every attack a
line in attacks.tsv and in docs/attacks.md, and every advisory of
core/verify/advisories.tsv a unit test or a reason. Exit 0 only then."""

import pathlib
import re
import sys

here = pathlib.Path(__file__).resolve().parent
NUMBERS = range(2, 35)
ATTACKS = range(1, 35)
problems = []


def rows(name, columns):
    for number, line in enumerate((here / name).read_text().splitlines(), 1):
        if line.startswith("#"):
            continue
        fields = line.split("\t")
        if len(fields) != columns or not all(fields[:4]):
            problems.append("%s:%d: not %d columns" % (name, number, columns))
        else:
            yield fields


def titles(script):
    if script == "t-transport-matrix.sh":
        cases = (here / "matrix/cases.tsv").read_text().splitlines()
        return {case.split("\t")[0] for case in cases}
    path = here / script
    if not path.exists():
        return set()
    return set(re.findall(r'^ *begin_test "(.*)"$', path.read_text(), re.M))


tested = set()
for number, part, script, title in rows("test-list.tsv", 4):
    if script == "-":
        if not title.startswith("NOT "):
            problems.append("test %s, %s: no reason" % (number, part))
    elif title not in titles(script):
        problems.append("test %s, %s: %s has no test '%s'" % (number, part, script, title))
    else:
        tested.add(int(number))
problems += ["test %d: nothing" % number for number in NUMBERS if number not in tested]

shown = {int(row[0]) for row in rows("attacks.tsv", 5)}
scripts = {
    number
    for script in here.glob("t-attacks-*.sh")
    for number in map(int, re.findall(r"^  record (\d+) ", script.read_text(), re.M))
}
document = (here.parents[1] / "docs/attacks.md").read_text()
table, outside = document.split("## Out of scope")
outside = {int(n) for n in re.findall(r"\b(\d\d)\b", "".join(re.findall(r"^\* .*|^  .*? and \d+.*", outside, re.M)))}
for number in ATTACKS:
    in_table = re.search(r"^\| %d \|" % number, table, re.M)
    if number in outside:
        continue
    if number not in shown or number not in scripts:
        problems.append("attack %d: no run in attacks.tsv" % number)
    if not in_table:
        problems.append("attack %d: not in docs/attacks.md" % number)

# Adjacent literals are one name.
def unit_titles(path):
    if not path.is_file():
        return set()
    cases = re.findall(r'^TEST_CASE\(((?:\s*"(?:[^"\\]|\\.)*")+),', path.read_text(), re.M)
    return {"".join(re.findall(r'"((?:[^"\\]|\\.)*)"', case)) for case in cases}


advisories = 0
known = set()
for names, what, source, title in rows("../core/verify/advisories.tsv", 4):
    advisories += 1
    for name in names.split():
        if name in known or not re.fullmatch(r"CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3}", name):
            problems.append("advisory %s: twice, or no id" % name)
        known.add(name)
    if source == "-":
        if not title.startswith("NOT NEEDED: "):
            problems.append("advisory %s: no reason" % names)
    elif title not in unit_titles(here.parents[1] / source):
        problems.append("advisory %s: %s has no test '%s'" % (names, source, title))

for problem in problems:
    print("check_lists: " + problem, file=sys.stderr)
print(
    "check_lists: %d tests, %d attacks, %d advisories, %d problems"
    % (len(tested), len(shown), advisories, len(problems))
)
sys.exit(1 if problems else 0)
