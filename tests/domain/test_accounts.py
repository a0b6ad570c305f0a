"""What a consumer's account holds."""

from datetime import date

from npcl_voice.domain.accounts import Account, Bill
from npcl_voice.domain.consumers import Consumer, Premises


def test_an_account_belongs_to_a_consumer():
    """Who is supplied and where, without its figures."""
    place, bill = Premises("P-1", "Alpha 1", "2"), Bill("10.00", date(2026, 12, 1))
    account = Account("2990417365", "A", "6999041736", "domestic", "5", "8300417", place, bill)
    assert (bill.last_paid, bill.last_paid_on) == (None, None)
    assert account.consumer == Consumer("2990417365", "A", "6999041736", place)
