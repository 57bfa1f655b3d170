"""Snapshots survive being saved, and what is no snapshot is refused in one line."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from pgdossier.errors import SnapshotError
from pgdossier.model import snapshot_json
from tests.golden.library import LIBRARY
from tests.support import schema

SCHEMA = snapshot_json.schema()


def _data(**changes: Any) -> bytes:
    """The bytes of the hand-made snapshot with these top-level values."""
    return json.dumps(json.loads(snapshot_json.encode(LIBRARY)) | changes).encode()


def test_what_is_saved_is_what_is_read() -> None:
    """Encoding and decoding gives an equal snapshot, and the same bytes again."""
    data = snapshot_json.encode(LIBRARY)
    assert snapshot_json.decode(data) == LIBRARY
    assert snapshot_json.encode(snapshot_json.decode(data)) == data


def test_the_file_is_made_for_people_and_version_control() -> None:
    """One value per line, the format first, every name as it is, a final line feed."""
    changed = msgspec.structs.replace(
        LIBRARY,
        structure=msgspec.structs.replace(
            LIBRARY.structure,
            database=msgspec.structs.replace(LIBRARY.structure.database, name="bücher 🧨 \n\u202e"),
        ),
    )
    text = snapshot_json.encode(changed).decode("utf-8")
    assert text.startswith('{\n "format": 1,\n "captured_on": "2026-11-21",\n')
    assert text.endswith("}\n")
    assert "bücher 🧨 \\n" in text
    assert snapshot_json.decode(text.encode()) == changed


def test_defaults_are_left_out() -> None:
    """What is as usual takes no line: an unset comment, an empty list, an enforced constraint."""
    text = snapshot_json.encode(LIBRARY).decode()
    for absent in (": null", "[]", '"enforced"', '"triggers"'):
        assert absent not in text


def test_it_is_valid_by_its_json_schema() -> None:
    """The published schema is one, and describes what is written."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(snapshot_json.encode(LIBRARY)), SCHEMA, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "1"},
        {"captured_on": 5},
        {"structure": {}},
        {"statistics": {"relations": [{"name": "x"}]}},
        {"more": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_schema_and_decoder_refuse_the_same(changes: dict[str, Any]) -> None:
    """What the schema does not allow cannot be read either."""
    data = _data(**changes)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(data), SCHEMA, jsonschema.Draft202012Validator)
    with pytest.raises(SnapshotError):
        snapshot_json.decode(data)


def test_the_published_schema_is_up_to_date() -> None:
    """docs/snapshot.schema.json is what this version writes by; `python -m tests.support.schema` mends it."""
    assert schema.FILE.read_text(encoding="utf-8") == schema.text()


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfe", b"not json", b"[]", b"{}", b'{"format": null}', b'{"format": 1', b'{"format": "1"}'],
)
def test_what_is_no_snapshot_is_refused(data: bytes) -> None:
    """Anything else says that it is none, with the name of the file, on one line."""
    with pytest.raises(SnapshotError) as refused:
        snapshot_json.decode(data, "my.json")
    assert refused.value.message.startswith("my.json is not a snapshot")
    assert "\n" not in refused.value.message
    assert refused.value.hint


def test_another_format_is_named() -> None:
    """A file of a newer version says so, whatever else is in it."""
    with pytest.raises(SnapshotError) as refused:
        snapshot_json.decode(_data(format=2, structure="unheard of"), "my.json")
    assert "my.json has snapshot format 2" in refused.value.message


def test_a_damaged_snapshot_says_where() -> None:
    """The place of what cannot be read is named."""
    with pytest.raises(SnapshotError) as refused:
        snapshot_json.decode(_data(statistics={"relations": [{"schema": "a", "name": 5}]}), "my.json")
    assert "my.json is damaged" in refused.value.message
    assert "statistics" in refused.value.message
