#!/usr/bin/env bash
# Draws the screenshots of README: pages of a graph of real papers, in headless Chromium, in light mode.
#   scripts/screenshots.sh KG FOLDER INPUT...
# FOLDER is where the pictures go (docs/screenshots). INPUT is what `kg build` reads: files of the ACL Anthology, and papers
# with results. NODE_MODULES has playwright-core (tests/clients/run.sh installs it).
set -euo pipefail
kg=$1 folder=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
"$kg" --quiet --store "$work/kg-store" build "$@"
"$kg" --quiet --store "$work/kg-store" serve --bind 127.0.0.1:0 >"$work/address" &
server=$!
until [ -s "$work/address" ]; do sleep 0.2; done
mkdir -p "$folder"
node "$here/screenshots.mjs" "$(cat "$work/address")" "$folder"
