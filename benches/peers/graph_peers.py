#!/usr/bin/env python3
"""PageRank and communities of one graph by networkx, igraph and kg, in one run.

    benches/peers/graph_peers.py KG STORE [--without-louvain]

The graph is exported by SPARQL, one query for each relation, and given the directions and weights that `kg rank` uses
(docs/exploring.md): from a paper to what it names, from a name to the paper that introduces it, from the narrower to
the broader; each pair once, with the weight of its most telling relation. PageRank must agree with networkx and igraph
to one part in a million for every node, or the script ends with an error. Communities: modularity of each division,
computed by igraph on the same undirected graph. What is timed is, for kg, the whole command, its start and reading the
graph included; for the others the algorithm alone, the graph being in memory. Memory is the peak of the process; for the
others that includes the graph and Python. networkx' communities take minutes on a large graph: --without-louvain leaves
them out.

networkx and igraph come from PyPI, into target/graph-peers.
"""

import csv
import io
import json
import os
import resource
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "graph-peers"
TOOLS = ["networkx==3.*", "scipy", "igraph==0.11.*"]

# Relation: weight, and whether credit flows against it.
RELATIONS = {
    "kg:introduces": (1.0, True),
    "kg:evaluatesOn": (0.75, False),
    "kg:trainsOn": (0.75, False),
    "kg:buildsOn": (0.75, False),
    "kg:comparesWith": (0.5, False),
    "kg:runsOn": (0.5, False),
    "kg:hasRepository": (0.5, False),
    "kg:hasPage": (0.25, False),
    "kg:usesDataset": (0.25, False),
    "kg:usesModel": (0.25, False),
    "kg:usesMethod": (0.25, False),
    "kg:addressesTask": (0.25, False),
    "kg:usesMetric": (0.25, False),
    "kg:usesSoftware": (0.25, False),
    "skos:broader": (0.25, False),
    "kg:forTask": (0.25, False),
}


