"""A running `kg serve` answers real SPARQL clients with the rows of `kg query`, and a browser with pages.

    served.py KG ROOT WORK NODE_MODULES
"""
import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys

import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, POST, SPARQLWrapper

kg, root = sys.argv[1], pathlib.Path(sys.argv[2])
here = root / "tests" / "clients"
work, node_modules = pathlib.Path(sys.argv[3]), sys.argv[4]
passed = 0

PREFIXES = """PREFIX kg: <https://w3id.org/papergraph/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
QUERIES = [
    "SELECT ?name (COUNT(DISTINCT ?p) AS ?n) { ?p kg:usesDataset ?d . ?d rdfs:label ?name } GROUP BY ?name",
    "SELECT ?title { ?p kg:usesDataset <https://w3id.org/papergraph/dataset/coco> ; dcterms:title ?title }",
    "SELECT ?title ?repository { ?p kg:hasRepository ?r ; dcterms:title ?title . ?r rdfs:label ?repository }",
]


def ok(what):
    global passed
    passed += 1
    print(f"ok   {what}")


def rows_of_csv(text):
    return sorted(tuple(row) for row in list(csv.reader(io.StringIO(text)))[1:])


def same(client, rows):
    """The rows of each query, sorted, are those that `kg query` prints."""
    for query, found, expected in zip(QUERIES, rows, ours):
        assert sorted(found) == expected, (client, query, sorted(found)[:3], expected[:3])
    ok(f"{client} gets the rows of `kg query` ({', '.join(str(len(rows)) for rows in ours)})")


ours = [rows_of_csv(subprocess.run([kg, "query", "--format", "csv", "-e", PREFIXES + query], check=True,
                                   capture_output=True, text=True).stdout) for query in QUERIES]
assert all(ours)

server = subprocess.Popen([kg, "serve", "--quiet", "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
try:
    start = server.stdout.readline().strip()
    endpoint = start + "sparql"

    def curl(query, *how):
        command = ["curl", "--silent", "--show-error", "--fail", *how, endpoint]
        return rows_of_csv(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    csv_please = ("--header", "Accept: text/csv")
    same("curl by GET", [curl(q, "--get", "--data-urlencode", f"query={PREFIXES}{q}", *csv_please) for q in QUERIES])
    direct = ("--header", "Content-Type: application/sparql-query", "--compressed", *csv_please)
    same("curl by POST", [curl(q, "--data-binary", PREFIXES + q, *direct) for q in QUERIES])

    def wrapped(query, method=None, form=JSON):
        wrapper = SPARQLWrapper(endpoint)
        wrapper.setQuery(PREFIXES + query)
        wrapper.setReturnFormat(form)
        if method:
            wrapper.setMethod(method)
        result = wrapper.query().convert()
        if form == CSV:
            return rows_of_csv(result.decode())
        names = result["head"]["vars"]
        return [tuple(row[name]["value"] for name in names) for row in result["results"]["bindings"]]

    same("SPARQLWrapper by GET in JSON", [wrapped(query) for query in QUERIES])
    same("SPARQLWrapper by POST in CSV", [wrapped(query, POST, CSV) for query in QUERIES])

    store = rdflib.Graph(SPARQLStore(endpoint))
    same("rdflib's SPARQLStore", [[tuple(str(v) for v in row) for row in store.query(PREFIXES + q)] for q in QUERIES])

    coco = rdflib.URIRef("https://w3id.org/papergraph/dataset/coco")
    for media, syntax in [("text/turtle", "turtle"), ("application/ld+json", "json-ld"), ("application/rdf+xml", "xml")]:
        text = subprocess.run(["curl", "--silent", "--fail", "--header", f"Accept: {media}", start + "dataset/coco"],
                              check=True, capture_output=True, text=True).stdout
        graph = rdflib.Graph().parse(data=text, format=syntax)
        assert str(graph.value(coco, rdflib.RDFS.label)) == "COCO" and list(graph.subjects(object=coco)), media
    ok("rdflib reads a node in Turtle, JSON-LD and RDF/XML")

    def node(script, *arguments):
        environment = {**os.environ, "NODE_MODULES": node_modules}
        command = ["node", here / script, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    answers = json.loads(node("comunica.mjs", endpoint, json.dumps([PREFIXES + query for query in QUERIES])))
    same("Comunica", [[tuple(row) for row in rows] for rows in answers])

finally:
    server.terminate()
    assert server.wait(20) == 0, "the server did not end in order"
ok("the server ends in order")

# The person in the browser also sees boards of tasks, and authors.
papers = [root / "examples/papers.jsonl", *(root / f"tests/fixtures/sources/pwc-{of}.json" for of in ["papers", "evaluations"])]
graph = work / "kg-store-browser"
shutil.rmtree(graph, ignore_errors=True)
subprocess.run([kg, "--quiet", "--store", graph, "build", *papers], check=True)
server = subprocess.Popen([kg, "--quiet", "--store", graph, "serve", "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
try:
    for line in node("browser.mjs", server.stdout.readline().strip(), str(work)).splitlines():
        ok(f"Chromium {line}")
finally:
    server.terminate()
    server.wait(20)

(work / "served.passed").write_text(str(passed))
