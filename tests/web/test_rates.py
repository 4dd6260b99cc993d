"""How often one person may ask for what costs much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.base.types import Viewer
from web import rates
from web.app import create_app
from web.rates import Rates
from web.services import Services


def test_a_bucket_empties_and_fills_again() -> None:
    now = 0.0
    bucket = Rates(3, 0.5, lambda: now)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 0]
    assert bucket.take("a") == 2.0
    assert bucket.take("b") == 0
    now = 2.0
    assert [bucket.take("a"), bucket.take("a")] == [0, 2.0]


def test_addresses_are_forgotten_in_the_end() -> None:
    bucket = Rates(1, 1.0, lambda: 0.0)
    for number in range(rates._MOST + 5):
        bucket.take(str(number))
    assert len(bucket._left) == rates._MOST


def test_searches_have_a_rate_but_for_the_owner(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    burst = rates.COSTLY[0]
    monkeypatch.setattr(rates, "COSTLY", (burst, 0.001))  # however slow this computer answers
    public = create_app(replace(services, viewer=Viewer.of)).test_client()
    codes = [public.get("/?lang=ja").status_code for _ in range(burst + 20)]
    assert codes[0] == 200
    refused = public.get("/api/v1/search?q=x")
    assert refused.status_code == 429
    assert refused.get_json()["title"] == "Too Many Requests"
    assert int(refused.headers["Retry-After"]) >= 1
    assert public.get("/healthz").status_code == 200
    owner = create_app(services).test_client()
    assert {owner.get("/").status_code for _ in range(burst + 20)} == {200}
