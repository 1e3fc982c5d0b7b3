#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks who includes whom, and the rules of style a machine can see.

  check_layers.py [ROOT]       check the tree (default: the one this file is in)
  check_layers.py --self-test  check that each rule fires, and only when it must

The table `| room | may include |` in ROOT/ARCHITECTURE.md is the rule; nothing
about rooms is repeated here. Comments and string literals are blanked before
any rule looks at the code, so talking about `throw` is free.
"""

import bisect
import fnmatch
import os
import posixpath
import re
import sys
import tempfile

PRODUCT = ("core", "hub-client", "git-remote-sigstore", "hooks")
OTHER = ("tests", "scripts")  # only the rules that hold everywhere
UNCHECKED = "tests/data/"  # vectors, by other people: not our sources
CEILING = {".h": 200, ".cpp": 400}  # lines
# Names that would get round every rule here, were they allowed.
STRANGE = (".c", ".cc", ".cxx", ".hh", ".hpp", ".hxx", ".inc", ".inl", ".ipp")
# Leave to be longer. A number of lines is no reason: another word must follow.
LONGER = (r"// Longer than\b(?:[\s\d:,.]|the\b|ceiling\b|lines?\b)*"
          r"(?!the\b|ceiling\b|lines?\b)[A-Za-z]")
SPDX = "SPDX-License-Identifier: Apache-2.0"

# Third-party headers: prefix, and the files that may include it (fnmatch
# patterns, in which * also matches a slash).
OWNERS = (
    ("openssl/", ("core/crypto/*",)),
    ("p11-kit/", ("core/crypto/*",)),
    ("curl/", ("core/http/*",)),
    ("git2", ("core/git/*",)),
    ("utf8proc", ("core/manifest/tree_names.cpp",)),
    ("nlohmann/", ("core/base/json.h", "*.cpp")),
    ("CLI/", ("*/command_*", "*/commands.*")),
    ("catch2/", ()),
    ("httplib.h", ("hub-client/proxy/*",)),
)

# Forbidden code: pattern, complaint, whether a path is under the rule.
FORBIDDEN = (
    (r"\busing\s+namespace\b", "using namespace", lambda p: True),
    (r"\b(?:shared_ptr|make_shared)\b", "shared_ptr", lambda p: not p.startswith("tests/")),
    (r"\bthrow\b", "throw", lambda p: not may_throw(p)),
    (r"\bcatch\s*\(", "catch", lambda p: not may_throw(p)),
    (r"\b(?:secure_)?getenv\s*\(", "getenv below app", lambda p: below_app(p)),
    (r"\bstd::(?:cout|cerr|clog)\b", "printing below app",
     lambda p: below_app(p)),
    # snprintf writes to memory; _exit is how a forked child has to end.
    (r"\bv?[fd]?printf\s*\(", "printing below app", lambda p: below_app(p)),
    (r"\bexit\s*\(", "exit below app", lambda p: below_app(p)),
)


def may_throw(path):
    # The two that call libraries which throw: nlohmann/json and CLI11.
    return path.startswith("tests/") or path in (
        "core/base/json.cpp", "core/app/command_line.cpp")


def below_app(path):
    return path.startswith("core/") and not path.startswith("core/app/")


# Identifiers and numbers are tokens too: they keep the R of FOOR"x" and the
# quotes of 1'000'000 from opening a literal.
TOKEN = re.compile(
    r'(?P<raw>(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)")'
    r"|(?P<comment>//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z))"
    r"|[A-Za-z_]\w*|\d(?:'?[\w.])*"
    r"""|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')""", re.DOTALL)


def blank(text, *kinds):
    """`text` with the tokens of these kinds blanked, every offset kept."""

    def replace(match):
        if not any(match[kind] for kind in kinds):
            return match[0]
        if match["comment"]:
            return re.sub(r"[^\n]", " ", match[0])
        # The quotes stay, so that an #include still looks like one.
        inner = re.sub(r"[^\n]", " ", match[0][1:-1])
        return match[0][0] + inner + match[0][-1]

    return TOKEN.sub(replace, text)


