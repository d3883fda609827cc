"""Makes pages of templates: one environment for each language, whose names and sentences are of that language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.console.language import BETWEEN, LANGUAGES, Language, half
from services.console.settings import ConsoleSettings
from shared.contracts.reporting import GRADE_NAMES, Grade
from shared.contracts.words import LEVEL_NAMES
from shared.register.register import Register
from shared.settings import Settings
from shared.trade.deadline import CHINA
from shared.trade.roles import NAMES, Role
from shared.web.edge.headers import NOT_KEPT
from shared.words import Pair

_HERE = Path(__file__).parent


class Templates:
    """Templates lie in `templates/` (what pages share) and in the folder of each entry."""

    def __init__(self, register: Register, settings: Settings, release: str) -> None:
        own = settings.of(ConsoleSettings)
        self._environments: dict[Language, Environment] = {}
        for language in LANGUAGES:
            environment = Environment(
                loader=FileSystemLoader(_HERE),
                autoescape=True,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
            )
            environment.globals |= {
                **_words(register, language),
                "language": language,
                "own": own,
                "icp": settings.icp,
                "police_record": settings.police_record,
                "help_line": settings.help_line,
                "release": release,
                "url": settings.url.rstrip("/"),
                "largest_upload_mb": settings.largest_upload_mb,
                "oidc": bool(settings.oidc_issuer),
            }
            environment.filters |= {
                "role_name": environment.globals["role_name"],
                "choices": partial(_choices, language=language),
                "said": partial(half, language=language),
                "reason": partial(_reason, language=language),
                "day": _day,
                "moment": _moment,
                "code_points": _code_points,
            }
            self._environments[language] = environment

    def words(self, language: Language) -> Mapping[str, Any]:
        """What templates call things by: `state_name(kind, state)` and so on."""
        return self._environments[language].globals

    def text(self, language: Language, template: str, context: Mapping[str, Any]) -> str:
        return self._environments[language].get_template(template).render(context)

    def answer(self, language: Language, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """Never kept: whoever comes after the sign-out finds nothing in the browser's memory."""
        headers = {**NOT_KEPT, "Content-Language": "zh-CN" if language == "zh" else "en", "Vary": "Cookie"}
        return HTMLResponse(self.text(language, template, context), status, headers)


def _words(register: Register, language: Language) -> dict[str, Any]:
    n = LANGUAGES.index(language)

    def t(zh: str, en: str) -> str:
        return (zh, en)[n]

    def pick(pair: Pair) -> str:
        return pair[n]

    def state_name(kind: str, state: str) -> str:
        return register.words[kind].state(state)[n]

    def verb_name(kind: str, verb: str) -> str:
        return register.words[kind].verb(verb)[n]

    def noun(kind: str) -> Pair:
        return register.words[kind].noun

    def role_name(role: str) -> str:
        return NAMES[Role(role)][n]

    def level_name(level: int) -> str:
        return LEVEL_NAMES[level][n]

    def grade_name(grade: Grade) -> str:
        return GRADE_NAMES[grade][n]

    return {
        "t": t,
        "pick": pick,
        "state_name": state_name,
        "verb_name": verb_name,
        "noun": noun,
        "role_name": role_name,
        "level_name": level_name,
        "grade_name": grade_name,
    }


def _choices(named: Mapping[str, Pair], language: Language) -> list[tuple[str, str]]:
    """For `m.choice`: the value that is sent, and how it is called."""
    return [(value, pair[LANGUAGES.index(language)]) for value, pair in named.items()]


def _reason(text: str, language: Language) -> str:
    """Why something was done: typed by somebody, who may have used our dot, or said by the house in both languages."""
    zh, between, en = text.partition(BETWEEN)
    return half(text, language) if between and en.isascii() and not zh.isascii() else text


def _code_points(text: str) -> str:
    """`U+32000`: of a character that nobody has a font for, so that it is seen which one it is."""
    return " ".join(f"U+{ord(one):04X}" for one in text)


def _day(value: str | date | None) -> str:
    """`2026年11月3日` is for letters; a table that is read down its columns has days of one width."""
    return "—" if not value else str(value)[:10]


def _moment(value: str | datetime | None) -> str:
    """In China, to the minute."""
    if not value:
        return "—"
    at = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
