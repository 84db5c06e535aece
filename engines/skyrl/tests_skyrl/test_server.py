"""A request on the wire to signals on the wire: SkyRL's application, database, engine and backend, one process."""

import asyncio
import json
import sys
from types import SimpleNamespace

import numpy
import pytest
import skyrl.tinker.api as api
import skyrl.tinker.engine as engine_module
import torch
from families import group_of, in_view
from fastapi.testclient import TestClient
from inside_skyrl import CHECKPOINT, TEMPERATURE, LocalBackend, message_of, outputs_of, png_of, sequences_of
from recorded import FIXTURES, read
from skyrl.tinker import types
from skyrl.tinker.config import EngineConfig
from skyrl.tinker.db_models import FutureDB, ModelDB, SessionDB, get_async_database_url
from skyrl.tinker.proto_serialization import serialize_result
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Session, SQLModel

from fovea_skyrl import ShardedSequenceError, SkyRLVersionError, UnsupportedModelError, server
from fovea_skyrl.request import CLUSTER_SIGNALS
from fovea_skyrl.versions import require

PROTOBUF = "application/x-protobuf"
MODEL = str(FIXTURES / "model" / CHECKPOINT)
server.install()


class Service:
    """The HTTP application, and the engine that works through its database when it is told to."""

    def __init__(self, directory, monkeypatch) -> None:
        self.config = EngineConfig(base_model=MODEL, backend="fsdp", database_url=f"sqlite:///{directory}/tinker.db")
        monkeypatch.setattr(engine_module, "get_backend_classes", lambda *_, **__: (LocalBackend, SimpleNamespace))
        self.engine = engine_module.TinkerEngine(self.config)
        SQLModel.metadata.create_all(self.engine.db_engine)
        with Session(self.engine.db_engine) as session:
            session.add(SessionDB(session_id="session", sdk_version="test", tags=[], user_metadata={}))
            session.commit()
            for name in ("policy-model", "critic-model"):
                session.add(
                    ModelDB(
                        model_id=name,
                        session_id="session",
                        base_model=MODEL,
                        lora_config=types.LoraConfig(rank=0, alpha=32, seed=0).model_dump(),
                        status="ready",
                        request_id=0,
                    )
                )
            session.commit()
        api.app.state.engine_config = self.config
        api.app.state.db_engine = create_async_engine(get_async_database_url(self.config.database_url))
        api.app.state.external_future_store = None
        api.app.state.future_waiters = {}
        api.app.state.db_write_lock = asyncio.Lock()
        api.app.state.proto_serialization_lock = asyncio.Lock()
        self.http = TestClient(api.app)

    def submit(self, sequences, config, forward_only=True, model="policy-model"):
        body = message_of(sequences, config, forward_only, model)
        return self.http.post("/api/v1/forward_backward", content=body, headers={"Content-Type": PROTOBUF})

    def work(self) -> None:
        engine = self.engine
        passes = {"FORWARD": engine.process_forward, "FORWARD_BACKWARD": engine.process_forward_backward}
        for kind, process in passes.items():
            with Session(engine.db_engine) as session:
                requests = engine.find_batchable_model_passes(session, types.RequestType[kind])
            engine.process_batch_requests(requests, process, kind)

    def result(self, future):
        """What the engine wrote, which the application hands out as it is or as a message."""
        with Session(self.engine.db_engine) as session:
            row = session.get(FutureDB, int(future.json()["request_id"]))
            return row.request_type, json.loads(row.result_data)

    def outputs(self, future):
        kind, found = self.result(future)
        assert "error" not in found, found
        return outputs_of(serialize_result(kind, found))

    def error(self, future):
        return self.result(future)[1]["error"]


@pytest.fixture
def service(tmp_path, monkeypatch):
    made = Service(tmp_path, monkeypatch)
    yield made
    asyncio.run(api.app.state.db_engine.dispose())


def test_the_capabilities_say_that_signals_are_there(service):
    said = service.http.get("/api/v1/get_server_capabilities").json()
    assert said["supported_models"][0]["model_name"] == MODEL
    assert said["fovea_signals"]["protocol"] == 2
    assert {"token-clusters", "group-divergence", "value-replacement"} <= set(said["fovea_signals"]["capabilities"])


