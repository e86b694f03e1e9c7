"""Beam search over a recurrent encoder-decoder: ModelsTests/Fixtures/beam-*.

With length penalty 0 the hypotheses are those of Transformers' `generate`, which sees the model as a decoder that
gives logits for a prefix. Transformers divides by length^penalty; for the penalty of Wu et al. 2016,
((5 + length) / 6)^alpha, the same search is written out below, and the script stops unless it agrees with Transformers
at alpha 0. `in.width` is the number of beams; `in.alphas` the penalties; hypotheses of the k-th penalty are
`out.ids.k` (padded with 0) and `out.scores.k`, best first, one block of `width` rows for each source.
"""
import sys

HERE = sys.path.pop(0)  # where a tokenizers.py lies that is not the library
import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel  # noqa: E402
from transformers.modeling_outputs import CausalLMOutput  # noqa: E402

sys.path.insert(0, HERE)
from golden import END, LENGTHS, PAD, START, TARGET_VOCABULARY, UNKNOWN, close, parameters, write  # noqa: E402
from seq2seq import DEFAULTS, LUONG, SOURCE, shapes  # noqa: E402
from torch_models import TorchModel  # noqa: E402

LIMIT = 9
torch.set_num_threads(1)
ALPHAS = np.array([0, 0.6, 1.5], np.float32)
SUPPRESSED = [PAD, UNKNOWN]
# Options, beams, how likely the end is, how long one of the best is.
CASES = {
    "beam-luong": ({**DEFAULTS, **LUONG}, 4, 0.2, 3),
    "beam-bahdanau": ({**DEFAULTS, "bidirectional": True}, 5, 1.0, 2),
}


class Prefix(PreTrainedModel, GenerationMixin):
    """The model over one source as Transformers sees a decoder: prefix in, logits out."""
    config_class = PretrainedConfig
    main_input_name = "input_ids"
    _supports_cache_class = False

    def __init__(self, logits_of):
        super().__init__(PretrainedConfig(vocab_size=TARGET_VOCABULARY, num_hidden_layers=1, is_encoder_decoder=False))
        self.logits_of = logits_of
        self.anchor = torch.nn.Parameter(torch.zeros(1))

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}

    def forward(self, input_ids, **_):
        return CausalLMOutput(logits=self.logits_of(input_ids))


def logits_of(model, source):
    def run(prefixes):
        count = len(prefixes)
        return model.decode(torch.from_numpy(source).long()[None].repeat(count, 1),
                            torch.full((count,), len(source)), prefixes.shape[1], prefixes)["logits"]
    return run


def with_transformers(logits, width):
    out = Prefix(logits).generate(
        torch.tensor([[START]]), num_beams=width, num_return_sequences=width, length_penalty=0.0, do_sample=False,
        max_new_tokens=LIMIT, eos_token_id=END, pad_token_id=PAD, bos_token_id=START, use_cache=False,
        suppress_tokens=SUPPRESSED, renormalize_logits=False, return_dict_in_generate=True, output_scores=True)
    rows = [[int(t) for t in row[1:]] for row in out.sequences]
    rows = [row[:row.index(END) + 1] if END in row else row[:LIMIT] for row in rows]
    return list(zip(out.sequences_scores.tolist(), rows))


def written_out(logits, width, alpha):
    """The best `width` hypotheses as (score, ids)."""
    def score(total, ids):
        return total / ((5 + len(ids)) / 6) ** alpha
    running, finished = [(0.0, [])], []
    while running:
        prefixes = torch.tensor([[START] + ids for _, ids in running])
        table = torch.log_softmax(logits(prefixes)[:, -1].double(), -1)
        table[:, SUPPRESSED] = -torch.inf
        every = [(total + table[row, token].item(), ids + [token])
                 for row, (total, ids) in enumerate(running) for token in range(table.shape[1])]
        every = sorted((e for e in every if e[0] > -np.inf), key=lambda e: -e[0])[:2 * width]
        finished += [(score(*e), e[1]) for e in every[:width] if e[1][-1] == END]
        running = [e for e in every if e[1][-1] != END][:width]
        finished.sort(key=lambda e: -e[0])
        if len(running[0][1]) == LIMIT:
            finished += [(score(*e), e[1]) for e in running]
            running = []
        elif len(finished) >= width and score(*running[0]) <= finished[width - 1][0]:
            running = []
    return sorted(finished, key=lambda e: -e[0])[:width]


def decided(found):
    """No near ties, so that another order of the same sums gives the same list."""
    scores = [s for s, _ in found]
    return min(abs(a - b) for a, b in zip(scores, scores[1:])) > 1e-4


def best(found):
    return [[hypotheses[0][1] for hypotheses in by_source] for by_source in found]


def telling(found, least):
    """The penalty matters, some hypotheses are cut, some end and one of the best has `least` tokens, nothing is a tie."""
    every = [h for by_source in found for h in by_source]
    lengths = {len(ids) for h in every for _, ids in h if ids[-1] == END}
    longest = max((len(ids) for ids in best(found)[2] if ids[-1] == END), default=0)
    return (best(found)[0] != best(found)[2] and len(lengths) >= 3 and longest >= least
            and any(ids[-1] != END for h in every for _, ids in h) and all(decided(h) for h in every))


def case(name, options, width, end, least):
    for seed in range(1, 600):
        p = parameters(shapes(options), seed)
        p["output.kernel"] *= 0.8  # flat enough that the penalty decides
        p["output.bias"][END] += end
        with torch.no_grad():
            model = TorchModel(options, {k: torch.from_numpy(v) for k, v in p.items()})
            sources = [logits_of(model, ids[:length]) for ids, length in zip(SOURCE, LENGTHS)]
            found = [[written_out(logits, width, alpha) for logits in sources] for alpha in ALPHAS.tolist()]
        if telling(found, least):
            break
    else:
        raise SystemExit(f"no seed gives telling numbers for {name}")
    tensors = {f"p.{k}": v for k, v in p.items()} | {
        "in.source": SOURCE, "in.lengths": LENGTHS, "in.alphas": ALPHAS, "in.width": np.array([width], np.int32),
        "in.suppressed": np.array(SUPPRESSED, np.int32), "in.targets": np.zeros((3, 1), np.int32),
        "in.given": np.full((3, 1), START, np.int32)}
    for ours, logits in zip(found[0], sources):
        with torch.no_grad():
            transformers_says = with_transformers(logits, width)
        assert [ids for _, ids in ours] == [ids for _, ids in transformers_says], (ours, transformers_says)
        close([s for s, _ in ours], [s for s, _ in transformers_says], 1e-5)
    for k, by_source in enumerate(found):
        rows = [h for hypotheses in by_source for h in hypotheses]
        ids = np.zeros((len(rows), LIMIT), np.int32)
        for row, (_, tokens) in zip(ids, rows):
            row[:len(tokens)] = tokens
        tensors |= {f"out.ids.{k}": ids, f"out.scores.{k}": np.array([s for s, _ in rows], np.float32)}
    write("ModelsTests", name, tensors, {**options, "seed": seed, "limit": LIMIT},
          f"Transformers {transformers.__version__}, PyTorch {torch.__version__.split('+')[0]}")
    print(name, "seed", seed, best(found))


if __name__ == "__main__":
    for name, arguments in CASES.items():
        case(name, *arguments)
