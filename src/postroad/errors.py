"""A rule said no: the code and the facts travel, each door finds the words."""


class Refusal(Exception):
    """A rule said no.

    `code` names the rule for programs and for the words (`words`); `facts` are what the words need.
    """

    code = "refused"

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts
