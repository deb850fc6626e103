"""Loads what every installation needs before its first unit: regions and training bases."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

import rules
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.registry.reference import load_regions
from training.services import load_bases


class Command(BaseCommand):
    help = "Loads administrative divisions and the training bases of the shipped policies. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        with scope(Actor.system("load_reference")):
            regions = load_regions()
            bases = sum(load_bases(rules.load_policy(key)) for key in rules.available_policies())
        self.stdout.write(f"行政区划 {regions} 个，继续教育基地 {bases} 个。")