class Source:
    """One file: its text, and the views of it that the rules look at."""

    def __init__(self, root, path):
        self.path = path
        self.suffix = posixpath.splitext(path)[1]
        with open(os.path.join(root, path), encoding="utf-8",
                  errors="replace", newline="") as file:
            self.text = file.read()
        self.lines = self.text.splitlines()
        self.newlines = [m.start() for m in re.finditer("\n", self.text)]
        if self.suffix in CEILING:
            self.code = blank(self.text, "comment", "string", "raw")

    def line_of(self, offset):
        return bisect.bisect_left(self.newlines, offset) + 1

    def includes(self):
        """(line, opening quote or "<", path) per #include; path None if odd."""
        uncommented = blank(self.text, "comment")
        for match in re.finditer(r"^[ \t]*#[ \t]*include(?!\w)([^\n]*)",
                                 self.code, re.MULTILINE):
            argument = uncommented[match.start(1):match.end(1)].strip()
            header = re.fullmatch(r'"([^"]+)"|<([^>]+)>', argument)
            path = header and (header[1] or header[2])
            if path and posixpath.normpath(path) != path:
                path = None  # `a//b` and `a/../b` would get round the table
            yield self.line_of(match.start()), argument[:1], path


def room_of(path):
    parts = path.split("/")
    divided = parts[0] in ("core", "hub-client") and len(parts) > 2
    return parts[1] if divided else parts[0]


def read_table(root):
    """{room: set of rooms}, or None if there is no such table."""
    try:
        with open(os.path.join(root, "ARCHITECTURE.md"),
                  encoding="utf-8") as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    table = None
    for line in lines:
        cells = [cell.strip(" `") for cell in line.strip().split("|")[1:-1]]
        if table is None:
            if cells == ["room", "may include"]:
                table = {}
        elif len(cells) != 2:
            break
        elif cells[0].strip("-:"):
            table[cells[0]] = set(cells[1].replace("`", " ").split())
    return table


