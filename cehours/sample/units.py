"""The units of the sample province: every kind that the notice knows. Places are real, units are invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cehours.lib import uscc
from cehours.lib.pinyin import unit_keys
from organizations import audit
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Affiliation, Imprint, Nature, Unit
from organizations.models.region import RegionLevel
from organizations.services.imprints import ImprintInput, save_imprint
from organizations.services.units import UnitInput, add_unit

USCC_CATEGORIES = {
    Nature.GOVERNMENT: "11",
    Nature.INSTITUTION: "12",
    Nature.ENTERPRISE: "91",
    Nature.SOCIAL: "51",
}


@dataclass(frozen=True)
class UnitPlan:
    """A unit to be entered. `parent` is the key of its superior; `series` is what its people apply for."""

    key: str
    name: str
    region: str
    affiliation: Affiliation
    nature: Nature = Nature.INSTITUTION
    parent: str = ""
    top_level: bool = False
    bureau_level: str = ""
    entrusted: bool = False
    series: str = "工程技术人员"


def _bureau(key: str, name: str, region: str, level: RegionLevel) -> UnitPlan:
    affiliation = Affiliation.PROVINCIAL if level == RegionLevel.PROVINCE else Affiliation.CITY
    return UnitPlan(key, name, region, affiliation, Nature.GOVERNMENT, bureau_level=level)


PROVINCIAL, CITY, NONE = Affiliation.PROVINCIAL, Affiliation.CITY, Affiliation.NONE
HEALTH, TEACHING = "卫生技术人员", "中小学教师"

BUREAUS = (
    _bureau("province", "湖南省人力资源和社会保障厅（演示）", "430000", RegionLevel.PROVINCE),
    _bureau("changsha", "长沙市人力资源和社会保障局（演示）", "430100", RegionLevel.CITY),
    _bureau("zhuzhou", "株洲市人力资源和社会保障局（演示）", "430200", RegionLevel.CITY),
    _bureau("xiangtan", "湘潭市人力资源和社会保障局（演示）", "430300", RegionLevel.CITY),
    _bureau("lusong", "芦淞区人力资源和社会保障局（演示）", "430203", RegionLevel.COUNTY),
    _bureau("shifeng", "石峰区人力资源和社会保障局（演示）", "430204", RegionLevel.COUNTY),
    _bureau("liling", "醴陵市人力资源和社会保障局（演示）", "430281", RegionLevel.COUNTY),
)
# Superiors before subordinates: they are entered in this order.
UNITS = (
    UnitPlan(
        "health", "湘澜健康事务管理局", "430000", PROVINCIAL, Nature.GOVERNMENT, top_level=True, series=HEALTH
    ),
    UnitPlan("group", "湘澜医疗集团", "430000", PROVINCIAL, parent="health", series=HEALTH),
    UnitPlan("hospital", "湘澜第一医院", "430000", PROVINCIAL, parent="group", series=HEALTH),
    UnitPlan("clinic", "湘澜妇幼保健院", "430000", PROVINCIAL, parent="group", series=HEALTH),
    UnitPlan("survey", "湘澜地质勘测总院", "430000", PROVINCIAL, top_level=True),
    UnitPlan("university", "湘澜大学", "430000", Affiliation.UNIVERSITY, series="高等学校教师"),
    UnitPlan("education", "星河教育事务中心", "430100", CITY, top_level=True, series=TEACHING),
    UnitPlan("school", "星河第一中学", "430102", CITY, parent="education", series=TEACHING),
    UnitPlan("transit", "神农轨道交通集团", "430200", CITY, Nature.ENTERPRISE, top_level=True),
    UnitPlan("factory", "神农轨道车辆厂", "430203", CITY, Nature.ENTERPRISE, parent="transit"),
    UnitPlan("potters", "瓷城人民医院", "430281", CITY, series=HEALTH),
    UnitPlan("library", "莲城图书馆", "430302", CITY, series="图书资料专业人员"),
    UnitPlan("software", "星河云创软件有限公司", "430104", NONE, Nature.ENTERPRISE),
    UnitPlan("machines", "神农智造机械有限公司", "430204", NONE, Nature.ENTERPRISE),
    UnitPlan("audit", "莲城会计师事务所", "430304", NONE, Nature.ENTERPRISE, series="会计人员"),
    UnitPlan("society", "湘澜工程师学会", "430102", NONE, Nature.SOCIAL),
    UnitPlan("central", "中部澜江勘测设计研究院", "430102", Affiliation.CENTRAL, entrusted=True),
    UnitPlan("other_central", "南岭电力工程局", "430104", Affiliation.CENTRAL, Nature.ENTERPRISE),
    # Nobody has an account there: what is filed with it is a 卡点.
    UnitPlan("rehab", "湘澜康复医院", "430000", PROVINCIAL, parent="group", series=HEALTH),
)


def series_of(key: str) -> str:
    return next((plan.series for plan in UNITS if plan.key == key), "经济专业人员")


def load_bureaus(operator: Actor) -> dict[str, Unit]:
    """Enters the 经办机构 that are missing, as the operator does, and returns all by key."""
    known = {unit.name: unit for unit in Unit.objects.exclude(bureau_level="")}
    return {plan.key: known.get(plan.name) or _enter_bureau(operator, plan) for plan in BUREAUS}


def load_units(bureau: Actor, year: int) -> dict[str, Unit]:
    """Enters the other units through the provincial bureau; `year` is the one central units entrust."""
    known = {unit.name: unit for unit in Unit.objects.filter(bureau_level="")}
    units: dict[str, Unit] = {}
    for serial, plan in enumerate(UNITS, start=1):
        unit = known.get(plan.name)
        units[plan.key] = unit or add_unit(actor=bureau, data=_data(plan, serial, units, year))
    return units


def _enter_bureau(operator: Actor, plan: UnitPlan) -> Unit:
    keys = unit_keys(plan.name)
    bureau = Unit(
        name=plan.name,
        affiliation=plan.affiliation,
        nature=plan.nature,
        region_id=plan.region,
        bureau_level=plan.bureau_level,
        pinyin=keys.full,
        initials=keys.initials,
    )
    bureau.save(force_insert=True)
    audit.record(operator, "bureau_created", bureau, region=plan.region)
    return bureau


def _data(plan: UnitPlan, serial: int, units: dict[str, Unit], year: int) -> UnitInput:
    return UnitInput(
        name=plan.name,
        uscc=uscc.make(USCC_CATEGORIES[plan.nature], plan.region, serial),
        affiliation=plan.affiliation,
        nature=plan.nature,
        region_id=plan.region,
        parent_id=units[plan.parent].pk if plan.parent else None,
        top_level=plan.top_level,
        active=True,
        years=frozenset({year} if plan.entrusted else ()),
    )


def say_whom_to_ring(bureaus: Iterable[Actor]) -> None:
    """本局信息 of every bureau whose administrator is among `bureaus`; numbers that nobody has."""
    for actor in bureaus:
        unit = actor.unit
        if unit is None or not actor.is_unit_admin or Imprint.objects.filter(unit=unit).exists():
            continue
        with scope(actor):
            number = f"0731-0000{unit.region_id[2:]}"
            data = ImprintInput(
                host=unit.name,
                hotline=number,
                times="工作日 9:00—12:00，13:30—17:00",
                support=f"演示数据服务中心 0731-0000{unit.region_id[2:]} 转 2",
                privacy_office="专业技术人员管理处",
                privacy_contact=f"{number} 转 3",
            )
            save_imprint(actor=actor, seen=Unit.objects.get(pk=unit.pk).audit_seq, data=data)
