"""The same rows in rdflib as in `kg query`, and pictures that networkx reads.

    check.py KG ROOT WORK
"""
import csv
import io

import networkx
import rdflib

from common import finish, ok, root, run, work

ontology = rdflib.Graph().parse(root / "vocab" / "ontology.ttl")
assert len(ontology) > 100, len(ontology)
ok(f"rdflib reads the ontology ({len(ontology)} triples)")

everything = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
turtle = rdflib.Graph().parse(data=run("query", "--format", "turtle", "-e", everything), format="turtle")
triples = rdflib.Graph().parse(data=run("query", "--format", "ntriples", "-e", everything), format="nt")
assert len(turtle) > 10000 and set(turtle) == set(triples), (len(turtle), len(triples))
ok(f"rdflib reads the whole graph as Turtle and as N-Triples, alike ({len(turtle)} triples)")

KG = "PREFIX kg: <https://w3id.org/papergraph/ontology#> PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
for query in [
    "SELECT ?name (COUNT(DISTINCT ?p) AS ?n) { ?p kg:usesDataset ?d . ?d rdfs:label ?name } GROUP BY ?name",
    "SELECT ?title { ?p kg:usesDataset <https://w3id.org/papergraph/dataset/coco> ; dcterms:title ?title }",
    "SELECT ?title ?repository { ?p kg:hasRepository ?r ; dcterms:title ?title . ?r rdfs:label ?repository }",
]:
    ours = {tuple(row) for row in list(csv.reader(io.StringIO(run("query", "--format", "csv", "-e", query))))[1:]}
    theirs = {tuple(str(value) for value in row) for row in turtle.query(KG + query)}
    assert ours == theirs and ours, (query, len(ours), len(theirs))
    ok(f"rdflib finds the same {len(ours)} rows: {query[:60]}…")

dot = networkx.nx_pydot.read_dot(work / "graph.dot")
assert dot.number_of_nodes() > 50, dot.number_of_nodes()
ok(f"networkx reads the picture of the whole graph ({dot.number_of_nodes()} nodes)")

finish("passed")
