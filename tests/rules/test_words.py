"""Every noun, each of its states and each of its verbs has words in both languages, and every refusal that can be made of
them is a sentence for people (docs/decisions/0042)."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from services.directory.bodies.standing import Standing
from services.reporting.sessions.session import SESSION
from services.runtime.catalogue import REGISTER, blueprint_of
from shared.actor import Actor
from shared.errors import AppError, NotAllowed, WrongState
from shared.keeping.aggregate import Aggregate
from shared.procedure.approval import Approval
from shared.trade.body_words import BODY, KINDS, office
from shared.trade.roles import NAMES, Role, listed
from shared.words import Pair, Words
from tests.world.halves import CHINESE, faults, halves


def nouns() -> dict[str, type[Aggregate]]:
    """Kind of a document → its class."""

    def below(kind: type[Aggregate]) -> Iterator[type[Aggregate]]:
        for narrower in kind.__subclasses__():
            yield narrower
            yield from below(narrower)

    for service in REGISTER.services:
        blueprint_of(service)  # imports all of it
    ours = (one for one in below(Aggregate) if one.__module__.startswith(("services.", "shared.")))
    return {one.KIND: one for one in ours if hasattr(one, "KIND") and hasattr(one, "SOURCE")}


NOUNS = nouns()
CATALOGUE: dict[str, Words] = {**{kind: noun.WORDS for kind, noun in NOUNS.items()}, "session": SESSION}
PAIRS = [(kind, state, verb) for kind, words in CATALOGUE.items() for state in words.states for verb in words.verbs]


def test_the_walk_finds_nouns() -> None:
    assert len(NOUNS) > 22 and len(PAIRS) > 500


@pytest.mark.parametrize("kind", CATALOGUE)
def test_words_are_words(kind: str) -> None:
    words = CATALOGUE[kind]
    assert words.kind == kind
    for zh, en in (words.noun, *words.states.values(), *words.verbs.values()):
        assert CHINESE.search(zh) and not faults(f"{zh} · {en}"), (zh, en)


@pytest.mark.parametrize(("kind", "state", "verb"), PAIRS, ids=[":".join(pair) for pair in PAIRS])
def test_every_refusal_is_a_sentence_for_people(kind: str, state: str, verb: str) -> None:
    words, noun = CATALOGUE[kind], NOUNS.get(kind)
    next = noun.model_construct(id="x-1", state=state, path="/49000001/49053012/").instead_of(verb) if noun else ""
    refusal = words.wrong_state("x-1", state, verb, next)
    said = str(refusal)
    assert refusal.state == state and not faults(said), said
    zh, en = halves(said)
    assert zh.startswith(f"{words.noun[0]} x-1 现为“{words.states[state][0]}”，不能{words.verbs[verb][0]}")
    assert f"is {words.states[state][1]} and cannot be {words.verbs[verb][1]}" in en


@pytest.mark.parametrize("state", BODY.states)
@pytest.mark.parametrize("step", [step for step in BODY.verbs if hasattr(Standing, step)])
def test_what_a_body_says_of_every_step(step: str, state: str) -> None:
    try:
        Standing("49053012", state).must_allow(step)
    except WrongState as refusal:
        assert not faults(str(refusal)) and "：" in str(refusal), "says what there is to do"


@pytest.mark.parametrize("kind", NOUNS)
def test_what_the_code_names_has_words(kind: str) -> None:
    """Verbs and states that stand in the methods of a noun; the others are looked at while they are used
    (tests/world/heard.py)."""
    noun, words = NOUNS[kind], NOUNS[kind].WORDS
    room = vars(sys.modules[noun.__module__])
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(noun)))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in ("move", "only_when") and node.args:
            verb, *states = node.args
            if isinstance(verb, ast.Constant):
                assert verb.value in words.verbs, f"{kind}: {verb.value}"
            for state in states[: 1 if node.func.attr == "move" else None]:
                if isinstance(state, ast.Name) and isinstance(room.get(state.id), str):
                    assert room[state.id] in words.states, f"{kind}: {state.id}"
    for name in ("STATES", "OPEN"):
        if isinstance(room.get(name), tuple) and kind not in MACHINERY:
            assert set(room[name]) <= set(words.states), kind
    if issubclass(noun, Approval):
        assert noun.STEPS.keys() <= words.verbs.keys()


def test_the_register_hands_out_the_words_of_every_noun() -> None:
    """Letters and pages find them by the noun's name."""
    assert REGISTER.words == {kind: noun.WORDS for kind, noun in NOUNS.items() if kind not in MACHINERY}


MACHINERY = {"parked", "windup"}
"""Every service keeps these; they belong to none."""


@pytest.mark.parametrize("role", Role)
def test_every_role_is_named_in_a_refusal(role: Role) -> None:
    nobody = Actor("a", "甲", "49053012", "/49000001/49053012/", frozenset())
    with pytest.raises(NotAllowed) as refused:
        nobody.must_be(role)
    assert not faults(str(refused.value)) and NAMES[role][0] in str(refused.value)
    assert not faults(listed([role]))


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("49000001", "指导中心 49000001"),
        ("49050001", "分中心 49050001"),
        ("49053012", "鉴定站 49053012"),
        ("99053012", "鉴定站 99053012"),
        ("", "机构 "),
    ],
)
def test_whose_turn_it_is_says_what_it_is(code: str, named: str) -> None:
    assert office(code)[0] == named
    assert set(KINDS) == {"centre", "branch", "station"}


@pytest.mark.parametrize("kind", CATALOGUE)
def test_what_is_not_there_or_was_changed_is_named(kind: str) -> None:
    words = CATALOGUE[kind]
    errors: list[AppError] = [words.not_found("x-1"), words.stale("x-1")]
    for error in errors:
        assert not faults(str(error)) and f"{words.noun[0]} x-1" in str(error)


def test_a_state_of_a_newer_release_is_still_a_sentence() -> None:
    assert not faults(str(CATALOGUE["roster"].wrong_state("x-1", "frozen", "melt")))


def rows_of_the_glossary(comma: str) -> set[str]:
    def listed_words(table: Mapping[str, Pair]) -> str:
        return comma.join(f"{zh} `{word}`" for word, (zh, _) in table.items()) or "–"

    return {
        f"| {one.noun[0]} | `{kind}` | {listed_words(one.states)} | {listed_words(one.verbs)} |"
        for kind, one in CATALOGUE.items()
        if kind != "windup"
    }


@pytest.mark.parametrize(
    ("name", "heading", "comma"), [("glossary.md", "States and verbs", ", "), ("glossary.zh-CN.md", "状态与办理", "、")]
)
def test_the_glossary_has_them(name: str, heading: str, comma: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / name).read_text(encoding="utf-8")
    _, _, table = page.partition(f"## {heading}\n")
    found = {line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| 中文")}
    assert found == rows_of_the_glossary(comma)


CONSOLE = Path(__file__).parents[2] / "services" / "console"
OF_OLD = re.compile(r"(?<!\ba )\bhand(s|ed|ing)? (it )?in\b", re.IGNORECASE)


def test_pages_in_english_have_one_word_for_going_upward() -> None:
    """The button says what the state and the line of the history say afterwards."""
    assert CATALOGUE["roster"].states["submitted"][1] == CATALOGUE["roster"].verbs["submit"][1] == "submitted"
    told = [path for kind in ("*.html", "*.py") for path in CONSOLE.rglob(kind)]
    assert len(told) > 50
    assert not [path for path in told if OF_OLD.search(path.read_text(encoding="utf-8"))]
