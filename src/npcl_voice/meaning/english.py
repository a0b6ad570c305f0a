"""What English callers say, as patterns over words: one table for the intents, one for the answers.

A sentence is matched after `plain` has put it into lower case without contractions, one space between
words. Patterns look for the few words that carry the meaning, because a recogniser loses the small ones.
"""

import re
from typing import Final

__all__ = [
    "ANSWERS", "BACKCHANNELS", "COMPLAINT", "DECISIVE", "DOUBT", "INTENTS", "LEADS", "NOT_LEADING", "NO_WORDS",
    "OTHER_BUSINESS", "RESTORED", "STOP_WORDS", "STRONG_STATUS", "YES_WORDS", "plain",
]  # fmt: skip

_CONTRACTIONS: Final = (
    (re.compile(r"[’`]"), "'"),
    (re.compile(r"\b(?:cannot|can't|cant)\b"), "can not"),
    (re.compile(r"\b(?:won't|wont)\b"), "will not"),
    (re.compile(r"\b(do|does|did|has|have|had|is|are|was|were|could|would|should)n'?t\b"), r"\1 not"),
    (re.compile(r"\b(that|it|there|here|what|who|he|she|where|name)'s\b|\b(that|what)s\b"), r"\1\2 is"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"\b(i|we|they|you)'ve\b"), r"\1 have"),
    (re.compile(r"\b(i|we|they|you|it)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|we|they|you)'d\b"), r"\1 would"),
    (re.compile(r"\b(we|they|you)'re\b"), r"\1 are"),
    (re.compile(r"\bno one\b"), "nobody"),
    (re.compile(r"\bblack out\b"), "blackout"),
    (re.compile(r"\b(?:shut down|break down)\b"), "breakdown"),
)
_NOT_WORDS = re.compile(r"[^\w]+|_+")


def plain(text: str) -> str:
    """`text` as the patterns want it."""
    text = text.lower()
    for contraction, words in _CONTRACTIONS:
        text = contraction.sub(words, text)
    return _NOT_WORDS.sub(" ", text).strip()


def _pattern(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{alternative})\b" for alternative in alternatives))


_SUPPLY = (
    r"(?:(?:power|electric|electricity|current|light|lights|lite|supply|supplies|bijli|batti)"
    r"(?! (?:bill|bills|meter|reading|connection|company|shock|pole|wire|office)\b))"
)
_FEW = r"(?:\w+ ){0,4}?"
_PERSON = (
    r"(?:person|human|humans|agent|officer|executive|representative|operator|someone|somebody|anyone|anybody|manager|"
    r"customer care|supervisor|staff|engineer|senior|human being|real one|incharge|in charge|boss|lady)"
)
_ANYBODY = r"(?:anyone|anybody|someone|somebody|nobody|none|lineman|linemen|technician|engineer|team|staff|electrician|mechanic)"
_BOOK = r"(?:register|lodge|make|file|book|log|note|take|write|put|raise|give|record|enter)"

_NOT_ME = r"(?<!want to )(?<!i will )(?<!let me )"

DECISIVE: Final = {
    "repeat": _pattern(
        rf"{_NOT_ME}repeat", rf"{_NOT_ME}(?:say|tell|speak|read) {_FEW}(?:again|once more|one more time)",
        r"what (?:is|was) (?:my|the) (?:complaint )?number", r"come again", r"(?:beg your )?pardon",
        r"what did you (?:say|tell)", r"what (?:was|were) (?:that|it)", r"what is it again",
        r"(?:did|could|can|do|am) not (?:able to )?(?:hear|hearing|catch|follow|understand)",
        r"(?:did|could|can|do) not get (?:you|that|it|your)(?! back)", r"(?:not|nothing) (?:clear|audible)",
        r"(?:speak|talk|say it|go) (?:a little |a bit |more |little )?(?:slow|slowly|slower|loud|loudly|louder|clearly)",
        r"speak up", r"(?:you|your voice) (?:are|is) (?:breaking|cutting)", r"number (?:again|once more)",
    ),
    "agent": _pattern(
        rf"(?:talk|talking|speak|speaking|connect|connected|discuss) {_FEW}(?:\w+ )?{_PERSON}",
        rf"(?:transfer|forward|put|connect) (?:me|us|my call|the call|this call)(?: (?:\w+ ){{0,5}}{_PERSON})?",
        rf"(?:give|get|need|want) (?:me |us |my call to |the call to |this call to )?(?:a |an |your |the |some )?(?:real |live |actual |senior )?"
        r"(?:person|human|human being|agent|officer|operator|executive|representative|supervisor|manager)",
        r"(?:real|live|actual) (?:person|human|agent)", r"customer (?:care|service|support)", r"human being",
        r"(?:to|with|a|an|you) (?:a |an |the |this )?(?:machine|robot|bot|computer|recording|recorded|automated|automatic)",
        r"^(?:a |any )?(?:human|agent|operator|executive|officer|supervisor|representative|manager|somebody|person)(?: please)?$",
        r"is there (?:a |any |some )?(?:human|person|body|one|officer|anybody|anyone|someone|somebody)(?: there)?$",
        r"are you (?:a )?(?:human|person|real)", r"any human", r"call (?:me|us) back", r"(?:a|want|need|arrange|request|book|give me|get me) (?:\w+ )?(?:call back|callback)",
        r"(?:ask|tell|have) (?:\w+ ){1,3}(?:to )?call (?:me|us)",
        r"(?:person|human|officer|anyone|anybody|somebody|someone) (?:i|we) can (?:talk|speak)",
    ),
}  # fmt: skip
"""Intents that count whatever else is said."""