class Check:

    def __init__(self, root):
        self.root = root
        self.files = 0
        self.includes = 0
        self.violations = []
        self.edges = {}  # (room, included room) -> first place
        self.table = read_table(root)

    def complain(self, path, line, what):
        self.violations.append((path, line, what))

    def run(self):
        if not self.table:
            self.complain("ARCHITECTURE.md", 1,
                          "no table with the header | room | may include |")
            return self
        rooms = {}
        for path in self.walk(PRODUCT + OTHER):
            source = Source(self.root, path)
            self.files += 1
            self.check_text(source)
            if path.split("/")[0] not in PRODUCT:
                continue
            self.check_product(source)
            if source.suffix in CEILING:
                rooms.setdefault(room_of(path), path)
                self.check_includes(source)
        for room, path in rooms.items():
            if room not in self.table:
                self.complain(path, 1, f"room {room} has no row in the table")
        self.check_cycles()
        self.violations.sort()
        return self

    def walk(self, tops):
        for top in tops:
            for folder, folders, names in os.walk(os.path.join(self.root, top)):
                folders[:] = sorted(f for f in folders if f != "__pycache__")
                for name in sorted(names):
                    path = os.path.relpath(os.path.join(folder, name),
                                           self.root).replace(os.sep, "/")
                    if self.is_source(path):
                        yield path

    def is_source(self, path):
        if path.startswith(UNCHECKED):
            return False
        suffix = posixpath.splitext(path)[1]
        return (suffix in (".h", ".cpp", ".sh", ".py") or
                suffix in STRANGE and path.split("/")[0] in PRODUCT or
                not suffix and path.startswith("scripts/"))

    def check_text(self, source):
        """Rules for every source, tests and scripts included."""
        lines = source.lines
        first = 1 if lines and lines[0].startswith("#!") else 0
        mark = "//" if source.suffix not in (".sh", ".py", "") else "#"
        if lines[first:first + 1] != [f"{mark} {SPDX}"]:
            self.complain(source.path, first + 1, f"not `{mark} {SPDX}`")
        if source.suffix not in CEILING:
            return
        if source.suffix == ".h" and not re.search(
                r"^[ \t]*#[ \t]*pragma[ \t]+once\b", source.code, re.MULTILINE):
            self.complain(source.path, 1, "header without #pragma once")
        for pattern, complaint, applies in FORBIDDEN:
            if applies(source.path):
                for match in re.finditer(pattern, source.code):
                    self.complain(source.path, source.line_of(match.start()),
                                  complaint)

    def check_product(self, source):
        """Rules for everything but tests."""
        if source.suffix in STRANGE:
            self.complain(source.path, 1, "sources end in .h or .cpp")
        if source.suffix not in CEILING:
            return
        ceiling = CEILING[source.suffix]
        if len(source.lines) > ceiling and not any(
                re.search(LONGER, line) for line in source.lines[:15]):
            self.complain(source.path, ceiling + 1,
                          f"{len(source.lines)} lines, more than {ceiling}, "
                          "and no `// Longer than ...: reason` on top")
        for match in re.finditer(r"\b(\w+_unsafe)\s*\(", source.code):
            line = source.line_of(match.start())
            if not re.search(r"// unsafe: *\w", source.lines[line - 1]):
                self.complain(source.path, line,
                              f"{match[1]} without `// unsafe: reason`")

    def check_includes(self, source):
        room = room_of(source.path)
        for line, quote, path in source.includes():
            self.includes += 1
            place = (source.path, line)
            if path is None:
                self.complain(*place, "#include that is not a plain path")
            elif quote == "<":
                if os.path.isfile(os.path.join(self.root, path)):
                    self.complain(*place, f'our own <{path}> needs quotes')
                self.check_owner(place, path)
            elif not os.path.isfile(os.path.join(self.root, path)):
                self.complain(*place, f'no "{path}" from the repository root')
            else:
                other = room_of(path)
                self.edges.setdefault((room, other), place)
                # A room without a row is one complaint, not one per include.
                if other != room and other not in self.table.get(room, {other}):
                    self.complain(*place,
                                  f"room {room} may not include {other}")

    def check_owner(self, place, header):
        for prefix, owners in OWNERS:
            if header.startswith(prefix) and not any(
                    fnmatch.fnmatchcase(place[0], owner) for owner in owners):
                self.complain(*place, f"<{header}> is not for this file")

    def check_cycles(self):
        """One complaint per circle of rooms, at one of its includes."""
        graph = {}
        for room, other in self.edges:
            if room != other:
                graph.setdefault(room, []).append(other)
        done = set()

        def visit(room, trail):
            if room in trail:
                circle = trail[trail.index(room):] + [room]
                self.complain(*self.edges[circle[0], circle[1]],
                              "rooms in a circle: " + " -> ".join(circle))
            elif room not in done:
                for other in sorted(graph.get(room, ())):
                    visit(other, trail + [room])
                done.add(room)

        for room in sorted(graph):
            visit(room, [])


def report(root, out=None, err=None):
    out, err = out or sys.stdout, err or sys.stderr
    check = Check(root).run()
    for path, line, what in check.violations:
        print(f"{path}:{line}: {what}", file=out)
    if check.violations:
        print(f"check_layers: {len(check.violations)} violations", file=err)
        return 1
    print(f"check_layers: {check.files} files, {check.includes} includes, "
          "no violation", file=out)
    return 0


# --- self-test ---------------------------------------------------------------

TABLE = """Text, and a table that is not ours.

| other | table |
|---|---|
| base | app |

| room | may include |
|---|---|
| base | |
| `crypto` | base |
| http | base |
| git | base |
| core | base crypto |
| app | base core later |
| hub-client | base app core |
| proxy | base |
| later | base |

| room | may include |
|---|---|
| base | app |
"""
CPP = f"// {SPDX}\n"
HEADER = CPP + "#pragma once\n"
PYTHON = f"#!/usr/bin/env python3\n# {SPDX}\n"


def many(count, line="int x;\n"):
    return line * count


