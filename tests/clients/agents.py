"""kg mcp and kg serve's /mcp in the MCP clients of others: the Python SDK over both transports, and the inspector.

It also validates what commands print as JSON against the schemas that kg prints.

    tests/clients/agents.py KG ROOT WORK NODE_MODULES
"""
import asyncio
import json
import os
import pathlib
import subprocess
import sys

import jsonschema
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

kg, root, work, node_modules = sys.argv[1:5]
store = os.environ["KG_STORE"]
passed = 0


def held(condition, shown, what):
    global passed
    if not condition:
        sys.exit(f"FAILED {what}: {str(shown)[:1500]}")
    passed += 1
    print(f"ok   {what}")


CALLS = [
    ("search", {"words": "flashatention"}),
    ("show", {"name": "COCO"}),
    ("show", {"name": "2205.14135"}),
    ("neighbors", {"name": "COCO"}),
    ("neighbors", {"name": "COCO", "depth": 2, "kind": ["dataset"]}),
    ("neighbors", {"name": "2205.14135"}),
    ("leaderboard", {}),
    ("leaderboard", {"dataset": "ImageNet", "history": True}),
    ("leaderboard", {"task": "image classification"}),
    ("compare", {"papers": ["2205.14135", "2307.08691"]}),
    ("path", {"from": "COCO", "to": "BERT", "limit": 3}),
    ("similar", {"name": "COCO"}),
    ("read_paper", {"paper": "2205.14135"}),
    ("evidence", {"paper": "2205.14135", "name": "FlashAttention"}),
    ("code_state", {"name": "COCO"}),
    ("sparql", {"query": "SELECT ?t { ?p dcterms:title ?t } ORDER BY ?t", "limit": 5}),
    ("sparql", {"query": "papers-using", "parameters": {"dataset": "COCO"}}),
]


async def talk(session, transport):
    hello = await session.initialize()
    held(hello.server_info.name == "papergraph", hello, f"{transport}: the client and the server agree on a protocol")
    tools = (await session.list_tools()).tools
    held(len(tools) == 11 and all(tool.annotations.read_only_hint for tool in tools), tools, f"{transport}: eleven read-only tools")
    answers = []
    for name, arguments in CALLS:
        # The client validates the structured answer against the tool's output schema.
        answer = await session.call_tool(name, arguments)
        size = len(answer.content[0].text)
        if answer.is_error or size > 12_000 or answer.structured_content["graph"]["papers"] != 228:
            sys.exit(f"FAILED {transport} {name} {arguments}: {size} {answer}"[:1500])
        answers.append(answer.structured_content)
    held(True, None, f"{transport}: {len(CALLS)} answers fit their schemas and 12,000 characters")
    wrong = await session.call_tool("show", {"name": "coc"})
    held(wrong.is_error and "dataset/coco" in wrong.content[0].text, wrong, f"{transport}: a wrong name gets a suggestion")
    page = await session.read_resource("papergraph:///dataset/coco")
    held("# COCO" in page.contents[0].text, page, f"{transport}: a node is a Markdown resource")
    prompt = await session.get_prompt("changes_on_board", {"dataset": "COCO"})
    held("COCO" in prompt.messages[0].content.text, prompt, f"{transport}: a prompt carries its argument")
    return answers


async def over_stdio():
    parameters = StdioServerParameters(command=kg, args=["--store", store, "mcp"])
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        return await talk(session, "stdio")


async def over_http(url):
    async with streamable_http_client(url) as (read, write), ClientSession(read, write) as session:
        return await talk(session, "http")


server = subprocess.Popen([kg, "serve", "--bind", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
try:
    url = server.stdout.readline().strip() + "mcp"
    held(asyncio.run(over_stdio()) == asyncio.run(over_http(url)), None, "both transports give the same answers")
finally:
    server.terminate()
    server.wait()

inspector = pathlib.Path(node_modules) / ".bin" / "mcp-inspector"


def inspect(*arguments):
    run = subprocess.run([inspector, "--cli", kg, "mcp", *arguments], capture_output=True, text=True, timeout=120)
    return json.loads(run.stdout) if run.returncode == 0 else sys.exit(f"FAILED inspector: {run.stderr}{run.stdout}"[:1500])


held(len(inspect("--method", "tools/list")["tools"]) == 11, None, "the inspector lists the tools")
found = inspect("--method", "tools/call", "--tool-name", "search", "--tool-arg", "words=COCO")
held(found["structuredContent"]["rows"][0]["id"] == "dataset/coco", found, "the inspector calls a tool")
held(len(inspect("--method", "resources/list")["resources"]) == 3, None, "the inspector lists the resources")
held(len(inspect("--method", "prompts/list")["prompts"]) == 3, None, "the inspector lists the prompts")


def printed(*arguments):
    return subprocess.run([kg, *arguments], check=True, capture_output=True, text=True).stdout


PAPERS = f"{root}/examples/papers.jsonl"
EXTRACTED = pathlib.Path(work, "agents.jsonl")
EXTRACTED.write_text(printed("extract", PAPERS))
# Commands whose format is JSON unless an option says otherwise.
LINES = {"extract"}
COMMANDS = {
    "check": [["--offline"], ["--offline", "--kind", "page"]],
    "communities": [[]],
    "compare": [["2205.14135", "2307.08691"]],
    "doctor": [[]],
    "eval": [[str(EXTRACTED), PAPERS], [str(EXTRACTED), PAPERS, "--folds", "3"], [str(EXTRACTED), PAPERS, "--errors", "dataset"]],
    "extract": [[PAPERS], ["--each", PAPERS], [f"{root}/tests/fixtures/sources/"]],
    "hardware": [[]],
    "leaderboard": [[], ["ImageNet"]],
    "missing": [[]],
    "neighbors": [["COCO", "--evidence"], ["2205.14135"], ["COCO", "--depth", "2"]],
    "path": [["COCO", "BERT"]],
    "rank": [[], ["--by", "growth"], ["--kind", "paper"]],
    "search": [["flashatention"]],
    "show": [["COCO"], ["2205.14135"], ["github.com/Dao-AILab/flash-attention"]],
    "similar": [["COCO"], ["2205.14135"]],
    "stats": [[]],
    "trends": [["COCO", "ImageNet"]],
    "vocab list": [[], ["--kind", "hardware"]],
    "vocab show": [["COCO"], ["SGD"]],
}
held(printed("schema").splitlines() == list(COMMANDS), printed("schema"), "every command with a schema is tried")
for command, calls in COMMANDS.items():
    validator = jsonschema.Draft202012Validator(json.loads(printed("schema", *command.split())))
    validator.check_schema(validator.schema)
    for call in calls:
        if command in LINES:
            answers = printed(command, *call).splitlines()
        else:
            answers = [printed(*command.split(), *call, "--format", "json")]
        errors = [error.message for answer in answers for error in validator.iter_errors(json.loads(answer))]
        held(answers and not errors, errors[:3], f"the schema of {command} holds for kg {command} {' '.join(call)}")

pathlib.Path(work, "agents.passed").write_text(str(passed))
