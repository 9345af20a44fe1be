from orderflow.reports import dot


def test_compound_states_are_clusters_and_arrows_end_at_their_border(definition):
    text = dot.render(definition, "order")
    assert 'subgraph "cluster_open" {' in text
    assert '"pending" -> "cancelled" [label="cancel", color="#2563c9", ltail="cluster_open"]' in text
    assert '"done" [label="已完成\\ndone", peripheries=2]' in text


def test_quotes_and_backslashes_are_escaped(make_definition):
    text = dot.render(make_definition(done='a"]; b [label="\\'), "order")
    assert r'label="a\"]; b [label=\"\\\ndone"' in text
