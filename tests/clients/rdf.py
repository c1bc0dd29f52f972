"""The exports in rdflib, and the graph in pyshacl: no violation, except where there should be some.

    rdf.py KG ROOT WORK

The graph is built from the bundled example and from the listings beside the repository, where these are there.
"""
import pathlib
import shutil
import subprocess
import sys

import pyshacl
import rdflib
from rdflib import RDF, SKOS, XSD, Literal

kg, root, work = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
store = work / "kg-rdf"
passed = 0


def ok(what):
    global passed
    passed += 1
    print(f"ok   {what}")


def run(*arguments):
    return subprocess.run([kg, "--store", str(store), *arguments], check=True, capture_output=True, text=True).stdout


listings = sorted((root / ".." / "shared" / "corpus" / "daily-papers").glob("*.txt"))
if not listings:
    print("skip the listings are not there: the graph is that of the example alone")
shutil.rmtree(store, ignore_errors=True)
run("build", str(root / "examples" / "papers.jsonl"), *map(str, listings))
run("update", "--quiet", "-e", 'INSERT DATA { dataset:coco rdfs:comment "schön"@de , "a \\"note\\"\\n" }')

count = "SELECT (COUNT(*) AS ?n) WHERE { %s }"
data = int(run("query", "--format", "csv", "-e", count % "?s ?p ?o").split()[1])
named = int(run("query", "--format", "csv", "-e", count % "GRAPH ?g { ?s ?p ?o }").split()[1])
user = int(run("query", "--format", "csv", "-e", count % "GRAPH <https://w3id.org/papergraph/graph/user> { ?s ?p ?o }").split()[1])
for name, kind in [("turtle", "turtle"), ("ntriples", "nt"), ("rdfxml", "xml")]:
    graph = rdflib.Graph().parse(data=run("export", name), format=kind)
    assert len(graph) == data, (name, len(graph), data)
    ok(f"rdflib reads export {name}: {data} triples")
for name, kind in [("nquads", "nquads"), ("trig", "trig"), ("jsonld", "json-ld")]:
    dataset = rdflib.Dataset()
    dataset.parse(data=run("export", name), format=kind)
    found = sum(1 for _ in dataset.quads())
    assert found == data - user + named, (name, found, data - user + named)
    ok(f"rdflib reads export {name}: {found} quads in {len(list(dataset.graphs()))} graphs")

shapes = rdflib.Graph().parse(data=run("vocab", "ontology", "--format", "shapes"), format="turtle")
graph = rdflib.Graph().parse(data=run("export", "turtle"), format="turtle")


def violations(of):
    conforms, _, text = pyshacl.validate(of, shacl_graph=shapes)
    return 0 if conforms else text.count("Constraint Violation"), text


found, text = violations(graph)
assert found == 0, text[:2000]
ok(f"pyshacl finds nothing wrong with {data} triples")

# The shapes can fail: each of these breaks one of them. A small part is enough.
KG = rdflib.Namespace("https://w3id.org/papergraph/ontology#")
paper = next(graph.subjects(RDF.type, KG.Paper))
part = rdflib.Graph()
mention = next(s for s in graph.subjects(KG.inPaper, paper) if (s, RDF.type, KG.Mention) in graph)
entity = graph.value(mention, KG.entity)
nodes = {paper, entity, *graph.subjects(KG.inPaper, paper)}
nodes |= {o for s in list(nodes) for o in graph.objects(s) if isinstance(o, rdflib.URIRef)}
todo = list(nodes)
while todo:
    node = todo.pop()
    for other in [*graph.objects(node, SKOS.broader), *graph.objects(node, KG.forTask)]:
        if other not in nodes:
            nodes.add(other)
            todo.append(other)
for node in nodes:
    for triple in graph.triples((node, None, None)):
        part.add(triple)
assert violations(part)[0] == 0, violations(part)[1][:2000]
breaks = {
    "a paper without a title": lambda g: g.remove((paper, rdflib.DCTERMS.title, None)),
    "a date that is a text": lambda g: g.set((paper, rdflib.DCTERMS.issued, Literal("some day"))),
    "a mention of nothing": lambda g: g.remove((mention, KG.entity, None)),
    "an end before the start": lambda g: g.set((mention, KG.start, Literal(99999999))),
    "a confidence above 1": lambda g: g.set((mention, KG.confidence, Literal("1.5", datatype=XSD.decimal))),
    "a fact that mentions do not have": lambda g: g.add((mention, KG.stars, Literal(1))),
    "an entity with two names": lambda g: g.add((entity, SKOS.prefLabel, Literal("another"))),
    "an entity that is broader than itself": lambda g: g.add((entity, SKOS.broader, entity)),
    "a relation without kg:mentions": lambda g: g.remove((paper, KG.mentions, None)),
    "an unknown verdict": lambda g: g.add((entity, KG.verdict, Literal("fine"))),
    "an entity of no class": lambda g: g.remove((entity, RDF.type, None)),
}
for what, change in breaks.items():
    broken = rdflib.Graph()
    for triple in part:
        broken.add(triple)
    change(broken)
    assert violations(broken)[0] > 0, what
ok(f"pyshacl finds {len(breaks)} graphs wrong that are")
(work / "passed-rdf").write_text(str(passed))
