"""What a field must look like is said in words, whatever endpoint asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from shared.web.wording.patterns import WORDS
from tests.openapi.operations import DOCUMENTS


def patterns(part: Any, document: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            yield from patterns(document["components"]["schemas"][name], document, seen | {name})
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        for below in part.values():
            yield from patterns(below, document, seen)
    elif isinstance(part, list):
        for below in part:
            yield from patterns(below, document, seen)


def asked() -> set[str]:
    return {
        pattern
        for document in DOCUMENTS.values()
        for methods in document["paths"].values()
        for operation in methods.values()
        for part in (operation.get("parameters", []), operation.get("requestBody", {}))
        for pattern in patterns(part, document)
    }


def test_every_pattern_of_a_request_has_words_and_no_other_has() -> None:
    assert asked() == set(WORDS)


def test_the_words_are_chinese_first_and_their_example_has_the_form() -> None:
    for pattern, (zh, en) in WORDS.items():
        assert re.search("[\u4e00-\u9fff]", zh) and not re.search("[\u4e00-\u9fff]", en)
        assert "\\" not in zh + en
        for said in (zh, en):
            _, given, example = said.partition("如 " if said == zh else "like ")
            if given:
                assert re.search(pattern, re.split("[（，,]", example)[0].strip()), (pattern, example)
