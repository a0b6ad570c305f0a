"""Danger in Hindi, in both scripts, mixed with English, and as it is misheard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from npcl_voice.meaning.hazards import Hazard, find_hazard

P0_FIRE = """
मीटर में आग लग गई है
transformer dhu dhu karke jal raha hai
meter ke andar se jalne ki boo aa rahi hai
AC mein aag lag gayi
transformer ud gaya
aag bujh nahi rahi hai
नहीं भैया आग लगी है
pichle hafte theek hua tha ab fir aag lag gayi
ट्रांसफरमर में आग लागल बा
spark hoke aag lag gayi
बिजली के पैनल में आग लगी हुई है
hamari building ki duct mein aag lag gayi
society ke basement mein dhuan bhara hai
lift room se dhuan nikal raha hai
inverter ki battery phat gayi
ट्रांसफार्मर से आग के गोले निकल रहे हैं
transformer se aag ki lapten
गेहूं की फसल में आग लग गई तार टूटने से
केबल में आग लगी है
service line jal rahi hai
meter se khambe tak ka taar jal raha hai
kuch jal raha hai meter mein badbu aa rahi hai
jalne jaisi badbu aa rahi hai
zor se dhamaka hua aur light chali gayi
transformer blast ho gya h
transformer fatne ki awaz ayi
bam jaisi awaaz ke saath transformer uda
nahin ji aag lagi hui hai
pankhe mein aag lag gayi
माचिस जैसी जलने की बू मीटर के पास
bijli wala dabba jal raha hai
बिजलीघर में आग
theek karke gaye the phir se spark hoke aag lag gayi
पंडाल में आग लग गई शॉर्ट सर्किट से
mor taar se takraya aag lag gayi ghaas mein
khudai mein cable kat gayi aur aag nikli
duct mein dhuan hai
shaft se dhuan nikal raha
petrol pump ke paas taar jal raha hai
aag par paani dala bujhi nahi
light nahi aag lagi hai transformer mein
aag nahi hai par dhuan bahut hai
nahi nahi mazak nahi sach mein aag lagi hai
kya paani daal sakta hoon, aag lagi hai
mujhe lagta hai kahin aag lagi hai
aag
transformer phata
meter room ka dhuan seedhiyon tak aa gaya
ट्रांसफार्मर आग उगल रहा है
transformer laal ho gaya hai dhuan de raha hai
chamak hui aur dhamaka hua transformer mein aag hai
ped jal raha hai taar se chhu kar
number baad mein dunga pehle aag bujhwao
bhaiya aag society mein lagi hai
aag apartment ke basement mein lagi hai
sun bhai aag lag gayi
bijli gir gayi khambe par aag lag gayi
line mein aag lagi hai
kal aag lagi thi aaj phir lagi hai
मीटर बोर्ड से धुआँ और जलने की गंध
ट्रांसफॉर्मर फट गया
""".strip().splitlines()

P0_POLE = """
khamba toot kar gir gaya
खंभा टूट गया है
pole gir gaya truck ki takkar se
पोल उखड़ गया आंधी में
bijli ka khamba ghar par gir gaya
transformer gir gaya stand se
ट्रांसफार्मर नीचे गिर गया
खंभा गिर गइल बा
khmba gir gya
pol gir gaya
खंभे के पास कुत्ता मरा पड़ा है करंट से
खंभा उखड़कर मकान पर गिर गया
khamba jad se toot gaya
khamba beech se toot gaya hai
बिजली का खंभा टूटकर लटक रहा है
JCB se khamba gir gaya
ट्रक ने खंभा गिरा दिया
sirf light nahi gayi khamba bhi gir gaya
khamba gir gayal hai
chowkidar ne bataya khamba gir gaya
kal raat se khamba gira pada hai
auto khambe se takraya khamba auto par gir gaya
khamba do tukde ho gaya
bill ki baat nahi khamba gira hai
khamba barish se gir gaya
खंभा बारिश से गिर गया
khamba gira nahi lagaya
बिजली का पोल सड़क पर गिर गया
टूटा पोल सड़क पर पड़ा है
""".strip().splitlines()

P0_SHOCK = """
dada ji switch board se chipke hue hain
ek aadmi khambhe ke paas gira pada hai
एक आदमी पोल के पास बेहोश पड़ा है
gaay khambe se chhu gayi aur mar gayi
hamari bhains current se mar gayi
कुत्ता करंट से मर गया पोल के पास
हैंडपंप से करंट लगा बच्चे को
naha rahi thi to shower se current laga
मिस्त्री को 440 का झटका लगा
lineman ko karant maar diya
mere bhai ko kurrent lag gaya
बच्चे ने नंगा तार पकड़ लिया
bachche ne taar ko haath laga diya gir gaya
मेरी मां करंट की चपेट में आ गई
haath jal gaya current se
bijli se jal gaya mera beta
didi ko jhatka laga behosh hai
meri maa ko geyser ne current mara
bhai sahab mere ladke ko khambhe se current lag gaya hai aur woh behosh hai
washing machine chhute hi biwi ko jhatka laga
mere haath mein current lag gaya ab haath sunn hai
papa motor chala rahe the current ne pakad liya
मजदूर हाई टेंशन लाइन की चपेट में आ गया
padosi chipak gaye hain grill se
current lagne se gaay mar gayi sadak par
do bhainsein current lagne se mar gayi
nali ke paani mein current daud raha hai
pani me krnt h koi mat jao
supply band karo aadmi chipka hai
doctor bulao bijli lag gayi bete ko
बेटे को बिजली का करंट लग गया
DJ wali gaadi taar se chhu gayi do log jhulas gaye
पतंग निकालते समय बच्चा झुलस गया
खेत में लगे तार से किसान की मौत हो गई
jhatka machine se aadmi mar gaya
kooler mein paani bharte samay bahu ko current laga
कूलर में पानी भरते समय करंट लगा
mobile charge karte samay jhatka laga bahut tez
press mein current tha mummy ko lag gaya
बल्ब बदलते समय झटका लगा
khamba chhute hi ladki gir gayi
school ke bachche ko khambe se current laga
जलभराव में करंट से दो लोग चिपक गए
current nahi chhod raha usko
taar se chhoot nahi raha
hosh nahi aa raha bete ko current laga tha
aankh nahi khol raha jhatka laga hai
agar bachcha chhu leta to, taar gira hua hai
jhatka laga
bijli ka jhatka
karant lag gya
railing se beti ko jhatka laga ro rahi hai
number chhodo meri biwi ko current lag gaya
bachcha plug chhu gaya ro bhi nahi raha
bhai cooler mein chipak gaya
JE sahab ko kaam karte current laga
poore ghar mein current daud raha hai biwi ko laga
nal ke paani mein current aa raha hai
pani me karent h pole ke pas
jhatke se behosh
paas mat jao current hai paani mein
मेरे भाई को बिजली का झटका लगा है
दीवार छूने पर मम्मी को करंट लगा
लोहे के गेट से चिपक गया है
""".strip().splitlines()

P0_WIRE = """
11000 ki line tut kar giri hai
high tension line gir gayi khet mein
तार बहुत नीचे लटक रहे हैं
तार बारिश के पानी में गिरा है
taar gaadi ke upar gir gaya
nahi nahi bill ki baat nahi taar gira hai
kya main bahar ja sakta hoon taar gira hai
taar tut gail ba
live wire gira hai
लाइन काटो जल्दी, तार गिर गया
tar tootkar khet me gira h
taar zameen par bichha hua hai
taar itne neeche aa gaye ki truck mein ulajh rahe
taar pe ped gir gaya
ped girne se taar aur khamba dono gir gaye
high tension ka taar gharon par latak raha hai
kisi ne taar tod diya sadak par pada hai
bachche taar ke paas khel rahe hain jo gira hai
bijli to nahi hai lekin taar gir gaya hai usse dar lag raha
kya taar ko hata sakte hain jo gira pada hai
tar tut ke girl ba
underpass mein paani bhara hai taar gira hua hai
jumper toot kar latak raha hai
bill nahi, taar toota hai
complaint nahi emergency hai taar gira hai
koi aaya nahi taar abhi bhi sadak par hai
kisi ko kuch hua nahi par taar gira hai
pata nahi zinda hai ya nahi taar zameen par pada hai
samajh nahi aa raha kya karein taar toot gaya hai
kya taar ke paas ja sakte hain, wo gira hua hai
pichle hafte se taar sadak par pada hai
taar sadak par
school ki boundary par taar gir gaya hai
supply theek hai taar toot gaya hai
bandaron ne taar gira diya
gadde mein taar pada hai paani bhara hai
bijli ki taar gir gayi
theek kiya tha par phir taar toot gaya
taar gir gaya nahi uthaya kisi ne
koi taar chhu le to? taar zameen par gira hai
mat aana paas taar gira hai
kya ye khatarnak hai taar latak raha hai
khatra hai kya taar se jo gira hai
हाई वोल्टेज तार गिर गया
""".strip().splitlines()

P1_POLE = """
khamba tedha ho gaya
खंभा झुका हुआ है
kabhi bhi gir sakta hai khamba
pole hil raha hai
khamba jhuk gaya hai
khamba girne wala hai
ped ki dali taar par hai
खंभा टेढ़ा हो गया है
""".strip().splitlines()

P1_SHOCK = """
deewar mein current aata hai
दीवार में करंट आ रहा है
cooler mein current hai
khambhe mein current aa raha hai
खंभे में करंट आ रहा है
gate mein current aa raha hai
deewar mein karant utar aaya hai
nal chhune par jhanjhanahat hoti hai
""".strip().splitlines()

P1_SPARKING = """
khambe se chingari nikal rahi hai
स्पार्किंग हो रही है
panel khula hai bahar
डिब्बा खुला है बिजली का
switch se chingari nikalti hai
meter mein paani ja raha hai spark kar raha
meter garam ho raha hai pighal raha hai
short circuit ho gaya
chingari nikal rahi hai
spark ho raha hai meter me
transformer ka box khula pada hai
meter box khula hai bachche khelte hain
transformer phat gaya par aag nahi hai dhuan nahi hai
transformer blast hua tha lekin aag ya dhuan nahi hai
meter jal gaya hai
transformer se tel gir raha hai
meter par paani gir raha hai
बिजली वाले बक्से का ढक्कन खुला है
""".strip().splitlines()

P1_WIRE = """
taar se ped ki dali touch ho rahi hai
wire ka cover nikla hua hai
taar nange hain
नंगे तार हैं घर के बाहर
nanga taar hai gate ke paas
wire kat gaya hai
ped taar se touch ho raha hai
""".strip().splitlines()

NONE = """
jhatka meat shop ke paas meri dukaan hai
transformer wali gali
bill sunkar meri maa behosh ho gayi
dil jal gaya aapki baat sunkar
aag mein ghee mat daaliye
mehngai ne aag laga rakhi hai
बिजली के दाम आग लगा रहे हैं
meri jeb mein aag lag gayi is bill se
dimag ki batti jal gayi
garmi se jal rahe hain hum log
phone gir ke toot gaya
charger ki taar toot gayi
network toot raha hai
voltage gir raha hai
ek hi bulb jal raha hai
meter ki laal light jal rahi hai
street light dinbhar jal rahi hai
candle jal rahi hai ghar mein
gas jal nahi rahi
agarbatti ka dhuan
diwali par patakhe jalaye
फ्रिज जल गया वोल्टेज से
motor jal gayi low voltage ki wajah se
pankha jal gaya
mcb gir gayi hai
transformer band pada hai
raaste mein khamba hai use hatwana hai
khambe ki light kharab hai
paani ki motor nahi chal rahi current nahi hai
karant aa gaya hai
pole se current nahi aa raha
koi behosh nahi hai
transformer nahi phata
maine aag nahi bola aage bola
मैंने तार नहीं, पता कहा
pichle saal khamba gir gaya tha
पिछले महीने तार टूटा था अब ठीक है
taar gira tha, kal theek ho gaya, bas bill ka puchna tha
aag lagi thi bujh gayi ab bill ki baat karo
agar kabhi taar toot jaye to kahan call karein
fire NOC ke liye load chahiye
aage kya karna hai
bijli gir gayi hai
rate badhne se jhatka laga
bade jhatke mein hai janta
light jhatke maar rahi hai
kisne bola aag lagi hai, maine to light ka bola
jhatka nahi matka bola maine
taar apni jagah par hai
chingari ka namo nishan nahi
धुआँ वुआँ कुछ नहीं है
खंभे में करंट नहीं है मैंने चेक किया
बिना धमाके के लाइट गई
transformer jal nahi raha bas band hai
aag wali koi baat nahi
खंभा गिरा था, अब नया लग गया है
ट्रांसफार्मर में आग लगी थी, बुझ गई थी, अब नया लग गया
parso spark ho raha tha lineman theek karke gaya
pichle hafte current laga tha pole se, ab theek kar diya gaya hai
पिछली बरसात में खंभा गिरा था
bachpan mein mujhe current laga tha
pole ke bagal wali dukaan
internet ki wire
headphone ki taar toot gayi awaaz nahi aati
chai gir gayi bill par
bill jal gaya chulhe mein duplicate chahiye
meter ka glass toota hua hai
meter ki wire purani hai badalwani hai
wire badalne ka charge kitna hai
taar khud lagana padega kya
underground taar dalwane hain
pole par light lagwa dijiye
khambe par number likha hai
street light chaubees ghante jalti hai band karwaiye
gas ka chulha nahi jal raha
lakdi jala kar khana bana rahe hain
generator ka dhuan bahut hai bijli kab aayegi
parali ka dhuan
suraj aag ugal raha hai aur light nahi
paani nahi hai motor nahi chal rahi kyunki current nahi hai
current bahut kam hai motor garam ho jati hai
meter tej bhag raha hai jaise aag lagi ho
meri to kamar toot gayi bill se
musibat ka pahad toot pada
rishta toot gaya
neend toot jati hai baar baar light jane se
awaaz toot toot kar aa rahi hai
bimar pad gaye hain light ke bina
ladka gir gaya andhere mein
ek jhatke mein bill double
fire se bolo
meter jal jaye to kaun badlega
taar toot jaye to kitni der mein theek karte ho
aag lag jaye to kis number par call karein
current lag jaye to kya karein
fire tender ke raste mein pole hai hatwaiye
diwali ke dhamake ho rahe hain
painting karwani hai taar ke paas shutdown do
streetlight pole par camera lagana hai
kisi ne khambe par cable TV ki taar bandhi hai
chuhe ne wire kutar di andar ki
meter gir gaya deewar se
MCB neeche gir jaati hai baar baar
current leak to nahi ho raha bill itna kyun hai
mera AC jal gaya muavza do
maa behosh si ho rahi hai garmi se
kutta mar gaya hai sadak par
sadak tooti hai
tower gir gaya mobile ka
aapka aadmi taar kaat kar chala gaya paise nahi diye to
taar kat gaya bill nahi bharne se, kab judega
taar jodne wala kab aayega payment kar di
welding ki chingari aankh mein gayi
taare dikh rahe hain
current ka bill bhej do
complaint ka current status
current ka voltage kam hai
दो दिन से करंट का पता नहीं
thodi der mein pole theek hoga kya
mera khata number aur taar ka kharcha
seene mein jalan
sar mein dard aur current nahi
बिजली कटौती कब तक
transformer ka fuse uda hai
transformer par load zyada hai
naya transformer lag raha hai
taar par kaam chal raha hai
aadmi pole par chadha hai kaam kar raha hai
taar khinch rahe hain kaam wale
taar purane hain
pole se doori 40 meter hai
gali mein ek bhi khamba nahi
street light lagwani hai khambe par
street light khambe wali band hai
khambe ki light din raat jalti hai
खंभे की लाइट दिन में भी जलती है
पार्क की लाइट नहीं जल रही
saamne wale block mein light jal rahi hai
sirf bulb jal raha hai AC nahi
half light jal rahi hai
light jal bujh ho rahi hai
लाइट जल बुझ रही है
inverter jal gaya voltage se
TV ka board jal gaya
AC ka PCB jal gaya muavza chahiye
voltage bahut zyada hai sab jal jayega
gas nahi jal rahi
andhere mein gir gaya tha pair toot gaya
pair toot gaya hai office nahi aa sakta
chashma toot gaya number padh nahi pa raha
""".strip().splitlines()

TABLE = [
    *((text, Hazard("P0", "fire")) for text in P0_FIRE),
    *((text, Hazard("P0", "pole_damaged")) for text in P0_POLE),
    *((text, Hazard("P0", "shock")) for text in P0_SHOCK),
    *((text, Hazard("P0", "wire_down")) for text in P0_WIRE),
    *((text, Hazard("P1", "pole_damaged")) for text in P1_POLE),
    *((text, Hazard("P1", "shock")) for text in P1_SHOCK),
    *((text, Hazard("P1", "sparking")) for text in P1_SPARKING),
    *((text, Hazard("P1", "wire_down")) for text in P1_WIRE),
    *((text, None) for text in NONE),
]
DANGERS = [text for text, hazard in TABLE if hazard is not None]
PREFACES = ["hello sir", "light nahi hai aur", "नमस्ते", "bhaiya suniye", "power is gone and"]


def test_the_table_is_large_enough_to_mean_something() -> None:
    """At least 200 dangers and 100 sentences without, each once."""
    assert len(TABLE) == len({text for text, _ in TABLE})
    assert len(DANGERS) >= 200
    assert len(NONE) >= 100


@pytest.mark.parametrize(("text", "hazard"), TABLE)
def test_danger_is_found_and_nothing_else(text: str, hazard: Hazard | None) -> None:
    """Level and kind, exactly: the rules alone, which are all that hears words in part."""
    assert find_hazard(text, whole=False) == hazard


@given(st.sampled_from(DANGERS), st.sampled_from(PREFACES))
def test_danger_is_found_behind_other_words(danger: str, preface: str) -> None:
    """Whether or not the recogniser sets a stop between."""
    assert find_hazard(f"{preface}. {danger}") is not None
    assert find_hazard(f"{preface} {danger}") is not None


@pytest.mark.parametrize(
    "text",
    [
        "transformer phat gaya", "wire toot ke gira hai", "pole gir gaya", "ट्रांसफार्मर में आग", "wire सड़क पर गिरा है",
        "तार is lying on the road", "fire lag gayi meter mein", "aag in the meter", "taar has fallen", "pole टूट गया",
    ],
)  # fmt: skip
def test_words_of_both_languages_make_one_danger(text: str) -> None:
    """One stream of words, whichever language each is of."""
    found = find_hazard(text)
    assert found is not None
    assert found.level == "P0"
