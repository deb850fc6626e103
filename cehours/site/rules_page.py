"""A policy as a page to read: everything in it comes from the policy file, in the order of the notice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from applications.presenters.samples import sample_of
from cehours.site import notice, policies, wording
from cehours.site.context import window
from cehours.site.queries import region_names
from organizations.acting.actor import ActorRequest
from rules import Ambiguity, Form, Kind, Policy, minimums_text, number_text
from rules.policy import Minimums, Proof, RouteRule
from rules.routes import STEP_NAMES

ANCHORS = {"unit": "单位所在地", "archive": "人事档案所在地"}
# Where a remark on the text belongs, by the beginning of its key; what fits nowhere speaks of every activity.
SECTIONS = ("minimums", "themes", "span", "routes", "bases", "certificate", "session")


@dataclass(frozen=True, slots=True)
class KindSection:
    """One kind of activity: what it earns, for which year, in which category."""

    kind: Kind
    category: str
    lines: tuple[wording.Line, ...]
    brief: tuple[str, ...]
    year: str
    notes: tuple[Ambiguity, ...]


@dataclass(frozen=True, slots=True)
class FormSection:
    """One 继续教育形式 with its kinds and the papers that prove them."""

    form: Form
    kinds: tuple[KindSection, ...]
    proofs: tuple[wording.ProofWords, ...]
    notes: tuple[Ambiguity, ...]
    samples: tuple[tuple[str, str], ...]

    @property
    def unclear(self) -> str:
        """What of the papers the notice leaves open, "" for nothing."""
        return "材料" if self.notes else ""


@dataclass(frozen=True, slots=True)
class MinimumsRow:
    years: str
    hours: tuple[str, ...]
    total: str
    says: str
    cite: str


@dataclass(frozen=True, slots=True)
class RouteSection:
    """A route as steps; `elsewhere` lists the regions with steps of their own."""

    rule: RouteRule
    who: str
    steps: tuple[str, ...]
    elsewhere: tuple[tuple[str, tuple[str, ...]], ...]
    anchors: str


@login_not_required
def index(request: ActorRequest) -> HttpResponse:
    current = policies.current()
    return render(
        request,
        "site/rules/index.html",
        {"policies": policies.all_policies(), "current": current, "trail": [("首页", reverse("site:home"))]},
    )


@login_not_required
def current(request: ActorRequest) -> HttpResponse:
    return redirect("site:policy", policies.current().key)


@login_not_required
def show(request: ActorRequest, key: str) -> HttpResponse:
    policy = policies.policy_or_404(key)
    actor = request.actor
    codes = {code for rule in policy.routes for code in rule.by_region}
    names = tuple(sorted(region_names(actor, codes).items()))
    trail = [("首页", reverse("site:home")), ("规则", reverse("site:policies"))]
    current_window = window()
    context = {
        "policy": policy,
        "article": _article(policy.key, names, staff=actor.unit is not None),
        "trail": trail,
        "has_text": bool(notice.text_of(policy.key)),
        "open": current_window if policy.key == policies.current().key else None,
    }
    return render(request, "site/rules/policy.html", context)


@lru_cache(maxsize=32)
def _article(key: str, names: tuple[tuple[str, str], ...], *, staff: bool) -> str:
    """The page without its frame; for `staff` with the places in the policy file.

    A policy file does not change while the process lives.
    """
    policy = policies.policy_or_404(key)
    return render_to_string("site/rules/_article.html", {**sections(policy, dict(names)), "staff": staff})


def sections(policy: Policy, names: dict[str, str]) -> dict[str, object]:
    """Everything the page shows. `names`: the regions by code; a code without a name stands for itself."""
    forms = tuple(_form(policy, form) for form in policy.forms)
    return {
        "policy": policy,
        "step": number_text(policy.step),
        "minimums": tuple(_minimums(policy)),
        "themes": sorted(policy.themes_by_year.items(), reverse=True),
        "forms": forms,
        "printed": tuple(each for each in forms if each.form.printed),
        "special": tuple(each for each in forms if not each.form.printed),
        "routes": tuple(_route(policy, rule, names) for rule in policy.routes),
        "notes": {name: _notes(policy, (name,)) for name in SECTIONS},
        "general": _general(policy),
    }


def _minimums(policy: Policy) -> Iterable[MinimumsRow]:
    entries = policy.minimums
    for place, each in enumerate(entries):
        following = entries[place + 1].from_year if place + 1 < len(entries) else None
        yield MinimumsRow(
            years=_years(each, following),
            hours=tuple(
                number_text(each.by_category[category.key]) if category.key in each.by_category else "—"
                for category in policy.categories
            ),
            total=number_text(each.total),
            says=each.says or minimums_text(policy, each),
            cite=each.cite,
        )


def _years(minimums: Minimums, following: int | None) -> str:
    if minimums.from_year is None:
        return "各年度" if following is None else f"{following - 1} 年及以前"
    last = "起" if following is None else f"至 {following - 1} 年"
    return f"{minimums.from_year} 年{last}"


def _form(policy: Policy, form: Form) -> FormSection:
    kinds = tuple(kind for kind in policy.kinds if kind.form == form.key)
    proofs = [proof for proof in policy.proofs if proof.form == form.key]
    return FormSection(
        form=form,
        kinds=tuple(_kind(policy, kind) for kind in kinds),
        proofs=tuple(wording.proof_words(policy, proof) for proof in proofs),
        samples=tuple(_samples(policy, proofs)),
        notes=_notes(policy, (f"evidence.{form.key}", *(f"evidence.{kind.key}" for kind in kinds))),
    )


def _samples(policy: Policy, proofs: Iterable[Proof]) -> Iterable[tuple[str, str]]:
    """For each drawing that shows some of these papers, one of its kinds and the names of all of them."""
    named: dict[str, list[tuple[str, str]]] = {}
    for proof in proofs:
        for paper in (paper for way in proof.ways for slot in way.slots for paper in slot.papers):
            each = (paper.document, policy.document_of(paper.document).name)
            shown = named.setdefault(sample_of(paper.document), [])
            if each not in shown:
                shown.append(each)
    return [
        (shown[0][0], "、".join(name for _, name in shown)) for drawing, shown in named.items() if drawing
    ]


def _kind(policy: Policy, kind: Kind) -> KindSection:
    return KindSection(
        kind=kind,
        category=policy.category_of(kind.category).name if kind.category else "",
        lines=wording.lines(kind, policy.year),
        brief=tuple(wording.brief(kind)),
        year=wording.year_words(kind),
        notes=_notes(policy, (f"kinds.{kind.key}",)),
    )


def _notes(policy: Policy, places: tuple[str, ...]) -> tuple[Ambiguity, ...]:
    return tuple(each for each in policy.ambiguities if _is_at(each, places))


def _is_at(note: Ambiguity, places: tuple[str, ...]) -> bool:
    return any(note.key == place or note.key.startswith(f"{place}.") for place in places)


def _general(policy: Policy) -> tuple[Ambiguity, ...]:
    """Remarks on every activity at once: caps, the year meant, the same achievement twice, whose paper proves what."""
    named = (*(f"kinds.{kind.key}" for kind in policy.kinds), *SECTIONS)
    return tuple(
        each
        for each in policy.ambiguities
        if not _is_at(each, named) and not each.key.startswith("evidence.")
    )


def _route(policy: Policy, rule: RouteRule, names: dict[str, str]) -> RouteSection:
    units = [choice.name for choice in policy.affiliations if choice.key in rule.affiliations]
    natures = [choice.name for choice in policy.natures if choice.key in rule.natures]
    who = "、".join([*units, *natures])
    province = rule.steps[-1] == "bureau:province"
    return RouteSection(
        rule=rule,
        who="" if who in rule.name else who,
        steps=_steps(rule, rule.steps),
        elsewhere=tuple(
            (names.get(code, f"行政区划代码 {code}"), _steps(rule, steps))
            for code, steps in sorted(rule.by_region.items())
        ),
        anchors="" if province else "或".join(ANCHORS[anchor] for anchor in rule.anchors),
    )


def _steps(rule: RouteRule, steps: tuple[str, ...]) -> tuple[str, ...]:
    return (*(STEP_NAMES[step] for step in steps[:-1]), f"{STEP_NAMES[steps[-1]]}{rule.final_label}")