INTENTS: Final = {
    "new_complaint": _pattern(rf"{_BOOK} (?:\w+ ){{0,3}}(?:complaint|complain|complaints)", r"(?:new|fresh) complaint"),
    "status": _pattern(
        r"status", r"progress", r"update(?! (?:my|the) (?:\w+ )?(?:number|name|address|email|mobile))", r"follow up", r"track", r"trace", r"what happened",
        rf"what (?:is|has) {_FEW}(?:happening|happened|become|became|going on) (?:\w+ ){{0,3}}complaint",
        r"(?:problem|issue|fault) (?:\w+ ){0,3}(?:open|pending|resolved|solved|closed|attended)",
        r"(?:since|already|and) (?:i|we) (?:have |had )?(?:already )?(?:complained|called)", r"(?:i|we) (?:have |had )?already called",
        r"(?:my|our|the|old|earlier|previous|last|existing|pending|registered|same|that|check|about) (?:\w+ )?(?:complaint|complain)"
        r"(?! is (?:that|about|regarding|for|no|there))",
        r"complaint (?:number|status|was|has|id|i|we)", r"complaint is(?! (?:that|about|regarding|for|no|there))", r"complaint (?:\w+ ){0,3}(?:pending|open|closed|resolved|registered)",
        r"(?:docket|ticket|reference|request) (?:number|no|id)", r"my (?:ticket|docket|request)",
        r"(?:already|had|have|yesterday|i|we) (?:\w+ )?(?:complained|registered|lodged|reported)",
        r"(?:made|gave|given|registered|lodged|filed|booked|logged) (?:\w+ ){0,3}(?:complaint|complain)",
        rf"(?:nobody|none|no (?:lineman|linemen|technician|engineer|person|team|staff|electrician)) {_FEW}"
        r"(?:come|came|coming|visited|assigned|sent|attended|turned|looked|working|started)",
        rf"(?:has|have|did|is|when will) (?:the |your |any )?{_ANYBODY}(?! there)", r"no (?:action|response|reply|solution|progress)",
        r"(?:when|time) (?:will|would) (?:it|my|the|this|our) (?:\w+ )?(?:be )?(?:solved|resolved|fixed|attended|repaired|done|"
        r"completed|looked)",
    ),
    "no_supply": _pattern(
        rf"no (?:\w+ )?{_SUPPLY}", rf"without (?:any |the )?{_SUPPLY}", rf"not (?:\w+ ){{0,3}}{_SUPPLY}",
        rf"{_SUPPLY} {_FEW}(?:gone|went|goes|going|go|off|out|failed|failure|fails|failing|cut|cuts|lost|not|never|tripped|"
        r"trips|tripping|disconnected|down|dead|away|interrupted|interruption|fluctuating|fluctuation|problem|problems|issue|"
        r"issues|flicker|flickers|flickering|fault|trouble|outage|stopped|absent|missing|disrupted|dim|comes and|coming and|nahi|chali|chala|gul)",
        rf"(?:lost|losing|lack of|loss of|cut|cutting|restore|resume|switch on|turn on|bring back|waiting for) "
        rf"(?:\w+ ){{0,2}}{_SUPPLY}",
        rf"(?:when|what time|how long|how much time|by when|why|if) (?:\w+ ){{0,6}}?{_SUPPLY}",
        rf"{_SUPPLY} (?:will|would) (?:\w+ )?(?:come|be|return)",
        rf"{_SUPPLY} (?:\w+ ){{0,2}}(?:when|kab)", rf"(?:check|fix|repair|see|start|look into|do something about) (?:\w+ ){{0,2}}(?:{_SUPPLY}|line|connection)",
        r"power ?cuts?", r"blackout", r"outage", r"load ?shedding", r"breakdown", r"darkness", r"(?:in the|in|is|are|it is|all) dark",
    ),
    "fault": _pattern(
        r"(?:one|two|single|1|2|a) (?:\w+ ){0,2}phases? (?:is|are|has|have|out|not|gone|missing|working|coming|only|problem)",
        r"only (?:one|single|a) phase", r"phases? (?:is |are )?(?:\w+ )?(?:not|gone|missing|out)",
        r"half (?:of )?(?:the|my|our)? ?(?:house|flat|home|building|rooms)", r"voltage", r"nothing is working",
        r"(?:fan|fans|ac|fridge|lift|appliances) (?:\w+ ){0,2}(?:not|stopped)",
        r"(?:transformer|feeder|fuse|mcb|main switch|main line|line|cable|connection|meter) (?:\w+ ){0,3}(?:failed|tripped|gone|down|"
        r"faulty|fault|not|blown|trips|tripping|bad|blank|dead|off|burnt|problem)",
        r"(?:send|need|want) (?:\w+ ){0,2}(?:lineman|electrician|technician|someone|somebody|your team|your man)",
    ),
    "hazard": _pattern(r"emergency", r"hazard", r"accident", r"(?:very |so |is )dangerous", r"danger", r"safety (?:issue|problem|matter)"),
    "bye": _pattern(
        r"bye", r"goodbye", r"good night", r"(?:that|this) is (?:all|it)$", r"that is all", r"that will be all", r"nothing (?:else|more)",
        r"no (?:more|other) (?:\w+ )?(?:problem|issue|thing|question)s?", r"(?:hang|hanging) up", r"^no more$",
        r"(?:disconnect|cut|end|close) (?:the |this |my )?call", r"i am done", r"we are done", r"call (?:again |back )?later",
        r"^(?:ok |okay )?(?:i will |you can |please |let me )?disconnect(?: now)?$", r"^(?:\w+ ){0,2}call again(?: now)?$", r"nothing from",
        r"thank you|thanks|thank u|dhanyavaad", r"see you", r"have a (?:good|nice) (?:day|evening|night)", r"^nothing$",
        r"not needed anymore", r"i will call (?:again|back|later)",
    ),
    "repeat": _pattern(
        r"once (?:again|more)", r"again please", r"please again", r"^(?:sorry|excuse me|what|hello what|sorry what|again|sorry sir|huh)$",
        r"(?:slowly|slower|louder)", r"one more time", r"not (?:hear|heard|understood|understand)",
    ),
}  # fmt: skip
"""Signs of the other intents; what several of them together mean is decided by the understanding."""