def install():
    """Starts this script again inside an environment that has the tools."""
    python = HOME / "venv" / "bin" / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS], check=True)
        (HOME / "ready").touch()
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def run(kg, store, *arguments):
    """Runs kg; returns its output, its time in seconds, and its peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen([kg, "--store", store, *arguments], stdout=subprocess.PIPE)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"kg {' '.join(arguments)} failed")
    return printed.decode(), time.perf_counter() - start, usage.ru_maxrss / 1024


def exported(kg, store):
    """The nodes of the graph, and its edges as pairs of their numbers with weights."""
    nodes, edges = {}, {}
    for relation, (weight, against) in RELATIONS.items():
        query = f"SELECT ?a ?b {{ ?a {relation} ?b }}"
        command = [kg, "--store", store, "query", "-e", query, "--format", "csv", "--timeout", "3600", "--memory", "16000"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        rows = csv.reader(process.stdout)
        next(rows)
        for a, b in rows:
            pair = [nodes.setdefault(iri, len(nodes)) for iri in ((b, a) if against else (a, b))]
            if pair[0] != pair[1]:
                pair = tuple(pair)
                edges[pair] = max(weight, edges.get(pair, 0.0))
        if process.wait() != 0:
            sys.exit(f"kg query {query} failed")
    return list(nodes), edges


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    kg, store = sys.argv[1], sys.argv[2]
    iris, edges = exported(kg, store)

    _, kg_rank_time, kg_rank_memory = run(kg, store, "rank", "--by", "pagerank")
    text, _, _ = run(kg, store, "rank", "--by", "pagerank", "--limit", "0", "--format", "csv")
    kg_rank = {row["id"]: float(row["pagerank"]) for row in csv.DictReader(io.StringIO(text))}
    text, kg_topics_time, kg_topics_memory = run(kg, store, "communities", "--members", "--format", "csv")
    kg_of = {row["id"]: int(row["community"]) for row in csv.DictReader(io.StringIO(text))}
    printed = json.loads(run(kg, store, "communities", "--format", "json")[0])["modularity"]

    # Ids as kg prints them: the IRI without the base.
    base = os.path.commonprefix(iris[:1000])
    ids = sorted(kg_rank)
    place = {id: i for i, id in enumerate(ids)}
    places = [place.get(iri[len(base):]) for iri in iris]
    # A task of a dataset that no paper names is not a node.
    known = ((places[a], places[b], weight) for (a, b), weight in edges.items())
    pairs = [(a, b, weight) for a, b, weight in known if a is not None and b is not None]
    del edges, iris, places, place
    print(f"{len(ids):,} nodes, {len(pairs):,} edges")
    print(f"\n{'':55} {'seconds':>9} {'MB':>7} {'modularity':>11}")

    def print_row(name, seconds, memory, modularity=""):
        modularity = f"{modularity:.4f}" if modularity != "" else ""
        print(f"{name:55} {seconds:9.2f} {memory:7.0f} {modularity:>11}", flush=True)

    print_row("kg rank --by pagerank (start and reading included)", kg_rank_time, kg_rank_memory)

    def deviation(name, values):
        worst = max(abs(kg_rank[id] - values[i]) / values[i] for i, id in enumerate(ids))
        print(f"PageRank: kg and {name} differ by {worst:.1e} of the value at most")
        if worst > 1e-6:
            sys.exit(f"PageRank differs from {name}")

    import igraph

    graph = igraph.Graph(n=len(ids), edges=[(a, b) for a, b, _ in pairs], directed=True)
    weights = [weight for _, _, weight in pairs]
    values, seconds = timed(lambda: graph.pagerank(damping=0.85, weights=weights))
    print_row("igraph pagerank (PRPACK)", seconds, peak())
    deviation("igraph", values)

    both = {}
    for a, b, weight in pairs:
        pair = (min(a, b), max(a, b))
        both[pair] = max(weight, both.get(pair, 0.0))
    flat = igraph.Graph(n=len(ids), edges=list(both))
    flat_weights = list(both.values())
    ours = flat.modularity([kg_of[id] for id in ids], weights=flat_weights)
    if abs(ours - printed) > 1e-6:
        sys.exit(f"kg prints a modularity of {printed}, igraph computes {ours} for its division")
    print_row("kg communities --members (start and reading included)", kg_topics_time, kg_topics_memory, ours)
    divisions = {
        "igraph community_leiden, 2 iterations": lambda: flat.community_leiden("modularity", weights=flat_weights),
        "igraph community_leiden, until stable": lambda: flat.community_leiden(
            "modularity", weights=flat_weights, n_iterations=-1
        ),
        "igraph community_multilevel (Louvain)": lambda: flat.community_multilevel(weights=flat_weights),
    }
    for name, divide in divisions.items():
        found, seconds = timed(divide)
        print_row(name, seconds, peak(), flat.modularity(found, weights=flat_weights))

    import networkx

    directed = networkx.DiGraph()
    directed.add_nodes_from(range(len(ids)))
    directed.add_weighted_edges_from(pairs)
    values, seconds = timed(lambda: networkx.pagerank(directed, alpha=0.85, tol=1e-12 / len(ids), max_iter=500))
    print_row("networkx pagerank (scipy)", seconds, peak())
    deviation("networkx", values)
    if "--without-louvain" not in sys.argv:
        undirected = networkx.Graph()
        undirected.add_nodes_from(range(len(ids)))
        undirected.add_weighted_edges_from((a, b, weight) for (a, b), weight in both.items())
        found, seconds = timed(lambda: networkx.community.louvain_communities(undirected, seed=1))
        modularity = networkx.community.modularity(undirected, found)
        print_row("networkx louvain_communities", seconds, peak(), modularity)


if __name__ == "__main__":
    if Path(sys.prefix) != HOME / "venv":
        install()
    main()
