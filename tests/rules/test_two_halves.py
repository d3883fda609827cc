"""Every error that the code can raise is a sentence for people: Chinese first, then English, without a word of the code in
the Chinese half, whatever is filled in (docs/decisions/0042)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.console.language import LANGUAGES, half
from shared import errors
from tests.world.halves import PLACE, faults

ROOT = Path(__file__).parents[2]
REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) [/…]")
ENGLISH = {
    "state",
    "verb",
    "role",
    "kind",
    "what",
    "measure",
    "fact_type",
    "type",
    "strerror",
    "error",
    "detail",
}
"""Names of what holds words of the code, or of other people's code: never filled into Chinese."""


@dataclass(frozen=True)
class Module:
    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {
    module.name: module
    for room in ("services", "shared")
    for path in sorted((ROOT / room).rglob("*.py"))
    for module in [Module(path, ast.parse(path.read_text(encoding="utf-8")))]
}


def raised_kinds() -> set[str]:
    """Names of the errors of the house, and of those that a module derives from them."""
    known = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.AppError)}
    for module in MODULES.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base).split(".")[-1] in known for base in node.bases):
                known.add(node.name)
    return known


KINDS = raised_kinds() | {"Problem", "Fault"}
MADE_OF_WORDS = {"WrongState", "Stale"}
"""Their sentences come from the catalogue (shared.words), which is walked below; or they say nothing of their own."""


@dataclass(frozen=True)
class Said:
    """One text that an error may say. filled: what is filled into its Chinese half."""

    where: str
    text: str
    filled: tuple[str, ...]


class Unknown(Exception):
    """A text that is put together where this walk cannot follow."""


