"""What a late repair is compensated with: only rules that the company has confirmed are named."""

from npcl_voice.conversation.context import Context, Line
from npcl_voice.conversation.goals.goal import Goal, Over, Result, Run, Step
from npcl_voice.conversation.goals.telling import spoken_amount, text_of

__all__ = ["COMPENSATION"]

MOST_RULES = 3
"""So many are told in one answer; nobody remembers more."""


def step(context: Context) -> Step:
    """Nothing need be known of the caller."""
    return Run(context, "compensation", {})


def tell(context: Context, result: Result) -> Step | None:
    """The rules, or that none is confirmed."""
    rules = result.get("rules")
    if not isinstance(rules, list):
        return None
    lines = [line for rule in rules[:MOST_RULES] if (line := _line(rule)) is not None]
    return Over(context, tuple(lines) or (Line("compensation_none"),))


def _line(rule: object) -> Line | None:
    if not isinstance(rule, dict):
        return None
    event, rupees, hours = text_of(rule.get("event")), rule.get("per_day_inr"), rule.get("after_hours")
    amount = spoken_amount(str(rupees)) if isinstance(rupees, int) and not isinstance(rupees, bool) else None
    if event is None or amount is None:
        return None
    if not isinstance(hours, int | float) or isinstance(hours, bool):
        return Line("compensation_rule_days", {"event": event, "amount": amount})
    return Line("compensation_rule", {"event": event, "amount": amount, "hours": f"{hours:g}"})


COMPENSATION = Goal(name="compensation", step=step, tell=tell, aside=True, complaint=False, outcome="resolved")
