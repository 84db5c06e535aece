import torch

from fovea_skyrl.rows import attention_rows, rotated


def test_a_row_is_the_softmax_of_scaled_products_over_its_own_and_earlier_keys():
    query = torch.tensor([[[0.0, 1.0]], [[0.0, 2.0]]])
    key = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]], [[0.0, 0.5]]])
    rows = torch.cat(list(attention_rows(query, key, first=1, scaling=1.0)))
    torch.testing.assert_close(rows[0], torch.tensor([1.0, torch.e, 0.0]) / (1 + torch.e))
    torch.testing.assert_close(rows[1], torch.softmax(torch.tensor([0.0, 2.0, 1.0]), dim=0))


def test_the_block_size_changes_nothing_and_rows_sum_to_one():
    draw = torch.Generator().manual_seed(1)
    query = torch.randn(11, 6, 4, generator=draw)
    key = torch.randn(17, 2, 4, generator=draw)
    whole = torch.cat(list(attention_rows(query, key, 6, 0.5)))
    blocks = list(attention_rows(query, key, 6, 0.5, block=4))
    assert [len(each) for each in blocks] == [4, 4, 3]
    torch.testing.assert_close(torch.cat(blocks), whole)
    torch.testing.assert_close(whole.sum(-1), torch.ones(11))
    assert (whole.triu(7) == 0).all()


def test_query_heads_that_share_a_key_head_read_that_one():
    draw = torch.Generator().manual_seed(2)
    query = torch.randn(5, 4, 3, generator=draw)
    key = torch.randn(5, 2, 3, generator=draw)
    repeated = key.repeat_interleave(2, dim=1)
    grouped = torch.cat(list(attention_rows(query, key, 0, 1.0)))
    torch.testing.assert_close(grouped, torch.cat(list(attention_rows(query, repeated, 0, 1.0))))


def test_half_precision_is_read_in_single_precision():
    draw = torch.Generator().manual_seed(3)
    query = torch.randn(5, 4, 8, generator=draw).bfloat16()
    key = torch.randn(9, 2, 8, generator=draw).bfloat16()
    rows = torch.cat(list(attention_rows(query, key, 4, 0.3)))
    assert rows.dtype == torch.float32
    torch.testing.assert_close(rows, torch.cat(list(attention_rows(query.float(), key.float(), 4, 0.3))))


def test_rotation_by_a_quarter_turn_swaps_the_halves():
    states = torch.tensor([[[1.0, 2.0]]])
    torch.testing.assert_close(rotated(states, torch.zeros(1, 2), torch.ones(1, 2)), torch.tensor([[[-2.0, 1.0]]]))
