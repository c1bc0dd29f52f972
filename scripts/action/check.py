#!/usr/bin/env python3
"""Are the code links of the papers that this repository lists still alive? What action.yml runs.

    check.py --kg KG --files "README.md papers/*.bib" [--arguments "…"] [--fail-on dead] [--journal FOLDER]

Reads the files into a graph, checks its links with `kg check`, and compares with what the journal's folder kept from the run
before. Writes a table to $GITHUB_STEP_SUMMARY, counts to $GITHUB_OUTPUT, and FOLDER/report.md, the text for an issue. Its
exit code is that of `kg check`: 4 if a link is in a state of --fail-on. Python's standard library is enough.
"""
import argparse
import glob
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

# Verdicts of links that lead to what they name. Other links lead elsewhere or to nothing, or gave no answer this time.
REACHED = {"alive", "moved", "redirected", "archived"}


def state(finding):
    """The state of a link for readers, in a word."""
    if finding.get("dead"):
        return "dead"
    if finding.get("certainty") == "suspected":
        return "in doubt"
    return finding["verdict"] or "unchecked"


def answered(finding):
    """Whether the host said something about the link: a slow host is not a change."""
    return finding["verdict"] is not None and finding.get("certainty") != "unknown"


def changes(before, now):
    """(url, state before, state now) of the links whose state changed; `None` if the link was not there."""
    found = []
    for url in sorted(before.keys() | now.keys()):
        old, new = before.get(url), now.get(url)
        if old != new and not (old is None and new in REACHED):
            found.append((url, old, new))
    return found


def remember(before, findings):
    """The states with which the next run is compared: an answer is kept until there is another."""
    kept = {}
    for finding in findings:
        url = finding["url"]
        if answered(finding):
            kept[url] = state(finding)
        elif url in before:
            kept[url] = before[url]
    return kept


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def report(findings, changed, first):
    """Markdown: the changes since the last run, and the links that need attention."""
    states = {finding["url"]: state(finding) for finding in findings}
    dead = sum(value == "dead" for value in states.values())
    doubt = sum(value == "in doubt" for value in states.values())
    lines = [f"{len(states)} links: {dead} dead, {doubt} in doubt."]
    if first:
        lines += ["", "This is the first run, so there is nothing to compare with."]
    elif changed:
        lines += ["", "Changed since the last run:", "", "| link | before | now |", "|---|---|---|"]
        lines += [f"| {cell(url)} | {cell(old or 'not listed')} | {cell(new or 'not listed')} |" for url, old, new in changed]
    else:
        lines += ["", "Nothing changed since the last run."]
    look = [finding for finding in findings if states[finding["url"]] not in {"alive", "unchecked"}]
    if look:
        lines += ["", "Not simply alive:", "", "| link | state | now at | last seen alive |", "|---|---|---|---|"]
        for finding in look:
            moved = finding.get("moved_to") or ""
            seen = str(finding.get("last_alive") or "")[:10]
            lines.append(f"| {cell(finding['url'])} | {states[finding['url']]} | {cell(moved)} | {seen} |")
    return "\n".join(lines) + "\n"


def named(variable, text):
    """Appends to the file that a variable of GitHub's names; elsewhere nothing."""
    if path := os.environ.get(variable):
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


def fail(message):
    print(f"::error::{message}" if os.environ.get("GITHUB_ACTIONS") else f"error: {message}", file=sys.stderr)
    sys.exit(2)


def inputs(patterns):
    """The files that the patterns name, in their order."""
    found = []
    for pattern in patterns.split():
        matching = sorted(glob.glob(pattern, recursive=True))
        if not matching:
            fail(f"no file is named by {pattern}; correct the input `files`")
        found += matching
    return list(dict.fromkeys(found)) or fail("the input `files` is empty")


def check(kg, files, arguments, fail_on, journal):
    """The findings, and the exit code of `kg check`. The journal's folder keeps checks.jsonl."""
    with tempfile.TemporaryDirectory() as folder:
        store = pathlib.Path(folder) / "graph"
        environment = {**os.environ, "KG_STORE": str(store)}
        if subprocess.run([kg, "build", *files], env=environment).returncode:
            fail("kg cannot read the files; see above")
        kept = journal / "checks.jsonl"
        if kept.exists():
            shutil.copy(kept, store / "checks.jsonl")
        command = [kg, "check", "--format", "json", *(["--fail-on", fail_on] if fail_on else []), *shlex.split(arguments)]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE)
        if (store / "checks.jsonl").exists():
            shutil.copy(store / "checks.jsonl", kept)
        try:
            return json.loads(run.stdout)["findings"], run.returncode
        except ValueError:
            fail("kg check printed no findings; see above")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kg", default="kg")
    parser.add_argument("--files", required=True)
    parser.add_argument("--arguments", default="")
    parser.add_argument("--fail-on", default="")
    parser.add_argument("--journal", type=pathlib.Path, default=pathlib.Path(".papergraph-links"))
    options = parser.parse_args()
    options.journal.mkdir(parents=True, exist_ok=True)

    findings, code = check(options.kg, inputs(options.files), options.arguments, options.fail_on, options.journal)
    now = {finding["url"]: state(finding) for finding in findings}
    memory = options.journal / "links.json"
    first = not memory.exists()
    before = {} if first else json.loads(memory.read_text(encoding="utf-8"))
    settled = remember(before, findings)
    changed = [] if first else changes(before, settled)
    memory.write_text(json.dumps(settled, indent=1, sort_keys=True) + "\n", encoding="utf-8")

    text = report(findings, changed, first)
    written = options.journal / "report.md"
    written.write_text(text, encoding="utf-8")
    print(text)
    named("GITHUB_STEP_SUMMARY", f"## Code links\n\n{text}")
    counts = {
        "links": len(now),
        "alive": sum(value in REACHED for value in now.values()),
        "dead": sum(value == "dead" for value in now.values()),
        "suspected": sum(value == "in doubt" for value in now.values()),
        "changed": len(changed),
        "exit-code": code,
        "report": written,
    }
    named("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in counts.items()))
    sys.exit(code)


if __name__ == "__main__":
    main()
