"""Figures for Prometheus: how much is asked and how long it takes, and the state of the server.

No name, path or question is in them: labels are endpoints, statuses and versions.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime

from flask import Flask, Response, current_app, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from kb.base.errors import DxkbError
from web.operations.state import observed, versions
from web.services import Services, services

_KEY = "dxkb-metrics"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Counts and times every answer; with ``DXKB_LOG=json`` each is a line of the log, without its query."""
    registry = CollectorRegistry()
    app.extensions[_KEY] = registry
    ProcessCollector(registry=registry)
    registry.register(_State(app.extensions["dxkb"]))
    labels = ("endpoint", "status")
    asked = Counter("dxkb_http_requests", "Requests answered.", labels, registry=registry)
    took = Histogram(
        "dxkb_http_request_seconds", "Seconds until an answer began.", ("endpoint",), registry=registry, buckets=_SECONDS,
    )  # fmt: skip

    def begin() -> None:
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        endpoint, seconds = request.endpoint or "none", time.perf_counter() - g.began
        asked.labels(endpoint, str(response.status_code)).inc()
        took.labels(endpoint).observe(seconds)
        if services().settings.json_log:
            fields = {"method": request.method, "endpoint": endpoint, "status": response.status_code,
                      "milliseconds": round(seconds * 1000, 1)}  # fmt: skip
            _log.info("request", extra={"fields": fields})
        return response

    app.before_request(begin)
    app.after_request(end)


def exposition() -> Response:
    """All figures, as Prometheus reads them."""
    return Response(generate_latest(current_app.extensions[_KEY]), content_type=CONTENT_TYPE_LATEST)


class _State(Collector):
    """The state as gauges, looked at when it is asked for."""

    def __init__(self, own: Services) -> None:
        self._own = own

    def collect(self) -> Iterator[Metric]:
        try:
            now = observed(self._own)
        except (DxkbError, OSError):
            yield GaugeMetricFamily("dxkb_degraded", "The store cannot be read.", value=1)
            return
        last = now.backup.last
        for name, told, value in (
            ("degraded", "1 while something needs the keeper's hand.", bool(now.problem)),
            ("ingesting", "1 while the corpus is read.", now.activity.running),
            ("pending_files", "Files that wait to be read.", now.pending),
            ("documents", "Documents that can be searched.", now.counts["documents"]),
            ("cases", "Cases that can be searched.", now.counts["cases"]),
            ("generation", "Grows with every change of the store.", now.generation),
            ("sentences_read", "Passages that have their sentence vector.", now.sentences[0]),
            ("sentences", "Passages that get one.", now.sentences[1]),
            ("index_age_seconds", "Seconds since the corpus was looked through.", now.age),
            ("database_bytes", "Size of the database.", now.database),
            ("disk_free_bytes", "Free space where the data lies.", now.free),
            ("backup_failed", "1 when the latest backup failed.", bool(now.backup.problem)),
            ("last_backup_timestamp_seconds", "When the last daily backup was made.", datetime.fromisoformat(last).timestamp() if last else None),
            ("last_backup_bytes", "Its size.", now.backup.size if last else None),
        ):  # fmt: skip
            if value is not None:
                yield GaugeMetricFamily(f"dxkb_{name}", told, value=float(value))
        files = GaugeMetricFamily("dxkb_files", "Files of the corpus.", labels=("status",))
        for status, count in sorted(now.files.items()):
            files.add_metric((status,), count)
        yield files
        about = GaugeMetricFamily(
            "dxkb_versions", "What runs.", labels=[n.lower() for n in versions()]
        )
        about.add_metric(list(versions().values()), 1)
        yield about
