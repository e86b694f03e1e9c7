"""Tiny random models of Hugging Face's Transformers as folders, with what Transformers computes from them, for
Tests/ModelsTests: BERT, RoBERTa, DistilBERT and GPT-2 (attention of every layer and head, logits, greedy ids),
Whisper (all three sites), and Whisper's log-mel spectrograms for Tests/AudioTests.

    python Tests/Reference/huggingface_encoders.py
"""
import json
import shutil
import sys

HERE = sys.path.pop(0)  # where a tokenizers.py lies that is not the library
import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from tokenizers import ByteLevelBPETokenizer  # noqa: E402

sys.path.insert(0, HERE)
from golden import TESTS, normal, write  # noqa: E402

torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()
REFERENCE = f"Transformers {transformers.__version__}, PyTorch {torch.__version__.split('+')[0]}"
FOLDERS = TESTS / "ModelsTests" / "Fixtures" / "huggingface-encoders"
STEPS = 6
WORDS = ("the a green apple is good ##s ##est un ##der stand read book big cafe ##le , . ! ' i l ##'").split()
TEXTS = ["The greens understand.", "Café, big  apples!", "a xyz book's apple"]
SENTENCES = ["the apple is green and the book is big", "a good apple, a big book, the greenest apple", "read the book"] * 3


def bert_vocabulary(folder):
    """30 pieces, five of them special."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS
    words += [f"[unused{n}]" for n in range(30 - len(words))]
    (folder / "vocab.txt").write_text("\n".join(words) + "\n")
    return 30


def byte_vocabulary(folder, before, after):
    """Byte-level BPE of a few merges with special pieces before and after."""
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(SENTENCES, vocab_size=280, min_frequency=2, show_progress=False)
    tokenizer.save_model(str(folder))
    pieces = before + list(json.loads((folder / "vocab.json").read_text()))
    ordered = sorted(json.loads((folder / "vocab.json").read_text()).items(), key=lambda pair: pair[1])
    pieces = before + [piece for piece, _ in ordered] + after
    (folder / "vocab.json").write_text(json.dumps({piece: n for n, piece in enumerate(pieces)}, ensure_ascii=False))
    return len(pieces)


def draw(model, seed):
    """Weights whose attention is not flat, biases large enough to be missed when forgotten."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            if len(shape) == 1:
                is_gain = name.endswith("weight")
                values = normal(seed, name, shape, 0.3) + (1 if is_gain else 0)
            elif "embed" in name or name.split(".")[-2] in ("wte", "wpe"):
                values = normal(seed, name, shape, 0.5)
            else:
                inputs = shape[0] if "c_" in name else int(np.prod(shape[1:]))
                values = normal(seed, name, shape, 1.6 / inputs ** 0.5)
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(values)))
    return model.eval()


def fresh(name):
    folder = FOLDERS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def save(model, folder, dtype=None):
    """Saves the model, and reloads it with `dtype`'s rounding so that the numbers are those of the file."""
    if dtype:
        model.to(dtype).save_pretrained(folder)
        model.to(torch.float32)
    else:
        model.save_pretrained(folder)


def rename(folder, change):
    file = folder / "model.safetensors"
    save_file({change(name): tensor for name, tensor in load_file(file).items()}, file, metadata={"format": "pt"})


def padded(lists):
    width = max(map(len, lists))
    return np.array([list(row) + [-1] * (width - len(row)) for row in lists], np.int32)


def stacked(layers):
    """One sentence's attention: [L, H, T, S]."""
    return torch.stack([layer[0] for layer in layers]).numpy()


def write_expected(name, found, options):
    write("ModelsTests", f"huggingface-encoders/{name}/expected", found, options, REFERENCE)