def test_requests_with_and_without_signals_in_one_engine_batch_each_get_their_own(service, monkeypatch):
    """Three sequences on two ranks: SkyRL pads the batch, and the padding's outputs are dropped."""
    # SkyRL's own pass without signals asks for the GPU's number as the device to work on.
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    sequences = sequences_of("padded-batch")
    recorded = read("skyrl/signals.json")
    own = {"fovea.attention": 1, "fovea.attention_measure": 1, "fovea.calibrated": 1, "fovea.calibrated_layers": 2}
    asked = service.submit(sequences, own | {"fovea.entropy": 1})
    plain = service.submit(sequences[:1], None)
    wrong = service.submit(sequences[:1], {"fovea.attention": 9})
    service.work()
    outputs = service.outputs(asked)
    expected = recorded["checkpoints"][CHECKPOINT]["padded-batch"]
    assert len(outputs) == len(sequences)
    for ours, theirs in zip(outputs, expected, strict=True):
        wanted = theirs["own"] | {"entropy": theirs["entropy"], "logprobs": theirs["logprobs"]}
        assert set(ours) == set(wanted)
        for name, values in wanted.items():
            close(ours[name], lower(values, len(theirs["logprobs"])) if name == "gram" else values)
    [alone] = service.outputs(plain)
    assert set(alone) == {"logprobs"}
    assert "fovea.attention: expected one of 1 (own), 2 (predicting), got 9" in service.error(wrong)


