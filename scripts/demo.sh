#!/usr/bin/env bash
# Reads the bundled example into a graph and shows neighbours, a query and a picture.
#   scripts/demo.sh KG FOLDER
set -euo pipefail
kg=$1 folder=$2
rm -rf "$folder"
mkdir -p "$folder"
export KG_STORE=$folder/kg-store

show() { printf '\n\033[1m$ %s\033[0m\n' "$*"; }

show kg build examples/papers.jsonl
"$kg" build examples/papers.jsonl
show kg stats
"$kg" stats
show kg neighbors COCO --limit 6
"$kg" neighbors COCO --limit 6
show kg show FlashAttention
"$kg" show FlashAttention | head -40
show kg query papers-using dataset=GSM8K
"$kg" query papers-using dataset=GSM8K --format table
show kg query datasets-by-papers --limit 10
"$kg" query datasets-by-papers --limit 10 --format table
show kg export svg --around COCO --depth 1 -o "$folder/coco.svg"
"$kg" export svg --around COCO --depth 1 -o "$folder/coco.svg"
"$kg" export png --around COCO --depth 1 -o "$folder/coco.png"
printf '\nThe picture: %s and %s\nThe graph:   %s (export KG_STORE=%s to go on asking)\n' "$folder/coco.svg" "$folder/coco.png" "$KG_STORE" "$KG_STORE"