# What must pass: one file per exception and per thing that only looks wrong.
CLEAN = {
    "ARCHITECTURE.md": TABLE,
    "core/base/result.h": HEADER + "#include <string>\n",
    "core/base/json.h": HEADER + "#include <nlohmann/json.hpp>\n",
    "core/base/json.cpp": CPP + '#include "core/base/json.h"\n'
                          "void f() { try { throw 1; } catch (...) {} }\n",
    "core/base/talk.cpp": CPP + """// throw, catch (x), shared_ptr, exit(1)
/* using namespace std; getenv("X"); std::cout
#include "core/app/app.h"
*/
const char* a = "throw shared_ptr exit(1) \\" catch (";
const char* b = R"x(
#include "core/app/app.h"
using namespace std; " )" throw )x";
const char c = '"'; const int d = 1'000'000; const char e = '\\'';
// a comment goes on \\
   throw
auto f = std::nothrow; int rethrow; int n = snprintf(p, 1, "x"); _exit(1);
auto FOOR = FOOR"(throw"; // )
#include "core/base/result.h"  // kept: throw
#  include <vector> /* two */
""",
    "core/base/long.cpp": CPP + "// Longer than 400 lines: an option table.\n"
                          + many(500),
    "core/base/full.cpp": CPP + many(399),
    "core/base/full.h": HEADER + many(198),
    "core/crypto/sha2.h": HEADER + "#include <openssl/evp.h>\n"
                          '#include "core/base/result.h"\n'
                          "int raw_unsafe();  // unsafe: skips the check\n",
    "core/http/curl_client.cpp": CPP + "#include <curl/curl.h>\n",
    "hub-client/proxy/server.cpp": CPP + "#include <httplib.h>\n",
    "core/git/libgit2.h": HEADER + "#include <git2.h>\n#include <git2/odb.h>\n",
    "core/verify_model.h": HEADER + '#include "core/crypto/sha2.h"\n',
    "core/app/app.h": HEADER + '#include "core/verify_model.h"\n',
    "core/app/app.cpp": CPP + "#include <nlohmann/json.hpp>\n"
                        'auto x = getenv("X"); void f() { std::cerr << 1;\n'
                        'printf("x"); exit(1); }\n',
    "hub-client/main.cpp": CPP +
                           '#include "core/app/app.h"\n'
                           "int main() {}\n",
    "core/app/command_line.cpp": CPP + "#include <CLI/CLI.hpp>\n"
                                 "void f() { try { throw 1; } "
                                 "catch (...) {} }\n",
    "hub-client/other_main.cpp": CPP,
    "hub-client/command_pull.cpp": CPP + "#include <CLI/CLI.hpp>\n"
                                   '#include "hub-client/commands.h"\n',
    "hub-client/commands.h": HEADER + "#include <CLI/CLI.hpp>\n",
    "hub-client/CMakeLists.txt": "no source\n",
    "tests/core/base/result_test.cpp": CPP + "#include <catch2/catch.hpp>\n"
                                       "#include <httplib.h>\n"
                                       "void f() { throw raw_unsafe(); }\n"
                                       + many(500),
    "tests/data/foreign.py": "no licence line\n",
    "tests/data/foreign.h": "using namespace std;\n",
    "tests/e2e/t-clone.sh": f"#!/usr/bin/env bash\n# {SPDX}\n",
    "scripts/setup": f"#!/usr/bin/env bash\n# {SPDX}\n",
    "scripts/tool.py": PYTHON,
}

