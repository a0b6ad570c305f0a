"""Danger by what is said of things: covers and fences, water, plugs, trees, hands that do not come off.

Each class stands in English, in Hindi in Latin letters and in Devanagari, beside what only sounds like it.
"""

import pytest

from npcl_voice.meaning.hazards import find_hazard


def level(text: str) -> str | None:
    """The level that is found."""
    hazard = find_hazard(text)
    return hazard and hazard.level


@pytest.mark.parametrize(
    "text",
    [
        "The lid of the junction box has gone missing",
        "Someone stole the cover of the electric panel in our lane",
        "feeder pillar has no door",
        "the panel door doesn't shut",
        "The lock of the transformer enclosure is broken and cattle go inside",
        "transformer gate is open, kids are playing inside",
        "feeder box ka dhakkan gayab hai, koi band karwa do",
        "box ka dhakkan hawa mein ud gaya",
        "panel ka darwaza band nahi hota",
        "koi box ka tala tod gaya",
        "transformer ki jaali tooti hui hai, bakriyan ghus jaati hain",
        "transformer ka gate khula hai bachche andar khelte hain",
        "पैनल का ढक्कन नहीं है, तार दिख रहे हैं",
        "ट्रांसफार्मर की फेंसिंग नहीं है, गायें अंदर चली जाती हैं",
        "ट्रांसफारमर के चारो तरफ जाली नही है",
        "फ़्यूज़ का कवर नहीं है, खुला है",
    ],
)
def test_what_should_keep_people_off_is_gone(text: str) -> None:
    """Covers, doors, locks and fences of what is live: broken, open, stolen, or none at all."""
    assert level(text) == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "insulation has worn off the service wire",
        "The wire coming to my house is naked at one place, high up",
        "The cables in the meter room have no insulation left at one spot",
        "they dug the road and left the underground cable open",
        "open ends of wire near the children's park",
        "kebal ki rabar chhil gayi hai",
        "taar ke upar ki plastic utar gayi hai",
        "khudai mein kebal bahar aa gayi hai",
        "taar aapas mein takra rahe hain hawa se",
        "तार का इंसुलेशन उतर गया है",
        "गिलहरी ने तार की कोटिंग खा ली",
        "तारों का जाल बना है, सब उलझे हैं",
    ],
)
def test_wires_that_are_bare_or_touch_each_other(text: str) -> None:
    """A fault that may still become a danger to life."""
    assert level(text) == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "A mango branch is leaning on the wires",
        "neem tree has grown into the lines, please trim it",
        "transformer ke upar bel chadh gayi hai",
        "neem ki daali line par tik gayi hai, katwa dijiye",
        "पेड़ हवा में लाइन से टकराता है",
        "पेड़ की शाखाएँ लाइन को छू रही हैं",
        "The stay wire of the pole is loose",
        "an insulator on the pole looks broken",
        "the soil around the pole has washed away",
        "khambe ka insulator toota hua hai",
        "tower ke nut bolt gayab hain",
        "पोल झुक गया है गीरा नही है अभी",
        "खंभे के पास की मिट्टी धँस गई है",
        "the meter is hanging from the wall by one screw",
        "the MCB gets very hot",
        "socket kaala pad gaya hai",
        "transformer se ajeeb si awaaz aa rahi hai",
        "मीटर दीवार से उखड़कर लटक रहा है",
        "taar beech mein jhool gaya hai par sir se kaafi upar hai",
    ],
)
def test_what_may_come_down_or_burn_one_day(text: str) -> None:
    """Trees, the parts of poles, meters off the wall, sockets that are hot or black."""
    assert level(text) == "P1"