@dataclass
class Reader:
    module: Module
    function: ast.AST | None

    def texts(self, node: ast.expr, deep: int = 0) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every text that the expression can be, with what is filled in. Raises Unknown."""
        if deep > 8:
            raise Unknown
        match node:
            case ast.Constant(value=str(text)):
                yield text, ()
            case ast.JoinedStr(values=values):
                yield from self._joined(values, deep)
            case ast.IfExp(body=body, orelse=other):
                yield from self.texts(body, deep + 1)
                yield from self.texts(other, deep + 1)
            case ast.BoolOp(values=values):
                for value in values:
                    yield from self.texts(value, deep + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                for a, filled in self.texts(left, deep + 1):
                    for b, more in self.texts(right, deep + 1):
                        yield a + b, (*filled, *more)
            case ast.Name(id=name):
                yield from self._named(name, deep)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                other = self._imported(module)
                if other is None:
                    raise Unknown
                yield from Reader(other, None)._constant(name, deep)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get"), args=[_, fallback]):
                yield from self.texts(ast.Name(id=table), deep + 1)
                yield from self.texts(fallback, deep + 1)
            case ast.Subscript(value=ast.Name() as table):
                yield from self.texts(table, deep + 1)
            case ast.Dict(values=values):
                for value in values:
                    yield from self.texts(value, deep + 1)
            case ast.Call(func=ast.Name(id="all_of")):  # of problems, each of which is walked itself
                return
            case ast.Call(func=ast.Name(id="MappingProxyType"), args=[value]):
                yield from self.texts(value, deep + 1)
            case ast.Call(func=ast.Name(id=name)):
                yield from self._returned(name, deep)
            case _:
                raise Unknown

    def _joined(self, values: list[ast.expr], deep: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        ways: list[tuple[str, tuple[str, ...]]] = [("", ())]
        for value in values:
            if isinstance(value, ast.Constant):
                ways = [(text + str(value.value), filled) for text, filled in ways]
                continue
            assert isinstance(value, ast.FormattedValue)
            try:  # a part that is a text of ours
                parts = list(self.texts(value.value, deep + 1)) if not isinstance(value.value, ast.Attribute) else []
            except Unknown:
                parts = []
            if parts:
                ways = [(text + part, (*filled, *more)) for text, filled in ways for part, more in parts]
            else:
                filled_in = ast.unparse(value.value)
                ways = [(text + PLACE, (*filled, *([] if " · " in text else [filled_in]))) for text, filled in ways]
        yield from ways

    def _named(self, name: str, deep: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        if self.function is not None:
            found = list(self._assigned(self.function, name))
            if found:
                for value in found:
                    yield from self.texts(value, deep + 1)
                return
            arguments = [one.arg for one in ast.walk(self.function) if isinstance(one, ast.arg)]
            if name in arguments:
                raise Unknown
        yield from self._constant(name, deep)

    @staticmethod
    def _assigned(scope: ast.AST, name: str) -> Iterator[ast.expr]:
        for node in ast.walk(scope):
            match node:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    yield value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield value
                case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                    yield value
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    for one, value in zip(names, values, strict=False):
                        if isinstance(one, ast.Name) and one.id == name:
                            yield value
                case ast.Assign(targets=[ast.Tuple(elts=names)]) if any(ast.unparse(one) == name for one in names):
                    raise Unknown
                case ast.For(target=target) if any(
                    isinstance(one, ast.Name) and one.id == name for one in ast.walk(target)
                ):
                    raise Unknown
                case ast.comprehension(target=target) if any(
                    isinstance(one, ast.Name) and one.id == name for one in ast.walk(target)
                ):
                    raise Unknown

    def _constant(self, name: str, deep: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        top = ast.Module(
            body=[node for node in self.module.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)],
            type_ignores=[],
        )
        found = list(self._assigned(top, name))
        if found:
            for value in found:
                yield from Reader(self.module, None).texts(value, deep + 1)
            return
        for node in self.module.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module in MODULES:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        yield from Reader(MODULES[node.module], None)._constant(alias.name, deep + 1)
                        return
        raise Unknown

    def _returned(self, name: str, deep: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.FunctionDef) and node.name == name:
                for one in ast.walk(node):
                    if isinstance(one, ast.Return) and one.value is not None:
                        yield from Reader(self.module, node).texts(one.value, deep + 1)
                return
        raise Unknown

    def _imported(self, name: str) -> Module | None:
        for node in self.module.tree.body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return MODULES.get(f"{node.module}.{alias.name}")
        return None


def scoped(tree: ast.AST, function: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.AST | None]]:
    """Every node with the function it stands in."""
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and function is None else function
        yield node, inner
        yield from scoped(node, inner)


def sentences_in(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of one construction that people read: the sentence, of a problem also how to mend it."""
    name = ast.unparse(call.func).split(".")[-1]
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in ("Problem", "Fault"):
        for place, part in ((1, "what"), (2, "fix")):
            if len(call.args) > place:
                yield part, call.args[place]
            elif part in given:
                yield part, given[part]
    elif name == "Refusal":  # of a page, its status first; that of the demo says what it was told
        if len(call.args) > 1:
            yield "detail", call.args[1]
    elif call.args:
        yield "detail", call.args[0]
    elif "detail" in given:
        yield "detail", given["detail"]


def walked() -> tuple[list[Said], list[str]]:
    """What can be said, and where this walk cannot tell."""
    said, dark = [], []
    for module in MODULES.values():
        for node, function in scoped(module.tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] not in KINDS - MADE_OF_WORDS:
                continue
            for part, argument in sentences_in(node):
                where = f"{module.path.relative_to(ROOT)}:{node.lineno} {part}"
                try:
                    for text, filled in Reader(module, function).texts(argument):
                        if text or part != "fix":
                            said.append(Said(where, text, filled))
                except Unknown:
                    dark.append(f"{where}: {ast.unparse(argument)}")
    return said, dark


SAID, DARK = walked()


def wrong_with(one: Said) -> list[str]:
    return faults(one.text) + [
        f"{{{name}}} is filled into the Chinese half"
        for name in one.filled
        if ENGLISH & set(name.replace("(", ".").replace(")", ".").split(".")[-1:])
    ]


