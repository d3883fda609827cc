"""A broker for branch centres that tests write: what is on it, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shared.errors import Unavailable
from shared.ports import Pushed
from tests.world.published import must_be_published


class PaperBranches:
    """passwords: body → hash. queues: body → what lies in it. before: is asked before each act, and may raise; after: likewise,
    once it is done."""

    def __init__(self) -> None:
        self.passwords: dict[str, str] = {}
        self.queues: dict[str, list[Pushed]] = {}
        self.acts: list[str] = []
        self.before: Callable[[str], None] = lambda act: None
        self.after: Callable[[str], None] = lambda act: None

    def ids(self, body: str) -> list[str]:
        return [message.id for message in self.queues[body]]

    async def prepare(self) -> None:
        self._begin("prepare")

    async def there(self) -> Mapping[str, str]:
        self.before("there")
        whole = self.passwords.keys() & self.queues.keys()
        return {
            body: self.passwords[body] if body in whole else "" for body in self.passwords.keys() | self.queues.keys()
        }

    async def let_in(self, body: str, password_hash: str) -> None:
        self._begin(f"let in {body}")
        self.queues.setdefault(body, [])
        self.passwords[body] = password_hash
        self.after(f"let in {body}")

    async def shut_out(self, body: str) -> None:
        self._begin(f"shut out {body}")
        self.passwords.pop(body, None)
        self.queues.pop(body, None)
        self.after(f"shut out {body}")

    async def publish(self, body: str, messages: Sequence[Pushed]) -> None:
        self._begin(f"publish {body}")
        if body not in self.queues:
            raise Unavailable("消息系统暂不可用 · there is no such queue")
        for message in messages:
            must_be_published("queue", message.content)
        self.queues[body] += messages
        self.after(f"publish {body}")

    async def close(self) -> None: ...

    def _begin(self, act: str) -> None:
        self.before(act)
        self.acts.append(act)
