"""Annex 2, part 1: which papers prove an activity, and what is missing for each way."""

from __future__ import annotations

import pytest

import rules
from rules.schema import read_policy
from tests.rules.holding import evidence_holds
from tests.rules.tables import small
from tests.rules.vectors import rows_of


@pytest.mark.parametrize("row", rows_of("evidence"))
def test_whether_papers_suffice(row: dict[str, str]) -> None:
    evidence_holds(rules.load_policy(row["policy"]), row)


@pytest.mark.requirement("R079")
def test_ways_come_nearest_first_and_name_every_gap() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.evidence_gap(
        policy, form="04", documents=[rules.Doc("invitation"), rules.Doc("study_notes")]
    )

    assert [way.missing for way in result.ways] == [
        ("参会回执（加盖公章）",),
        ("会议通讯录或邮件回执或财务报账单或其他辅证材料",),
    ]
    assert result.ways[0].papers == (("receipt",),)


@pytest.mark.requirement("R085")
def test_every_document_says_what_a_good_one_shows() -> None:
    for key in ("hunan-2025", "guangdong-2025", "henan-2025"):
        for document in rules.load_policy(key).documents:
            assert document.good.endswith("。"), document.key
            assert 1 <= document.good.count("。") <= 2, document.key


def test_what_the_annex_writes_into_a_document_is_said_of_it() -> None:
    documents = {document.key: document for document in rules.load_policy("hunan-2025").documents}
    for key, words in {
        "dispatch_sealed": "须加盖单位公章",
        "receipt": "须加盖公章",
        "book_cover": "作者名字",
        "paper_contents": "论文标题和作者姓名",
    }.items():
        assert words in documents[key].good
    for document in documents.values():
        assert document.needs_stamp <= ("公章" in document.good), document.key


def test_documents_that_need_a_seal_say_so() -> None:
    policy = rules.load_policy("hunan-2025")

    sealed = {document.key for document in policy.documents if document.needs_stamp}

    assert sealed == {"dispatch_sealed", "receipt"}


@pytest.mark.requirement("R074", "R075")
def test_an_earlier_slip_is_offered_only_to_those_who_have_one() -> None:
    policy = rules.load_policy("hunan-2025")

    without = rules.evidence_gap(policy, form="05")
    slip = rules.evidence_gap(policy, form="05", documents=[rules.Doc("prior_certificate")])

    assert [way.distance for way in without.ways] == [2]
    assert [way.distance for way in slip.ways] == [2, 2]
    assert not slip.sufficient


def test_a_slip_that_ends_before_it_begins_is_refused() -> None:
    policy = rules.load_policy("hunan-2025")

    with pytest.raises(rules.RuleInputError, match="起始年度不能晚于结束年度"):
        rules.evidence_gap(
            policy, form="05", documents=[rules.Doc("prior_certificate")], year=2020, prior_span=(2023, 2019)
        )


def test_a_form_or_a_kind_must_be_named() -> None:
    with pytest.raises(rules.RuleInputError, match="请选择继续教育形式"):
        rules.evidence_gap(rules.load_policy("hunan-2025"))


def test_a_paper_bears_no_seal_unless_somebody_says_so() -> None:
    policy = rules.load_policy("hunan-2025")

    result = rules.evidence_gap(
        policy, form="02", documents=[rules.Doc("practice_notice"), rules.Doc("dispatch_sealed")]
    )

    assert not result.sufficient
    assert (
        result.says == "材料不足，第（1）种材料还缺：派出通知须加盖公章；或第（2）种材料还缺：实践活动日志。"
    )


@pytest.mark.requirement("R073", "R076")
@pytest.mark.parametrize(
    ("year", "span", "proved"),
    [
        (2019, (2019, 2023), True),
        (2018, (2019, 2023), False),
        (2020, (2020, 2020), True),
        (2020, None, False),
        (None, (2019, 2023), False),
    ],
)
def test_an_earlier_slip_proves_the_years_of_its_span_and_no_other(
    year: int | None, span: tuple[int, int] | None, proved: bool
) -> None:
    policy = rules.load_policy("hunan-2025")
    slip = [rules.Doc("prior_certificate")]

    result = rules.evidence_gap(policy, form="05", documents=slip, year=year, prior_span=span)

    assert result.sufficient is proved
    assert result.ways[0].distance == (0 if proved else 2)


def test_a_complete_way_is_named_and_the_others_still_tell_what_they_lack() -> None:
    policy = rules.load_policy("hunan-2025")
    papers = [rules.Doc("schedule"), rules.Doc("completion")]

    result = rules.evidence_gap(policy, form="01", documents=papers)

    assert result.says == "材料齐全（第（2）种材料）。"
    assert [way.says for way in result.ways] == [
        "第（2）种材料已齐",
        "第（1）种材料还缺：培训通知、培训签到表或其他签到形式",
    ]


def test_a_slot_of_several_papers_tells_how_many_are_still_needed() -> None:
    values = small()
    values["evidence"][0]["kinds"] = ["course"]
    policy = read_policy("small.toml", values)
    sealed, letter = rules.Doc("paper", stamped=True), rules.Doc("letter")

    none, one, both = (
        rules.evidence_gap(policy, form="01", documents=held) for held in ([], [sealed], [sealed, letter])
    )

    assert none.ways[0].missing == ("证明（加盖公章）", "证明或函件（还需 2 种）")
    assert one.ways[0].missing == ("函件（还需 1 种）",)
    assert both.sufficient


@pytest.mark.requirement("R079")
def test_a_seal_is_nearer_than_another_paper_and_two_papers_are_farther_than_one() -> None:
    values = small()
    values["evidence"][0]["ways"] = [
        {"name": "两种", "all": [{"any": ["paper", "letter"], "count": 2}]},
        {"name": "函件", "all": [["letter"]]},
        {"name": "盖章", "all": [["paper+stamp"]]},
    ]
    policy = read_policy("small.toml", values)

    bare, held = (
        rules.evidence_gap(policy, form="01", documents=papers) for papers in ([], [rules.Doc("paper")])
    )

    assert [(way.name, way.distance) for way in bare.ways] == [("函件", 2), ("盖章", 2), ("两种", 4)]
    assert [(way.name, way.distance) for way in held.ways] == [("盖章", 1), ("两种", 2), ("函件", 2)]


def test_a_form_nobody_knows_and_a_form_without_proofs_are_refused_in_words() -> None:
    values = small()
    values["forms"].append({"key": "02", "name": "自学", "short": "自学", "cite": "二"})
    policy = read_policy("small.toml", values)

    with pytest.raises(rules.RuleInputError, match="没有这个继续教育形式：12"):
        rules.evidence_gap(policy, form="12")
    with pytest.raises(rules.RuleInputError, match="未载明这种形式所需的材料"):
        rules.evidence_gap(policy, form="02")


def test_a_form_of_several_kinds_takes_the_papers_of_any_and_cites_the_first() -> None:
    values = small()
    values["kinds"]["second"] = dict(values["kinds"]["course"])
    first = values["evidence"][0] | {"kinds": ["course"]}
    second = first | {"kinds": ["second"], "cite": "别处", "ways": [{"name": "函件", "all": [["letter"]]}]}
    values["evidence"] = [first, second]

    result = rules.evidence_gap(read_policy("small.toml", values), form="01", documents=[rules.Doc("letter")])

    assert (result.sufficient, result.says) == (True, "材料齐全（函件）。")
    assert result.cite == "文号 四"
    assert len(result.ways) == 2
