"""The model: trained when config, domain or data have changed, checked by its hash before it is loaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.settings import ROOT

MODELS = ROOT / "models"
_FILES = ("config.yml", "domain.yml")
_FOLDERS = ("data/nlu", "data/rules", "data/stories", "bot/nlu")
_RESPONSES = "data/responses"
_SUFFIXES = {".yml", ".yaml", ".py"}


class ModelError(Exception):
    """There is no usable model. The text says what to do."""


def fingerprint(root: Path = ROOT) -> str:
    """Hash of everything that a model is made from, 16 hex digits."""
    digest = hashlib.sha256(f"rasa {version('rasa')}".encode())
    for path in _inputs(root):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    # The model knows the responses by name; their words are read at the start, so editing them trains nothing.
    digest.update("\0".join(_response_names(root)).encode())
    return digest.hexdigest()[:16]


def find_model(models: Path = MODELS, root: Path = ROOT) -> Path:
    """The trained model that fits the data.

    Raises:
        ModelError: it is missing, or is not the file that training made.
    """
    model = _model_path(models, root)
    if not model.is_file() or not _seal(model).is_file():
        raise ModelError("No trained model fits config.yml, domain.yml and data/. Run: aftercare train")
    if _seal(model).read_text(encoding="ascii").strip() != _sha256(model):
        raise ModelError(
            f"{model.name} is damaged: its content is not what training made. Run: aftercare train --force"
        )
    return model


def train(models: Path = MODELS, root: Path = ROOT) -> Path:
    """Trains with ``rasa train``'s own code and seals the model with its hash.

    Raises:
        ModelError: Rasa refused the data.
    """
    from rasa.model_training import train as rasa_train
    from rasa.shared.exceptions import RasaException

    model = _model_path(models, root)
    try:
        result = rasa_train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=[str(root / "data")],
            output=str(models),
            force_training=True,
            fixed_model_name=model.name.partition(".")[0],
            # Our policies ignore the stories that Rasa would glue together at random.
            core_additional_arguments={"augmentation_factor": 0},
        )
    except RasaException as error:
        raise ModelError(f"Rasa refuses the data: {error}") from error
    if not result.model or not model.is_file():
        raise ModelError("Training failed. See the lines above; check the data with: rasa data validate")
    _seal(model).write_text(_sha256(model) + "\n", encoding="ascii")
    return model


def _inputs(root: Path) -> Iterator[Path]:
    for name in _FILES:
        yield root / name
    for folder in _FOLDERS:
        yield from sorted(path for path in (root / folder).rglob("*") if path.suffix in _SUFFIXES)


def _response_names(root: Path) -> list[str]:
    texts = [path.read_text(encoding="utf-8") for path in sorted((root / _RESPONSES).rglob("*.yml"))]
    return sorted(name for text in texts for name in re.findall(r"^\s+(utter_\w+):", text, re.MULTILINE))


def _model_path(models: Path, root: Path) -> Path:
    return models / f"aftercare-{fingerprint(root)}.tar.gz"


def _seal(model: Path) -> Path:
    return model.with_name(model.name + ".sha256")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
