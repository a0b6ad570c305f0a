"""What is derived from the store's secret key: closing codes, and digests that tell nothing of what they stand for."""

import hashlib
import hmac
import secrets

from npcl_voice.domain.complaints import CODE_DIGITS, Complaint
from npcl_voice.domain.telephones import local_number

__all__ = ["Keys"]

KEY_BYTES = 32


class Keys:
    """One secret, and from it a key for each purpose."""

    def __init__(self, secret: str = "") -> None:
        """Without a secret one is drawn by chance; then what is derived holds for this program's run alone."""
        self._secret = secret.encode() or secrets.token_bytes(KEY_BYTES)

    def digest(self, purpose: str, text: str) -> str:
        """What stands for `text` in 64 hexadecimal digits: the same for the same text, purpose and secret."""
        return self._of(purpose, text).hex()

    def caller(self, number: str) -> str:
        """What stands for a caller's number, in whatever form it was given."""
        return self.digest("caller", local_number(number))

    def mask_key(self, purpose: str) -> bytes:
        """The key of a mask."""
        return self._of("mask", purpose)

    def closing_code(self, complaint: Complaint) -> str:
        """The six digits by which the consumer closes this opening of a complaint.

        The code is never kept: who may send it computes it again.
        """
        drawn = self._of("closing code", f"{complaint.complaint_number}/{complaint.openings}")
        return f"{int.from_bytes(drawn[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    def is_closing_code(self, complaint: Complaint, code: str) -> bool:
        """Whether `code` is that complaint's, compared in a time that tells nothing."""
        return hmac.compare_digest(self.closing_code(complaint).encode(), code.encode())

    def _of(self, purpose: str, text: str) -> bytes:
        key = hmac.new(self._secret, f"store {purpose}".encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
