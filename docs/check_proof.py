"""Checks an event proof of cehours: python check_proof.py PROOF.json PUBLIC_KEY.pem

Needs Python 3 and the openssl program (1.1.1 or later), nothing of the system that made the proof. It prints each
event that the signed log contains; any doubt ends it with an error. The tree is that of RFC 6962.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path


def sha(data):
    return hashlib.sha256(data).digest()


def root_of(leaf, index, size, path):
    node, last = sha(b"\x00" + leaf), size - 1
    for step in path:
        assert last, "the path is too long"
        if index & 1 or index == last:
            node = sha(b"\x01" + step + node)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\x01" + node + step)
        index, last = index >> 1, last >> 1
    assert last == 0, "the path is too short"
    return node


def main(proof_file, key_file):
    proof = json.loads(Path(proof_file).read_text("utf-8"))
    outer = json.loads(proof["checkpoint"])
    with tempfile.TemporaryDirectory() as folder:
        body, signature = Path(folder, "body"), Path(folder, "signature")
        body.write_text(outer["body"], "utf-8")
        signature.write_bytes(bytes.fromhex(outer["signature"]))
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key_file, "-rawin"]
        subprocess.run([*verify, "-in", body, "-sigfile", signature], check=True, capture_output=True)
    log = json.loads(outer["body"])
    for event in proof["events"]:
        path = [bytes.fromhex(step) for step in event["path"]]
        assert root_of(event["leaf"].encode(), event["index"], log["size"], path).hex() == log["root"]
        _, subject, subject_id, number, digest = event["leaf"].split(" ")
        fields = event["hashed"]
        assert sha("\x1f".join(fields).encode()).hex() == digest and fields[2:4] == [subject, subject_id]
        print(f"{fields[8]}Z {subject} {subject_id} #{number}: {fields[4]} {fields[9]}")
    print(f"{len(proof['events'])} events, in the log of {log['time']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
