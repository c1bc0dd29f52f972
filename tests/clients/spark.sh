#!/usr/bin/env bash
# Extraction on Apache Spark in local mode, with several workers, one of which is killed. Needs Java 17 or later.
#   spark.sh KG ROOT WORK WHEEL; writes the number of passed checks to WORK/spark.passed
set -euo pipefail
kg=$1 root=$2 work=$3 wheel=$4
echo 0 >"$work/spark.passed"
if ! command -v java >/dev/null; then
  echo "skipped: Spark needs Java"
  exit 0
fi
venv=$work/venv-spark
[ -x "$venv/bin/spark-submit" ] || { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check pyspark; }
"$venv/bin/python" -c 'import pyarrow, pandas' 2>/dev/null ||
  "$venv/bin/pip" install --quiet --disable-pip-version-check pyarrow pandas
"$venv/bin/pip" install --quiet --disable-pip-version-check --no-index --force-reinstall "$wheel"
listings=("$root"/../shared/corpus/daily-papers/*.txt)
[ -e "${listings[0]}" ] || listings=("$root/examples/papers.jsonl")
"$kg" --quiet extract "${listings[@]}" >"$work/papers.jsonl"
"$venv/bin/python" "$root/tests/clients/spark.py" "$kg" "$work/papers.jsonl" "$work"

# The graph from the workers' output equals the graph from the papers.
rm -rf "$work/spark-store" "$work/plain-store"
cat "$work"/spark-plain/part-* >"$work/extracted.jsonl"
"$kg" --quiet build --store "$work/spark-store" --extracted "$work/extracted.jsonl"
"$kg" --quiet build --store "$work/plain-store" "$work/papers.jsonl"
triples='SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }'
names='SELECT ?p ?e WHERE { ?p kg:mentions ?e } ORDER BY ?p ?e'
for query in "$triples" "$names"; do
  cmp <("$kg" query --store "$work/spark-store" --format csv -e "$query") \
      <("$kg" query --store "$work/plain-store" --format csv -e "$query")
done
echo "ok   Spark: a graph of what the workers made is the graph of the papers"
echo 5 >"$work/spark.passed"
