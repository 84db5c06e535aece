"""Delta sync is refused where it would leave out weights."""

import pytest
from inside_skyrl import CHECKPOINT
from recorded import FIXTURES, load_model
from skyrl.tinker.config import EngineConfig

from fovea_skyrl import WeightNameError, server
from fovea_skyrl.weight_names import check_delta, stored_names, trained_names

LEGACY = str(FIXTURES / "model" / CHECKPOINT)
DELTA = {"generator.inference_engine.weight_sync_backend": "delta"}


def test_names_of_published_checkpoints_are_refused_at_the_start():
    assert "visual.patch_embed.proj.weight" in stored_names(LEGACY)
    config = server.without_packing(EngineConfig(base_model=LEGACY, backend="fsdp", backend_config=DELTA))
    with pytest.raises(WeightNameError, match="weight_sync_backend: delta .* none of [0-9]+ names of the trainer"):
        server.check(config)
    server.check(config.model_copy(update={"backend_config": {k: v for k, v in config.backend_config.items() if k not in DELTA}}))


@pytest.mark.parametrize("checkpoint", ["untied-gqa", "tied-gqa"])
@pytest.mark.parametrize("shard", ["5GB", "50KB"])
def test_a_checkpoint_saved_anew_is_taken_in_one_file_or_several(tmp_path, checkpoint, shard):
    load_model(checkpoint).save_pretrained(tmp_path, max_shard_size=shard, save_original_format=False)
    check_delta(str(tmp_path))
    names = trained_names(str(tmp_path))
    assert ("lm_head.weight" in names) is (checkpoint == "untied-gqa")
