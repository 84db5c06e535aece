"""AT-RL's clusters of tokens that attend alike, and the cosines that go with them: O(T) numbers of a [T, T] Gram matrix."""

from decimal import Decimal

import pymetis
import torch
from torch import Tensor

from fovea_skyrl.request import ClusterRequest

WEIGHT_OF_ONE = 1000
"""What a cosine of 1 weighs; METIS takes whole numbers."""
MOST_WEIGHT = 2**31 - 1
ROWS_AT_ONCE = 512


def clustered(gram: Tensor, request: ClusterRequest) -> dict[str, Tensor]:
    """Reduces the inner products of one completion's rows.

        wₛₜ  = cos(Ãₛ, Ãₜ), an edge where wₛₜ > τ_sim                            (Eq. 8)
        K    = max(2, ⌊T / cluster size⌋) parts of least edge cut, 1 when T < 2  (section 8.6)
        c_k  = mean of Ãₜ over cluster k                                         (Eq. 13)

    Source: AT-RL, arXiv:2602.11455. Parts are METIS's. gram: [T, T]. Returns, all on the host,

        clusters [T]                       int64, numbered by first appearance
        clusters_centroid_cosine [T]       cos(Ãₜ, c_k of its cluster), for Eq. 14
        clusters_neighbours [T, R]         int64, the R tokens of highest cosine, nearest first, the earlier first among
                                           equals, −1 where there are fewer; for Eq. 15
        clusters_neighbour_cosines [T, R]  their cosines
    """
    lengths = gram.diagonal().clamp_min(0).sqrt()
    inverse = torch.where(lengths > 0, 1 / lengths, 0.0)
    cosines = (gram * inverse * inverse[:, None]).clamp(0, 1)
    # No token is its own neighbour.
    cosines.fill_diagonal_(-1)
    parts = parts_of(cosines, request)
    neighbours, nearness = nearest(cosines, request.neighbours)
    return {
        "clusters": parts,
        "clusters_centroid_cosine": centroid_cosines(gram, lengths, parts.to(gram.device)).cpu(),
        "clusters_neighbours": neighbours.cpu(),
        "clusters_neighbour_cosines": nearness.cpu(),
    }


def number_of_parts(tokens: int, size: float) -> int:
    """K; the quotient is taken of the decimal that the size is written as."""
    return 1 if tokens < 2 else max(2, int(Decimal(tokens) // Decimal(repr(size))))


def parts_of(cosines: Tensor, request: ClusterRequest) -> Tensor:
    """[T] int64 cluster of each token. cosines: [T, T], below 0 on the diagonal."""
    tokens = cosines.shape[0]
    count = number_of_parts(tokens, request.cluster_size)
    if tokens <= count or count == 1:
        return torch.arange(tokens)
    joined = cosines > request.similarity_threshold
    rows = joined.sum(dim=1).cpu()
    if not int(rows.sum()):
        # Nothing to cut: consecutive tokens, as even as can be.
        return torch.arange(tokens) * count // tokens
    begins = torch.cat((torch.zeros(1, dtype=torch.long), rows.cumsum(0)))
    # METIS adds up weights in 32 bits.
    scale = min(WEIGHT_OF_ONE, MOST_WEIGHT // int(begins[-1]))
    weights = (cosines[joined] * scale).round().clamp_min(1)
    whole = pymetis.zero_copy_dtype()
    graph = pymetis.CSRAdjacency(
        begins.numpy().astype(whole),
        joined.nonzero()[:, 1].cpu().numpy().astype(whole),
    )
    _, part = pymetis.part_graph(
        count, graph, eweights=weights.cpu().numpy().astype(whole), options=pymetis.Options(seed=request.seed)
    )
    names: dict[int, int] = {}
    return torch.tensor([names.setdefault(each, len(names)) for each in part])


def centroid_cosines(gram: Tensor, lengths: Tensor, parts: Tensor) -> Tensor:
    """[T] Σ_{s∈k} ⟨Ãₜ, Ãₛ⟩ / (‖Ãₜ‖·‖Σ_{s∈k} Ãₛ‖) of each token and its own cluster; 0 where either is nothing."""
    count = int(parts.max()) + 1 if len(parts) else 1
    members = torch.nn.functional.one_hot(parts, count).to(torch.float64)
    along = (gram.to(torch.float64) @ members).gather(1, parts[:, None])[:, 0]
    sums = (members.T @ along).clamp_min(0).sqrt()[parts]
    product = lengths.to(torch.float64) * sums
    return torch.where(product > 0, along / product, 0.0).float()


def nearest(cosines: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """[T, R] columns and values of the highest of each row, a diagonal below 0 left out."""
    tokens = cosines.shape[0]
    found = max(0, min(count, tokens - 1))
    columns = torch.full((tokens, count), -1, device=cosines.device)
    values = torch.zeros(tokens, count, device=cosines.device)
    for start in range(0, tokens, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        # Stable, so that the earlier of equals goes first.
        sorted_values, order = cosines[rows].sort(dim=1, descending=True, stable=True)
        columns[rows, :found] = order[:, :found]
        values[rows, :found] = sorted_values[:, :found]
    return columns, values
