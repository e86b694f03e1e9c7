"""Golden numbers of Hugging Face's encoder-decoders, for Tests/ModelsTests: tiny models of random weights as
Transformers saves them, with the ids that its generate gives, attention of every site, layer and head, and
teacher-forced scores.

    python Tests/Reference/huggingface.py [CASE...]
"""
import json
import shutil
import sys

HERE = sys.path.pop(0)  # where a tokenizers.py lies that is not the library
import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.numpy import load_file, save_file  # noqa: E402
from transformers import (BartConfig, BartForConditionalGeneration, M2M100Config,  # noqa: E402
                          M2M100ForConditionalGeneration, MarianConfig, MarianMTModel, MBartConfig,
                          MBartForConditionalGeneration, MT5Config, MT5ForConditionalGeneration, PegasusConfig, PegasusForConditionalGeneration, T5Config,
                          T5ForConditionalGeneration)

sys.path.insert(0, HERE)
from golden import TESTS  # noqa: E402

FOLDER = TESTS / "ModelsTests" / "Fixtures" / "huggingface"
STEPS = 6
SOURCES = [[26, 24, 18, 25, 9], [7, 30, 12, 2], [11]]
# Long enough for T5's far distances to share buckets.
LONG = [(7 * i * i + 3 * i) % 29 + 3 for i in range(70)]

BART = dict(d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4,
            encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=24, vocab_size=37)
T5 = dict(d_model=16, d_kv=5, d_ff=24, num_layers=2, num_heads=4, vocab_size=37, decoder_start_token_id=0)
CASES = {
    "marian": (MarianMTModel, MarianConfig(**BART, decoder_start_token_id=36, pad_token_id=36, eos_token_id=0,
                                           scale_embedding=True, activation_function="swish")),
    # Two vocabularies; other sizes in the decoder.
    "marian-separate": (MarianMTModel, MarianConfig(
        **{**BART, "decoder_attention_heads": 2, "decoder_ffn_dim": 20, "decoder_layers": 1}, decoder_vocab_size=41,
        share_encoder_decoder_embeddings=False, decoder_start_token_id=36, pad_token_id=36, eos_token_id=0,
        activation_function="relu")),
    "bart": (BartForConditionalGeneration, BartConfig(**BART)),
    "mbart": (MBartForConditionalGeneration, MBartConfig(**BART, scale_embedding=True, decoder_start_token_id=2)),
    "m2m100": (M2M100ForConditionalGeneration, M2M100Config(**BART)),
    "pegasus": (PegasusForConditionalGeneration, PegasusConfig(**BART, scale_embedding=True,
                                                               activation_function="relu")),
    "t5": (T5ForConditionalGeneration, T5Config(**T5)),
    # What v1.1 changed: a gate, and an output of its own. Fewer buckets, another number of decoder layers.
    "t5-gated": (T5ForConditionalGeneration, T5Config(
        **T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False, num_decoder_layers=1,
        relative_attention_num_buckets=10, relative_attention_max_distance=20)),
}
# Of generation_config.json.
GENERATION = {"marian": {"bad_words_ids": [[36]]}, "bart": {"forced_bos_token_id": 0},
              "mbart": {"forced_bos_token_id": 33}, "m2m100": {"forced_bos_token_id": 34}}


