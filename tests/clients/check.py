"""The same rows in rdflib as in `kg query`, and pictures that networkx reads.

    check.py KG ROOT WORK
"""
import csv
import io
import re
from collections import Counter

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

# Every shipped query, with its defaults and one value for each parameter that it requires.
PREFIXES = "".join(f"PREFIX {name}: <{iri}> " for name, iri in {
    "kg": "https://w3id.org/papergraph/ontology#",
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}.items())
SAMPLES = {"dataset": "dataset/imagenet", "task": "task/object-detection", "entity": "method/flashattention"}


def words(row):
    """A row whose concatenated values have no order."""
    return tuple(" ".join(sorted(str(value).split(" "))) if value is not None else "" for value in row)


for file in sorted((root / "queries").glob("*.rq")):
    text, arguments = file.read_text(), []
    for name, declaration in re.findall(r"^# param (\w+): (.*)$", text, re.MULTILINE):
        if " = " in declaration:
            value = declaration.rsplit(" = ", 1)[1].strip()
        elif declaration.endswith(", required"):
            value = f"<https://w3id.org/papergraph/{SAMPLES[name]}>"
            arguments.append(f"{name}={SAMPLES[name]}")
        else:
            continue
        text = re.sub(rf"[$?]{name}\b", value, text)
    printed = list(csv.reader(io.StringIO(run("query", file.stem, *arguments, "--format", "csv"))))[1:]
    ours = Counter(words(row) for row in printed)
    theirs = Counter(words(row) for row in turtle.query(PREFIXES + text))
    assert ours == theirs, (file.stem, list((ours - theirs).items())[:5], list((theirs - ours).items())[:5])
    ok(f"rdflib finds the same {sum(ours.values())} rows: kg query {file.stem}")

# Duplicates of a path with alternatives count, as in the standard.
paths = "SELECT (COUNT(*) AS ?n) { ?p kg:mentions|kg:usesDataset|kg:introduces ?d }"
ours = run("query", "--format", "csv", "-e", paths).split()[1]
theirs = next(iter(turtle.query(PREFIXES + paths)))[0]
assert ours == str(theirs), (ours, theirs)
ok(f"rdflib counts the same {ours} ends of a path with alternatives")

dot = networkx.nx_pydot.read_dot(work / "graph.dot")
assert dot.number_of_nodes() > 50, dot.number_of_nodes()
ok(f"networkx reads the picture of the whole graph ({dot.number_of_nodes()} nodes)")

finish("passed")
