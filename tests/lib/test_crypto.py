import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cehours.lib.crypto import BadKeys, BlindIndex, Cipher, Tampered, UnknownKey, record_aad


def key(byte: int, length: int = 32) -> str:
    return base64.b64encode(bytes([byte]) * length).decode()


CIPHER = Cipher(f"k2:{key(2)},k1:{key(1)}")
AAD = record_aad("person", "id_number", 7)


@given(st.text())
def test_what_was_sealed_comes_back(plain):
    assert CIPHER.unseal(CIPHER.seal(plain, aad=AAD), aad=AAD) == plain


def test_the_same_number_never_looks_the_same_twice():
    assert CIPHER.seal("430701198508100012", aad=AAD) != CIPHER.seal("430701198508100012", aad=AAD)


@pytest.mark.parametrize(
    "place",
    [
        record_aad("person", "id_number", 8),
        record_aad("person", "phone", 7),
        record_aad("application", "id_number", 7),
    ],
)
def test_a_ciphertext_moved_to_another_place_is_refused(place):
    sealed = CIPHER.seal("430701198508100012", aad=AAD)

    with pytest.raises(Tampered):
        CIPHER.unseal(sealed, aad=place)


def test_every_single_changed_byte_is_noticed():
    sealed = CIPHER.seal("430701198508100012", aad=AAD)

    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(Tampered):
            CIPHER.unseal(bytes(changed), aad=AAD)


@pytest.mark.parametrize("length", range(31))
def test_a_cut_ciphertext_is_refused(length):
    with pytest.raises(Tampered):
        CIPHER.unseal(CIPHER.seal("", aad=AAD)[:length], aad=AAD)


def test_the_first_key_seals_and_older_keys_still_unseal():
    old = Cipher(f"k1:{key(1)}").seal("张三", aad=AAD)

    assert CIPHER.seal("张三", aad=AAD).startswith(b"k2:")
    assert CIPHER.unseal(old, aad=AAD) == "张三"


def test_a_retired_key_is_named_as_the_reason():
    with pytest.raises(UnknownKey):
        Cipher(f"k1:{key(1)}").unseal(CIPHER.seal("张三", aad=AAD), aad=AAD)


def test_a_memoryview_from_the_database_driver_is_understood():
    assert CIPHER.unseal(memoryview(CIPHER.seal("张三", aad=AAD)), aad=AAD) == "张三"


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ("", "第 1 项格式不正确"),
        (key(1), "第 1 项格式不正确"),
        (f"k1:{key(1)},", "第 2 项格式不正确"),
        ("k1:***", "base64"),
        (f"k1:{key(1, 16)}", "现为 16 字节"),
        (f"k1:{key(1)},k1:{key(2)}", "重复"),
        (f"编号:{key(1)}", "格式不正确"),
    ],
)
def test_unusable_keys_are_refused_at_start(keys, says):
    with pytest.raises(BadKeys, match=says):
        Cipher(keys)


def test_keys_show_up_neither_in_errors_nor_in_representations():
    with pytest.raises(BadKeys) as caught:
        Cipher(f"k1:{key(65, 16)}")

    assert key(65, 16) not in str(caught.value)
    assert key(2) not in repr(CIPHER)
    assert repr(BlindIndex(key(3))) == "BlindIndex()"


@pytest.mark.parametrize("short", ["", "***", key(3, 31)])
def test_a_weak_blind_index_key_is_refused(short):
    with pytest.raises(BadKeys):
        BlindIndex(short)


@pytest.mark.parametrize(
    "spelling",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105491231002",
    ],
)
def test_every_spelling_of_a_number_is_found(spelling):
    index = BlindIndex(key(3))

    assert index.of(spelling, purpose="person") == index.of("11010519491231002X", purpose="person")


def test_purposes_and_keys_give_unrelated_indexes():
    number = "11010519491231002X"
    digests = {
        BlindIndex(key(3)).of(number, purpose="person"),
        BlindIndex(key(3)).of(number, purpose="certificate"),
        BlindIndex(key(4)).of(number, purpose="person"),
    }

    assert len(digests) == 3
    assert {len(digest) for digest in digests} == {32}
