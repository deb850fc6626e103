"""Reading document kinds and the sets of papers that prove a form or a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from rules.kinds import Kind
from rules.policy import Document, Paper, Proof, ProofWay, Slot
from rules.schema.table import Table

SEALED = "+stamp"


def read_documents(root: Table) -> tuple[Document, ...]:
    """Document kinds; whether one needs its stamp is filled in from the proofs by `with_stamps`."""
    documents = tuple(_document(key, table) for key, table in root.named_tables("documents"))
    names = [document.name for document in documents]
    twice = next((document for document in documents if names.count(document.name) > 1), None)
    if twice is not None:
        raise root.fail(f"documents.{twice.key}.name", f"有两种材料都叫“{twice.name}”，请改得分得清")
    return documents


def _document(key: str, table: Table) -> Document:
    document = Document(
        key, table.text("name"), table.text("hint", ""), needs_stamp=False, good=table.text("good", "")
    )
    if document.good and not document.good.endswith("。"):
        raise table.fail("good", "请写成完整的句子，以句号结尾")
    table.close()
    return document


def with_stamps(documents: tuple[Document, ...], proofs: tuple[Proof, ...]) -> tuple[Document, ...]:
    """The documents, marked where some way of proof asks for the seal."""
    sealed = {
        paper.document
        for proof in proofs
        for way in proof.ways
        for slot in way.slots
        for paper in slot.papers
        if paper.stamped
    }
    return tuple(replace(each, needs_stamp=each.key in sealed) for each in documents)


def read_proofs(
    root: Table, documents: tuple[Document, ...], forms: tuple[str, ...], kinds: tuple[Kind, ...]
) -> tuple[Proof, ...]:
    """What each form asks for. Every kind must find a proof, and only one."""
    known = {document.key for document in documents}
    by_key = {kind.key: kind for kind in kinds}
    proofs = tuple(_proof(table, known, forms, by_key) for table in root.tables("evidence"))
    for kind in kinds:
        fitting = [proof for proof in proofs if kind.key in proof.kinds]
        general = [proof for proof in proofs if proof.form == kind.form and not proof.kinds]
        if len(fitting) > 1 or len(general) > 1:
            raise root.fail("evidence", f"活动种类 {kind.key} 有不止一条佐证材料")
        if not fitting and not general:
            raise root.fail(
                "evidence", f"活动种类 {kind.key} 没有写佐证材料；不需要材料的写 nothing_needed = true"
            )
    return proofs


def _proof(table: Table, known: set[str], forms: tuple[str, ...], kinds: Mapping[str, Kind]) -> Proof:
    form = table.among("form", forms)
    named = table.texts("kinds", ())
    for name in named:
        if name not in kinds or kinds[name].form != form:
            raise table.fail("kinds", f"{name} 不是形式 {form} 的活动种类")
    nothing_needed = table.flag("nothing_needed", default=False)
    ways = tuple(_way(each, known) for each in table.tables("ways", needed=not nothing_needed))
    if nothing_needed and ways:
        raise table.fail("nothing_needed", "写了不需要材料，又写了 ways，请去掉一样")
    proof = Proof(form, named, ways, table.text("cite"), table.text("says"))
    table.close()
    return proof


def _way(table: Table, known: set[str]) -> ProofWay:
    slots = table.raw("all")
    if not isinstance(slots, list) or not slots:
        raise table.fail("all", '须写成清单，例如 [["notice"], ["completion"]]')
    way = ProofWay(table.text("name", "所需材料"), tuple(_slot(table, slot, known) for slot in slots))
    table.close()
    return way


def _slot(table: Table, slot: object, known: set[str]) -> Slot:
    count = 1
    if isinstance(slot, dict):
        counted = table.as_table("all", slot)
        count = counted.integer("count")
        slot = list(counted.texts("any"))
        counted.close()
    if not isinstance(slot, list) or not slot or not all(isinstance(each, str) for each in slot):
        raise table.fail("all", "每个方括号里写材料名称，或写成 { any = [...], count = 2 }")
    papers = tuple(Paper(each.removesuffix(SEALED), each.endswith(SEALED)) for each in slot)
    unknown = [paper.document for paper in papers if paper.document not in known]
    if unknown:
        raise table.fail("all", f"[documents] 里没有 {unknown[0]}")
    if not 1 <= count <= len({paper.document for paper in papers}):
        raise table.fail("all", "count 须在 1 与所列材料的种数之间")
    return Slot(papers, count)