def test_clusters_go_over_the_wire_and_no_gram_matrix(service):
    [sequence] = sequences_of("one-image")
    future = service.submit([sequence], {"fovea.clusters": 1, "fovea.neighbours": 2})
    service.work()
    [output] = service.outputs(future)
    length = len(sequence["completion"])
    assert set(output) == {"logprobs", *CLUSTER_SIGNALS}
    assert output["clusters_neighbours"].shape == (length, 2)
    assert (output["clusters"].dtype, output["clusters"].min()) == (numpy.int64, 0)
    whole = service.submit([sequence], {"fovea.calibrated": 1})
    service.work()
    [gram] = service.outputs(whole)
    assert gram["gram"].shape == (length * (length + 1) // 2,)
    close(output["clusters_connectivity"], gram["connectivity"])


@pytest.mark.parametrize("ablation", ["discard", "mask-attention"])
def test_two_views_of_each_completion_are_compared_and_answered_in_order(service, ablation):
    """Pairs of three kinds in one request: text twice, images and text, images twice."""
    sequences = sequences_of("padded-batch")
    views = in_view(sequences, ablation)
    config = {"fovea.divergence": 1, "fovea.hidden_images": 2} if ablation == "mask-attention" else {"fovea.divergence": 1}
    asked = service.submit([each for pair in zip(sequences, views, strict=True) for each in pair], config)
    odd = service.submit(sequences[:1], config)
    others = service.submit([sequences[0], sequences[1]], config)
    service.work()
    outputs = service.outputs(asked)
    expected = read("skyrl/distributions.json")["checkpoints"][CHECKPOINT]["padded-batch"]
    assert len(outputs) == 2 * len(sequences)
    for first, second, theirs in zip(outputs[::2], outputs[1::2], expected, strict=True):
        assert set(first) == {"logprobs", *theirs[ablation]}
        for name, values in theirs[ablation].items():
            close(first[name], values)
        close(second["logprobs"], theirs[ablation]["ablated_logprobs"])
    assert service.error(odd) == "fovea.divergence: expected pairs of sequences, got 1"
    assert "expected the same targets of sequences 0 and 1, got others" in service.error(others)


def test_groups_are_compared_and_answered_in_order(service):
    """Groups of text and of images in one request, whose first completion is the shortest; another request has pairs."""
    sequences = sequences_of("padded-batch")
    recorded = read("skyrl/groups.json")["checkpoints"][CHECKPOINT]["padded-batch"]
    members = [member for sequence in sequences for member in group_of(sequence)[::-1]]
    asked = service.submit(members, {"fovea.group_divergence": 3, "fovea.entropy": 1})
    views = in_view(members, "discard")
    pairs = [each for pair in zip(members, views, strict=True) for each in pair]
    both = service.submit(pairs, {"fovea.group_divergence": 3, "fovea.divergence": 1})
    alone = service.submit(members[:2], {"fovea.group_divergence": 1})
    service.work()
    outputs = service.outputs(asked)
    expected = [values for group in recorded for values in group[::-1]]
    assert len(outputs) == len(expected)
    for ours, theirs, sequence in zip(outputs, expected, members, strict=True):
        assert set(ours) == {"logprobs", "entropy", "group_divergence"}
        close(ours["group_divergence"], theirs)
        assert len(ours["logprobs"]) == len(ours["entropy"]) == len(sequence["completion"])
    views_compared = read("skyrl/distributions.json")["checkpoints"][CHECKPOINT]["padded-batch"]
    compared = service.outputs(both)
    for first, second, theirs in zip(compared[::2], compared[1::2], expected, strict=True):
        close(first["group_divergence"], theirs)
        close(second["logprobs"], first["ablated_logprobs"])
    for whole, theirs in zip(compared[4::6], views_compared, strict=True):
        for name, values in theirs["discard"].items():
            close(whole[name], values)
    for ours, with_others in zip(service.outputs(alone), outputs[:2], strict=True):
        assert ours["group_divergence"].tolist() == [0] * len(with_others["logprobs"])
        close(ours["logprobs"], with_others["logprobs"])


def test_sequences_that_are_no_groups_fail_alone(service):
    sequences = sequences_of("padded-batch")
    image = next(each for each in sequences if any(chunk["kind"] == "image" for chunk in each["prompt"]))
    other = json.loads(json.dumps(image))
    for chunk in other["prompt"]:
        if chunk["kind"] == "image":
            chunk["formula"]["b"] += 1
    two = {"fovea.group_divergence": 2}
    odd = service.submit(sequences[:1] * 3, two)
    prompts = service.submit([sequences[0], sequences[0], sequences[0], sequences[1]], two)
    pictures = service.submit([image, other], two)
    views = service.submit([image, image, image, other], two | {"fovea.divergence": 1})
    none = service.submit(sequences[:1], {"fovea.group_divergence": 0})
    sound = service.submit(sequences[:1] * 2, two)
    service.work()
    assert service.error(odd) == "fovea.group_divergence: expected groups of 2 sequences, got 3"
    assert service.error(prompts) == "fovea.group_divergence: expected the same prompt of sequences 2 and 3, got others"
    assert service.error(pictures) == "fovea.group_divergence: expected the same prompt of sequences 0 and 1, got others"
    assert service.error(views) == "fovea.group_divergence: expected the same prompt of sequences 1 and 3, got others"
    assert "fovea.group_divergence: expected a whole number of at least 1, got 0" in service.error(none)
    for output in service.outputs(sound):
        assert numpy.abs(output["group_divergence"]).max() < 1e-6


@pytest.mark.parametrize("config", [None, {"fovea.attention": 1}])
def test_a_request_with_an_unreadable_image_fails_alone(service, monkeypatch, config):
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    [image] = sequences_of("one-image")
    broken = json.loads(json.dumps(image))
    broken["prompt"] = [each | {"broken": True} if each["kind"] == "image" else each for each in broken["prompt"]]
    monkeypatch.setattr("inside_skyrl.png_of", lambda chunk: b"no picture" if chunk.get("broken") else png_of(chunk))
    sound, bad = service.submit([image], config), service.submit([image, broken], config)
    text = service.submit([image | {"prompt": [each for each in image["prompt"] if each["kind"] == "text"]}], config)
    service.work()
    assert "image 0: expected a PNG or JPEG, got 10 bytes" in service.error(bad)
    assert [len(service.outputs(each)) for each in (sound, text)] == [1, 1]


@pytest.mark.parametrize("name", ["vector", "number"])
def test_values_are_replaced_within_the_model(service, name):
    """A request of text and images, and another that compares groups without their values."""
    recorded = read("skyrl/replaced.json")
    asked = recorded["replacements"][name]
    config = {
        "fovea.replaced_values": {"vector": 1, "number": 2}[name],
        "fovea.replacement_threshold": asked["threshold"],
    }
    sequences = sequences_of("padded-batch")
    plain = service.submit(sequences, config)
    grouped = service.submit([each for each in sequences for _ in range(2)], config | {"fovea.group_divergence": 2})
    backward = service.submit(sequences[:1], config, forward_only=False)
    compared = service.submit(sequences[:1] * 2, config | {"fovea.divergence": 1})
    service.work()
    expected = recorded["checkpoints"][CHECKPOINT]["padded-batch"]
    for ours, group, theirs in zip(service.outputs(plain), service.outputs(grouped)[::2], expected, strict=True):
        assert set(ours) == {"logprobs"}
        close(ours["logprobs"], theirs[name]["logprobs"])
        close(group["logprobs"], theirs[name]["logprobs"])
        assert numpy.abs(group["group_divergence"]).max() < 1e-6
    assert service.error(backward) == "signals: expected a forward request, got forward_backward"
    assert "fovea.replaced_values: goes with no other view" in service.error(compared)


def test_a_temperature_is_that_of_log_probs_with_signals_and_without(service, monkeypatch):
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    [sequence] = sequences_of("one-image")
    configs = [{"fovea.temperature": t} for t in (0.5, TEMPERATURE)] + [
        {"fovea.temperature": 0.5, "fovea.attention": 1},
        None,
        {"fovea.temperature": -1},
    ]
    futures = [service.submit([sequence], config) for config in configs]
    service.work()
    cold, named, with_signals, usual = ([each["logprobs"] for each in service.outputs(one)][0] for one in futures[:4])
    close(named, usual)
    close(with_signals, cold)
    assert abs(cold - usual).max() > 0.01
    assert "fovea.temperature: expected a finite number above 0, got -1" in service.error(futures[4])


def test_text_and_images_in_one_request_are_run_apart_and_come_back_in_order(service, monkeypatch):
    """Micro-batches of two: without it the text alone has images of no rows, and the vision tower fails."""
    monkeypatch.setattr(torch.cuda, "current_device", lambda: "cpu")
    [image] = sequences_of("one-image")
    [text, *_] = sequences_of("text-only")
    mixed = service.submit([text, image, text, image, text], {"fovea.attention": 1})
    apart = [service.submit([each], {"fovea.attention": 1}) for each in (text, image)]
    service.work()
    ours = service.outputs(mixed)
    [[own_text], [own_image]] = (service.outputs(each) for each in apart)
    for output, expected in zip(ours, [own_text, own_image, own_text, own_image, own_text], strict=True):
        for name, values in expected.items():
            close(output[name], values)


def test_signals_of_a_critic_and_of_forward_backward_fail_alone(service):
    [sequence] = sequences_of("one-image")
    critic = service.submit([sequence], {"fovea.entropy": 1}, model="critic-model")
    backward = service.submit([sequence], {"fovea.attention": 1}, forward_only=False)
    service.work()
    assert service.error(critic) == "signals: expected a policy model, got a critic"
    assert service.error(backward) == "signals: expected a forward request, got forward_backward"


def test_an_unknown_key_of_ours_is_refused_at_the_door(service):
    answer = service.submit(sequences_of("one-image"), {"fovea.attenton": 1})
    assert answer.status_code == 422
    assert "fovea.attenton" in answer.text


def test_our_engine_is_started_with_the_servers_own_configuration():
    config = EngineConfig(base_model=MODEL, backend="fsdp", backend_config={"a": 1})
    command = api._build_uv_run_cmd_engine(["uv", "run"], config)
    assert command[:3] == [sys.executable, "-m", "fovea_skyrl.engine_process"]
    assert command[command.index("--base-model") + 1] == MODEL
    assert command[command.index("--backend-config") + 1] == '{"a": 1}'


def test_what_could_not_give_signals_is_refused_at_the_start():
    def config(**options):
        return EngineConfig(**({"base_model": MODEL, "backend": "fsdp"} | options))

    server.check(server.without_packing(config()))
    with pytest.raises(UnsupportedModelError, match="--backend: expected fsdp, got jax"):
        server.check(config(backend="jax"))
    with pytest.raises(ShardedSequenceError, match="sequence_parallel_size: expected 1, got 4"):
        server.check(config(backend_config={"trainer": {"policy": {"sequence_parallel_size": 4}}}))
    for packs in ({"trainer.remove_microbatch_padding": True}, {"trainer.use_sample_packing": True}):
        with pytest.raises(ShardedSequenceError, match="remove_microbatch_padding"):
            server.check(server.without_packing(config(backend_config=packs)))
    by_tokens, two = {"trainer.max_tokens_per_microbatch": 1000}, {"trainer.placement.policy_num_gpus_per_node": 2}
    for options in (by_tokens, two):
        server.check(server.without_packing(config(backend_config=options)))
    with pytest.raises(ShardedSequenceError, match="max_tokens_per_microbatch: expected -1 with 2 ranks, got 1000"):
        server.check(server.without_packing(config(backend_config=by_tokens | two)))


def test_a_model_of_another_type_is_refused_at_the_start(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(UnsupportedModelError, match="expected a model of type qwen2_vl, qwen2_5_vl, qwen3_vl, got llama"):
        server.check(server.without_packing(EngineConfig(base_model=str(tmp_path), backend="fsdp")))


def test_a_skyrl_without_the_names_that_are_built_on_is_refused():
    with pytest.raises(SkyRLVersionError, match="expected gone, as in SkyRL 0.4.0"):
        require(api, "app", "gone")


def test_another_release_is_refused(monkeypatch):
    monkeypatch.setattr("fovea_skyrl.versions.installed", lambda: "0.5.0")
    with pytest.raises(SkyRLVersionError, match="expected SkyRL 0.4.0, got SkyRL 0.5.0"):
        server.check(EngineConfig(base_model=MODEL, backend="fsdp"))


def test_samples_go_through_the_engine_where_skyrl_would_send_text_alone_to_vllm():
    apart = EngineConfig(base_model=MODEL, backend="fsdp", backend_config={"trainer.placement.colocate_all": False})
    assert api._should_forward_sample_requests(apart) is False
    with pytest.raises(UnsupportedModelError, match="external-inference-url: expected none"):
        server.check(server.without_packing(apart.model_copy(update={"external_inference_url": "http://there"})))


def lower(gram, length):
    return torch.tensor(gram).view(length, length)[tuple(torch.tril_indices(length, length))].tolist()


def close(ours, theirs):
    as_numbers = (torch.tensor(numpy.asarray(each), dtype=torch.float64) for each in (ours, theirs))
    torch.testing.assert_close(*as_numbers, rtol=1e-5, atol=1e-4)
