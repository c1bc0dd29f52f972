#!/usr/bin/env bash
# Kills a build again and again, resumes it each time, and compares the graph with that of an undisturbed build.
#   scripts/kill-build.sh KG BULKLOAD PAPERS WORK [KILLS]
# BULKLOAD is the program of examples/bulkload.rs, which writes the triples of a graph. The graph of an undisturbed
# build is expected, or built, at WORK/undisturbed.
set -euo pipefail
kg=$1 bulkload=$2 papers=$3 work=$4 kills=${5:-20}
mkdir -p "$work"
[ -d "$work/undisturbed" ] || "$kg" --quiet build --store "$work/undisturbed" "$papers"
rm -rf "$work/killed"
killed=0 finished=0
for _ in $(seq "$kills"); do
  "$kg" --quiet build --store "$work/killed" "$papers" & pid=$!
  # Some seconds of life, so that the kills fall into every stage.
  sleep "$((RANDOM % ${LIFE:-12})).$((RANDOM % 10))"
  if kill -9 "$pid" 2>/dev/null; then killed=$((killed + 1)); else finished=$((finished + 1)); fi
  wait "$pid" 2>/dev/null || true
  [ ! -e "$work/killed/current" ] || break
done
"$kg" build --store "$work/killed" "$papers"
echo "killed $killed times"
for store in killed undisturbed; do
  "$bulkload" dump "$work/$store" "$work/$store.nq"
  LC_ALL=C sort -o "$work/$store.nq" "$work/$store.nq"
done
cmp "$work/killed.nq" "$work/undisturbed.nq"
# The RDF is one half of a graph, the search index the other: these commands read only the index.
for question in "export json-graph" "neighbors COCO --format json" "search attention --format json"; do
  for store in killed undisturbed; do
    # shellcheck disable=SC2086
    "$kg" --quiet --store "$work/$store" $question >"$work/$store.answer"
  done
  cmp "$work/killed.answer" "$work/undisturbed.answer"
done
echo "the same graph: $(wc -l <"$work/killed.nq") triples"