@pytest.mark.parametrize(
    "text",
    [
        "the main distribution panel is half under water, still on",
        "flood water has come inside, the sockets are under water",
        "meter room mein paani ghus gaya hai aur panel chaalu hai",
        "तहख़ाने में पानी भर गया, मेन पैनल डूब रहा है और लाइन चालू है",
        "my little brother put his finger in the plug and now he is not talking",
        "the kid put his tongue on the iron gate and now he is shivering and not answering",
        "bachi ne plug me kainchi daal di haath jal gaya",
        "मेरे बच्चे ने सॉकेट में तार डाल दिया और बेहोश है",
        "There's an injured man here, burnt hands, he was working on your line",
        "he was fixing the fan and fell down, he isn't speaking",
        "there's a girl on the ground, she was holding the iron railing",
        "ghayal aadmi pada hai, taar chhua tha",
        "uski tange kaamp rahi hain, taar pakda hua hai, chhoda nahi ja raha usse",
        "mummy ko washing machine ne pakad liya",
        "khambe ke neeche dab gaya rickshaw wala",
        "हाय राम, मेरा लड़का करंट से छटपटा रहा है",
        "लाइन पर काम करते हुए झुलस गया",
        "bijli ka tar itna nicha h ricksa wale ka sar takra gya",
        "the crane has touched the high tension line",
        "taar hilta hua sadak pe phudak raha hai",
        "डीजे वाली गाड़ी तार से छू गई",
        "आँधी में खंभा लेट गया",
        "the socket is melting, I can see it dripping and smell it",
        "plastic smell and heat from the distribution board",
        "transformer dhoo dhoo kar raha hai",
        "bord jal ra h bord",
    ],
)
def test_water_plugs_and_people(text: str) -> None:
    """Danger to life that names neither a shock nor a fire."""
    assert level(text) == "P0"


@pytest.mark.parametrize(
    ("harmless", "real"),
    [
        ("I burnt my toast, that's the smell", "I burnt my hand on the socket, that's the smell"),
        ("मेरी रोटी जल गई, हाँ कहिए", "रोटी बना रही थी कि मीटर में आग लग गई"),
        ("gas pe roti jal rahi hai ruko", "gas ke paas board jal raha hai ruko"),
        ("aapke vaade sirf dhuan hain", "aapke meter se sirf dhuan hai"),
        ("paisa account mein chipak gaya hai", "bachcha motor mein chipak gaya hai"),
        ("आपके मीटर की रफ़्तार से मेरी जेब फुँक गई", "आपके मीटर में आग लग गई"),
        ("bill ki rakam se hosh ud gaye, bill mein visfot", "meter mein visfot"),
        ("I smoke on the balcony only", "smoke on the balcony only from the meter"),
        ("the cable TV wire has fallen", "the cable has fallen"),
        ("telephone ka taar latak raha hai", "bijli ka taar latak raha hai"),
        ("daftar mein aag laga denge", "daftar mein aag lagi hai"),
        ("match mein aag lagi hai", "makaan mein aag lagi hai"),
        ("khambe ke paas kooda pada hai", "khambe ke paas taar pada hai"),
        ("meter par makdi ka jaala laga hai", "meter jala hua hai"),
        ("the lights went off with the storm but wires are fine", "the transformer went off with a bang"),
        ("farmers are burning stubble", "farmers see the wire burning"),
        ("main gir gaya tha isliye nahi aa paya", "taar nahar mein gir gaya"),
        ("mobile paani mein gir gaya", "switch chhua to main gir gaya"),
        ("mera phone nahi utha raha lineman", "mera haath motor se nahi chhoot raha"),
        ("you give me a shock every month", "the tap gives me a shock every month"),
        ("no burning smell and no sparks, the MCB has just tripped", "a burning smell and no sparks"),
        ("aag vag kuch ni h bas lait ni h", "aag h, kuch bacha ni h"),
    ],
)
def test_other_senses_of_the_words(harmless: str, real: str) -> None:
    """Kitchens, promises, money, other people's wires; beside each, the danger."""
    assert find_hazard(harmless) is None
    assert find_hazard(real) is not None


