"""The hazard tool when the records fail half way."""

from npcl_voice.domain.complaints import Complaint
from npcl_voice.errors import UnavailableError
from npcl_voice.intents.hazard import HAZARD, Hazard
from npcl_voice.ports import Situation
from tests.fakes import FakeDesk


async def test_a_place_that_cannot_be_written_leaves_the_emergency_standing() -> None:
    """The ticket is there and its number is given; the place is asked for again."""

    class Forgetful(FakeDesk):
        async def locate(self, complaint_number: str, place: str) -> Complaint:
            raise UnavailableError("the desk does not answer")

    desk = Forgetful.seeded()
    result = await HAZARD.serve(Hazard(kind="fire", place="Alpha 1"), desk, Situation("call"))
    assert result == {"ok": True, "complaint_number": "000054324", "level": "P0", "place": None}
