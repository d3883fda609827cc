"""From choices to effects: what a revocation will do, item by item, and what changed since somebody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.contracts.windup import CHOICE_NAMES, KIND_NAMES, Choice, Effect, WindUpItem, WindUpKind, in_order
from shared.errors import Invalid, Overtaken, Problem

MOST_NAMED = 5  # differences that a sentence names; the rest is counted


@dataclass(frozen=True, slots=True)
class Chosen:
    choice: Choice
    target: str = ""


Key = tuple[str, str, str]
"""Service, kind and id of an item."""


def foreseen(
    items: Sequence[WindUpItem], by_item: Mapping[Key, Chosen], by_kind: Mapping[WindUpKind, Chosen]
) -> list[Effect]:
    """by_kind: for all items of a kind that are not named one by one. Raises Invalid with everything that is wrong."""
    wrong: list[Problem] = []
    effects: list[Effect] = []
    for item in items:
        where = f"/wind_up/{item.service}/{item.kind}/{item.id}"
        key = (item.service, item.kind, item.id)
        chosen = by_item.get(key) or by_kind.get(item.kind)
        if chosen is None:
            wrong.append(Problem(where, "尚未选择 · nothing was chosen", _possible(item)))
        elif chosen.choice not in item.choices:
            wrong.append(
                Problem(
                    where,
                    f"此项不能{CHOICE_NAMES[chosen.choice][0]} · it cannot be {CHOICE_NAMES[chosen.choice][1]}",
                    _possible(item),
                )
            )
        elif (chosen.choice == "move") != bool(chosen.target):
            wrong.append(Problem(where, "移交须写明接收机构，其他不写 · a move, and only a move, needs a target"))
        else:
            effects.append(_effect(item, chosen))
    known = {(item.service, item.kind, item.id) for item in items}
    wrong += [
        Problem("/wind_up/" + "/".join(key), "没有此项 · there is no such item") for key in by_item if key not in known
    ]
    wrong += _split(effects)
    if wrong:
        raise Invalid("善后选择有误 · the choices cannot be carried out", wrong)
    return in_order(effects)


def foreseen_again(items: Sequence[WindUpItem], frozen: Sequence[Effect]) -> list[Effect]:
    """The same choices on what is there now. What is new has no choice and is found by `must_agree`."""
    chosen = {effect.key: effect for effect in frozen}
    again: list[Effect] = []
    for item in items:
        before = chosen.get((item.service, item.kind, item.id))
        if before is None:
            again.append(_effect(item, Chosen("void")))
        else:
            again.append(_effect(item, Chosen(before.choice, before.target)))
    return in_order(again)


def must_agree(frozen: Sequence[Effect], now: Sequence[Effect]) -> None:
    """Raises Overtaken, whose sentence names what changed."""
    changes = differences(frozen, now)
    if changes:
        both = [change.partition(" · ") for change in changes[:MOST_NAMED]]
        zh, en = "；".join(zh for zh, _, _ in both), "; ".join(en for _, _, en in both)
        more = f" … +{len(changes) - MOST_NAMED}" if len(changes) > MOST_NAMED else ""
        raise Overtaken(f"预览之后情况有变，请重新提出：{zh}{more} · this changed since the preview: {en}{more}")


def differences(before: Sequence[Effect], after: Sequence[Effect]) -> list[str]:
    old, new = {effect.key: effect for effect in before}, {effect.key: effect for effect in after}
    found: list[str] = []
    for key in sorted({*old, *new}):
        zh, en = KIND_NAMES[key[1]]
        if key not in new:
            found.append(f"{zh} {key[2]} 已不在 · {en} {key[2]} is gone")
        elif key not in old:
            found.append(f"{zh} {key[2]} 新出现 · {en} {key[2]} is new")
        elif old[key] != new[key]:
            found.append(f"{zh} {key[2]} 的结果有变 · {en} {key[2]} {_shown(old[key])} ≠ {_shown(new[key])}")
    return found


def _shown(effect: Effect) -> str:
    target = f" {effect.target}" if effect.target else ""
    return f"{effect.from_state}→{effect.to_state} ({effect.count}){target}"


def _effect(item: WindUpItem, chosen: Chosen) -> Effect:
    return Effect(
        service=item.service,
        kind=item.kind,
        id=item.id,
        choice=chosen.choice,
        target=chosen.target,
        from_state=item.state,
        to_state=item.choices.get(chosen.choice, item.state),
        count=item.count,
    )


def _possible(item: WindUpItem) -> str:
    zh = "、".join(f"`{choice}`（{CHOICE_NAMES[choice][0]}）" for choice in item.choices)
    return f"可填 {zh} · one of {', '.join(f'`{choice}` ({CHOICE_NAMES[choice][1]})' for choice in item.choices)}"


def _as_chosen(session: Effect) -> str:
    zh, en = CHOICE_NAMES[session.choice]
    target = f" {session.target}" if session.target else ""
    return f"批次已选：{zh}{target} · its session: {en}{target}"


def _split(effects: Sequence[Effect]) -> list[Problem]:
    """A roster goes where its session goes: its id is the session's."""
    sessions = {effect.id: effect for effect in effects if effect.kind == "session"}
    return [
        Problem(
            f"/wind_up/reporting/roster/{roster.id}",
            "名册须与其批次同样处理 · a roster goes the way of its session",
            _as_chosen(sessions[roster.id]),
        )
        for roster in effects
        if roster.kind == "roster"
        and roster.id in sessions
        and (roster.choice, roster.target) != (sessions[roster.id].choice, sessions[roster.id].target)
    ]
