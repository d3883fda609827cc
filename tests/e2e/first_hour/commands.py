"""The commands of a page, as somebody at a terminal would type them one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks_of(page: str) -> list[str]:
    return BLOCK.findall(page)


def lines_of(block: str) -> Iterator[str]:
    """Whole commands: one that goes on in the next line, in a function or in a loop, stays together."""
    held = ""
    for line in block.splitlines(keepends=True):
        held += line
        in_function = re.search(r"^\w+\(\) \{ *(#.*)?$", held, re.MULTILINE) and not held.endswith("\n}\n")
        in_loop = re.search(r"; do$", held, re.MULTILINE) and not held.endswith("\ndone\n")
        if not (line.endswith("\\\n") or in_function or in_loop):
            yield held
            held = ""


def script_of(
    page: str, elsewhere: Mapping[str, re.Pattern[str]], before: Mapping[str, str], after: Mapping[str, str]
) -> str:
    """elsewhere: why a command is not run here → what such commands look like. before, after: what the test does at a block
    that contains the key, because the page leaves it to a person, or tells of another day."""
    script: Sequence[str] = ()
    for block in blocks_of(page):
        kept = [line for line in lines_of(block) if not any(one.search(line) for one in elsewhere.values())]
        script = (
            *script,
            *(text for key, text in before.items() if key in block),
            *kept,
            *(text for key, text in after.items() if key in block),
        )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in script)
