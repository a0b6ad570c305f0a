"""Sentences whose meaning is given, for talks about every wish of a caller."""

import msgspec

from npcl_voice.conversation.context import Context, Line, Slot
from npcl_voice.meaning.understanding import Understanding
from tests.conversation.talk import Talk, knowing, wants

__all__ = ["AT_HELP", "AWAY", "NUMBER", "ON_A_LINE", "UNDERSTAND", "talk"]

NUMBER = "000054323"
AT_HELP = Context(question="help", last=(Line("greeting"),))
ON_A_LINE = msgspec.structs.replace(AT_HELP, slots={"line": Slot("known", "line")})
AWAY = {"ok": False, "reason": "unavailable"}

UNDERSTAND = knowing(
    my_bill=wants("bill_due"),
    my_account=wants("account_info"),
    bill_of_2990741852=wants("bill_due", consumer_number="2990741852"),
    the_name_is_priya=wants(None, name="Priya"),
    all_us_brothers_who_live_together=wants(None),
    it_is_another_one=wants(None, consumer_number="2990417365"),
    i_do_not_say_it=Understanding("", answer="no", confidence=0.9),
    any_power_cut=wants("outage_info"),
    any_power_cut_in_beta=wants("outage_info", area="Beta 1"),
    open_it_again=wants("reopen"),
    close_it=wants("close_complaint"),
    close_it_by_code=wants("close_complaint", complaint_number=NUMBER, code="123456"),
    somebody_steals=wants("report_theft"),
    somebody_steals_in_beta=wants("report_theft", area="Beta 1"),
    call_me=wants("callback"),
    call_me_in_the_evening=wants("callback", window="evening"),
    in_the_morning=wants(None, window="morning"),
    compensation=wants("compensation"),
    who_is_above_you=wants("escalation"),
    speak_hindi=wants("language", language="hi"),
    speak_tamil=wants("language"),
    the_weather=wants("out_of_scope"),
    on_oxygen=wants("vulnerable", need="oxygen"),
    on_oxygen_in_delta_one=wants("vulnerable", need="oxygen", area="Delta 1"),
    no_power_and_on_oxygen=wants("no_supply", need="oxygen"),
    yes_and_on_oxygen=Understanding("", intent="vulnerable", answer="yes", slots={"need": "oxygen"}, confidence=0.9),
    only_a_need=wants(None, need="infant"),
    no_power_at_12_delta_one=wants("no_supply", area="Delta 1", house="12"),
)


def talk(context=AT_HELP, **settings):
    """A talk in which these sentences mean what they mean here."""
    return Talk(context, understand=UNDERSTAND, **settings)
