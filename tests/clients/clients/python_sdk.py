"""Does with the Python SDK what it is told, a JSON line each: {"id", "op", "args"} to {"id", "result"} or {"id", "error"}."""

import contextlib
import json
import sys
from importlib.metadata import version

import anyio
import anyio.to_thread
from mcp import Client, ClientSession, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import PromptReference, ResourceTemplateReference

REFERENCES = {"ref/prompt": PromptReference, "ref/resource": ResourceTemplateReference}


@contextlib.asynccontextmanager
async def session(url):
    """The low-level way, which shakes hands and keeps a session."""
    async with streamable_http_client(url) as streams, ClientSession(*streams[:2]) as opened:
        await opened.initialize()
        yield opened


async def perform(client, op, args):
    if op == "about":
        return {"version": version("mcp"), "era": client.protocol_version}
    if op == "complete":
        reference, argument = args
        args = [REFERENCES[reference["type"]].model_validate(reference), argument]
    result = await getattr(client, op)(*args)
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


async def respond(client, request):
    reply = {"id": request["id"]}
    try:
        reply["result"] = await perform(client, request["op"], request["args"])
    except MCPError as error:
        reply["error"] = {"code": error.code, "message": error.message}
    except Exception as error:  # noqa: BLE001 - the story reports it
        reply["error"] = {"code": None, "message": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), flush=True)


async def main(mode, url):
    opened = session(url) if mode == "session" else Client(url)
    async with opened as client, anyio.create_task_group() as tasks:
        # Each request is a task of its own: the story watches a run while it goes on calling.
        while line := await anyio.to_thread.run_sync(sys.stdin.readline):
            tasks.start_soon(respond, client, json.loads(line))


anyio.run(main, *sys.argv[1:])
