#!/usr/bin/env python3
"""Size and time of the answers of `kg mcp`, each tool from a new process.

    agents.py KG GRAPH [--runs 7] [--limit-ms 100]

Cold is the time from the start of a new process to the answer of its first call, with the files in the page cache; processor is
the processor time of such a process from its start to its end, which other processes disturb less; warm is the time of the same
call once more. All are medians in milliseconds. Exit code 1 if a cold answer takes longer than the limit, or has more than 12,000
characters. The calls name things that examples/synthesize.rs uses and that any collection on vision and language has.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

CALLS = [
    ("search", {"words": "attention memory"}),
    ("show", {"name": "COCO"}),
    ("neighbors", {"name": "COCO"}),
    ("leaderboard", {}),
    ("leaderboard", {"dataset": "COCO"}),
    ("compare", None),
    ("path", {"from": "BERT", "to": "ResNet", "limit": 3}),
    ("similar", {"name": "COCO"}),
    ("read_paper", None),
    ("evidence", None),
    ("code_state", {"name": "COCO"}),
    ("sparql", {"query": "SELECT ?p { ?p kg:usesDataset dataset:coco }", "limit": 20}),
]


class Server:
    def __init__(self, kg, graph):
        self.process = subprocess.Popen([kg, "--store", graph, "mcp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.number = 0
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "agents.py", "version": "1"}}
        self.ask("initialize", hello)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})

    def send(self, message):
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params})
        return json.loads(self.process.stdout.readline())

    def call(self, tool, arguments):
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})["result"]
        if answer.get("isError"):
            sys.exit(f"{tool} {arguments}: {answer['content'][0]['text']}")
        return answer

    def end(self):
        """Milliseconds of processor time that the process took."""
        self.process.stdin.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return 1e3 * (usage.ru_utime + usage.ru_stime)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kg")
    parser.add_argument("graph")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--limit-ms", type=float, default=100)
    args = parser.parse_args()
    server = Server(args.kg, args.graph)
    rows = server.call("neighbors", {"name": "COCO", "kind": ["paper"]})["structuredContent"]["rows"]
    server.end()
    papers = [row["id"] for row in rows[:2]]
    filled = {"compare": {"papers": papers}, "read_paper": {"paper": papers[0]}, "evidence": {"paper": papers[0], "name": "COCO"}}
    failed = False
    print("| call | characters | rows in all | cold | processor | warm |\n|---|---|---|---|---|---|")
    for tool, arguments in CALLS:
        arguments = filled[tool] if arguments is None else arguments
        cold, processor, warm = [], [], []
        for _ in range(args.runs):
            begin = time.perf_counter()
            server = Server(args.kg, args.graph)
            answer = server.call(tool, arguments)
            cold.append(1e3 * (time.perf_counter() - begin))
            processor.append(server.end())
        server = Server(args.kg, args.graph)
        for run in range(args.runs + 1):
            begin = time.perf_counter()
            server.call(tool, arguments)
            if run:
                warm.append(1e3 * (time.perf_counter() - begin))
        server.end()
        size, total = len(answer["content"][0]["text"]), answer["structuredContent"].get("total")
        took = statistics.median(cold)
        failed |= took > args.limit_ms or size > 12_000
        said = " ".join(str(value) for value in arguments.values())[:50]
        print(f"| `{tool}` {said} | {size:,} | {'' if total is None else f'{total:,}'} | {took:.0f} | {statistics.median(processor):.0f} | {statistics.median(warm):.0f} |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
