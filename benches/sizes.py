#!/usr/bin/env python3
"""The cost of a growing graph: building it and asking it.

    sizes.py KG SYNTHESIZE FOLDER PAPERS... [--runs 40]

For each number of papers a graph is built of invented ones (examples/synthesize.rs), unless FOLDER has it. Each question
is asked of all graphs in turn, so that a slow minute of the machine falls on all of them, each time in a new process:
with files in the page cache, and, where this program may empty it (Linux, as root), with nothing but the program itself
in it. Prints medians in milliseconds and their ratio to the smallest graph. Then `kg serve` shows each graph, and each kind
of page is asked for again and again over one connection. Exit code 1 if `neighbors COCO` is over its limits, 1.25 times the
smallest graph and 50 ms, or if a page takes more than 100 ms.
"""
import argparse
import http.client
import os
import pathlib
import statistics
import subprocess
import sys
import time

QUESTIONS = ["neighbors COCO", "similar COCO", "path BERT ResNet", "search attention memory", "trends COCO"]
HELD_TO_LIMITS = "neighbors COCO"
MOST_RATIO, MOST_MS = 1.25, 50
COLD_RUNS = 8
# Every kind of page, with nodes that the invented papers name often.
PAGES = [
    "/", "/leaderboards", "/leaderboards?q=coco", "/leaderboard?dataset=coco", "/papers", "/papers?page=100", "/papers?code=none",
    "/papers?order=oldest&since=2020", "/papers?of=coco", "/papers?of=coco&code=linked&order=relation", "/papers.atom", "/dataset/coco",
    "/dataset/coco?tie=evaluates-on&kind=paper", "/model/bert", "/task/object-detection", "/metric/accuracy", "PAPER", "REPOSITORY",
    "/search?q=attention+memory", "/search?q=segmentation+medical+2024", "/search?kind=dataset", "/search?kind=paper",
    "/search?kind=repository", "/suggest?q=atten", "/graph?around=coco", "/graph.json?around=bert", "/similar?to=coco", "/path?from=bert&to=resnet",
    "/trends?of=coco,bert", "/trending", "/communities", "/code", "/hardware", "/missing", "/stats", "/queries",
]
MOST_PAGE_MS = 100
CACHES = pathlib.Path("/proc/sys/vm/drop_caches")


def build(kg, synthesize, folder, papers):
    """The graph, and the cost of building it; nothing if it existed."""
    graph, records = folder / str(papers), folder / f"{papers}.jsonl"
    if (graph / "current").exists():
        return graph, None
    subprocess.run([synthesize, "--papers", str(papers), "-o", records], check=True)
    begin = time.monotonic()
    process = subprocess.Popen([kg, "--quiet", "--store", graph, "build", records])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the graph of {papers} papers could not be built")
    return graph, (time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def ask(kg, graph, question):
    """Milliseconds of a whole process."""
    begin = time.perf_counter()
    subprocess.run([kg, "--quiet", "--store", graph, *question.split()], check=True, stdout=subprocess.DEVNULL)
    return 1e3 * (time.perf_counter() - begin)


def ask_cold(kg, graph, question):
    os.sync()
    CACHES.write_text("3")
    pathlib.Path(kg).read_bytes()
    subprocess.run([kg, "--version"], check=True, stdout=subprocess.DEVNULL)
    return ask(kg, graph, question)


def medians(kg, graphs, question, how, runs):
    times = {papers: [] for papers in graphs}
    for run in range(runs + 2):
        for papers, graph in graphs.items():
            took = how(kg, graph, question)
            if run >= 2:
                times[papers].append(took)
    return {papers: statistics.median(took) for papers, took in times.items()}


class Site:
    """`kg serve` of one graph, asked over one connection as a browser asks."""

    def __init__(self, kg, graph):
        self.server = subprocess.Popen(
            [kg, "--quiet", "--store", graph, "serve", "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
        )
        host = self.server.stdout.readline().strip().removeprefix("http://").rstrip("/")
        self.connection = http.client.HTTPConnection(host, timeout=600)
        # Data from the whole graph are computed in the background after the start; this page needs the last of them.
        begin = time.monotonic()
        self.get("/communities")
        self.prepared = time.monotonic() - begin
        newest = self.get("/papers.csv?of=coco").decode().splitlines()
        self.paper = "/" + newest[1].split(",")[0]
        repositories = (line.split('href="')[1:] for line in self.get("/search?kind=repository").decode().splitlines())
        paths = (part.split('"')[0] for line in repositories for part in line)
        self.repository = next((path for path in paths if path.startswith("/repository/")), "/")
        # The server closes connections that wait for long, as this one does until the other graphs are ready.
        self.connection.close()

    def get(self, path):
        path = {"PAPER": getattr(self, "paper", ""), "REPOSITORY": getattr(self, "repository", "")}.get(path, path)
        self.connection.request("GET", path, headers={"Accept": "text/html"})
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}: {body[:200]!r}")
        return body

    def median(self, path, runs):
        self.get(path)
        times = []
        for _ in range(runs):
            begin = time.perf_counter()
            self.get(path)
            times.append(1e3 * (time.perf_counter() - begin))
        return statistics.median(times)

    def end(self):
        self.server.terminate()
        self.server.wait(20)


def pages(kg, graphs, runs):
    """Prints how long pages take. Returns whether any exceeds the limit."""
    sites = {papers: Site(kg, graph) for papers, graph in graphs.items()}
    print(f"{'seconds until all is prepared':52}" + "".join(f"{site.prepared:>12.1f}" for site in sites.values()))
    slow = []
    for path in PAGES:
        took = {papers: site.median(path, runs) for papers, site in sites.items()}
        print(f"{path:52}" + "".join(f"{ms:>12.1f}" for ms in took.values()), flush=True)
        slow += [path for ms in took.values() if ms > MOST_PAGE_MS]
    for site in sites.values():
        site.end()
    return slow


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kg")
    parser.add_argument("synthesize")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("papers", type=int, nargs="+")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--pages", action="store_true", help="ask for pages only")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    graphs = {}
    for papers in sorted(set(args.papers)):
        graphs[papers], cost = build(args.kg, args.synthesize, args.folder, papers)
        if cost:
            print("build of {:,} papers: {:.1f} s, {:.1f} s of processor time, {:.0f} MB".format(papers, *cost))
    ways = [("", ask, args.runs)]
    if os.access(CACHES, os.W_OK):
        ways.append((", page cache empty", ask_cold, COLD_RUNS))
    else:
        print("the page cache cannot be emptied here: that is not measured")
    print(f"{'median ms (ratio)':42}" + "".join(f"{papers:>18,}" for papers in graphs))
    failed = False
    for question in [] if args.pages else QUESTIONS:
        for name, how, runs in ways:
            took = medians(args.kg, graphs, question, how, runs)
            smallest = next(iter(took.values()))
            cells = "".join(f"{f'{ms:.1f} ({ms / smallest:.2f})':>18}" for ms in took.values())
            print(f"{question + name:42}{cells}", flush=True)
            over = any(ms > MOST_MS or ms > MOST_RATIO * smallest for ms in took.values())
            failed |= over and question == HELD_TO_LIMITS
    slow = pages(args.kg, graphs, args.runs)
    if slow:
        print(f"over {MOST_PAGE_MS} ms: {' '.join(dict.fromkeys(slow))}")
    if failed:
        sys.exit(f"`{HELD_TO_LIMITS}` takes over {MOST_MS} ms, or over {MOST_RATIO} times as long as of the smallest graph")
    if slow:
        sys.exit(1)


if __name__ == "__main__":
    main()
