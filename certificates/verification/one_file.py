"""Whether an uploaded PDF is the certificate on record, byte for byte, or what exactly is wrong with it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import structlog

from cehours.lib import clock
from certificates import queries, sealing
from certificates.prints import lost, sealed_here
from certificates.queries import Verified
from certificates.sealing import apart, validating

MAX_BYTES = 1024 * 1024  # several times a certificate; what is larger never stays in memory
SAME = "与存档一致"
DIFFERENT = "与存档不一致"
ANOTHER = "这是另一份认定单（编号 {}）的文件，不是您正在核验的这一份。"
UNRECORDED = "文件带有本系统的电子印章，但不在存档中，不能作为认定单使用。"
LOST = (
    "文件{number}由本系统盖章，但办理记录在恢复数据时丢失，不能作为认定单使用。"
    "请持有人与省级人社部门联系，重新办理。"
)
TAKEN_BACK = "文件{number}由本系统盖章，办理记录在恢复数据时丢失，已于 {day} 收回，不能作为认定单使用。"
UNPROVED = "文件与存档逐字节一致，但电子签名暂时无法验证，问题已记录。"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Answer:
    """`same`: the very bytes on record. `says`: what is wrong, or "". `found`: the certificate it is."""

    same: bool
    says: str
    found: Verified | None

    @property
    def title(self) -> str:
        return SAME if self.same else DIFFERENT


def verify(content: bytes, *, against: str = "") -> Answer:
    """`against`: hash (hex) of the print that the page has just shown, or "" when the file comes alone.

    Only the bytes' hash says which certificate it is; what a file that differs says about itself is shown
    to nobody.
    """
    digest = hashlib.sha256(content).hexdigest()
    found = queries.verify_digest(digest)
    if found is None:
        return Answer(False, _what_is_wrong(content), None)
    if against and against != digest:
        return Answer(False, ANOTHER.format(found.sheet.number), None)
    finding = validating.examine(content, sealing.trusted(), found.rendered_at)
    if not finding.sound:
        log.error("stored_seal_unproved", certificate=found.sheet.number, says=finding.says)
    return Answer(True, "" if finding.sound else UNPROVED, found.masked())


def _what_is_wrong(content: bytes) -> str:
    finding = apart.examine(content, sealing.trusted(), clock.now())
    if finding.sound:
        digest = hashlib.sha256(content).hexdigest()
        if lost_one := lost.of_digest(digest):
            log.info("lost_print_verified", sha256=digest)
            return _of_a_lost_time(*lost_one)
        if sealed_here.known(digest):
            log.warning("sealed_here_but_not_on_record", sha256=digest)
        else:
            log.critical("sealed_but_not_on_record", sha256=digest)
        return UNRECORDED
    return finding.says


def _of_a_lost_time(number: str, taken_back_on: str) -> str:
    said = f"（编号 {number}）" if number else ""
    if taken_back_on:
        return TAKEN_BACK.format(number=said, day=taken_back_on)
    return LOST.format(number=said)
