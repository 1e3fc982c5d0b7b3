// SPDX-License-Identifier: Apache-2.0
//
// bench-empty: what it costs to start any C++ program.

int main() { return 0; }
