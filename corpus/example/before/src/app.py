"""A list of notes over HTTP."""

from flask import Flask, Response, jsonify, request

app = Flask(__name__, static_folder="static")
notes: list[str] = []


@app.get("/healthz")
def healthz() -> str:
    return "ok"


@app.get("/notes")
def show() -> Response:
    return jsonify(notes)


@app.post("/notes")
def add() -> tuple[Response, int]:
    notes.append(request.get_json()["text"])
    return jsonify(notes), 201
