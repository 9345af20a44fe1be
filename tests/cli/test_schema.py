import json

from jsonschema import Draft202012Validator


def test_the_schema_is_one(run, tmp_path):
    schema = run("schema").json
    Draft202012Validator.check_schema(schema)
    assert run("schema", "--out", "rules.schema.json").code == 0
    assert json.loads((tmp_path / "rules.schema.json").read_text(encoding="utf-8")) == schema
