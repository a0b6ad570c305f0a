"""What came of a callback."""

import msgspec
import pytest

from npcl_voice.domain.callbacks import OUTCOMES, settle
from npcl_voice.domain.complaints import Callback
from npcl_voice.errors import RuleError
from tests.fakes import MORNING

CALLBACK = Callback(3, "9810012345", "today", "asked", "pending", MORNING)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("before", ["pending", "not_reached"])
def test_a_call_that_is_owed_is_settled(before, outcome):
    """Any outcome may be noted, also after a try that reached nobody."""
    assert settle(msgspec.structs.replace(CALLBACK, outcome=before), outcome) == outcome


@pytest.mark.parametrize("before", ["reached", "wrong_number", "not_needed"])
def test_a_settled_one_stays_settled(before):
    """The first answer stands."""
    with pytest.raises(RuleError, match=f"^callback 3 was settled already: {before}$") as refused:
        settle(msgspec.structs.replace(CALLBACK, outcome=before), "reached")
    assert refused.value.reason == "already_settled"
