"""The text of a calendar (RFC 5545): one day for each duty that is still to be done. Pure: the same duties, the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from icalendar import Calendar, Event, vText

from services.notification.radar.row import RadarRow
from services.notification.radar.summary import named
from shared.register.duties import DutyRow

MEDIA_TYPE = "text/calendar; charset=utf-8"
EVERY = timedelta(hours=6)
"""How often a calendar program should look again."""


def written(
    name: tuple[str, str],
    rows: Sequence[tuple[str, RadarRow]],
    duties: Mapping[str, DutyRow],
    names: Mapping[str, tuple[str, str]],
    site: str,
) -> bytes:
    """name: of the body, Chinese and English. rows: with their ids, which no other duty ever has. names: of bodies whose matter
    it is. No alarm is set: whoever subscribes decides that, and letters remind anyway."""
    calendar = Calendar()
    calendar.add("prodid", "-//Jianding//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    title = vText(f"{name[0]}：办理期限 · {name[1]}: deadlines")  # said to be text, or the library would not escape it
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for id, row in sorted(rows, key=lambda one: (one[1].due_on, one[0])):
        calendar.add_component(_event(id, row, named(duties, row.what), names.get(row.concerns), site))
    return bytes(calendar.to_ical())


def _event(id: str, row: RadarRow, duty: DutyRow, concerned: tuple[str, str] | None, site: str) -> Event:
    zh, en = duty.zh, duty.en
    if row.period:
        zh, en = f"{zh}（{row.period}）", f"{en}, {row.period}"
    if row.concerns != row.body:
        about_zh, about_en = concerned or (row.concerns, row.concerns)
        zh, en = f"{zh}：{about_zh}", f"{en}: {about_en}"
    event = Event()
    event.add("uid", f"{id}@jianding")
    event.add("dtstamp", row.changed_at)  # when it last changed, so that nothing differs from look to look
    event.add("summary", f"{zh} · {en}")
    event.add("dtstart", row.due_on)
    event.add("dtend", row.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")  # a last day keeps nobody busy
    if duty.rule:
        event.add("description", f"依据 {duty.rule} · {duty.rule}")
    event.add("url", site)
    return event
