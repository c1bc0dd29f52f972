"""Every export in a program that we did not write: the same nodes, edges and names as kg has.

    exports.py KG ROOT WORK
"""
import csv
import email.message
import importlib.util
import io
import json
import pathlib
import shutil
import socket
import urllib.request
import urllib.response
import xml.dom.minidom

import bibtexparser
import datafusion
import duckdb
import networkx
import pyarrow.parquet
import rdflib
import yaml

import tables
from common import finish, kg, ok, root, run, work


def export(kind, *arguments, store=None):
    """A file's text, or the path of a folder."""
    if kind in ("csv", "parquet", "rocrate", "obsidian"):
        place = work / "exports" / kind
        run("export", kind, "-o", str(place), "--force", *arguments, store=store)
        return place
    return run("export", kind, *arguments, store=store)


def rows(query):
    return list(csv.reader(io.StringIO(run("query", "--format", "csv", "-e", query))))[1:]


shutil.rmtree(work / "exports", ignore_errors=True)
(work / "exports").mkdir()

# What kg itself says, through SPARQL.
kinds = "VALUES ?c { kg:Paper kg:Dataset kg:Model kg:Method kg:Task kg:Metric kg:Hardware kg:Software kg:Repository kg:Page }"
labels = {iri.removeprefix("https://w3id.org/papergraph/"): label
          for iri, label in rows(f"SELECT ?n ?l {{ {kinds} ?n a ?c ; rdfs:label ?l }}")}
years = {iri.removeprefix("https://w3id.org/papergraph/"): int(year)
         for iri, year in rows(f"SELECT ?n ?y {{ {kinds} ?n a ?c ; kg:year ?y }}")}
ties = "kg:introduces|kg:evaluatesOn|kg:trainsOn|kg:buildsOn|kg:comparesWith|kg:mentions|kg:hasRepository|kg:hasPage|kg:forTask|skos:broader"
pairs = {(a.removeprefix("https://w3id.org/papergraph/"), b.removeprefix("https://w3id.org/papergraph/"))
         for a, b in rows(f"SELECT DISTINCT ?a ?b {{ ?a {ties} ?b . ?b rdfs:label ?l FILTER(?a != ?b) }}")}
mentions = len(rows("SELECT ?m { ?m a kg:Mention }"))
assert len(labels) > 1000 and len(pairs) > 2000, (len(labels), len(pairs))


def same(name, graph, label):
    assert set(graph.nodes) == set(labels), (name, set(graph.nodes) ^ set(labels))
    assert set(graph.edges) == pairs, (name, len(set(graph.edges) ^ pairs))
    assert {node: data[label] for node, data in graph.nodes(data=True)} == labels, name
    assert {n: d["year"] for n, d in graph.nodes(data=True) if "year" in d} == years, name
    assert all(data["weight"] > 0 for _, _, data in graph.edges(data=True)), name
    ok(f"networkx reads {name}: {graph.number_of_nodes()} nodes, {graph.number_of_edges()} edges, years as numbers")


same("GraphML", networkx.parse_graphml(export("graphml")), "label")
gexf = networkx.read_gexf(io.BytesIO(export("gexf").encode()))
same("GEXF", gexf, "label")
assert gexf.nodes["dataset/coco"]["viz"]["color"]["b"] == 233
assert gexf.nodes["dataset/coco"]["viz"]["size"] > gexf.nodes["dataset/bracs"]["viz"]["size"]
ok("networkx sees the colours and sizes of GEXF")
same("Cytoscape JSON", networkx.cytoscape_graph(json.loads(export("cytoscape"))), "label")
dot = networkx.nx_pydot.from_pydot(__import__("pydot").graph_from_dot_data(export("dot", "--max-nodes", "0", "--min-degree", "0"))[0])
assert {name.strip('"') for name in dot.nodes} - {"\\n"} == set(labels), len(dot.nodes)
ok("pydot and networkx read DOT with the ids of kg")

jgf = json.loads(export("json-graph"))["graph"]
assert set(jgf["nodes"]) == set(labels) and {(e["source"], e["target"]) for e in jgf["edges"]} == pairs
assert jgf["directed"] is True and all(set(node) == {"label", "metadata"} for node in jgf["nodes"].values())
ok("JSON Graph Format has the same nodes and edges")

