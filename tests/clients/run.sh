#!/usr/bin/env bash
# The output of kg in programs that we did not write. They are installed below target/; nothing else is changed.
#   tests/clients/run.sh KG
set -euo pipefail
kg=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$root/target/clients
mkdir -p "$work"
export KG_STORE=$work/kg-store
rm -rf "$KG_STORE"

passed=0
ok() { passed=$((passed + 1)); echo "ok   $1"; }

python=$work/venv/bin/python
[ -x "$python" ] || python3 -m venv "$work/venv"
# Asked for together, so that an older folder gets what it lacks.
"$python" -c 'import rdflib, networkx, pydot, SPARQLWrapper, pyshacl, pyarrow, duckdb, datafusion, rocrate_validator, bibtexparser, yaml, rocrate, trustme, mcp, jsonschema, pandas, polars, nbclient, ipykernel, matplotlib, mypy' \
  2>/dev/null || {
  "$python" -m pip install --quiet --disable-pip-version-check rdflib networkx pydot SPARQLWrapper pyshacl \
    pyarrow duckdb datafusion roc-validator bibtexparser==2.1.0 pyyaml trustme 'mcp>=2,<3' jsonschema pandas polars nbclient ipykernel matplotlib mypy
  "$python" -m pip install --quiet --disable-pip-version-check 'maturin>=1.9,<2'
  # Its dependencies are another application's.
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps rocrate
}

"$kg" build "$root/examples/papers.jsonl"

# GraphViz draws every picture without a warning.
for selection in "--around COCO --depth 1" "--around COCO --depth 2 --max-nodes 60" ""; do
  # shellcheck disable=SC2086
  "$kg" export dot $selection >"$work/graph.dot" 2>/dev/null
  dot -Tsvg "$work/graph.dot" -o "$work/graph.svg" 2>"$work/dot.err"
  # dot reports names without a free place in a dense picture; this is intended.
  sed -i '/exterior labels positioned/d' "$work/dot.err"
  [ ! -s "$work/dot.err" ] || { cat "$work/dot.err"; exit 1; }
  ok "dot draws: export dot $selection"
done

"$python" "$root/tests/clients/check.py" "$kg" "$root" "$work"
passed=$((passed + $(cat "$work/passed")))
"$python" "$root/tests/clients/exports.py" "$kg" "$root" "$work"
passed=$((passed + $(cat "$work/exports.passed")))

"$python" "$root/tests/clients/rdf.py" "$kg" "$root" "$work"
passed=$((passed + $(cat "$work/passed-rdf")))

"$python" "$root/tests/clients/action.py" "$kg" "$root" "$work"
passed=$((passed + $(cat "$work/action.passed")))

if [ ! -d "$work/node/node_modules/axe-core" ]; then
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --prefix "$work/node" --silent --no-audit --no-fund \
    @comunica/query-sparql@4 playwright-core axe-core
fi
[ -x "$work/node/node_modules/.bin/mcp-inspector" ] ||
  npm install --prefix "$work/node" --silent --no-audit --no-fund @modelcontextprotocol/inspector
"$python" "$root/tests/clients/agents.py" "$kg" "$root" "$work" "$work/node/node_modules"
passed=$((passed + $(cat "$work/agents.passed")))
"$python" "$root/tests/clients/served.py" "$kg" "$root" "$work" "$work/node/node_modules"
passed=$((passed + $(cat "$work/served.passed")))

# The wheel, from the target folder that is there.
rm -rf "$work/wheel"
MATURIN=$work/venv/bin/maturin "$root/scripts/package.sh" wheel "$kg" "$work/wheel"
wheel=$(echo "$work"/wheel/*.whl)
"$python" -m pip install --quiet --disable-pip-version-check --no-index --force-reinstall "$wheel"
"$python" "$root/tests/clients/module.py" "$kg" "$root" "$work"
passed=$((passed + $(cat "$work/module.passed")))
"$root/tests/clients/spark.sh" "$kg" "$root" "$work" "$wheel"
passed=$((passed + $(cat "$work/spark.passed")))
echo "$passed passed, 0 failed"
