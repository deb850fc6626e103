"""A PKCS#11 driver that knows several threads use it.

python-pkcs11 starts drivers with no arguments, which by the standard promises that one thread calls at a time
(C_Initialize, PKCS#11 v2.40, 5.4); SoftHSM then takes no locks and answers CKR_GENERAL_ERROR now and then.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Self

from pkcs11 import PKCS11Error
from pkcs11._pkcs11 import lib as Library

OS_LOCKING = 0x02  # CKF_OS_LOCKING_OK: the driver is to lock with what the operating system offers
CANT_LOCK = 0x0A  # CKR_CANT_LOCK


class _Arguments(ctypes.Structure):
    """CK_C_INITIALIZE_ARGS; without functions of ours for its locks."""

    _fields_ = (
        ("create", ctypes.c_void_p),
        ("destroy", ctypes.c_void_p),
        ("lock", ctypes.c_void_p),
        ("unlock", ctypes.c_void_p),
        ("flags", ctypes.c_ulong),
        ("reserved", ctypes.c_void_p),
    )


class CannotLock(PKCS11Error):
    """The driver is for one thread only."""


class Driver(Library):
    """The file `so`, started for `several` threads or for one. Raises PKCS11Error, CannotLock."""

    def __init__(self, so: str, *, several: bool = True) -> None:
        self._file = ctypes.CDLL(so)
        self._started = False
        self._flags = OS_LOCKING if several else 0
        super().__init__(so)  # which calls `initialize`

    def __new__(cls, so: str, **_: bool) -> Self:
        made: Self = Library.__new__(cls, so)  # type: ignore[call-arg]  # its stub knows no __new__
        return made

    def initialize(self) -> None:
        if not self._started:
            answer = self._file.C_Initialize(ctypes.byref(_Arguments(flags=self._flags)))
            if answer == CANT_LOCK:
                raise CannotLock("CKR_CANT_LOCK")
            if answer:
                raise PKCS11Error(f"C_Initialize: {answer:#x}")
            self._started = True

    def finalize(self) -> None:
        if self._started:
            self._started = False
            if answer := self._file.C_Finalize(None):
                raise PKCS11Error(f"C_Finalize: {answer:#x}")


@cache
def _loaded(so: str, several: bool) -> Driver:
    return Driver(so, several=several)


def started(so: str, *, several: bool = True) -> Driver:
    """This process's driver, started if it is not. Raises PKCS11Error, CannotLock, OSError."""
    driver = _loaded(so, several)
    driver.initialize()
    return driver