place = export("csv")
nodes = list(csv.DictReader(open(place / "nodes.csv", newline="", encoding="utf-8")))
edges = list(csv.DictReader(open(place / "edges.csv", newline="", encoding="utf-8")))
# The requirements of Neo4j's importer for headers: one :ID, known types, both ends, a type; and one line for each record.
types = {"ID", "LABEL", "START_ID", "END_ID", "TYPE", "long", "double", "boolean", "string[]"}
assert {name.split(":")[1] for row in (nodes[0], edges[0]) for name in row if ":" in name} <= types
assert len({row["id:ID"] for row in nodes}) == len(nodes) == len(labels)
assert {(row[":START_ID"], row[":END_ID"]) for row in edges} == pairs
assert all(row[":TYPE"].replace("_", "").isalpha() for row in edges) and all(row[":LABEL"].isalpha() for row in nodes)
assert len((place / "nodes.csv").read_text().splitlines()) == len(nodes) + 1
ok(f"CSV has the headers of Neo4j's importer, {len(nodes)} nodes, {len(edges)} edges, one line each")

place = export("parquet")
columns = {name: pyarrow.parquet.read_table(place / f"{name}.parquet") for name in tables.NAMES}
schema = {name: str(kind) for name, kind in zip(columns["nodes"].schema.names, columns["nodes"].schema.types)}
assert schema["id"] == "string" and schema["year"] == "int64" and schema["dead"] == "bool", schema
assert schema["aliases"].startswith("list<") and str(columns["edges"].schema.field("weight").type) == "double"
found = columns["nodes"].to_pydict()
assert dict(zip(found["id"], found["label"])) == labels
assert sum(year or 0 for year in found["year"]) == sum(years.values())
ends = columns["edges"].to_pydict()
assert set(zip(ends["source"], ends["target"])) == pairs
aliases = {id: names for id, names in zip(found["id"], found["aliases"]) if names}
assert "MS COCO" in aliases["dataset/coco"] and found["aliases"][found["id"].index("paper/arxiv-1706.03762")] is None
assert columns["mentions"].num_rows == mentions and 0 < min(columns["mentions"]["confidence"].to_pylist()) <= 1
metadata = pyarrow.parquet.ParquetFile(place / "nodes.parquet").metadata.row_group(0).column(2)
assert metadata.compression == "SNAPPY" and "RLE_DICTIONARY" in metadata.encodings, metadata
ok(f"pyarrow reads Parquet: {len(labels)} nodes, {len(pairs)} edges, {mentions} mentions, snappy and dictionaries")

# The same requirements hold for Spark.
expected = tables.answer(rows(tables.SPARQL))
assert len(expected) == 10 and expected[0][1] > 5, expected
(work / "tables.json").write_text(json.dumps(expected))
files = {name: str(place / f"{name}.parquet") for name in tables.NAMES}
database = duckdb.connect()
for name, file in files.items():
    database.read_parquet(file).create_view(name)
assert tables.answer(database.sql(tables.QUESTION).fetchall()) == expected
session = datafusion.SessionContext()
for name, file in files.items():
    session.register_parquet(name, file)
found = session.sql(tables.QUESTION).to_pylist()
assert tables.answer(row.values() for row in found) == expected, found
ok(f"DuckDB {duckdb.__version__} and DataFusion {datafusion.__version__} answer from Parquet as SPARQL does")

papers = {id: label for id, label in labels.items() if id.startswith("paper/")}
library = bibtexparser.parse_string(export("bibtex"))
assert not library.failed_blocks and {entry.key for entry in library.entries} == {id[6:] for id in papers}
assert all(entry["url"].startswith("https://") and entry["eprint"] for entry in library.entries)
ok(f"bibtexparser reads {len(library.entries)} entries")

place = export("obsidian")
notes = list(place.rglob("*.md"))
things = {id: label for id, label in labels.items() if not id.startswith(("repository/", "page/"))}
front = [yaml.safe_load(note.read_text(encoding="utf-8").split("---\n")[1]) for note in notes]
assert {matter["id"]: matter["title"] for matter in front} == things
assert all(note.with_suffix("").relative_to(place).as_posix().count("/") == 1 for note in notes)
ok(f"a YAML reader reads the front matter of {len(notes)} notes")

# The RO-Crate validator fetches the context; a copy comes with another package, and nothing else is fetched.
context = pathlib.Path(importlib.util.find_spec("rocrate").origin).parent / "data" / "ro-crate.jsonld"
served = {"https://w3id.org/ro/crate/1.1/context"}


class Local(urllib.request.HTTPSHandler):
    def https_open(self, request):
        assert request.full_url in served, request.full_url
        headers = email.message.Message()
        headers["Content-Type"] = "application/ld+json"
        return urllib.response.addinfourl(io.BytesIO(context.read_bytes()), headers, request.full_url, 200)


def offline(*_arguments, **_options):
    raise OSError("this test asks nobody")


socket.getaddrinfo = offline
urllib.request.install_opener(urllib.request.build_opener(Local))
import requests  # noqa: E402


def fetch(self, method, url, **_options):
    assert url in served, url
    response = requests.Response()
    response.status_code, response._content, response.url = 200, context.read_bytes(), url
    response.headers["Content-Type"] = "application/ld+json"
    return response