# What must fail: files on top of CLEAN, and every complaint they must give.
X = "core/base/x.cpp"
CIRCLE = {
    "core/http/h.h": HEADER + '#include "core/git/g.h"\n',
    "core/git/g.h": HEADER + '#include "core/http/h.h"\n',
}
CASES = (
    ({X: CPP + '\n#include "core/app/app.h"\n'},
     [f"{X}:3: room base may not include app",
      "core/app/app.h:3: rooms in a circle: app -> core -> crypto -> base -> "
      "app"]),
    ({"hub-client/x.h": HEADER + '#include "core/crypto/sha2.h"\n'},
     ["hub-client/x.h:3: room hub-client may not include crypto"]),
    ({"core/git/x.h": HEADER + '#include "core/http/y.h"\n',
      "core/http/y.h": HEADER},
     ["core/git/x.h:3: room git may not include http"]),
    ({X: CPP + '#include "tests/t.h"\n', "tests/t.h": HEADER},
     [f"{X}:2: room base may not include tests"]),
    (CIRCLE | {"ARCHITECTURE.md": TABLE.replace("http | base", "http | git")
               .replace("git | base", "git | http")},
     ["core/git/g.h:3: rooms in a circle: git -> http -> git"]),
    ({"core/attic/x.h": HEADER + '#include "core/base/result.h"\n'},
     ["core/attic/x.h:1: room attic has no row in the table"]),
    ({"hooks/main.cpp": CPP}, ["hooks/main.cpp:1: room hooks has no row"]),
    ({"ARCHITECTURE.md": "| room |\n"}, ["ARCHITECTURE.md:1: no table"]),
    ({"ARCHITECTURE.md": None}, ["ARCHITECTURE.md:1: no table"]),
    ({X: CPP + '#include "result.h"\n'}, [f'{X}:2: no "result.h" from the']),
    ({X: CPP + '#include "core/base/gone.h"\n'}, [f'{X}:2: no "core/base/gon']),
    ({X: CPP + "#include <core/base/result.h>\n"}, [f"{X}:2: our own <core/"]),
    ({X: CPP + '#include "core/base/../app/app.h"\n'},
     [f"{X}:2: #include that is not a plain"]),
    ({X: CPP + "#include <openssl//evp.h>\n"}, [f"{X}:2: #include that is no"]),
    ({X: CPP + "#include NAME\n"}, [f"{X}:2: #include that is not a plain"]),
    ({X: CPP + '#include \\\n"core/app/app.h"\n'},
     [f"{X}:2: #include that is not a plain"]),
    ({X: CPP + "/**/ #/**/include <openssl/evp.h>\n"},
     [f"{X}:2: <openssl/evp.h> is not"]),
    ({X: CPP + "#include <curl/curl.h>\n"}, [f"{X}:2: <curl/curl.h> is not"]),
    ({X: CPP + "#include <git2.h>\n"}, [f"{X}:2: <git2.h> is not for"]),
    ({X: CPP + "#include <git2/odb.h>\n"}, [f"{X}:2: <git2/odb.h> is not"]),
    ({"core/app/x.h": HEADER + "#include <nlohmann/json_fwd.hpp>\n"},
     ["core/app/x.h:3: <nlohmann/json_fwd.hpp> is not"]),
    ({"hub-client/x.cpp": CPP + "#include <CLI/CLI.hpp>\n"},
     ["hub-client/x.cpp:2: <CLI/CLI.hpp> is not"]),
    ({"hub-client/main.cpp": CPP + "#include <catch2/catch.hpp>\n"},
     ["hub-client/main.cpp:2: <catch2/catch.hpp> is not"]),
    ({"core/app/x.cpp": CPP + "#include <httplib.h>\n"},
     ["core/app/x.cpp:2: <httplib.h> is not"]),
    ({"core/base/x.hpp": CPP}, ["core/base/x.hpp:1: sources end in"]),
    ({"core/base/x.h": CPP + "// #pragma once\n"},
     ["core/base/x.h:1: header without #pragma once"]),
    ({"tests/x.h": CPP}, ["tests/x.h:1: header without #pragma once"]),
    ({X: "\n" + CPP}, [f"{X}:1: not `// SPDX"]),
    ({X: ""}, [f"{X}:1: not `// SPDX"]),
    ({"tests/x.cpp": f"// {SPDX} OR MIT\n"}, ["tests/x.cpp:1: not `// SPDX"]),
    ({"tests/e2e/x.sh": "#!/bin/sh\n\n"}, ["tests/e2e/x.sh:2: not `# SPDX"]),
    ({"scripts/x": "#!/bin/sh\n\n"}, ["scripts/x:2: not `# SPDX"]),
    ({"scripts/x.py": "import os\n"}, ["scripts/x.py:1: not `# SPDX"]),
    ({X: CPP + "using  namespace std;\n"}, [f"{X}:2: using namespace"]),
    ({"tests/x.cpp": CPP + "using namespace std;\n"},
     ["tests/x.cpp:2: using namespace"]),
    ({X: CPP + "std::shared_ptr<int> p;\n"}, [f"{X}:2: shared_ptr"]),
    ({X: CPP + "auto p = std::make_shared<int>();\n"}, [f"{X}:2: shared_ptr"]),
    ({X: CPP + "// \"\nvoid f() { throw; }\n"}, [f"{X}:3: throw"]),
    ({X: CPP + 'auto s = "\\\\"; int i = 1\'0; void f() { throw 1; }\n'},
     [f"{X}:2: throw"]),
    ({X: CPP + 'auto s = R"a(")a"; void f() { throw 1; }\n'},
     [f"{X}:2: throw"]),
    ({"core/app/x.cpp": CPP + "void f() {try {} catch (...) {}}\n"},
     ["core/app/x.cpp:2: catch"]),
    ({"core/base/json.h": HEADER + "void f() { throw 1; }\n"},
     ["core/base/json.h:3: throw"]),
    ({"core/app/main.cpp": CPP + "void f() { throw 1; }\n"},
     ["core/app/main.cpp:2: throw"]),
    ({"hub-client/main.cpp": CPP + "void f() { throw 1; }\n"},
     ["hub-client/main.cpp:2: throw"]),
    ({"hub-client/hub.cpp": CPP + "void f() { throw 1; }\n"},
     ["hub-client/hub.cpp:2: throw"]),
    ({X: CPP + 'auto x = std::getenv("X");\n'}, [f"{X}:2: getenv below app"]),
    ({X: CPP + "void f() { std::cout << 1; }\n"}, [f"{X}:2: printing below"]),
    ({X: CPP + "void f() { std::cerr << 1; }\n"}, [f"{X}:2: printing below"]),
    ({X: CPP + 'void f() { std::printf("x"); }\n'}, [f"{X}:2: printing below"]),
    ({X: CPP + 'void f() { fprintf(e, "x"); }\n'}, [f"{X}:2: printing below"]),
    ({"core/x.cpp": CPP + "void f() { std::exit(1); }\n"},
     ["core/x.cpp:2: exit below app"]),
    ({X: CPP + "int i = raw_unsafe();\n"}, [f"{X}:2: raw_unsafe without"]),
    ({"hub-client/x.h": HEADER + "int raw_unsafe();  // unsafe:\n"},
     ["hub-client/x.h:3: raw_unsafe without"]),
    ({X: CPP + many(400)}, [f"{X}:401: 401 lines, more than 400"]),
    ({"core/base/x.h": HEADER + many(199)},
     ["core/base/x.h:201: 201 lines, more than 200"]),
    ({X: CPP + "// Longer than the ceiling: 500 lines.\n" + many(400)},
     [f"{X}:401: 402 lines, more than 400"]),
    ({X: CPP + many(15) + "// Longer than 400 lines: table.\n" + many(400)},
     [f"{X}:401: 417 lines, more than 400"]),
)


