#!/usr/bin/env python3
"""Load on `kg serve`: many clients on loopback, mixed queries and pages, hostile queries in between.

    serve_load.py KG STORE [--clients 50] [--hostile 6] [--seconds 30]

Good requests must be answered with status 200 and a whole body; hostile ones must be refused or stopped. Prints
requests per second, latencies, and the memory of the server with its workers before, during and after. Exit code 1 if
a good request failed or the memory of the server grew.
"""
import argparse
import asyncio
import collections
import json
import pathlib
import random
import subprocess
import sys
import time
import urllib.parse

GOOD_QUERIES = [
    "SELECT ?p WHERE { ?p kg:usesDataset dataset:coco }",
    "SELECT ?date ?title ?paper WHERE { ?paper kg:usesDataset dataset:imagenet ; dcterms:title ?title . "
    "OPTIONAL { ?paper dcterms:issued ?date } } ORDER BY DESC(STR(?date)) LIMIT 50",
    "ASK { ?p kg:introduces ?x }",
    "SELECT ?d (COUNT(DISTINCT ?p) AS ?n) WHERE { ?p kg:usesDataset ?d } GROUP BY ?d ORDER BY DESC(?n) LIMIT 20",
    "DESCRIBE dataset:coco",
    "CONSTRUCT { ?p kg:usesDataset ?d } WHERE { ?p kg:usesDataset ?d } LIMIT 500",
    "SELECT ?t WHERE { ?p a kg:Paper ; dcterms:title ?t FILTER(CONTAINS(LCASE(?t), 'diffusion')) } LIMIT 20",
]
GOOD_PAGES = ["/", "/dataset/coco", "/search?q=diffusion", "/queries/papers-using?dataset=COCO", "/dataset/coco.ttl",
              "/search?kind=model", "/health"]
VALUES = " ".join(f"({n} {n + 1})" for n in range(30_000))
HOSTILE = [
    "SELECT * " + "{" * 30_000 + "}" * 30_000,
    "ASK { FILTER(" + "(" * 30_000 + "1" + ")" * 30_000 + ") }",
    f"SELECT * {{ VALUES (?a ?b) {{ {VALUES} }} VALUES (?c ?d) {{ {VALUES} }} }} ORDER BY ?d",
    "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '^(([a-z])+.)+[A-Z]([a-z])+$(a|a)*(a|a)*b{1,900}{1,900}')) }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "SELECT DISTINCT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?a",
    "SELECT (GROUP_CONCAT(?x) AS ?y) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?x }",
]


class Client:
    """One connection, used again as long as the server keeps it."""

    def __init__(self, host, port):
        self.host, self.port, self.streams = host, port, None

    async def ask(self, method, path, headers=(), body=b""):
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        reader, writer = self.streams
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Content-Length: {len(body)}", *headers]
        try:
            writer.write(("\r\n".join(head) + "\r\n\r\n").encode() + body)
            await writer.drain()
            status, closes = await self.answer(reader)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            status, closes = 0, True
        if closes:
            writer.close()
            self.streams = None
        return status

    async def answer(self, reader):
        """The status (0 for an incomplete body), and whether the connection has ended."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ")[1])
        closes = "connection: close" in head
        if "transfer-encoding: chunked" in head:
            while True:
                length = int((await reader.readuntil(b"\r\n")).strip(), 16)
                await reader.readexactly(length + 2)
                if length == 0:
                    return status, closes
        for line in head.split("\r\n"):
            if line.startswith("content-length:"):
                await reader.readexactly(int(line.split(":")[1]))
        return status, closes


def memory(process):
    """Memory of a process in MB, and memory of its children."""
    def of(pid):
        try:
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
            return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("RssAnon:"))
        except (OSError, StopIteration):
            return 0.0
    children = set()
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            children |= set((task / "children").read_text().split())
        except OSError:
            pass
    return of(process), sum(of(child) for child in children), len(children)


async def good(client, until, seconds, failures):
    choose = random.Random(id(client))
    while time.monotonic() < until:
        began = time.monotonic()
        if choose.random() < 0.6:
            query = choose.choice(GOOD_QUERIES)
            if choose.random() < 0.5:
                path, method, body, headers = "/sparql?query=" + urllib.parse.quote(query), "GET", b"", []
            else:
                path, method, body = "/sparql", "POST", query.encode()
                headers = ["Content-Type: application/sparql-query"]
            status = await client.ask(method, path, headers, body)
        else:
            path = choose.choice(GOOD_PAGES)
            status = await client.ask("GET", path, ["Accept: text/html, */*;q=0.5"])
        seconds.append(time.monotonic() - began)
        if status != 200:
            failures[f"{status} {path[:60]}"] += 1


async def hostile(client, until, outcomes):
    choose = random.Random(id(client))
    headers = ["Content-Type: application/sparql-query"]
    while time.monotonic() < until:
        status = await client.ask("POST", "/sparql", headers, choose.choice(HOSTILE).encode())
        outcomes[status] += 1


async def watch(process, until, seen):
    while time.monotonic() < until:
        seen.append(memory(process))
        await asyncio.sleep(0.5)


async def load(host, port, process, clients, attackers, wait):
    seconds, failures, outcomes, seen = [], collections.Counter(), collections.Counter(), []
    until = time.monotonic() + wait
    tasks = [good(Client(host, port), until, seconds, failures) for _ in range(clients)]
    tasks += [hostile(Client(host, port), until, outcomes) for _ in range(attackers)]
    began = time.monotonic()
    await asyncio.gather(watch(process, until, seen), *tasks)
    took = time.monotonic() - began
    seconds.sort()
    at = lambda share: 1000 * seconds[min(int(share * len(seconds)), len(seconds) - 1)]
    return {
        "good clients": clients, "hostile clients": attackers, "good requests": len(seconds),
        "per second": round(len(seconds) / wait), "p50 ms": round(at(0.5), 1), "p95 ms": round(at(0.95), 1),
        "p99 ms": round(at(0.99), 1), "slowest ms": round(at(1.0), 1), "failures": dict(failures),
        "hostile outcomes": {str(status): n for status, n in sorted(outcomes.items())},
        "server MB at most": round(max(m[0] for m in seen)), "workers MB at most": round(max(m[1] for m in seen)),
        "workers at most": max(m[2] for m in seen), "took s": round(took, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kg")
    parser.add_argument("store")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--hostile", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("options", nargs="*", help="further options of kg serve, behind --")
    arguments = parser.parse_args()
    command = [arguments.kg, "--store", arguments.store, "serve", "--bind", "127.0.0.1:0", *arguments.options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = urllib.parse.urlsplit(server.stdout.readline().strip())
        run = lambda *how: asyncio.run(load(address.hostname, address.port, server.pid, *how))
        run(arguments.clients, 0, 3)  # everything is read once
        warm = memory(server.pid)[0]
        peaceful = run(arguments.clients, 0, arguments.seconds)
        attacked = run(arguments.clients - arguments.hostile, arguments.hostile, arguments.seconds)
        after_attack = run(arguments.clients, 0, 3)
        time.sleep(2)
        cool, workers, number = memory(server.pid)
    finally:
        server.terminate()
        ended = server.wait(30)
    growth = {"server MB when warm": round(warm), "server MB after": round(cool), "workers MB after": round(workers),
              "workers after": number, "exit code": ended}
    print(json.dumps({"without hostile queries": peaceful, "with hostile queries": attacked, "after": growth}, indent=2))
    failed = peaceful["failures"] or attacked["failures"] or after_attack["failures"]
    sys.exit(1 if failed or ended or cool > 2 * warm + 50 else 0)


main()
