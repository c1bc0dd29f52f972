#!/usr/bin/env python3
"""Speed and memory of checking links: kg and lychee, on one server, in one run.

    check_peers.py LINK_SERVER CHECK_LINKS [LYCHEE [KG]]

20,000 links over 200 hosts of the loopback, four requests at a time to each host and 64 in all, no limit on the rate,
HEAD only, the best of three turns. The server counts what came and the most that it saw at one host. LINK_SERVER and
CHECK_LINKS are examples of this crate: CHECK_LINKS is the checking alone, with its journal, as LYCHEE is (`cargo install
lychee --locked`). KG is the whole command, which also writes what was found into a graph; it has one turn."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HOSTS, PER_HOST, AT_ONCE, IN_ALL, TURNS = 200, 100, 4, 64, 3


def main():
    server_binary, check_links, *others = sys.argv[1:]
    lychee, kg = (others + [None, None])[:2]
    for pause in (0, 20):
        with subprocess.Popen([server_binary, str(pause)], stdout=subprocess.PIPE, text=True) as server:
            try:
                measure(check_links, lychee, kg, int(server.stdout.readline()), pause)
            finally:
                server.kill()


def measure(check_links, lychee, kg, port, pause):
    urls = [f"http://127.0.{1 + h // 100}.{1 + h % 100}:{port}/p{i}" for i in range(PER_HOST) for h in range(HOSTS)]
    print(f"\n{len(urls)} links, {HOSTS} hosts, each answer after {pause} ms", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "links.txt").write_text("\n".join(urls) + "\n")
        contestants = {"kg": [check_links, folder / "links.txt", AT_ONCE, IN_ALL]}
        if lychee:
            contestants["lychee"] = [lychee, "--no-progress", "--method", "head", "--format", "json"]
            contestants["lychee"] += ["--max-concurrency", str(IN_ALL), "--host-concurrency", str(AT_ONCE)]
            contestants["lychee"] += ["--host-request-interval", "0ms", folder / "links.txt"]
        best = {}
        for _ in range(TURNS):
            for name, command in contestants.items():
                take_turn(name, command, port, best)
        if kg:
            store = build(kg, folder, urls)
            command = [kg, "check", "-q", "--store", store, "--allow-private", "--no-page", "--rate", "0"]
            take_turn("kg check", command + ["--per-host", str(AT_ONCE), "--concurrency", str(IN_ALL)], port, best)
    for name, (seconds, memory, counted) in best.items():
        speed = len(urls) / seconds
        print(f"{name:10} {speed:7.0f} links/s  {memory / 1024:6.1f} MB  {seconds:5.2f} s  {json.dumps(counted)}", flush=True)


def build(kg, folder, urls):
    papers = [urls[i : i + 100] for i in range(0, len(urls), 100)]
    lines = (json.dumps({"title": f"Paper number {n}", "abstract": " ".join(p)}) for n, p in enumerate(papers))
    (folder / "papers.jsonl").write_text("\n".join(lines) + "\n")
    subprocess.run([kg, "build", "-q", "--store", folder / "graph", folder / "papers.jsonl"], check=True)
    return folder / "graph"


def take_turn(name, command, port, best):
    seconds, memory = run(command)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as answer:
        counted = json.load(answer)
    if name not in best or seconds < best[name][0]:
        best[name] = (seconds, memory, counted)


def run(command):
    """Seconds, and kilobytes at the peak."""
    begun = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} failed: {error.decode()[-2000:]}")
    return seconds, usage.ru_maxrss


if __name__ == "__main__":
    main()
