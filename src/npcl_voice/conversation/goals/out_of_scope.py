"""Not this assistant's business: what it can do is said, and a person is offered."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Ask, Goal, Over, Result, Run, Step

__all__ = ["OUT_OF_SCOPE"]


def step(context: Context) -> Step:
    """Nothing is looked up; that it was asked for is worth knowing."""
    return Run(context, "out_of_scope", {})


def tell(context: Context, _result: Result) -> Step | None:
    """What can be done here; then a person, unless something waits."""
    line = Line("can_do")
    return Over(context, (line,)) if context.paused is not None else Ask(context, "callback_instead", (line,))


OUT_OF_SCOPE = Goal(name="out_of_scope", step=step, tell=tell, aside=True, complaint=False)