def self_test():
    failed = 0
    cases = (({}, []),) + CASES
    for files, expected in cases:
        with tempfile.TemporaryDirectory() as root:
            for path, text in (CLEAN | files).items():
                if text is not None:
                    full = os.path.join(root, path)
                    os.makedirs(os.path.dirname(full), exist_ok=True)
                    with open(full, "w", encoding="utf-8") as file:
                        file.write(text)
            with open(os.path.join(root, "out"), "w+",
                      encoding="utf-8") as out:
                code = report(root, out, out)
                out.seek(0)
                lines = out.read().splitlines()
        # Exactly these complaints: a rule that fires too often is as bad.
        found, summary = sorted(lines[:-1]), lines[-1]
        right = (code == bool(expected) and len(found) == len(expected) and
                 all(map(str.startswith, found, sorted(expected))) and
                 ("no violation" in summary) == (not expected))
        if not right:
            failed += 1
            print("self-test: expected", sorted(expected), "but got", code,
                  lines, file=sys.stderr)
    print(f"check_layers: self-test: {len(cases) - failed} of {len(cases)} "
          "trees as expected")
    return 1 if failed else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if len(arguments) > 1 or arguments and arguments[0].startswith("-"):
        print("usage: check_layers.py [ROOT | --self-test]", file=sys.stderr)
        return 2
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    return report(arguments[0] if arguments else here)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