def encoder(name, config, build, vocabulary, tokenizer, ids=None, dtype=None, change=None, **tokenizer_options):
    """One that only reads."""
    folder = fresh(name)
    config.vocab_size = vocabulary(folder) if vocabulary else config.vocab_size
    config._attn_implementation = "eager"
    model = draw(build(config), len(name))
    save(model, folder, dtype)
    if change:
        rename(folder, change)
    texts = []
    if tokenizer:
        (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer_options))
        loaded = tokenizer.from_pretrained(folder)
        texts = TEXTS
        ids = [loaded(text)["input_ids"] for text in texts]
    found = {"in.sources": padded(ids)}
    for n, sentence in enumerate(ids):
        with torch.no_grad():
            result = model(torch.tensor([sentence]), output_attentions=True)
        found[f"out.encoder.{n}"] = stacked(result.attentions)
    write_expected(name, found, {"texts": texts})


def language_model(name, config, build, vocabulary, dtype=None, change=None, ids=((5, 9, 40, 7), (33,), (8, 2, 60))):
    folder = fresh(name)
    texts = []
    if vocabulary:
        config.vocab_size = vocabulary(folder)
        config.bos_token_id = config.eos_token_id = config.vocab_size - 1
    config._attn_implementation = "eager"
    model = draw(build(config), len(name))
    save(model, folder, dtype)
    if change:
        rename(folder, change)
    if vocabulary:
        texts = TEXTS
        ids = [transformers.GPT2Tokenizer.from_pretrained(folder)(text)["input_ids"] for text in texts]
    output = getattr(model, "lm_head", None)
    found = {"in.sources": padded(ids)}
    greedy = []
    for n, sentence in enumerate(ids):
        tokens = list(sentence)
        with torch.no_grad():
            for _ in range(STEPS):
                result = model(torch.tensor([tokens]), output_attentions=True)
                hidden = result.logits if output is not None else result.last_hidden_state @ model.wte.weight.T
                tokens.append(int(hidden[0, -1].argmax()))
        found[f"out.decoder.{n}"] = stacked(result.attentions)
        found[f"out.logits.{n}"] = hidden[0, len(sentence) - 1:].numpy()
        greedy.append(tokens[len(sentence):])
    found["out.greedy.ids"] = padded(greedy)
    write_expected(name, found, {"texts": texts})


def whisper_vocabulary(folder):
    size = byte_vocabulary(folder, [], [])
    special = ["<|endoftext|>", "<|startoftranscript|>", "<|en|>", "<|fr|>", "<|translate|>", "<|transcribe|>",
               "<|notimestamps|>"]
    (folder / "added_tokens.json").write_text(json.dumps({piece: size + n for n, piece in enumerate(special)}))
    return size, {piece: size + n for n, piece in enumerate(special)}