LOOKED_AT_WHERE_THEY_ARE_MADE = {
    # sentences of other places, which this walk sees there
    "services/console/look_up/fields.py: str(refusal)",
    "services/console/refusal.py: one['what']",
    "services/console/refusal.py: one.get('fix', '')",
    "services/console/refusals.py: one.what",
    "services/console/refusals.py: one.fix",
    "services/console/visitor.py: str(refusal)",
    "services/directory/accounts/storage.py: await _revoked_with(store, body, sanction) if body is not None else CLOSED",
    "services/directory/accounts/roles.py: listed(known)",
    "services/directory/bodies/body.py: what",
    "services/reporting/certified/storage.py: why",
    "services/reporting/rosters/usecases/certifying.py: taken.sentence",
    "services/notification/webhooks/address.py: what",
    "services/notification/webhooks/keys.py: what",
    "shared/adapters/http/receivers.py: what",
    "shared/adapters/mail/smtp.py: detail",
    "shared/procedure/exceptions.py: one.what",
    "shared/settings.py: what",
    "shared/memory/places.py: self._sentence",
    "shared/memory/throttles.py: self._sentence",
    "services/reporting/rosters/usecases/confirming.py: _said(one)",
    "services/reporting/rosters/usecases/confirming.py: one.fix",
    "shared/web/problems.py: _named(request.scope.get('route'), fault)",
}
"""What is handed on, by file: every problem answered by the house is looked at besides (tests/world/heard.py)."""
WORKBOOK = "services/reporting/rosters/workbook/"
"""What is said of cells is gathered there before it becomes a problem."""


def test_the_walk_finds_the_errors() -> None:
    assert len(SAID) > 450
    assert {"NotFound", "NotTakenOver", "Problem"} <= KINDS


def test_pages_leave_out_what_is_said_to_programs() -> None:
    """A request stands in brackets, without which the sentence is whole."""
    with_requests = [one.text for one in SAID if REQUEST.search(one.text)]
    assert len(with_requests) > 5
    assert [text for text in with_requests for language in LANGUAGES if REQUEST.search(half(text, language))] == []


@pytest.mark.parametrize("one", SAID, ids=[f"{one.where}" for one in SAID])
def test_every_error_is_a_sentence_for_people(one: Said) -> None:
    assert wrong_with(one) == [], one.text


def test_what_the_walk_cannot_follow_is_known() -> None:
    dark = {f"{one.partition(':')[0]}: {one.partition(': ')[2]}" for one in DARK if not one.startswith(WORKBOOK)}
    assert dark == LOOKED_AT_WHERE_THEY_ARE_MADE


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("there is no roster", "is not `中文 · English`"),
        ("无 roster · no roster", "'roster' in the Chinese half"),
        ("须 centre_approver 办理 · not you", "'centre_approver' in the Chinese half"),
        (r"格式为 ^\d{8}$ · has the form", "holds a regular expression"),
        ("不能退回 · send_back is not possible", "'send_back', a name of the code, in the English half"),
        ("查无 · 查无", "its second half has no English"),
    ],
)
def test_what_is_no_sentence_for_people(sentence: str, wrong: str) -> None:
    assert wrong in faults(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "请将文件另存为 .xlsx · save it as .xlsx",
        "先导入：PUT …/workbook · import it first",
        "可填 `station`（鉴定站） · one of `station`",
        "查无年度计划 49053012-2026 · there is no annual plan 49053012-2026",
        "2026-04-03",
    ],
)
def test_what_is_typed_stays_as_it_is(sentence: str) -> None:
    assert faults(sentence) == []


def test_what_the_reader_sent_may_be_said_again() -> None:
    assert faults("查无服务 nowhere · there is no service nowhere", "GET /nowhere/rosters") == []
    assert faults("查无服务 nowhere · there is no service nowhere") != []
