"""The one launcher: `.venv/bin/jianding`, which is `python -m services`.

jianding all                         every service and role in one process
jianding certificate worker relay    one service, some roles (default: all its roles)
jianding notification branches       queues of branch centres, with the broker administrator's password
jianding gateway                     one door for services that run apart
jianding provision | demo | bench | settings | definitions | documents
jianding audit verify                is the audit chain what was written? names the first entry that is not
jianding backup TARGET               the home on this machine, while it runs, as TARGET (a folder, or .tar.gz)
jianding restore BACKUP              and back, into an empty home
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import re
import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from services.runtime import launch, private_files, serving, wiring
from services.runtime.catalogue import REGISTER, WholeSettings
from services.runtime.provision import own_passwords, provision, with_person_key, with_webhook_key
from services.runtime.reach import keep_try_out_at_home, notes, prints_loopback, without_known_key
from shared.errors import AppError, Invalid
from shared.ip_addresses import is_this_machine
from shared.log import set_up
from shared.settings import PREFIX, Settings, read_settings
from shared.trade.deadline import local_day
from shared.trade.workdays.missing import missing_sentence, missing_year

log = logging.getLogger(__name__)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jianding", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("all", help="全部服务 · every service in this process")
    for name in REGISTER.services:
        one = commands.add_parser(name, help=f"the {name} service")
        one.add_argument(
            "roles", nargs="*", choices=[*_roles_of(name), []], metavar="ROLE", help=" | ".join(_roles_of(name))
        )
        one.add_argument("--queues", default="", help="only these queues, comma-separated; * stands for anything")
        one.add_argument("--not-queues", default="", help="all queues but these, likewise")
    commands.add_parser("gateway", help="统一入口 · one door for services that run apart")
    commands.add_parser("provision", help="建库建队列 · prepare stores, broker and machine accounts")
    commands.add_parser("settings", help="显示配置 · print all settings")
    commands.add_parser("definitions", help="print the broker's definitions as JSON")
    commands.add_parser("documents", help="write the pages that are made from what services declare")
    audit = commands.add_parser(
        "audit", help="核验审计链 · verify the audit chains, or print their heads to keep elsewhere"
    )
    audit.add_argument("what", choices=["verify", "heads"], metavar="verify | heads")
    audit.add_argument("--against", type=Path, help="heads printed earlier: nothing up to them may have changed since")
    backup = commands.add_parser("backup", help="备份 · copy the home on this machine, while it runs")
    backup.add_argument("target", type=Path, help="a folder, or a file that ends with .tar.gz; not there yet")
    restore = commands.add_parser("restore", help="恢复 · put a backup into an empty home")
    restore.add_argument("source", type=Path, metavar="BACKUP")
    restore.add_argument(
        "--into", type=Path, metavar="FOLDER", help="an empty folder, instead of where the settings say"
    )
    restore.add_argument(
        "--despite-findings", action="store_true", help="also when the audit chain is not what was written"
    )
    for name, text in (
        ("demo", "演示全流程 · play the procedure"),
        ("bench", "测速 · measure what the house does, each beside a peer or a floor"),
    ):
        command = commands.add_parser(name, help=text, add_help=False)
        command.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] != ["documents"]:  # which are for everybody
        private_files.begin_private()
    if arguments[:1] == ["demo"]:
        from services.demo.main import main as play

        return play(arguments[1:])
    if arguments[:1] == ["bench"]:
        from services.bench.main import main as bench

        return bench(arguments[1:])
    chosen = _parser().parse_args(arguments)
    settings = read_settings(WholeSettings)
    set_up(chosen.command, settings.log, settings.log_level)
    match chosen.command:
        case "settings":
            _show(settings)
            return 0
        case "definitions":
            from shared.adapters.rabbitmq.definitions import definitions

            print(json.dumps(definitions(REGISTER.topology(settings.producer_codes)), indent=2, ensure_ascii=False))
            return 0
        case "documents":
            from services.runtime import documents

            documents.write(Path())
            return 0
        case "gateway":
            from services.gateway.app import gateway_app

            door = gateway_app(settings, REGISTER.interfaces, REGISTER.pages)
            return launch.on_a_loop(launch.run(launch.Running(door), settings))
    if chosen.command == "restore" and chosen.into is not None:
        from services.runtime import backup

        settings = backup.into(settings, chosen.into)
    private_files.keep_private(settings)
    match chosen.command:
        case "backup":
            from services.runtime import backup

            return backup.back_up(settings, chosen.target)
        case "restore":
            from services.runtime import backup

            elsewhere = chosen.into is not None
            restoring = backup.restore(
                settings, chosen.source, elsewhere=elsewhere, despite_findings=chosen.despite_findings
            )
            return asyncio.run(restoring)
        case "provision":
            asyncio.run(provision(settings, own_passwords(settings), server_users=True))
            _say(settings)
            return 0
        case "audit":
            from services.runtime import audit_command

            return asyncio.run(audit_command.run(settings, chosen.what, chosen.against))
        case "all":
            return launch.on_a_loop(_all(settings))
    return launch.on_a_loop(_service(settings, chosen))


async def _all(settings: Settings) -> int:
    from services.runtime.backup import must_be_restored

    must_be_restored(settings)
    serving.bind(settings).close()  # before anything is prepared
    passwords = own_passwords(settings)
    settings = without_known_key(with_webhook_key(with_person_key(settings)))
    await provision(settings, passwords, server_users=False)
    if not settings.all_passwords():
        log.info("the password of the account `operator` is in %s", settings.secrets)
    _say(settings, *REGISTER.services)
    if is_this_machine(urlsplit(settings.url).hostname or "") and not prints_loopback(settings):
        log.info("%s is printed on certificates and in letters: good for trying out on this machine", settings.url)
    return await launch.run(launch.build(settings, REGISTER.services, launch.ROLES, passwords), settings)


async def _service(settings: Settings, chosen: argparse.Namespace) -> int:
    name: str = chosen.command
    password = settings.password.get_secret_value() or own_passwords(settings).get(name, "")
    if not password:
        raise Invalid(
            f"没有 {name} 的密码，请设置 {PREFIX}PASSWORD 或 {PREFIX}PASSWORDS · "
            f"{PREFIX}PASSWORD is empty and {PREFIX}PASSWORDS does not "
            f"name {name}: set one of them"
        )
    known = [queue.name for queue in REGISTER.topology(settings.producer_codes).queues_of(name)]
    only, but = _names(chosen.queues), _names(chosen.not_queues)
    unknown = [pattern for pattern in (*only, *but) if not any(fnmatchcase(queue, pattern) for queue in known)]
    if unknown:
        raise Invalid(
            f"{name} 没有队列 {'、'.join(unknown)}，现有：{'、'.join(known) or '无'} · "
            f"{name} has no queue {', '.join(unknown)}; it "
            f"has {', '.join(known) or 'none'}"
        )
    queues = [queue for queue in known if (not only or _any(queue, only)) and not _any(queue, but)]
    if known and not queues:
        raise Invalid(
            f"{name} 没有可消费的队列，请检查所选队列 · no queue of {name} is left to work on: look at --queues and --not-queues"
        )
    if launch.BRANCHES in chosen.roles and chosen.roles != [launch.BRANCHES]:
        raise Invalid(
            f"{launch.BRANCHES} 须单独运行 · {launch.BRANCHES} runs in a process of its own: it has the password of the broker's "
            "administrator"
        )
    keep_try_out_at_home(settings, {name: password})
    if name == "reporting":
        made_here = not (settings.password.get_secret_value() or settings.all_passwords())
        settings = without_known_key(with_person_key(settings) if made_here else settings)
    if name == "notification":
        made_here = not (settings.password.get_secret_value() or settings.all_passwords())
        settings = without_known_key(with_webhook_key(settings) if made_here else settings)
    _say(settings, name)
    built = launch.build(settings, (name,), chosen.roles or launch.ROLES, {name: password}, queues)
    return await launch.run(built, settings)


def _roles_of(service: str) -> tuple[str, ...]:
    return (*launch.ROLES, launch.BRANCHES) if service == "notification" else launch.ROLES


def _say(settings: Settings, *services: str) -> None:
    for note in notes(settings, *services):
        log.warning(note)


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _any(queue: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(queue, pattern) for pattern in patterns)


def _show(settings: Settings) -> None:
    for name, field in WholeSettings.model_fields.items():
        chosen = getattr(settings, name)
        shown = "" if chosen is None else str(chosen)  # a line may be copied into .env, where empty means unset
        value = re.sub(r"(?<=://)([^:/@]*):.*@", r"\1:**********@", shown)
        print(f"{PREFIX}{name.upper()}={value}   # {field.description or ''}")
    for note in (*notes(settings), *_about_the_database_user(settings), *_about_working_days(settings)):
        print(f"# {note}")


def _about_the_database_user(settings: Settings) -> list[str]:
    """That of provisioning makes all others, and says nothing about what services sign in with."""
    if settings.all_passwords() and settings.store.startswith("mongodb"):
        return [
            "此处为建库配置，用管理员的数据库用户；服务的配置在其容器中查看 · these are the settings of provisioning, "
            "which signs in to the database as its administrator; those of a service: docker compose run --rm plan settings"
        ]
    return [one for one in notes(settings, *REGISTER.services) if one not in notes(settings)]


def _about_working_days(settings: Settings) -> list[str]:
    """Raises Invalid for a file with mistakes."""
    year = missing_year(wiring.calendar(settings), local_day(wiring.clock().now()))
    return [] if year is None else [missing_sentence(year)]


def run() -> int:
    """The command as a whole: what went wrong becomes a sentence, and a number for the shell."""
    try:
        return main(sys.argv[1:])
    except AppError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
