"""What is answered about passwords: the same sentence to everybody, and who a letter is for."""

from __future__ import annotations

from pydantic import Field

from shared.keeping.answers import Answer


class ResetAnswer(Answer):
    """The same whether the account exists or not."""

    detail: str = Field(
        description="说明，账号是否存在均相同 · what happens now; the same whether the account exists or not"
    )


class AddresseeAnswer(Answer):
    """Who a letter about an account is for."""

    name: str = Field(description="收信人姓名 · name of the holder")
    email: str = Field(description="收信邮箱，为空则不寄 · mailbox; empty: nobody is written to")
    link: str = Field(
        description="信中的链接，无则为空 · the link that the letter is written for; empty where there is none"
    )
