"""The files of a rule set, sorted by what they define."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orderflow.compiler.flow_cuts import mend_cuts
from orderflow.compiler.nodes import Entry, MapNode, ScalarNode
from orderflow.compiler.part import Part
from orderflow.compiler.report import Report, replace_scalar
from orderflow.compiler.schema import FILE_KINDS
from orderflow.compiler.structure import check_structure
from orderflow.diagnostics import Fix, Label, Span, nearest

_SECTIONS = ("actions", "warehouses", "queues", "findings", "metrics", "channels")
TEST_ENDINGS = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Documents:
    """What was found: the head, the entities, the sections by kind and name, the files of scenarios.

    It is not `complete` when a file could not be read or does not say what it defines: any name may be in there.
    """

    header: Part | None = None
    entities: tuple[Part, ...] = ()
    sections: Mapping[str, Mapping[str, Part]] = field(default_factory=dict)
    tests: tuple[Part, ...] = ()
    rule_files: tuple[str, ...] = ()
    complete: bool = True

    def named(self, section: str) -> Mapping[str, Part]:
        """The parts of one section, such as `queues`."""
        return self.sections.get(section, {})


def sort_documents(
    trees: Mapping[str, MapNode], folder: str, report: Report, *, complete: bool = True
) -> Documents:
    """Check each file against the schema of its kind and sort what it defines.

    Args:
        trees: the located trees by file.
        folder: the rule set's folder, for a finding about the whole.
        report: where the findings go.
        complete: whether every file could be read.
    """
    headers: list[Part] = []
    entities: list[Part] = []
    tests: list[Part] = []
    sections: dict[str, dict[str, Part]] = {name: {} for name in _SECTIONS}
    rule_files: list[str] = []
    for name, given in trees.items():
        kind, tree = _kind(given, name, report)
        if kind is None:
            complete = False
            continue
        part, whole = _checked(tree, FILE_KINDS[kind], report)
        complete = complete and whole
        if FILE_KINDS[kind] == "TestsDocument":
            tests.append(part)
            continue
        rule_files.append(name)
        match kind:
            case "ruleset":
                headers.append(_named(part, "ruleset"))
            case "entity":
                if part.scalar("entity") is not None:
                    entities.append(_named(part, "entity"))
            case _:
                _add_sections(part, sections, report)
    if complete and trees:
        _check_heads(headers, entities, folder, report)
    header = headers[0] if headers else None
    return Documents(header, tuple(entities), sections, tuple(tests), tuple(rule_files), complete)


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
                f"unknown key `{first.name}`: the first key says what a file defines",
                first.key.span,
                "not a key here",
                replace_scalar(first.key, close),
            )
            kind, tree = close, _with_first(tree, close)
        elif kind is None:
            listed = ", ".join(f"`{name}`" for name in FILE_KINDS if name != "base")
            report.error(
                "OF101",
                f"unknown key `{first.name}`: the first key says what a file defines",
                first.key.span,
                "",
                f"begin with one of {listed}",
            )
            return None, tree
        else:
            report.error(
                "OF107",
                f"the first key says what a file defines; `{first.name}` does not",
                first.key.span,
                "",
                f"move `{kind}` to the top",
            )
    is_test = file.endswith(TEST_ENDINGS)
    if (FILE_KINDS[kind] == "TestsDocument") != is_test:
        fix = Fix("move the rules to another file" if is_test else "rename the file to end in `.test.yaml`")
        says = (
            "a file named `.test.yaml` holds scenarios"
            if is_test
            else "scenarios stand in files named `*.test.yaml`"
        )
        report.error("OF107", says, first.key.span, "", fix)
    return kind, tree


def _with_first(tree: MapNode, name: str) -> MapNode:
    first, *rest = tree.entries
    return replace(tree, entries=(Entry(replace(first.key, value=name, raw=name), first.value), *rest))


def _checked(tree: MapNode, kind: str, report: Report) -> tuple[Part, bool]:
    """The document, and whether all its sections could be read."""
    lost: dict[Span, frozenset[str]] = {}
    mended = mend_cuts(tree, report, lost)
    checked = check_structure(mended, kind)
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
                text = f"`{item.name}` is defined twice under `{section}`"
                label = Label(first.span, "first here")
                report.error("OF105", text, item.span, "again here", "remove or rename one of them", (label,))
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
        fix = "add a file `ruleset.yaml` with `ruleset: NAME` and `version: 1.0.0`"
        report.error("OF107", "no file begins with `ruleset`", start, "", fix)
    for other in headers[1:]:
        label = Label(headers[0].span, "the first one")
        report.error(
            "OF105", "two files begin with `ruleset`", other.span, "a second one", "keep one", (label,)
        )
    if not entities:
        fix = "add a file such as `order.yaml` that begins with `entity: order`"
        report.error("OF107", "no file begins with `entity`, so there is nothing to run", start, "", fix)