from rocrate_validator import models, services  # noqa: E402
requests.Session.request = fetch
place = export("rocrate", "--title", "The bundled example")
settings = services.ValidationSettings(rocrate_uri=str(place), profile_identifier="ro-crate-1.1",
                                       requirement_severity=models.Severity.RECOMMENDED, no_cache=True)
issues = services.validate(settings).get_issues()
required = [i for i in issues if i.severity is models.Severity.REQUIRED]
assert not required, [(i.check.identifier, i.message) for i in required]
# Who made the crate is not known to the program.
recommended = {i.check.identifier: i.message for i in issues}
assert set(recommended) <= {"ro-crate-1.1_22.2", "ro-crate-1.1_22.3"}, recommended
assert len(json.loads((place / "ro-crate-metadata.json").read_text())["@graph"]) > len(papers)
described = {entity["@id"]: entity for entity in json.loads((place / "ro-crate-metadata.json").read_text())["@graph"]}
file = described["graph.nq"]
assert int(file["contentSize"]) == (place / "graph.nq").stat().st_size and file["conformsTo"]["@id"] in described
quads = rdflib.Dataset()
quads.parse(place / "graph.nq", format="nquads")
kinds = {str(subject) for subject, _, kind, _ in quads.quads((None, rdflib.RDF.type, None, None)) if str(kind).endswith("#Paper")}
assert len(kinds) == len(papers), (len(kinds), len(papers))
ok(f"rdflib reads the graph in the crate: {len(quads)} triples of the default graph and others")
ok(f"the RO-Crate validator has nothing against the crate (recommended beside: {len(recommended)})")

# Titles that mean something else to some program, through build and all exports.
hostile = ["quotes \" and '", "<script>alert(1)</script> & &lt;", "back\\slash \\input{x} \\", "line\nbreak\ttab",
           "emoji 🤗 知识图谱", "עברית \u202eevil\u202c", "=HYPERLINK(\"http://x\")", "@SUM(A1)", "{$50% #1 x_1 ~ }",
           "[[x]] | [x](javascript:alert(1))", "--- key: !!python/object [a]", "../../etc/passwd", "CON"]
store = work / "exports" / "hostile-store"
text = "".join(json.dumps({"id": f"paper/arxiv-2401.{i:05}", "title": title,
                           "abstract": f"{title} We evaluate on COCO.", "authors": [title],
                           "urls": ["javascript:alert(1)"]}) + "\n" for i, title in enumerate(hostile))
(work / "exports" / "hostile.jsonl").write_text(text)
run("build", str(work / "exports" / "hostile.jsonl"), store=store)
query = "SELECT ?p ?t { ?p a kg:Paper ; dcterms:title ?t }"
known = {r[0].rsplit("/", 1)[1]: r[1] for r in list(csv.reader(io.StringIO(run("query", "--format", "csv", "-e", query, store=store))))[1:]}
assert len(known) == len(hostile)
raw = {row["id"]: row["label"] for row in pyarrow.parquet.read_table(export("parquet", store=store) / "nodes.parquet").to_pylist()}
titles = {id: title for id, title in raw.items() if id.startswith("paper/")}
assert len(titles) == len(hostile)
for name, graph in [("GraphML", networkx.parse_graphml(export("graphml", store=store))),
                    ("Cytoscape JSON", networkx.cytoscape_graph(json.loads(export("cytoscape", store=store))))]:
    assert {id: graph.nodes[id]["label"] for id in titles} == titles, name
gexf = networkx.read_gexf(io.BytesIO(export("gexf", store=store).encode()))
assert set(titles) <= set(gexf.nodes)
rows = list(csv.DictReader(open(export("csv", store=store) / "nodes.csv", newline="", encoding="utf-8")))
assert not any(value[:1] in tuple("=+-@\t\r") for row in rows for value in row.values() if value)
library = bibtexparser.parse_string(export("bibtex", store=store))
assert not library.failed_blocks and len(library.entries) == len(hostile)
front = [yaml.safe_load(note.read_text().split("---\n")[1]) for note in (export("obsidian", store=store) / "Papers").glob("*.md")]
assert len({matter["title"] for matter in front}) == len(hostile) and all(matter["kind"] == "paper" for matter in front)
svg = xml.dom.minidom.parseString(export("svg", "--max-nodes", "0", store=store))
links = [a.getAttribute("xlink:href") for a in svg.getElementsByTagName("a") if a.hasAttribute("xlink:href")]
assert links and all(link.startswith("https://") for link in links) and not svg.getElementsByTagName("script")
ok("hostile titles are data to networkx, pyarrow, csv, bibtexparser, YAML and an XML reader")

finish("exports.passed")
