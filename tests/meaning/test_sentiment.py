"""What callers feel, by their words and a few rules."""

import pytest

from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.understanding import Understander

ALONE = Understander({}, Places(packaged_areas()))

FEELINGS = """
neutral | there is no light in my house since morning
neutral | light nahi aa rahi hai kal raat se
neutral | शिकायत का स्टेटस बता दीजिए
neutral | please register my complaint, thank you
neutral | good morning
neutral | there is smoke from the transformer, thank you
neutral | koi pareshani nahi
neutral | mandir ke peeche wali gali mein
neutral | the number is on the bill
negative | this is pathetic, nobody listens
negative | third time i am calling and nothing is done
negative | i am not happy with your service
negative | thank you but you people never listen
negative | great service, three days without light
negative | kitni baar complaint karu, koi sunta hi nahi
negative | आपकी सर्विस बहुत घटिया है
negative | मैं खुश नहीं हूँ
negative | aap logo ko sharam nahi aati
negative | still waiting, always the same answer
positive | thank you so much
positive | you were very helpful
positive | the light is back, great service
positive | not bad at all
positive | bahut bahut dhanyavaad, light aa gayi
positive | शुक्रिया, आपने बहुत जल्दी मदद की
positive | bahut accha kaam kiya
neutral | i am not angry
""".strip().splitlines()


@pytest.mark.parametrize("line", FEELINGS)
def test_a_feeling_is_told_by_its_words(line: str) -> None:
    """A report is neutral, a denied feeling is the other, and praise within a complaint is none."""
    feeling, text = line.split(" | ")
    assert ALONE.understand(text).sentiment == feeling


def test_a_word_weighs_more_behind_a_booster() -> None:
    """So that one strong word outweighs a kind one."""
    assert ALONE.understand("good but very rude").sentiment == "negative"