OTHER_BUSINESS: Final = _pattern(
    r"bills?", r"payments?", r"pay", r"paid", r"new (?:\w+ )?connection", r"name change", r"change (?:of |the |my )?name",
    r"meter reading", r"reading", r"tariff", r"refund", r"recharge", r"prepaid balance", r"solar", r"sanctioned load",
)  # fmt: skip
"""Things that this line does not deal with yet."""

ANSWERS: Final = {
    "wait": _pattern(
        r"(?:one|1|just a|just|a|wait a|hold on a|give me a) (?:minute|moment|second|sec|min)(?! (?:ago|back|before|later))",
        r"(?:hold|hang) on", r"please (?:wait|hold)", r"^wait", r"wait(?: please)?$", r"hold the line",
        r"let me (?:see|check|find|look|search|get)", r"(?:looking|searching) for (?:it|the|my)", r"just wait",
    ),
    "wrong": _pattern(
        r"^(?:(?:no|sorry|sir|madam) )*i (?:said|meant)", r"not (?:the number|it)$", r"(?:let me|i will|i want to) (?:give|repeat)",
        r"wrong(?! with)", r"wrongly", r"incorrect", r"incorrectly", r"galat", r"mistakes?", r"mistaken",
        r"not (?:\w+ )?(?:correct|right(?! now)|true|mine|matching)", r"(?:is|was) not (?:my|what|it)",
        r"not my (?:number|house|area|complaint|place|phone|address)", r"not what i", r"(?:said|meant) (?:something|another|a different)",
        r"let me (?:say|tell|correct|repeat)", r"(?:change|correct) (?:it(?! is)|that(?! is)|the (?:number|place|address))",
    ),
    "unknown": _pattern(
        r"(?:do|did|does|can|could|am) not (?:\w+ ){0,2}?(?:know|remember|recall|find|note|noted|write|able)",
        rf"(?:do|did|does) not (?:\w+ )?(?:have|got|get|carry)(?! (?:\w+ ){{0,2}}{_SUPPLY})", r"no idea", r"not (?:\w+ )?sure",
        r"(?:forgot|forgotten)", r"lost (?:it|the|my)(?! (?:\w+ )?supply)", r"nobody gave", r"not with me", r"not (?:got|have) (?:it|any|the|that)",
        r"(?:not available|misplaced)", r"no (?:consumer |complaint |account )?(?:number|bill|slip|details)", r"dont (?:know|have|remember)",
        r"have not (?:got|noted|received) (?:it|the|any|my)",
    ),
    "yes": _pattern(
        r"^(?:that|it|this) is (?:\w+ )?(?:right|correct|it|fine|okay|ok|true|my number|the one|perfect)", r"^you are right", r"got it right",
        r"^(?:the )?(?:number|place|address) is (?:right|correct|fine)", r"(?:absolutely|perfectly|exactly|all) (?:right|correct)",
        r"^(?:please )?(?:do it|do that|go ahead)", r"^please do", r"^of course", r"^very good",
    ),
    "no": _pattern(
        r"^(?:not (?:now|yet|today|really|at all|necessary|required|needed|this))", r"^(?:i|it|they|that|there|we) (?:do|is|are|am|does|would) not",
        r"^(?:do not|leave it|never|there is not)", r"no need", r"not (?:needed|required|necessary)", r"^never mind",
    ),
    "agreed": _pattern(
        r"^(?:ok|okay|fine|alright|all right|please|hmm|yes please|good|understood)",
        r"^(?:ji|it is|i do|i am|i can|i will|i have|we are|you can|they are|there is|i want|i would)$",
    ),
}  # fmt: skip
"""Answers; `agreed` is a yes only where yes or no was asked."""

