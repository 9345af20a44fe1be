"""A small client of the Language Server Protocol: enough to ask yaml-language-server what an editor would.

Messages are JSON with a header of their length (LSP 3.17, "Base Protocol"), over stdin and stdout.
"""

import json
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_PATIENCE = 60.0  # seconds for an answer; a cold start under load takes a few


class Editor:
    """An editor with yaml-language-server; its settings name one schema for every file, or none."""

    def __init__(self, server: Path, schema: Path | None) -> None:
        self._process = subprocess.Popen(
            ["node", str(server), "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._schema = schema
        self._told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._ids = 0
        self._versions: dict[str, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self._ask(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": {
                    "textDocument": {
                        "completion": {
                            "completionItem": {"documentationFormat": ["markdown"], "snippetSupport": True}
                        },
                        "hover": {"contentFormat": ["markdown"]},
                    },
                    "workspace": {"configuration": True},
                },
            },
        )
        self._send({"method": "initialized", "params": {}})
        self._send({"method": "workspace/didChangeConfiguration", "params": {"settings": {}}})

    def open(self, name: str, text: str) -> list[dict[str, Any]]:
        """Show a file to the server, as new or changed; what it finds wrong with it."""
        return self.open_all({name: text})[name]

    def open_all(self, files: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
        """Show several files; what is wrong with each."""
        uris = {name: self._show(name, text) for name, text in files.items()}
        while not self._diagnostics.keys() >= set(uris.values()):
            self._next()
        return {name: self._diagnostics[uri] for name, uri in uris.items()}

    def _show(self, name: str, text: str) -> str:
        uri = f"file:///rules/{name}"
        version = self._versions[uri] = self._versions.get(uri, 0) + 1
        self._diagnostics.pop(uri, None)
        if version == 1:
            document = {"uri": uri, "languageId": "yaml", "version": version, "text": text}
            self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        else:
            params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]}
            self._send({"method": "textDocument/didChange", "params": params})
        return uri

    def complete(self, name: str, line: int, character: int) -> dict[str, dict[str, Any]]:
        """What could be written at a place (from 0), by label."""
        answer = self._ask("textDocument/completion", _at(name, line, character))
        items: Sequence[dict[str, Any]] = answer["items"] if isinstance(answer, Mapping) else answer or []
        return {item["label"]: item for item in items}

    def hover(self, name: str, line: int, character: int) -> str:
        """What is said of the place that the pointer is at."""
        answer = self._ask("textDocument/hover", _at(name, line, character))
        return str(answer["contents"]["value"]) if answer else ""

    def close(self) -> None:
        """End the server."""
        self._ask("shutdown", None)
        self._send({"method": "exit"})
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _ask(self, method: str, params: object) -> Any:
        self._ids += 1
        asked = self._ids
        self._send({"id": asked, "method": method, "params": params})
        while True:
            told = self._next()
            if told.get("id") == asked and "method" not in told:
                assert "error" not in told, told
                return told.get("result")

    def _next(self) -> dict[str, Any]:
        """The next message, after it was seen to."""
        told = self._told.get(timeout=_PATIENCE)
        assert told is not None, "the language server ended"
        match told.get("method"):
            case "textDocument/publishDiagnostics":
                self._diagnostics[told["params"]["uri"]] = told["params"]["diagnostics"]
            case "workspace/configuration":
                self._send(
                    {"id": told["id"], "result": [self._settings(item) for item in told["params"]["items"]]}
                )
            case str() if "id" in told:
                self._send({"id": told["id"], "result": None})
        return told

    def _settings(self, item: Mapping[str, Any]) -> object:
        if item.get("section") != "yaml":
            return {}
        return {
            "schemas": {} if self._schema is None else {self._schema.as_uri(): ["*.yaml"]},
            "schemaStore": {"enable": False},
            "validate": True,
            "hover": True,
            "completion": True,
        }

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _listen(self) -> None:
        source = self._process.stdout
        assert source is not None
        while True:
            length = 0
            while (line := source.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not line:
                self._told.put(None)
                return
            self._told.put(json.loads(source.read(length)))


def _at(name: str, line: int, character: int) -> dict[str, Any]:
    return {
        "textDocument": {"uri": f"file:///rules/{name}"},
        "position": {"line": line, "character": character},
    }