@pytest.mark.parametrize(
    ("talk", "real"),
    [
        ("toote taar se kitni door rehna chahiye, poster bana raha hoon", "toote taar ke paas bachche hain"),
        ("How far should people stay from a fallen line", "people stay near a fallen line"),
        ("film dekh rahe the jismein aag lagti hai", "film dekh rahe the tabhi switch se dhuan nikla"),
        ("current lagne par muaavza milta hai kya", "current lag gaya, muaavza baad mein"),
        ("Suppose there was a fire, which number would I dial", "there is a fire, which number do I dial"),
        ("khamba gire to kis number par phone karein", "khamba gir gaya to kis number par phone karun"),
        ("in theory can a meter catch fire", "my meter has caught fire"),
        ("for an exam I need to know why transformers explode", "my exam is tomorrow and the transformer exploded"),
        ("That complaint about smoke was a false alarm", "this is not a false alarm, there is smoke"),
        ("There used to be a leaning pole, they replaced it, no problem now", "There is a leaning pole"),
        ("toota khamba pichhle mahine badal gaya, bill chahiye", "toota khamba pichhle mahine se waise hi hai"),
        ("subah jalne ki boo thi, padosi ki nikli", "subah se jalne ki boo hai"),
    ],
)
def test_questions_and_stories(talk: str, real: str) -> None:
    """What is asked for a lesson or told of the past, beside what is so now."""
    assert find_hazard(talk) is None
    assert find_hazard(real) is not None


@pytest.mark.parametrize(
    "text",
    [
        "bill bhi zyada aaya hai aur cooler se jhatka laga beti ko",
        "exam hai bachche ka aur transformer phat gaya, light gayi",
        "complaint likhna hai taar gira hai gali mein",
        "taar gira hai to kisko phone karun",
        "koi aa sakta hai kya taar gira hua hai",
        "khana bana rahi thi tabhi switch board mein aag lag gayi",
        "darwaze par taar gira pada hai",
        "nobody is hurt but the pole has fallen",
        "no spark but there is a lot of smoke",
        "agarbatti nahi hai bhai, board se dhuan aa raha hai",
        "kal theek karke gaye the aaj phir taar gir gaya",
        "agar jaldi nahi aaye to aag phail jayegi",
        "आग नहीं दिख रही पर जलने की बू आ रही है",
        "कोई घायल नहीं पर खंभा गिर गया है",
    ],
)
def test_words_of_no_danger_do_not_hide_it(text: str) -> None:
    """Bills, exams, kitchens and what is denied stand beside real danger."""
    assert level(text) == "P0"


@pytest.mark.parametrize(
    "text",
    [
        "office jaakar bhi dekh liya bijli ka koi nahi sunta",
        "aap aakar meter dekh lo, aadmi ghar par hai",
        "bijli chor ko pakda aap logon ne transformer ke paas",
        "transformer le gaye do din ho gaye, taar bhi le gaye",
        "button dabaya, mistri ne wire bhi dekha",
        "khuleaam katiya daal ke bijli chori",
        "meter ka dhakkan khol ke chori karte hain",
        "taar jod rakha hai usne khambe se",
        "शाख़ा कार्यालय का पता दीजिए",
        "तार काटकर जोड़ रखा है उसने",
    ],
)
def test_words_that_fold_alike_or_tell_of_theft_are_no_danger(text: str) -> None:
    """A thief is nobody who lets go, and what is taken is no line."""
    assert find_hazard(text) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("मिटर मे धमाका हुवा", "meter mein dhamaka hua"),
        ("पेनल रूम मे आग", "panel room mein fire"),
        ("mitar se dhuan", "meter se dhuan"),
        ("गेट में करंट", "gate mein current"),
        ("kari karent ka chapet me a gail wire", "current ki chapet me aa gaya wire"),
        ("the why are is hanging", "the wire is hanging"),
        ("the pull has fall down", "the pole has fallen down"),
        ("taar nhi gira", "taar ni gira"),
    ],
)
def test_borrowed_words_are_known_however_they_are_spelt(text: str, same: str) -> None:
    """As recognisers write them in either script."""
    assert find_hazard(text) == find_hazard(same)


def test_what_came_of_a_touch_is_danger_whatever_was_made_of_it() -> None:
    """A cow that "died after touching the pole" is misheard in many ways."""
    for misheard in ("the cow nine", "without light", "chi five"):
        assert level(f"{misheard} after touching the electric pole") == "P0"
    assert level("please do not be worried about touching the meter") is None