YES_WORDS: Final = frozenset(
    "yes yeah yep yup ya yah yaa haan han haa ha correct right sure exactly absolutely certainly definitely true bilkul sahi "
    "affirmative perfect theek thik".split()
)
NO_WORDS: Final = frozenset("no nope nah nahi nahin na".split())
NOT_LEADING: Final = _pattern(
    rf"no (?:\w+ )?{_SUPPLY}", r"no (?:number|bill|complaint|consumer|lineman|technician|engineer|phase|response|action|supply|fan|voltage)",
    r"(?:right|correct) (?:now|away|number|name|place|address|one|side|hand|from)", r"sure (?:about|if|whether)",
)  # fmt: skip
"""Where a sentence begins like this, its first word is no answer."""
RESTORED: Final = re.compile(
    rf"\b{_SUPPLY} (?:has |have |is |are |just |now |already |again |been )*(?:come|came|back|restored|resumed|on|fine|ok|okay|working)\b"
    r"(?! and)"
)
"""The supply is there again, unless there is a doubt in the sentence."""
DOUBT: Final = _pattern(r"when", r"not", r"no", r"until", r"till", r"if", r"how", r"why", r"but", r"never", r"kab")
COMPLAINT: Final = _pattern(
    r"complaint",
    r"complain",
    r"complained",
    r"ticket",
    r"docket",
    r"status",
    r"update",
    r"progress",
    r"registered",
    r"reported",
)
STRONG_STATUS: Final = _pattern(r"status", r"progress", r"update", r"follow up", r"track", r"what happened", r"complaint number",
                                r"already")  # fmt: skip
"""A complaint that exists is meant, even where registering is spoken of."""
LEADS: Final = frozenset(
    "ji sir madam ma'am oh well um uh er actually ok okay hmm sorry hello ma am mam then so".split()
)
"""Words that may stand before and between yes and no."""

BACKCHANNELS: Final = frozenset(
    "haan han haa ha ok okay okey hmm hm hmmm mm mmm mhm mhmm uh huh uhhuh achha accha achcha acha theek thik hai ji alright "
    "right i see fine oh".split()
)
"""What a listener says to show that he listens."""

STOP_WORDS: Final = frozenset(
    "a am an and are as at be been but by can could did do does for from had has have he hello her here hi his i if in is it "
    "its just kindly ma me my of on or our please shall she should sir madam so that the their them then there these they "
    "this to us was we were will with would you your".split()
)
"""Words that say little when examples are compared."""