def randomize(model, seed):
    """Weights large enough that every part matters."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if "embed_positions" in name and not tensor.requires_grad:
                continue  # computed
            noise = torch.randn(tensor.shape, generator=generator)
            if name.endswith("norm.weight") or name.endswith("layernorm_embedding.weight"):
                tensor.copy_(1 + 0.3 * noise)
            elif name.endswith("bias"):
                tensor.copy_(0.3 * noise)
            elif "shared" in name or "embed_tokens" in name or "lm_head" in name:
                tensor.copy_(0.6 * noise)
            else:
                tensor.copy_(noise * 1.2 / tensor.shape[-1] ** 0.5)
        for name, tensor in model.named_buffers():
            if name == "final_logits_bias":
                tensor.copy_(0.3 * torch.randn(tensor.shape, generator=generator))
        if isinstance(model, T5ForConditionalGeneration):
            for name, tensor in model.named_parameters():
                if name.endswith(".q.weight"):
                    tensor.mul_(0.5)


def expected(model, sources):
    """What the model gives for each source."""
    found = {}
    model.generation_config.forced_eos_token_id = None  # heed says instead that a target was cut
    for case, source in enumerate(sources):
        ids = torch.tensor([source])
        with torch.no_grad():
            out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, num_beams=1,
                                 max_new_tokens=STEPS)[0]
            given = out[:-1][None]
            pass_ = model(input_ids=ids, decoder_input_ids=given, output_attentions=True, use_cache=False)
        logits = pass_.logits[0].double()
        scores = torch.log_softmax(logits, -1)
        tokens = out[1:]
        top = logits.clone()
        for word in model.generation_config.bad_words_ids or []:
            top[:, word[0]] = -torch.inf
        best = top.topk(2).values
        assert (best[:, 0] - best[:, 1]).min() > 1e-3, (case, best)
        found |= {
            f"in.source.{case}": ids.numpy().astype(np.int32),
            f"out.ids.{case}": tokens[None].numpy().astype(np.int32),
            f"out.scores.{case}": scores[torch.arange(len(tokens)), tokens].float().numpy(),
        }
        for site, attentions in (("encoder", pass_.encoder_attentions), ("decoder", pass_.decoder_attentions),
                                 ("cross", pass_.cross_attentions)):
            found[f"out.{site}.{case}"] = torch.cat(attentions).float().numpy()
    return found


def write(name, tensors):
    reference = f"Transformers {transformers.__version__}, PyTorch {torch.__version__.split('+')[0]}"
    data = {key: np.ascontiguousarray(value) for key, value in sorted(tensors.items())}
    options = {"heed": json.dumps({"options": {}, "reference": reference}, sort_keys=True)}
    save_file(data, FOLDER / name / "expected.safetensors", metadata=options)


def fresh(name):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def make(name, kind, config, seed, sources=SOURCES):
    config._attn_implementation = "eager"
    model = kind(config).eval()
    randomize(model, seed)
    model.generation_config.update(**GENERATION.get(name, {}))
    model.save_pretrained(fresh(name))
    write(name, expected(model, sources))
    return model


def half(name, kind, base, dtype):
    """The same weights, rounded; the reference computes in float32 from the rounded file."""
    model = kind.from_pretrained(FOLDER / base, attn_implementation="eager").to(dtype)
    model.save_pretrained(fresh(name))
    wide = kind.from_pretrained(FOLDER / name, attn_implementation="eager", dtype=torch.float32).eval()
    write(name, expected(wide, SOURCES[:1]))


def opus(model):
    """As OPUS-MT's own files are: keys of older versions, and a pickle that holds tied weights under every name."""
    folder = fresh("marian-old")
    old = {
        "_name_or_path": "/tmp/Helsinki-NLP/opus-mt-en-fr", "_num_labels": 3, "activation_dropout": 0.0,
        "activation_function": "swish", "add_bias_logits": False, "add_final_layer_norm": False,
        "architectures": ["MarianMTModel"], "attention_dropout": 0.0, "bad_words_ids": [[36]], "bos_token_id": 0,
        "classif_dropout": 0.0, "classifier_dropout": 0.0, "d_model": 16, "decoder_attention_heads": 4,
        "decoder_ffn_dim": 24, "decoder_layerdrop": 0.0, "decoder_layers": 2, "decoder_start_token_id": 36,
        "decoder_vocab_size": 37, "dropout": 0.1, "encoder_attention_heads": 4, "encoder_ffn_dim": 24,
        "encoder_layerdrop": 0.0, "encoder_layers": 2, "eos_token_id": 0, "forced_eos_token_id": 0,
        "gradient_checkpointing": False, "id2label": {"0": "LABEL_0"}, "init_std": 0.02, "is_encoder_decoder": True,
        "label2id": {"LABEL_0": 0}, "max_length": 512, "max_position_embeddings": 24, "model_type": "marian",
        "normalize_before": False, "normalize_embedding": False, "num_beams": 4, "num_hidden_layers": 2,
        "pad_token_id": 36, "scale_embedding": True, "share_encoder_decoder_embeddings": True,
        "static_position_embeddings": True, "transformers_version": "4.22.0.dev0", "use_cache": True, "vocab_size": 37}
    (folder / "config.json").write_text(json.dumps(old, indent=2))
    state = model.state_dict()
    assert "lm_head.weight" in state and "model.encoder.embed_positions.weight" in state, sorted(state)
    torch.save(state, folder / "pytorch_model.bin")
    write("marian-old", expected(model, SOURCES[:1]))


def multilingual():
    """mT5 as its official files are: an output of its own, and a configuration that says so and no more than it must."""
    config = MT5Config(**T5, num_decoder_layers=1)
    config._attn_implementation = "eager"
    model = MT5ForConditionalGeneration(config).eval()
    randomize(model, 40)
    folder = fresh("mt5")
    model.save_pretrained(folder)
    state = load_file(folder / "model.safetensors")
    generator = torch.Generator().manual_seed(41)
    state["lm_head.weight"] = (0.6 * torch.randn(37, 16, generator=generator)).numpy()
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    said = json.loads((folder / "config.json").read_text()) | {"tie_word_embeddings": False}
    for key in ("dense_act_fn", "is_gated_act", "feed_forward_proj", "classifier_dropout"):
        said.pop(key, None)
    (folder / "config.json").write_text(json.dumps(said, indent=2, sort_keys=True) + "\n")
    again = MT5ForConditionalGeneration.from_pretrained(folder, attn_implementation="eager").eval()
    assert not torch.equal(again.lm_head.weight, again.shared.weight)
    write("mt5", expected(again, SOURCES))


def shards(model):
    """Several files and an index."""
    folder = fresh("bart-sharded")
    model.save_pretrained(folder, max_shard_size="20KB")
    assert (folder / "model.safetensors.index.json").exists()
    write("bart-sharded", expected(model, SOURCES[:1]))


if __name__ == "__main__":
    torch.set_num_threads(1)
    wanted = sys.argv[1:] or list(CASES) + ["bart-float16", "bart-bfloat16", "marian-old", "bart-sharded", "mt5"]
    for seed, (name, (kind, config)) in enumerate(CASES.items()):
        if name in wanted:
            model = make(name, kind, config, 20 + seed, SOURCES + ([LONG] if name == "t5" else []))
            if name == "marian" and "marian-old" in wanted:
                opus(model)
            if name == "bart" and "bart-sharded" in wanted:
                shards(model)
    if "mt5" in wanted:
        multilingual()
    for dtype in ("float16", "bfloat16"):
        if f"bart-{dtype}" in wanted:
            half(f"bart-{dtype}", BartForConditionalGeneration, "bart", getattr(torch, dtype))
