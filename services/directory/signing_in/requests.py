"""What may be asked over HTTP about tokens: the form of the token endpoint (RFC 6749)."""

from __future__ import annotations

from dataclasses import dataclass

from shared.errors import Invalid, Problem

PRACTICE_SCOPE = "training"  # the only scope there is: to practise

NEEDED = {
    "password": ("username", "password"),
    "client_credentials": ("client_id", "client_secret"),
    "refresh_token": ("refresh_token",),
}
_WAYS = (
    "可填 `password`（账号和密码）、`client_credentials`（机器账号和密钥）、`refresh_token`（续期令牌） · one of "
    "`password` (of a person), `client_credentials` (of a machine), `refresh_token`"
)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The names are those of RFC 6749."""

    grant_type: str
    username: str = ""
    password: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    scope: str = ""

    @property
    def who(self) -> str:
        """Whose password, secret or sign-in it is about; for the throttle, before anybody knows whether it is right. By the
        grant alone: a field that it does not need must not make a guess look like somebody else's."""
        match self.grant_type:
            case "password":
                return self.username
            case "client_credentials":
                return self.client_id
        return self.refresh_token.partition(".")[0]

    @property
    def secret(self) -> str:
        """What is to prove it; a refresh token proves itself."""
        return {"password": self.password, "client_credentials": self.client_secret}.get(self.grant_type, "")

    @property
    def practising(self) -> bool:
        return self.scope == PRACTICE_SCOPE

    def must_be_complete(self) -> None:
        """Raises Invalid with everything that is missing."""
        if self.grant_type not in NEEDED:
            problem = Problem("/grant_type", "没有这种登录方式 · there is no such way to sign in", _WAYS)
            raise Invalid("登录方式有误 · there is no such way to sign in", [problem])
        needed = NEEDED[self.grant_type]
        problems = [Problem(f"/{name}", "必填 · is needed") for name in needed if not getattr(self, name)]
        if self.scope not in ("", PRACTICE_SCOPE) or (self.scope and self.grant_type == "client_credentials"):
            sentence = "培训模式（`training`）只供个人账号 · the only scope is `training`, and people alone practise"
            problems.append(Problem("/scope", sentence))
        if problems:
            raise Invalid("登录请求不完整 · this is no complete request for a token", problems)
