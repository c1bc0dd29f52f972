#!/usr/bin/env python3
"""The Python module against `kg extract`, on the same papers, in turn, in one run.

    python_speed.py KG PAPERS.jsonl [--runs 5]

Run by a Python that has the wheel. Prints papers a second of `kg extract --each` (a new process that reads the file and prints
JSON) and of `papergraph.extract_batch` (this process: reads the file and makes Python values), and their ratio. Exit code 1 if
the median ratio is under 0.8.
"""
import argparse
import statistics
import subprocess
import sys
import time

import papergraph

LEAST = 0.8


def command(kg, papers):
    begin = time.perf_counter()
    subprocess.run([kg, "--quiet", "extract", "--each", "--from", "jsonl", papers], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def module(papers):
    begin = time.perf_counter()
    with open(papers, encoding="utf-8") as lines:
        read = sum(1 for _ in papergraph.extract_batch(lines))
    return time.perf_counter() - begin, read


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kg")
    parser.add_argument("papers")
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    papergraph.extract("once", "The vocabulary is loaded.")
    ratios = []
    for _ in range(args.runs):
        of_command = command(args.kg, args.papers)
        of_module, read = module(args.papers)
        ratios.append(of_command / of_module)
        print(f"kg extract {read / of_command:,.0f} papers/s, papergraph {read / of_module:,.0f} papers/s, ratio {ratios[-1]:.2f}")
    ratio = statistics.median(ratios)
    print(f"{read:,} papers; median ratio {ratio:.2f}, at least {LEAST} wanted")
    sys.exit(ratio < LEAST)


if __name__ == "__main__":
    main()
