"""A client of the language server protocol, as small as a test needs, for yaml-language-server."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

SECONDS = 60


def found() -> str | None:
    """The server's program: $YAML_LANGUAGE_SERVER, else on the PATH."""
    return os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")


class Server:
    """A running server on a folder, with settings as an editor would give them."""

    def __init__(self, program: str, folder: Path, settings: dict[str, Any], locale: str) -> None:
        self._settings = settings
        self._process = subprocess.Popen(
            [program, "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        self._answers: dict[int, queue.Queue[dict[str, Any]]] = {}
        self._diagnostics: dict[str, list[Any]] = {}
        self._told = threading.Condition()
        self._count = 0
        self._versions: dict[str, int] = {}
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        uri = folder.as_uri()
        self._request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "locale": locale,
                "workspaceFolders": [{"uri": uri, "name": "vault"}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {
                        "completion": {"completionItem": {"snippetSupport": True}},
                        "hover": {"contentFormat": ["markdown"]},
                    },
                },
            },
        )
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": settings})

    def close(self) -> None:
        """End the server."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def open(self, file: Path, text: str) -> None:
        """Open a file with a text, which need not be that on the disk, or type another into it."""
        uri = file.as_uri()
        with self._told:
            self._diagnostics.pop(uri, None)
        self._versions[uri] = version = self._versions.get(uri, 0) + 1
        document: dict[str, Any] = {"uri": uri, "version": version}
        if version == 1:
            document |= {"languageId": "yaml", "text": text}
            self._notify("textDocument/didOpen", {"textDocument": document})
        else:
            changed = {"textDocument": document, "contentChanges": [{"text": text}]}
            self._notify("textDocument/didChange", changed)
        self.diagnostics(file)  # the schema is read then, too

    def diagnostics(self, file: Path) -> list[dict[str, Any]]:
        """What the server says of an open file."""
        uri, end = file.as_uri(), time.monotonic() + SECONDS
        with self._told:
            while uri not in self._diagnostics:
                assert self._told.wait(end - time.monotonic()), "no diagnostics came"
            return self._diagnostics[uri]

    def completions(self, file: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What the server offers at a place, counted from 0."""
        answer = self._request("textDocument/completion", self._at(file, line, column))
        items: list[dict[str, Any]] = answer["items"] if isinstance(answer, dict) else answer
        return items

    def hover(self, file: Path, line: int, column: int) -> str:
        """What the server says of a place, as Markdown."""
        answer = self._request("textDocument/hover", self._at(file, line, column))
        return str(answer["contents"]["value"]) if answer else ""

    @staticmethod
    def _at(file: Path, line: int, column: int) -> dict[str, Any]:
        place = {"line": line, "character": column}
        return {"textDocument": {"uri": file.as_uri()}, "position": place}

    # -- the protocol

    def _request(self, method: str, params: dict[str, Any]) -> Any:
        self._count += 1
        answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._answers[self._count] = answers
        self._send({"id": self._count, "method": method, "params": params})
        answer = answers.get(timeout=SECONDS)
        assert "error" not in answer, answer
        return answer.get("result")

    def _notify(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while line := stream.readline():
            size = int(line.split(b":")[1]) if line.startswith(b"Content-Length") else 0
            while line.strip():
                line = stream.readline()
            if size:
                self._take(json.loads(stream.read(size)))

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("method") == "workspace/configuration":
            asked = [one.get("section") for one in message["params"]["items"]]
            self._send({"id": message["id"], "result": [self._settings.get(s, {}) for s in asked]})
        elif message.get("method") == "textDocument/publishDiagnostics":
            with self._told:
                params = message["params"]
                self._diagnostics[params["uri"]] = params["diagnostics"]
                self._told.notify_all()
        elif "id" in message and "method" in message:
            self._send({"id": message["id"], "result": None})
        elif "id" in message:
            self._answers[message["id"]].put(message)