def whisper(name, vocabulary=True, dtype=None, generation=None, **options):
    folder = fresh(name)
    size, special = whisper_vocabulary(folder) if vocabulary else (33, {})
    start, end = special.get("<|startoftranscript|>", 1), special.get("<|endoftext|>", 2)
    sides = dict(encoder_attention_heads=3, decoder_attention_heads=3, encoder_ffn_dim=14, decoder_ffn_dim=14) | options
    config = transformers.WhisperConfig(
        vocab_size=size + len(special), num_mel_bins=8, d_model=12, encoder_layers=2, decoder_layers=3,
        max_source_positions=15, max_target_positions=20, decoder_start_token_id=start, bos_token_id=end,
        eos_token_id=end, pad_token_id=end, begin_suppress_tokens=None, **sides)
    config._attn_implementation = "eager"
    model = draw(transformers.WhisperForConditionalGeneration(config), len(name))
    with torch.no_grad():
        positions = model.model.encoder.embed_positions.weight
        positions.copy_(torch.from_numpy(normal(9, "positions", tuple(positions.shape), 0.5)))
    rules = generation(special) if generation else {}
    save(model, folder, dtype)
    settings = json.loads((folder / "generation_config.json").read_text())
    settings.update({"max_length": 20, **rules})
    # With this mark Transformers does not look at keys that it does not know.
    del settings["_from_model_config"]
    (folder / "generation_config.json").write_text(json.dumps(settings))
    if generation:
        (folder / "preprocessor_config.json").write_text(json.dumps(
            {"feature_extractor_type": "WhisperFeatureExtractor", "feature_size": 8, "sampling_rate": 16000,
             "hop_length": 160, "n_fft": 400, "padding_value": 0.0, "dither": 0.0}))
    found, greedy = {}, []
    for n in range(2):
        features = torch.from_numpy(normal(n, "features", (1, 8, 30)))
        tokens = [start]
        begin = None
        with torch.no_grad():
            forced = prompt(rules, special, model, features, start)
            for step in range(STEPS + len(forced)):
                result = model(features, decoder_input_ids=torch.tensor([tokens]), output_attentions=True)
                logits = result.logits[0, -1].clone()
                logits[rules.get("suppress_tokens") or []] = -torch.inf
                if step == len(forced):
                    logits[rules.get("begin_suppress_tokens") or []] = -torch.inf
                tokens.append(forced[step] if step < len(forced) else int(logits.argmax()))
                if tokens[-1] == end:
                    break
        if generation:
            check = model.generate(features, generation_config=transformers.GenerationConfig.from_pretrained(folder),
                                   max_new_tokens=STEPS, attention_mask=torch.ones(1, 30))
            mine = [token for token in tokens[1 + len(forced):] if token != end]
            theirs = [token for token in check[0].tolist() if token not in special.values()]
            assert mine == theirs, (name, mine, theirs, check, forced)
        found[f"in.features.{n}"] = features[0].numpy()
        if generation and n == 0:
            np.savez(folder / "features.npz", input_features=features.numpy())
        found[f"out.encoder.{n}"] = stacked(result.encoder_attentions)
        found[f"out.decoder.{n}"] = stacked(result.decoder_attentions)
        found[f"out.cross.{n}"] = stacked(result.cross_attentions)
        found[f"out.logits.{n}"] = result.logits[0].numpy()
        greedy.append(tokens[1:])
    found["out.greedy.ids"] = padded(greedy)
    write_expected(name, found, {"texts": []})


def prompt(rules, special, model, features, start):
    """What Whisper's `generate` puts after the start token: language, task, no timestamps."""
    forced = [token for _, token in rules.get("forced_decoder_ids") or []]
    if "lang_to_id" in rules and (not forced or forced[0] is None):
        logits = model(features, decoder_input_ids=torch.tensor([[start]])).logits[0, -1]
        best = max(rules["lang_to_id"].values(), key=lambda token: logits[token])
        forced = [best] + forced[1:]
    last = rules.get("no_timestamps_token_id")
    if last is not None and forced[-1:] != [last]:
        forced.append(last)
    return forced


def multilingual(special):
    languages = {piece: special[piece] for piece in ("<|en|>", "<|fr|>")}
    return {"is_multilingual": True, "lang_to_id": languages, "return_timestamps": False,
            "task_to_id": {"transcribe": special["<|transcribe|>"], "translate": special["<|translate|>"]},
            "forced_decoder_ids": [[1, None], [2, special["<|transcribe|>"]]],
            "no_timestamps_token_id": special["<|notimestamps|>"],
            "suppress_tokens": [1, 3, 30, 31, 32, 40, special["<|startoftranscript|>"]],
            "begin_suppress_tokens": [66, 67, special["<|endoftext|>"]]}


def spectrograms():
    """What Whisper's feature extractor makes of sounds: tones, noise, clicks, silence, at both numbers of filters."""
    time = np.arange(16000) / 16000
    noise = normal(3, "noise", (16000,), 0.1)
    click = np.zeros(9000, np.float32)
    click[[0, 777, 8999]] = 1, -1, 0.5
    sounds = {"tone": 0.5 * np.sin(2 * np.pi * 440 * time) * np.linspace(0, 1, 16000),
              "sweep": 0.3 * np.sin(2 * np.pi * (100 + 3700 * time) * time), "noise": noise, "click": click,
              "silence": np.zeros(3200), "long": np.tile(noise, 2)}
    found = {}
    for filters in (80, 128):
        extractor = transformers.WhisperFeatureExtractor(feature_size=filters, chunk_length=1)
        for name, sound in sounds.items():
            sound = sound.astype(np.float32)
            found[f"in.{name}"] = sound
            result = extractor(sound, sampling_rate=16000)["input_features"][0]
            # Every third frame is enough, and the last one, which looks past the end.
            found[f"out.{name}.{filters}"] = np.ascontiguousarray(result[:, [*range(0, 99, 3), 99]])
        found[f"out.filters.{filters}"] = np.ascontiguousarray(extractor.mel_filters.T.astype(np.float32))
    write("AudioTests", "spectrograms", found, {"frames": [*range(0, 99, 3), 99]}, REFERENCE)


