"""The files of a rule set, sorted by what they define."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from orderflow.compiler.flow_cuts import mend_cuts
from orderflow.compiler.glossary import Glossary
from orderflow.compiler.letters import mend_letters
from orderflow.compiler.nodes import Entry, MapNode, ScalarNode, name_of
from orderflow.compiler.overlay import Losses, drop_items, merge_entity, merge_header
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.schema import FILE_KINDS
from orderflow.compiler.structure import check_structure
from orderflow.diagnostics import Fix, Label, Span, nearest
from orderflow.diagnostics.message import NOTHING, Message

_SECTIONS = (
    "actions", "warehouses", "queues", "findings", "metrics", "channels",
    "pools", "allocation", "tables", "promises", "calendars",
)  # fmt: skip
TEST_ENDINGS = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Documents:
    """What was found: the head, the entities, the sections by kind and name, the files of scenarios.

    `rule_files` are those of each folder, the lowest base first. It is not `complete` when a file could not be read or
    does not say what it defines: any name may be in there.
    """

    header: Part | None = None
    entities: tuple[Part, ...] = ()
    sections: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    tests: tuple[Part, ...] = ()
    rule_files: tuple[tuple[str, ...], ...] = ()
    complete: bool = True

    def named(self, section: str) -> Mapping[str, Part]:
        """The parts of one section, such as `queues`."""
        return self.sections.get(section, {})


def glossary_of(documents: Documents) -> Glossary:
    """What everything that the documents declare is called, and where it is declared."""
    sections = ((section, tuple(parts.values())) for section, parts in documents.sections.items() if parts)
    roles = documents.header.scalars("roles") if documents.header is not None else ()
    return Glossary(tuple((part.name, part) for part in documents.entities), tuple(sections), roles)


@dataclass(slots=True)
class _Layer:
    """The files of one folder, sorted; of one that extends another, those below it, too."""

    headers: list[MapNode] = field(default_factory=list)
    entities: list[MapNode] = field(default_factory=list)
    sections: dict[str, dict[str, Part]] = field(default_factory=lambda: {name: {} for name in _SECTIONS})
    tests: list[Part] = field(default_factory=list)
    rule_files: tuple[tuple[str, ...], ...] = ()
    complete: bool = True


def sort_documents(
    layers: Sequence[Mapping[str, MapNode]],
    folder: str,
    report: Report,
    *,
    complete: bool = True,
    based: bool = True,
) -> Documents:
    """Check each file against the schema of its kind and sort what it defines.

    Args:
        layers: the located trees by file, of each folder, the lowest base first.
        folder: the rule set's folder, for a finding about the whole.
        report: where the findings go.
        complete: whether every file could be read.
        based: whether every rule set below is there; without one, what entities lack is not known.
    """
    lost: Losses = {}
    below: _Layer | None = None
    for trees in layers:
        layer = _sort_layer(trees, lost, report)
        below = layer if below is None else _over(below, layer, lost, report)
    found = below or _Layer()
    complete = complete and found.complete
    headers: list[Part] = []
    entities: list[Part] = []
    for tree in found.headers:
        part, whole = _checked(tree, "RulesetDocument", lost, report)
        headers.append(_named(part, "ruleset"))
        complete = complete and whole
    headless = not complete and not found.headers  # which may have named a base
    for tree in found.entities if based else ():
        part, whole = _checked(tree, "EntityDocument", lost, report, partial=headless)
        complete = complete and whole
        if part.scalar("entity") is not None:
            entities.append(_named(part, "entity"))
    if complete and layers and layers[-1]:
        _check_heads(headers, entities, folder, report)
    header = headers[0] if headers else None
    if header is not None and len(layers) == 1 and header.node.get("extends") is None:
        _no_base(header, report)
    return Documents(header, tuple(entities), found.sections, tuple(found.tests), found.rule_files, complete)


def _no_base(header: Part, report: Report) -> None:
    entry = header.node.entry("drop")
    if entry is not None and header.intact:
        text = Message("`drop` leaves out what a base has, and this rule set extends none")
        report.error(
            "OF107",
            text,
            entry.key.span,
            NOTHING,
            Message("add `extends:` with the base's folder, or remove it"),
        )


def _sort_layer(trees: Mapping[str, MapNode], lost: Losses, report: Report) -> _Layer:
    layer = _Layer()
    rule_files: list[str] = []
    for name, given in trees.items():
        kind, tree = _kind(given, name, report)
        if kind is None:
            layer.complete = False
            continue
        tree = mend_cuts(tree, report, lost)
        model = FILE_KINDS[kind]
        if model != "TestsDocument":
            rule_files.append(name)
            tree = mend_letters(tree, report)
        match model:
            case "RulesetDocument":
                layer.headers.append(tree)
            case "EntityDocument":
                layer.entities.append(tree)
            case _:
                part, whole = _checked(tree, model, lost, report)
                layer.complete = layer.complete and whole
                if model == "TestsDocument":
                    layer.tests.append(part)
                else:
                    _add_sections(part, layer.sections, report)
    layer.rule_files = (tuple(rule_files),)
    return layer


def _over(base: _Layer, own: _Layer, lost: Losses, report: Report) -> _Layer:
    """What a folder defines over what its base does."""
    entities, sections = _by_name(base.entities), base.sections
    for tree in base.headers:
        _checked(tree, "RulesetDocument", lost, report)
    if own.headers:
        header, _ = _checked(own.headers[0], "RulesetDocument", lost, Report())
        entities, sections = drop_items(_named(header, "ruleset"), entities, sections, report)
    merged = dict(entities)
    twice: list[MapNode] = []
    done: set[str] = set()
    for tree in own.entities:
        name = _entity_name(tree)
        if name in done:
            twice.append(tree)
        else:
            merged[name] = merge_entity(merged[name], tree, lost) if name in merged else tree
            done.add(name)
    headers = own.headers
    if base.headers and headers:
        headers = [merge_header(base.headers[0], headers[0]), *headers[1:]]
    return _Layer(
        headers=headers,
        entities=[*merged.values(), *twice],
        sections={name: {**sections[name], **own.sections[name]} for name in _SECTIONS},
        tests=own.tests,
        rule_files=(*base.rule_files, *own.rule_files),
        complete=base.complete and own.complete,
    )


def _by_name(trees: list[MapNode]) -> dict[str, MapNode]:
    named: dict[str, MapNode] = {}
    for tree in trees:
        named.setdefault(_entity_name(tree), tree)
    return named


def _entity_name(tree: MapNode) -> str:
    node = tree.get("entity")
    return name_of(node) if isinstance(node, ScalarNode) else ""


def _kind(tree: MapNode, file: str, report: Report) -> tuple[str | None, MapNode]:
    """The key that says what a file defines, and the tree with that key spelled right.

    It is the first key, or after a finding another one that says so.
    """
    if not tree.entries:
        return None, tree
    first = tree.entries[0]
    kind = next((entry.name for entry in tree.entries if entry.name in FILE_KINDS), None)
    if first.name in FILE_KINDS:
        kind = first.name
    else:
        there = {entry.name for entry in tree.entries}
        close = nearest(first.name, [name for name in FILE_KINDS if name not in there])
        if close is not None:
            report.error(
                "OF101",
                Message("unknown key `{name}`: the first key says what a file defines", name=first.name),
                first.key.span,
                Message("not a key here"),
                replace_scalar(first.key, close),
            )
            kind, tree = close, _with_first(tree, close)
        elif kind is None:
            listed = ", ".join(f"`{name}`" for name in FILE_KINDS if name != "base")
            report.error(
                "OF101",
                Message("unknown key `{name}`: the first key says what a file defines", name=first.name),
                first.key.span,
                NOTHING,
                Message("begin with one of {listed}", listed=listed),
            )
            return None, tree
        else:
            report.error(
                "OF107",
                Message("the first key says what a file defines; `{name}` does not", name=first.name),
                first.key.span,
                NOTHING,
                Message("move `{kind}` to the top", kind=kind),
            )
    is_test = file.endswith(TEST_ENDINGS)
    if (FILE_KINDS[kind] == "TestsDocument") != is_test:
        fix = Fix(
            Message("move the rules to another file")
            if is_test
            else Message("rename the file to end in `.test.yaml`")
        )
        says = (
            Message("a file named `.test.yaml` holds scenarios")
            if is_test
            else Message("scenarios stand in files named `*.test.yaml`")
        )
        report.error("OF107", says, first.key.span, NOTHING, fix)
    return kind, tree


def _with_first(tree: MapNode, name: str) -> MapNode:
    first, *rest = tree.entries
    return replace(tree, entries=(Entry(replace(first.key, value=name, raw=name), first.value), *rest))


def _checked(
    tree: MapNode, kind: str, lost: Losses, report: Report, *, partial: bool = False
) -> tuple[Part, bool]:
    """The document, and whether all its sections could be read."""
    checked = check_structure(tree, kind, partial=partial)
    report.found += checked.found
    for span, names in checked.lost.items():
        lost[span] = lost.get(span, frozenset()) | names
    return Part(tree.entries[0].key, checked.root, lost), checked.complete


def _named(part: Part, key: str) -> Part:
    """The document with the value of its first key as its name."""
    node = part.scalar(key)
    return Part(node if node is not None else part.key, part.node, part.lost)


def _add_sections(part: Part, sections: dict[str, dict[str, Part]], report: Report) -> None:
    for section, known in sections.items():
        for item in part.parts(section):
            first = known.setdefault(item.name, item)
            if first is not item:
                text = Message("`{name}` is defined twice under `{section}`", name=item.name, section=section)
                label = Label(first.span, Message("first here"))
                report.error(
                    "OF105",
                    text,
                    item.span,
                    Message("again here"),
                    Message("remove or rename one of them"),
                    (label,),
                )
        for name in part.lost_names(section):
            key = part.node.entry(section)
            if name not in known and key is not None:
                known[name] = Part(
                    _renamed(key.key, name), MapNode((), key.key.span), {key.key.span: frozenset(("",))}
                )


def _renamed(key: ScalarNode, name: str) -> ScalarNode:
    return ScalarNode(name, key.style, key.span, key.raw)


def _check_heads(headers: list[Part], entities: list[Part], folder: str, report: Report) -> None:
    start = Span(folder, 1, 1, 1, 1)
    if not headers:
        fix = Message("add a file `ruleset.yaml` with `ruleset: NAME` and `version: 1.0.0`")
        report.error("OF107", Message("no file begins with `ruleset`"), start, NOTHING, fix)
    for other in headers[1:]:
        label = Label(headers[0].span, Message("the first one"))
        report.error(
            "OF105",
            Message("two files begin with `ruleset`"),
            other.span,
            Message("a second one"),
            Message("keep one"),
            (label,),
        )
    if not entities:
        fix = Message("add a file such as `order.yaml` that begins with `entity: order`")
        report.error(
            "OF107", Message("no file begins with `entity`, so there is nothing to run"), start, NOTHING, fix
        )
