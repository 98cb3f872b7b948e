from src.app import app


def test_a_note_is_kept() -> None:
    client = app.test_client()
    assert client.post("/notes", json={"text": "milk"}).status_code == 201
    assert client.get("/notes").json == ["milk"]
