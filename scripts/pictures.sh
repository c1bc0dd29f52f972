#!/usr/bin/env bash
# Draws the pictures of README and docs from the bundled example.
#   scripts/pictures.sh KG FOLDER
set -euo pipefail
kg=$1 folder=$2
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$folder"
export KG_STORE=$folder/kg-store
rm -rf "$KG_STORE"
"$kg" build --quiet "$root/examples/papers.jsonl"

draw() { "$kg" export svg --quiet "${@:2}" -o "$root/docs/$1.svg" && wc -c "$root/docs/$1.svg"; }
draw around-coco --around COCO
draw flashattention --around FlashAttention --depth 2 --max-nodes 50
draw datasets --kind dataset --max-nodes 60
draw field --max-nodes 110
"$kg" leaderboard ImageNet --metric top-1 --svg "$root/docs/leaderboard.svg" > /dev/null && wc -c "$root/docs/leaderboard.svg"
