"""Whether the papers at hand prove an activity, and if not, what is missing for each way, nearest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from rules.dates import read_year
from rules.errors import RuleInputError
from rules.policy import Paper, Policy, Proof, ProofWay, Slot


@dataclass(frozen=True, slots=True)
class Doc:
    """A paper at hand: its kind, and whether it bears the seal."""

    kind: str
    stamped: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One way to prove it and what it still lacks, in words; `papers`: the kinds that would fill each gap.

    `distance` orders ways: 2 for each paper to be got, 1 where a paper at hand only wants its seal. `place`: from 0, in
    the order of the policy; an earlier slip comes last.
    """

    name: str
    missing: tuple[str, ...]
    papers: tuple[tuple[str, ...], ...]
    says: str
    distance: int
    place: int


@dataclass(frozen=True, slots=True)
class EvidenceResult:
    """`ways`: nearest first; the first lacks nothing if `sufficient`."""

    sufficient: bool
    ways: tuple[Way, ...]
    says: str
    cite: str


def evidence_gap(
    policy: Policy,
    *,
    form: str | None = None,
    kind: str | None = None,
    documents: Iterable[Doc] = (),
    year: int | str | None = None,
    prior_span: tuple[int, int] | None = None,
) -> EvidenceResult:
    """Compare the papers with annex 2, part 1 (and with an earlier slip, part 三(四) of the notice).

    Give the form, or the kind, or both. An earlier slip (`prior_span`: its first and last year) alone
    proves every year within its span. Raises RuleInputError for unknown keys, PolicyError for a draft.
    """
    policy.must_be_in_force()
    papers = tuple(documents)
    for paper in papers:
        policy.document_of(paper.kind)
    proof = _proof(policy, form, kind)
    prior = _prior_way(policy, papers, year, prior_span)
    if prior is not None and not prior.missing:
        cite = f"{policy.document} {policy.prior_cite}"
        return EvidenceResult(True, (prior,), f"材料齐全：{prior.says}", cite)
    if not proof.ways:
        return EvidenceResult(True, (), proof.says, f"{policy.document} {proof.cite}")
    asked = [each for each in proof.ways if prior is None or not _is_slip(policy, each)]
    ways = [_way(policy, each, papers, place) for place, each in enumerate(asked)]
    if prior is not None:
        ways.append(replace(prior, place=len(ways)))
    ways.sort(key=lambda way: way.distance)
    sufficient = not ways[0].missing
    says = (
        f"材料齐全（{ways[0].name}）。"
        if sufficient
        else "材料不足，" + "；或".join(w.says for w in ways) + "。"
    )
    return EvidenceResult(sufficient, tuple(ways), says, f"{policy.document} {proof.cite}")


def _proof(policy: Policy, form: str | None, kind: str | None) -> Proof:
    if kind is not None:
        rule = policy.kind_of(kind)
        if form not in (None, rule.form):
            raise RuleInputError("kind", f"“{rule.name}”不属于所选的继续教育形式。")
        form = rule.form
        for proof in policy.proofs:
            if kind in proof.kinds:
                return proof
    if form is None:
        raise RuleInputError("form", "请选择继续教育形式。")
    policy.form_of(form)
    fitting = [proof for proof in policy.proofs if proof.form == form]
    for proof in fitting:
        if not proof.kinds:
            return proof
    return _either(policy, form, fitting)


def _either(policy: Policy, form: str, fitting: list[Proof]) -> Proof:
    """A form whose kinds ask for different papers: without a kind, any of them will do."""
    if not fitting:
        raise RuleInputError("form", "本政策未载明这种形式所需的材料。")
    ways = tuple(way for proof in fitting for way in proof.ways)
    return Proof(form, (), ways, fitting[0].cite, "；".join(proof.says for proof in fitting))


def _way(policy: Policy, way: ProofWay, papers: tuple[Doc, ...], place: int) -> Way:
    gaps = [(slot, *gap) for slot in way.slots if (gap := _gap(policy, slot, papers)) is not None]
    missing = tuple(words for _slot, words, _distance in gaps)
    return Way(
        name=way.name,
        missing=missing,
        papers=tuple(tuple(paper.document for paper in slot.papers) for slot, _words, _distance in gaps),
        says=f"{way.name}还缺：{'、'.join(missing)}" if missing else f"{way.name}已齐",
        distance=sum(distance for _slot, _words, distance in gaps),
        place=place,
    )


def _gap(policy: Policy, slot: Slot, papers: tuple[Doc, ...]) -> tuple[str, int] | None:
    """What the slot still lacks, in words, and how far that is; None when it is filled."""
    filled = {paper.document for paper in slot.papers if _is_there(paper, papers)}
    more = slot.count - len(filled)
    if more <= 0:
        return None
    kinds = {paper.kind for paper in papers}
    open_papers = [paper for paper in slot.papers if paper.document not in filled]
    unsealed = [paper for paper in open_papers if paper.document in kinds]
    distance = 2 * more - min(more, len(unsealed))
    if unsealed and slot.count == 1:
        return f"{policy.document_of(unsealed[0].document).name}须加盖公章", distance
    names = "或".join(_name(policy, paper) for paper in open_papers)
    return names if slot.count == 1 else f"{names}（还需 {more} 种）", distance


def _is_there(wanted: Paper, papers: tuple[Doc, ...]) -> bool:
    return any(paper.kind == wanted.document and (paper.stamped or not wanted.stamped) for paper in papers)


def _name(policy: Policy, paper: Paper) -> str:
    name = policy.document_of(paper.document).name
    return f"{name}（加盖公章）" if paper.stamped and "章" not in name else name


def _is_slip(policy: Policy, way: ProofWay) -> bool:
    """Whether the way asks for an earlier slip; with one at hand, its span decides instead."""
    return any(paper.document == policy.prior_document for slot in way.slots for paper in slot.papers)


def _prior_way(
    policy: Policy, papers: tuple[Doc, ...], year: int | str | None, span: tuple[int, int] | None
) -> Way | None:
    """The way of an earlier slip, offered only to those who have one."""
    slip = policy.prior_document
    if slip is None or all(paper.kind != slip for paper in papers):
        return None
    name = policy.document_of(slip).name
    if year is None or span is None:
        lack = f"{name}的起止年度和所证明的年度"
    else:
        asked = read_year("year", "年度", year)
        first, last = (read_year("prior_span", f"{name}的起止年度", each) for each in span)
        if first > last:
            raise RuleInputError("prior_span", f"{name}的起始年度不能晚于结束年度。")
        if first <= asked <= last:
            return Way(name, (), (), f"{name}（{first}—{last} 年）涵盖 {asked} 年度", distance=0, place=0)
        lack = f"涵盖 {asked} 年度的{name}（现有的为 {first}—{last} 年）"
    return Way(name, (lack,), ((slip,),), f"凭{name}还缺：{lack}", distance=2, place=0)
