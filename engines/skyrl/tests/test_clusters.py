import pytest
import torch
from recorded import read

from fovea_skyrl import ClusterRequest
from fovea_skyrl.clusters import clustered, number_of_parts

CASES = {each["name"]: each for each in read("credit/at-rl.json")["cases"]}
"""Grams of fixtures/credit, with METIS's clusters as PyMetis gave them there."""


def rows_of(regions, seed=3):
    """Tokens that look at one region each, and a little at all."""
    draw = torch.rand(len(regions), 8, generator=torch.Generator().manual_seed(seed)) * 0.05
    return draw + torch.nn.functional.one_hot(torch.tensor(regions), 8)


def test_by_hand():
    """Rows (1, 0), (1, 0), (0, 1): with two clusters the alike are together, each in line with its centroid."""
    gram = torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    found = clustered(gram, ClusterRequest(neighbours=2))
    assert found["clusters"].tolist() == [0, 0, 1]
    assert found["clusters_centroid_cosine"].tolist() == [1, 1, 1]
    assert found["clusters_neighbours"].tolist() == [[1, 2], [0, 2], [0, 1]]
    assert found["clusters_neighbour_cosines"].tolist() == [[1, 0], [1, 0], [0, 0]]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["onlyWay"]])
def test_where_one_grouping_is_the_best_clusters_are_the_recorded_ones(name):
    recorded = CASES[name]["clusters"]
    tokens = len(recorded)
    gram = torch.tensor(CASES[name]["gram"]).view(tokens, tokens)
    found = clustered(gram, ClusterRequest())["clusters"].tolist()
    assert [found.index(each) for each in found] == [recorded.index(each) for each in recorded]


def test_cosines_are_those_of_rows_and_centroids():
    rows = rows_of([t % 4 for t in range(37)])
    found = clustered(rows @ rows.T, ClusterRequest())
    for t, cluster in enumerate(found["clusters"]):
        centroid = rows[found["clusters"] == cluster].mean(0)
        expected = torch.cosine_similarity(rows[t], centroid, dim=0)
        torch.testing.assert_close(found["clusters_centroid_cosine"][t], expected)
    cosines = torch.nn.functional.normalize(rows) @ torch.nn.functional.normalize(rows).T
    cosines.fill_diagonal_(-1)
    values, _ = cosines.sort(dim=1, descending=True)
    torch.testing.assert_close(found["clusters_neighbour_cosines"], values[:, :4])
    torch.testing.assert_close(cosines.gather(1, found["clusters_neighbours"]), values[:, :4])


def test_parts_are_of_about_equal_size_and_numbered_by_first_appearance():
    rows = rows_of([t % 4 for t in range(200)])
    parts = clustered(rows @ rows.T, ClusterRequest())["clusters"]
    sizes = parts.bincount()
    assert len(sizes) == 20 and int(sizes.min()) > 0 and int(sizes.max()) <= 12
    assert parts.unique(sorted=False).numel() == 20
    firsts = [parts.tolist().index(each) for each in range(20)]
    assert firsts == sorted(firsts)


def test_a_seed_decides():
    rows = rows_of([t % 3 for t in range(90)])
    one, again = (clustered(rows @ rows.T, ClusterRequest(seed=5))["clusters"] for _ in range(2))
    assert torch.equal(one, again)


@pytest.mark.parametrize(("tokens", "parts"), [(0, []), (1, [0]), (2, [0, 1])])
def test_few_tokens(tokens, parts):
    found = clustered(torch.ones(tokens, tokens), ClusterRequest())
    assert found["clusters"].tolist() == parts
    assert found["clusters_neighbours"].shape == (tokens, 4)
    assert int((found["clusters_neighbours"] >= 0).sum()) == tokens * max(0, tokens - 1)


def test_tokens_alike_to_none_are_dealt_out_evenly_and_zeros_have_no_cosine():
    found = clustered(torch.eye(30), ClusterRequest())
    assert found["clusters"].bincount().tolist() == [10, 10, 10]
    nothing = clustered(torch.zeros(5, 5), ClusterRequest())
    assert nothing["clusters_centroid_cosine"].tolist() == [0] * 5


def test_weights_of_a_long_completion_do_not_overflow():
    parts = clustered(torch.ones(1700, 1700), ClusterRequest(cluster_size=100))["clusters"]
    assert len(parts.unique()) == 17


@pytest.mark.parametrize(("tokens", "size", "parts"), [(1, 10, 1), (5, 10, 2), (29, 10, 2), (30, 10, 3), (33, 1.1, 30)])
def test_the_number_of_parts_is_that_of_decimal_numbers(tokens, size, parts):
    assert number_of_parts(tokens, size) == parts
