"""One ordinary certificate, invented, from which the tests vary what they ask about."""

from datetime import date
from decimal import Decimal

from certificates.paper.sheet import Category, Sheet, YearHours

RARE = "䶮㛃𬭎玥喆"


def years(first: int, last: int, professional: str = "60") -> tuple[YearHours, ...]:
    return tuple(YearHours(year, (Decimal(30), Decimal(professional))) for year in range(first, last + 1))


SHEET = Sheet(
    number="2025000137",
    number_label="继续教育登记证书编号",
    heading="湖南省专业技术人员继续教育",
    title="学时认定单",
    basis="《专业技术人员继续教育规定》（人社部令第25号）",
    sentence=(
        "根据{basis}精神，{name} 同志，{education}学历，申报《{specialty}》{target_title}职称，"
        "自 {from_year} 年至 {to_year} 年（近 {count} 年）参加继续教育培训，"
        "培训学时达到《专业技术人员继续教育规定》学时。"
    ),
    name="秦舒窈",
    education="硕士研究生",
    specialty="马克思主义理论",
    target_title="正高级",
    from_year=2020,
    to_year=2024,
    categories=(Category("public", "公需科目"), Category("professional", "专业科目")),
    rows=years(2020, 2024),
    issuer="湖南省人力资源和社会保障厅",
    issued_on=date(2025, 7, 28),
    verification_url="https://hours.example/verify/8f3kQz7VtN2mX5bLr0CwYd",
)
