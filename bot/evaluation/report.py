"""The measures as one HTML file: no script, nothing fetched, readable in print and in the dark."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.evaluation import phrases
from bot.evaluation.label_keys import verdict
from bot.evaluation.measures import GroupMeasures, Measures
from bot.evaluation.plots import Plot, interval_plot
from bot.evaluation.wilson import Rate
from bot.triage.model import Disposition

if TYPE_CHECKING:
    from bot.evaluation.dialogues.measures import DialogueMeasures


def as_html(measures: Measures | None, dialogues: DialogueMeasures | None, source: str, made: datetime) -> str:
    """The report of labelled messages, of conversations, or of both.

    Args:
        source: name of what was measured.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": phrases.percent,
        "counted": phrases.counted,
        "interval": phrases.interval,
        "finding_words": phrases.finding_words,
        "expected_words": phrases.expected_words,
        "file_words": file_words,
    }
    return environment.get_template("report.html").render(
        measures=measures,
        dialogues=dialogues,
        source=source,
        made=made,
        summary_rows=phrases.SUMMARY_ROWS,
        key_names=phrases.KEY_NAMES,
        dispositions=list(Disposition),
        verdict=verdict,
        **(_plots(measures) if measures is not None else {}),
    )


def _plots(measures: Measures) -> dict[str, Plot]:
    sensitivity = {phrases.KEY_NAMES[key]: item.sensitivity for key, item in measures.keys.items()}
    return {
        "sensitivity": interval_plot(sensitivity, upper_end=True),
        "false_alarms": interval_plot(_false_alarms(measures.files), upper_end=False),
    }


def file_words(file: str) -> str:
    """other_person.jsonl -> Other person."""
    words = Path(file).stem.replace("_", " ")
    return words[:1].upper() + words[1:]


def _false_alarms(files: dict[str, GroupMeasures]) -> dict[str, Rate]:
    return {file_words(name): item.over_triage for name, item in files.items()}
