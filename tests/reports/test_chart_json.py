import json

from orderflow.reports import chart_json


def test_states_and_transitions_as_data(definition):
    found = json.loads(json.dumps(chart_json.to_dict(definition)))
    order = found["entities"]["order"]
    assert found["version"] == 1
    assert order["initial"] == "pending"
    assert {state["name"]: state["parent"] for state in order["states"]}["paid"] == "open"
    pay = order["transitions"][0]
    assert (pay["from"], pay["to"], pay["trigger"], pay["when"]) == (
        ["pending"],
        "paid",
        "automatic",
        "paid_at is not None",
    )
