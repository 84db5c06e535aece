"""Which positions of a padded batch hold what: keys, image tokens and the completion's rows."""

from dataclasses import dataclass

import torch
from torch import Tensor

from fovea_skyrl.errors import RequestError, ShardedSequenceError


@dataclass(frozen=True)
class SequenceLayout:
    """One sequence without its padding: S keys, of which the last T are the completion."""

    positions: Tensor
    """[S] indices of the sequence's tokens within its row of the batch, ascending."""
    visual: Tensor
    """[S] bool, true at image tokens."""
    length: int
    """T, tokens of the completion."""

    @property
    def keys(self) -> int:
        return self.positions.shape[0]

    @property
    def first(self) -> int:
        """Key index of the completion's first token."""
        return self.keys - self.length

    @property
    def predicting(self) -> Tensor:
        """[T] positions whose logits predict the completion's tokens."""
        return self.positions[self.first - 1 : self.keys - 1]


@dataclass(frozen=True)
class BatchLayout:
    """The layouts of a batch of `width` positions, padded on either side."""

    width: int
    sequences: tuple[SequenceLayout, ...]

    @staticmethod
    def of(input_ids: Tensor, attention_mask: Tensor, lengths: list[int], image_token_id: int) -> "BatchLayout":
        """Reads the layout of a batch.

        input_ids, attention_mask: [B, width]; lengths: T of each sequence, whose completion is its last T tokens.
        Raises RequestError where T leaves no token before the completion.
        """
        sequences = []
        for index, length in enumerate(lengths):
            positions = attention_mask[index].nonzero()[:, 0]
            if not 0 <= length < positions.shape[0]:
                size = positions.shape[0]
                raise RequestError(f"sequence {index}: expected a completion shorter than its {size} tokens, got {length}")
            visual = input_ids[index, positions] == image_token_id
            sequences.append(SequenceLayout(positions, visual, length))
        return BatchLayout(input_ids.shape[1], tuple(sequences))

    def require_whole(self, numbers: Tensor, expected: str, need: str) -> None:
        """Raises ShardedSequenceError unless numbers [B, width, ...] has all positions of all sequences.

        expected: the beginning of the message, such as "layer 3: expected keys of"; need: who needs them, such as "signals need"
        """
        count, width = len(self.sequences), self.width
        if tuple(numbers.shape[:2]) != (count, width):
            raise ShardedSequenceError(
                f"{expected} {count} sequences x {width} positions, got {numbers.shape[0]} x {numbers.shape[1]}; "
                f"{need} whole sequences: no sequence parallelism, no packing"
            )

    @staticmethod
    def lengths_of(response_mask: Tensor) -> list[int]:
        """T of each sequence from SkyRL's response mask [B, T_max], which is padded on the left."""
        return [int(each) for each in torch.count_nonzero(response_mask, dim=-1).tolist()]
