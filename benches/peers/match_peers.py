#!/usr/bin/env python3
"""Searches the same names in the same text with the usual Python tools, and with ours, in one run.

    benches/peers/match_peers.py BENCH_BINARY

BENCH_BINARY is the compiled `benches/speed.rs`; `make bench` hands it over. With `export FOLDER` it writes the names and
the texts, folded as `kg` searches them, so that every tool has the same patterns and the same bytes; with `scan` it
prints its own speed. What is timed is finding all names in all texts: the median of five runs, alternating between the
tools, building left out. spaCy is timed twice: from strings, its tokeniser included, and on tokens made beforehand. Tools
are installed from PyPI into target/peers once.
"""

import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "peers"
TOOLS = ["spacy==3.8.*", "flashtext==2.7", "pyahocorasick==2.*"]


def install():
    """Starts this script again inside an environment that has the tools."""
    python = HOME / "venv" / "bin" / "python"
    if not (HOME / "ready").exists():
        venv.create(HOME / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *TOOLS], check=True)
        (HOME / "ready").touch()
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]]).returncode)


def spacy_matchers(names, texts):
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab)
    matcher.add("NAME", list(nlp.tokenizer.pipe(names)))
    docs = list(nlp.tokenizer.pipe(texts))
    return {
        "spaCy PhraseMatcher": lambda: sum(len(matcher(doc)) for doc in nlp.tokenizer.pipe(texts)),
        "spaCy, tokens given": lambda: sum(len(matcher(doc)) for doc in docs),
    }


def flashtext_matcher(names, texts):
    from flashtext import KeywordProcessor

    processor = KeywordProcessor()
    processor.add_keywords_from_list(names)
    return lambda: sum(len(processor.extract_keywords(text)) for text in texts)


def ahocorasick_matcher(names, texts):
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, len(name))
    automaton.make_automaton()

    def whole_words():
        found = 0
        for text in texts:
            for last, length in automaton.iter(text):
                start, end = last + 1 - length, last + 1
                if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
                    found += 1
        return found

    return whole_words


def main():
    bench = Path(sys.argv[1]).resolve()
    export = HOME / "export"
    export.mkdir(parents=True, exist_ok=True)
    subprocess.run([bench, "export", export], check=True)
    names = (export / "names.txt").read_text().splitlines()
    texts = (export / "texts.txt").read_text().splitlines()
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(names)} names, {len(texts)} texts of {size / 1e6:.2f} MB together")

    tools = {
        **spacy_matchers(names, texts),
        "flashtext": flashtext_matcher(names, texts),
        "pyahocorasick, whole words": ahocorasick_matcher(names, texts),
    }
    times = {name: [] for name in tools}
    ours = {}
    for _ in range(5):
        for name, run in tools.items():
            start = time.perf_counter()
            run()
            times[name].append(size / 1e6 / (time.perf_counter() - start))
        for line in subprocess.run([bench, "scan"], check=True, capture_output=True, text=True).stdout.splitlines():
            name, speed = line.split("\t")
            ours.setdefault(name, []).append(float(speed))
    speeds = {name: statistics.median(times[name]) for name in tools}
    speeds |= {name: statistics.median(values) for name, values in ours.items()}
    reference = speeds["kg, all rules"]
    for name, speed in speeds.items():
        print(f"{name:32} {speed:8.2f} MB/s   kg with all rules: {reference / speed:6.2f} times as fast")


if __name__ == "__main__":
    try:
        import ahocorasick  # noqa: F401
        import flashtext  # noqa: F401
        import spacy  # noqa: F401
    except ImportError:
        install()
    main()
