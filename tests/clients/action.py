"""The script behind action.yml, over a folder with a list of papers, against a server that acts as github.com."""
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading

import trustme

from common import finish, kg, ok, root

SCRIPT = root / "scripts/action/check.py"
LIST = """# Papers

- [Alive](https://arxiv.org/abs/2001.00001), [code](https://github.com/someone/alive)
- [Lost](https://arxiv.org/abs/2001.00002), [code](https://github.com/someone/lost)
- [Moved](https://arxiv.org/abs/2001.00003), [code](https://github.com/someone/moved)
"""
lost = set()
silent = set()


class GitHub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path in silent:
            self.send_response(503)
        elif self.path in lost:
            self.send_response(404)
        elif self.path == "/someone/moved":
            self.send_response(301)
            self.send_header("Location", "/other/moved")
        else:
            self.send_response(200)
        page = b"<title>code</title>" if self.command == "GET" else b""
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Repository:
    """A folder with a list of papers, and the files that GitHub gives a step: a summary, outputs, a journal."""

    def __init__(self, folder, server, authority):
        self.folder, self.server, self.authority = pathlib.Path(folder), server, authority
        (self.folder / "README.md").write_text(LIST)

    def check(self, fail_on="dead", more="", files="README.md"):
        for name in ("summary", "outputs"):
            (self.folder / name).write_text("")
        environment = {**os.environ, "GITHUB_STEP_SUMMARY": str(self.folder / "summary"), "GITHUB_OUTPUT": str(self.folder / "outputs")}
        for token in ("GITHUB_TOKEN", "GH_TOKEN"):
            environment.pop(token, None)
        arguments = (
            f"--kind repository --allow-private --tries 1 --max-age 0 --confirm-after 0 --resolve github.com:443:127.0.0.1:{self.server.server_port} "
            f"--ca-certificate {self.authority} {more}"
        )
        run = subprocess.run(
            [sys.executable, SCRIPT, "--kg", kg, "--files", files, f"--arguments={arguments}", "--fail-on", fail_on, "--journal", "journal"],
            cwd=self.folder, env=environment, capture_output=True, text=True,
        )
        outputs = dict(line.split("=", 1) for line in (self.folder / "outputs").read_text().splitlines())
        return run, outputs, (self.folder / "summary").read_text()


def held(condition, seen, what):
    if not condition:
        sys.exit(f"FAILED {what}\n{seen}")
    ok(f"action: {what}")


kg = shutil.which(kg) or kg
with tempfile.TemporaryDirectory() as folder:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(f"{folder}/authority.pem")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), GitHub)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("github.com").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    repository = Repository(folder, server, f"{folder}/authority.pem")

    run, outputs, summary = repository.check()
    held(run.returncode == 0 and outputs["links"] == "3" and outputs["alive"] == "3", (run, outputs), "living links pass")
    held(outputs["changed"] == "0" and "first run" in summary, (outputs, summary), "the first run changes nothing")

    run, outputs, summary = repository.check()
    held(outputs["changed"] == "0" and "Nothing changed" in summary, (outputs, summary), "a run that finds the same changes nothing")

    silent.add("/someone/alive")
    run, outputs, summary = repository.check()
    held(outputs["changed"] == "0" and run.returncode == 0, (run, outputs, summary), "a host that does not answer changes nothing")
    silent.clear()

    lost.add("/someone/lost")
    run, outputs, summary = repository.check()
    held(outputs["suspected"] == "1" and outputs["dead"] == "0" and run.returncode == 0, (run, outputs), "a link that is missing once is in doubt, and fails nothing")
    held("| https://github.com/someone/lost | alive | in doubt |" in summary, summary, "the summary has a table of what changed")
    held((pathlib.Path(folder) / outputs["report"]).read_text() in summary, outputs, "the report for an issue is the summary's text")

    run, outputs, summary = repository.check(fail_on="suspected")
    held(run.returncode == 4 and outputs["exit-code"] == "4", (run, outputs), "fail-on decides what makes the step fail")

    run, outputs, summary = repository.check(more="--confirm 2")
    held(run.returncode == 4 and outputs["dead"] == "1", (run, outputs), "a dead link fails the step")
    run, outputs, summary = repository.check(more="--confirm 2", fail_on="")
    held(run.returncode == 0 and outputs["dead"] == "1", (run, outputs), "without fail-on the step only informs")

    (pathlib.Path(folder) / "README.md").write_text(LIST.replace("someone/lost", "someone/found-again"))
    run, outputs, summary = repository.check()
    held("| https://github.com/someone/lost | dead | not listed |" in summary, summary, "a dead link that was taken out is a change")

    run, outputs, summary = repository.check(files="papers/*.bib")
    held(run.returncode == 2 and "no file is named by papers/*.bib" in run.stderr, run, "a pattern without a file is an error that says so")
    journal = (pathlib.Path(folder) / "journal/links.json").read_text()
    held(len(json.loads(journal)) == 3, journal, "an error leaves the journal as it was")

finish("action.passed")
