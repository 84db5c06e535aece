"""Attention rows from queries and keys, a block of rows at a time."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

BLOCK = 128


def rotated(states: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary embedding: x·cos + rotate(x)·sin, where rotate(x) = (−x₂, x₁) of the two halves of x.

    states: [N, heads, D]; cos, sin: [N, D]. Returns [N, heads, D] in the type of `states`.
    """
    low, high = states.chunk(2, dim=-1)
    turned = torch.cat((-high, low), dim=-1)
    return states * cos[:, None] + turned * sin[:, None]


def merged_angles(angles: Tensor, layer: Any) -> Tensor:
    """[B, width, D]: one rotary angle per channel, from three per channel where transformers gives these.

    angles: [B, width, D] or [3, B, width, D] of an attention layer's `position_embeddings`.
    """
    if angles.dim() == 3:
        return angles
    parameters: Any = layer.config.rope_parameters
    sections = list(parameters["mrope_section"]) * 2
    parts = [part[index % 3] for index, part in enumerate(angles.split(sections, dim=-1))]
    return torch.cat(parts, dim=-1)


def attention_rows(query: Tensor, key: Tensor, first: int, scaling: float, block: int = BLOCK) -> Iterator[Tensor]:
    """Attention of consecutive queries on all keys, after softmax, mean over heads.

        a_rj = mean_h softmax_j( scaling · q_rh · k_jg ),   j ≤ first + r,   g the key head of h

    Arguments as of `attention_by_head`. Yields [n, S] blocks, n ≤ block, R rows in all.
    """
    for rows in attention_by_head(query, key, first, scaling, block):
        yield rows.mean(dim=0)


def attention_by_head(query: Tensor, key: Tensor, first: int, scaling: float, block: int = BLOCK) -> Iterator[Tensor]:
    """Attention of consecutive queries on all keys, after softmax, of each head.

    In single precision whatever the type of the arguments; at most [H, block, S] numbers at a time.

    query: [R, H, D] after rotary embedding; row r's own key is `first + r`
    key: [S, K, D] after rotary embedding, H a multiple of K (grouped-query attention)
    Yields [H, n, S] blocks, n ≤ block, R rows in all.
    """
    count, heads, size = query.shape
    keys, key_heads = key.shape[:2]
    columns = key.float().permute(1, 2, 0)
    places = torch.arange(keys, device=key.device)
    for start in range(0, count, block):
        some = query[start : start + block].float() * scaling
        n = some.shape[0]
        grouped = some.view(n, key_heads, heads // key_heads, size).permute(1, 2, 0, 3)
        scores = (grouped.reshape(key_heads, -1, size) @ columns).view(heads, n, keys)
        own = torch.arange(first + start, first + start + n, device=key.device)
        scores.masked_fill_(places > own[:, None], -torch.inf)
        yield scores.softmax(dim=-1)
