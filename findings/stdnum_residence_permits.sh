#!/bin/sh
# python-stdnum 2.2, stdnum.cn.ric: residence permits of people from Hong Kong, Macao and Taiwan.
#
# Since September 2018 their 港澳台居民居住证 carries an 18-digit 公民身份号码 of the same construction as a resident's
# (GB 11643), with address codes 810000, 820000 and 830000 (State Council, 国办发〔2018〕81号). One expects the
# validator of this number to take them. It compares the address code with the year of birth (810000 "since 1997",
# 820000 "since 1999", 830000 not at all), so it refuses everybody from Taiwan and nearly every adult from Hong Kong
# and Macao, with a right date and a right check character. A mainland number with the same date passes.
#
# Exit 0: seen as described. Exit 1: this has changed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from stdnum.cn import ric

def taken(address: str, year: str) -> bool:
    body = address + year + "0101" + "001"
    return ric.is_valid(body + ric.calc_check_digit(body + "0"))

seen = {address: (taken(address, "1990"), taken(address, "2005")) for address in ("430102", "810000", "820000", "830000")}
print("born 1990 and 2005:", seen)
late = (False, True)
sys.exit(seen != {"430102": (True, True), "810000": late, "820000": late, "830000": (False, False)})
PYTHON