def main():
    bert = {"hidden_size": 12, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 14,
            "max_position_embeddings": 40}
    masked = transformers.BertForMaskedLM
    encoder("bert", transformers.BertConfig(**bert), masked, bert_vocabulary, transformers.BertTokenizer,
            do_lower_case=True)
    encoder("bert-cased", transformers.BertConfig(**bert, hidden_act="gelu_new", layer_norm_eps=1e-5),
            transformers.BertModel, bert_vocabulary, transformers.BertTokenizer, do_lower_case=False,
            # As files of before 2019 have them.
            change=lambda name: name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
                "LayerNorm.bias", "LayerNorm.beta"))
    plain = {"ids": [[2, 9, 7, 20, 3], [2, 3], [2, 11, 3, 4, 4, 25, 3]], "vocabulary": None, "tokenizer": None}
    for kind in ("float16", "bfloat16"):
        encoder(f"bert-{kind}", transformers.BertConfig(**bert, vocab_size=30, hidden_act="relu", type_vocab_size=1),
                transformers.BertModel, dtype=getattr(torch, kind), **plain)
    encoder("roberta", transformers.RobertaConfig(**bert, layer_norm_eps=1e-5, type_vocab_size=1),
            transformers.RobertaForMaskedLM,
            lambda folder: byte_vocabulary(folder, ["<s>", "<pad>", "</s>", "<unk>"], ["<mask>"]),
            transformers.RobertaTokenizer)
    encoder("roberta-far", transformers.RobertaConfig(**bert, vocab_size=30, pad_token_id=4, hidden_act="silu"),
            transformers.RobertaModel, **plain)
    small = {"dim": 12, "n_layers": 3, "n_heads": 2, "hidden_dim": 14, "max_position_embeddings": 40}
    encoder("distilbert", transformers.DistilBertConfig(**small), transformers.DistilBertForMaskedLM, bert_vocabulary,
            transformers.DistilBertTokenizer, do_lower_case=True)
    encoder("distilbert-sinusoidal", transformers.DistilBertConfig(
        **small, vocab_size=30, sinusoidal_pos_embds=True, activation="relu"), transformers.DistilBertModel, **plain)

    gpt = {"n_embd": 12, "n_layer": 3, "n_head": 3, "n_positions": 40}
    language_model("gpt2", transformers.GPT2Config(**gpt), transformers.GPT2LMHeadModel,
                   lambda folder: byte_vocabulary(folder, [], ["<|endoftext|>"]))
    language_model("gpt2-inverse", transformers.GPT2Config(
        **gpt, vocab_size=70, n_inner=17, scale_attn_by_inverse_layer_idx=True, activation_function="relu",
        layer_norm_epsilon=1e-3, bos_token_id=69, eos_token_id=69), transformers.GPT2Model, None)
    language_model("gpt2-unscaled", transformers.GPT2Config(
        **gpt, vocab_size=70, scale_attn_weights=False, reorder_and_upcast_attn=True, tie_word_embeddings=False,
        bos_token_id=69, eos_token_id=69), transformers.GPT2LMHeadModel, None)
    language_model("gpt2-float16", transformers.GPT2Config(
        **gpt, vocab_size=70, bos_token_id=69, eos_token_id=69), transformers.GPT2LMHeadModel, None, torch.float16)

    whisper("whisper", generation=multilingual)
    whisper("whisper-plain", vocabulary=False, activation_function="relu", scale_embedding=True)
    whisper("whisper-bfloat16", vocabulary=False, dtype=torch.bfloat16)
    whisper("whisper-uneven", vocabulary=False, decoder_attention_heads=2, decoder_ffn_dim=10)
    spectrograms()


if __name__ == "__main__":
    main()
