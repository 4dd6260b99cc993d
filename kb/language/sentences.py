"""stub while the model is trained"""

from kb.language.encoder import Encoder


def load_sentence_encoder() -> Encoder:
    """The model."""
    raise NotImplementedError
