"""The commands, their streams and exit statuses, and every kind of bad input."""
import csv
import io
import json
import math
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import unittest

from heed import MODEL, PROGRAM, ROOT, copy_of_model, run

SENTENCE = "She does not want to eat the green apple."


class Trace(unittest.TestCase):
    def trace(self, *arguments, **options):
        done = run("trace", MODEL, *arguments, **options)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode()

    def json(self, *arguments, **options):
        return [json.loads(line) for line in self.trace("--format", "json", *arguments, **options).splitlines()]

    def test_json_has_the_schema_and_its_rows_sum_to_one(self):
        (trace,) = self.json(SENTENCE)
        self.assertEqual(trace["schema"], "heed-trace/1")
        self.assertEqual(trace["model"]["path"], str(MODEL))
        self.assertEqual(trace["source"]["text"], SENTENCE)
        self.assertEqual(trace["target"]["ending"], "endToken")
        self.assertEqual([step["id"] for step in trace["steps"]], trace["target"]["ids"])
        (attention,) = trace["attention"]
        self.assertEqual((attention["site"], attention["layer"], attention["head"]), ("cross", 0, 0))
        self.assertEqual(len(attention["rows"]), len(trace["target"]["ids"]))
        for row in attention["rows"]:
            self.assertEqual(len(row), len(trace["source"]["ids"]))
            self.assertAlmostEqual(sum(row), 1, delta=1e-5)
        for step in trace["steps"]:
            self.assertEqual(step["candidates"][0]["id"], step["id"])
            self.assertGreaterEqual(step["probability"], step["candidates"][1]["probability"])

    def test_sentences_come_from_standard_input_too(self):
        lines = f"{SENTENCE}\r\nI see a cat.".encode()
        self.assertEqual(self.json(stdin=lines), self.json(SENTENCE, "I see a cat."))

    def test_given_ids_are_what_the_encoder_reads(self):
        (typed,) = self.json(SENTENCE)
        (given,) = self.json("--source-ids", ",".join(map(str, typed["source"]["ids"])))
        self.assertEqual(given["source"]["ids"], typed["source"]["ids"])
        self.assertEqual(given["attention"], typed["attention"])
        self.assertEqual(given["target"], typed["target"])

    def test_a_given_target_is_decoded_as_it_is(self):
        (free,) = self.json(SENTENCE)
        ids = ",".join(map(str, free["target"]["ids"]))
        (same,) = self.json("--target-ids", ids, SENTENCE)
        self.assertEqual(same["attention"], free["attention"])
        self.assertTrue(all(step["forced"] for step in same["steps"]))
        (other,) = self.json("--target", "Je vois un chat.", SENTENCE)
        self.assertIn("chat", other["target"]["tokens"])
        self.assertLess(other["steps"][0]["probability"], free["steps"][0]["probability"])

    def test_a_beam_of_one_is_greedy_and_a_wider_one_no_worse(self):
        (greedy,) = self.json(SENTENCE)
        (one,) = self.json("--beam", "1", SENTENCE)
        self.assertEqual(one.pop("beam")["width"], 1)
        self.assertEqual(one, greedy)
        (wide,) = self.json("--beam", "5", SENTENCE)
        total = sum(math.log(step["probability"]) for step in greedy["steps"])
        best = wide["beam"]["hypotheses"][0]
        self.assertGreaterEqual(best["log_probability"], total - 1e-4)
        self.assertEqual(best["ids"], wide["target"]["ids"])
        self.assertGreater(sum(node["fate"] == "pruned" for node in wide["beam"]["nodes"]), 5)

    def test_a_hidden_token_has_no_weight_and_its_loss_is_told(self):
        (free,) = self.json(SENTENCE)
        place = next(n for n, token in enumerate(free["source"]["tokens"]) if "apple" in token)
        (hidden,) = self.json("--hide", str(place), SENTENCE)
        self.assertEqual(hidden["interventions"], [f"hide {place}"])
        for row in hidden["attention"][0]["rows"]:
            self.assertEqual(row[place], 0)
            self.assertAlmostEqual(sum(row), 1, places=5)
        self.assertEqual(hidden["effect"]["ids"], free["target"]["ids"])
        drops = dict(zip(free["target"]["tokens"], hidden["effect"]["drop"]))
        apple = next(token for token in drops if "pomme" in token)
        self.assertGreater(drops[apple], 1)
        self.assertIn("teacher-forced", self.trace("--hide", str(place), SENTENCE))

    def test_a_forced_token_is_named_as_the_vocabulary_spells_it(self):
        (free,) = self.json(SENTENCE)
        other = free["steps"][1]["candidates"][1]
        for name in (other["token"], f"#{other['id']}"):
            (forced,) = self.json("--force", f"1={name}", SENTENCE)
            self.assertEqual(forced["target"]["ids"][1], other["id"])
            self.assertEqual([step["forced"] for step in forced["steps"]][:3], [False, True, False])

    def test_the_length_bound_is_marked(self):
        (trace,) = self.json("--max-length", "2", SENTENCE)
        self.assertEqual((len(trace["steps"]), trace["target"]["ending"]), (2, "lengthLimit"))
        self.assertIn("stopped at the limit of 2 tokens", self.trace("--max-length", "2", SENTENCE))

    def test_an_unknown_word_is_decoded_and_said(self):
        self.assertIn("unknown to the model, read as <unk>: zorglubify", self.trace("I zorglubify it."))

    def test_csv_has_a_line_for_each_cell(self):
        (trace,) = self.json(SENTENCE)
        rows = list(csv.DictReader(io.StringIO(self.trace("--format", "csv", SENTENCE, "I see a cat."))))
        first = [row for row in rows if row["sentence"] == "1"]
        self.assertEqual(
            [float(row["weight"]) for row in first], [w for row in trace["attention"][0]["rows"] for w in row])
        self.assertEqual({row["sentence"] for row in rows}, {"1", "2"})

    def test_text_in_a_pipe_is_plain(self):
        text = self.trace(SENTENCE, environment={"TERM": "xterm-256color", "COLORTERM": "truecolor"})
        self.assertNotIn("\x1b", text)
        self.assertIn(f"source  {SENTENCE}\n", text)

    def test_a_reader_that_leaves_ends_the_program_quietly(self):
        command = f"yes '{SENTENCE}' | head -n 200 | '{PROGRAM}' trace '{MODEL}' | head -n 1"
        done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(done.stdout.decode(), f"source  {SENTENCE}\n")

    def test_peak_memory_is_under_150_megabytes(self):
        with subprocess.Popen([PROGRAM, "trace", str(MODEL), SENTENCE], stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        self.assertLess(usage.ru_maxrss, 150 * 1024)


class Inspect(unittest.TestCase):
    FIXTURES = ROOT / "Tests/CheckpointsTests/Fixtures"
    CHECKPOINTS = [
        "golden_three_types.safetensors", "numpy/deflated.npz", "pytorch/views.pt", "pytorch/views-legacy.pt",
        "gguf/tiny.gguf", "keras/keras3.keras", "keras/keras2.h5", "tensorflow/keras2", "tensorflow/parts",
        "../../ModelsTests/Fixtures/ctranslate2/marian-i8/model.bin",
    ]

    def test_json_has_every_tensor_with_its_numbers(self):
        done = run("inspect", "--json", self.FIXTURES / "pytorch/views.pt")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        found = json.loads(done.stdout)
        self.assertEqual((found["schema"], found["format"]), ("heed-inspect/1", "PyTorch"))
        expected = json.loads((self.FIXTURES / "pytorch/expected.json").read_text())["views.pt"]
        self.assertEqual({tensor["name"] for tensor in found["tensors"]}, set(expected))
        for tensor in found["tensors"]:
            self.assertEqual((tensor["type"], tensor["shape"]), (expected[tensor["name"]]["type"], expected[tensor["name"]]["shape"]))
            numbers = [number for number in expected[tensor["name"]]["numbers"] if not isinstance(number, str)]
            statistics = tensor["statistics"]
            self.assertEqual(sum(statistics["histogram"]), len(numbers))
            self.assertEqual(statistics["zeros"], numbers.count(0))
            if numbers:
                self.assertEqual((statistics["minimum"], statistics["maximum"]), (min(numbers), max(numbers)))
                self.assertAlmostEqual(statistics["mean"], sum(numbers) / len(numbers))

    def test_text_has_every_tensor_of_every_format(self):
        for path in self.CHECKPOINTS:
            tensors = json.loads(run("inspect", "--json", self.FIXTURES / path).stdout)["tensors"]
            done = run("inspect", "--headers", self.FIXTURES / path)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            lines = done.stdout.decode().splitlines()
            self.assertIn(f"{len(tensors)} tensors", lines[0])
            for tensor in tensors:
                shape = "[" + ", ".join(map(str, tensor["shape"])) + "]"
                self.assertTrue(any(f"  {tensor['type']} " in line and shape in line for line in lines), tensor)

    def test_a_byte_that_sends_the_library_in_circles_costs_seconds_at_most(self):
        """A list of free places in an HDF5 file that leads back into itself."""
        data = bytearray((self.FIXTURES / "keras/keras3.weights.h5").read_bytes())
        self.assertEqual(data[2057], 16)
        data[2057] = 17
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "model.weights.h5"
            path.write_bytes(data)
            for command in (["inspect", path], ["trace", path, "1 2"]):
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                done = run(*command)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                self.assertEqual((done.returncode, done.stdout), (1, b""))
                self.assertRegex(done.stderr.decode(), rf"\Aheed: {path}: not a sound HDF5 file[^\n]*\n\Z")
                # Of the processor, whatever else the machine does.
                self.assertLess(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, 5)

    def test_what_asks_to_be_run_is_refused_in_one_line_and_not_run(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("inspect", self.FIXTURES / "pytorch/runs.pt", directory=folder)
            self.assertEqual((done.returncode, done.stdout), (1, b""))
            self.assertRegex(done.stderr.decode(), r"\A[^\n]*posix\.system[^\n]*\n\Z")
            self.assertEqual(os.listdir(folder), [])


class Convert(unittest.TestCase):
    FIXTURES = ROOT / "Tests/CheckpointsTests/Fixtures"
    FOREIGN = ROOT / "Tests/ModelsTests/Fixtures/ctranslate2/old-i8"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def convert(self, *arguments, status=0):
        done = run("convert", *arguments)
        self.assertEqual((done.returncode, done.stdout), (status, b""), done.stderr)
        return done.stderr.decode()

    def decode(self, model, text):
        return json.loads(run("trace", model, "--format", "json", text).stdout)

    def test_a_converted_model_decodes_as_the_original(self):
        for model, text in ((MODEL, SENTENCE), (self.FOREIGN, "آتزمون")):
            out = self.folder / model.name
            self.assertIn("parameters", self.convert(model, out))
            first, second = self.decode(model, text), self.decode(out, text)
            self.assertEqual(first["target"], second["target"])
            for one, two in zip(first["attention"], second["attention"], strict=True):
                for row, other in zip(one["rows"], two["rows"], strict=True):
                    for weight, same in zip(row, other, strict=True):
                        self.assertAlmostEqual(weight, same, delta=1e-5)
            self.assertIn("Converted by `heed convert`", (out / "README.md").read_text())

    def test_nothing_that_is_there_is_overwritten(self):
        out = self.folder / "out"
        out.mkdir()
        (out / "notes.txt").write_text("precious")
        self.assertRegex(self.convert(self.FOREIGN, out, status=1), r"\A[^\n]*is there already[^\n]*\n\Z")
        self.assertIn("no model folder", self.convert(self.FOREIGN, out, "--force", status=1))
        self.assertEqual(os.listdir(self.folder), ["out"])
        self.assertEqual((out / "notes.txt").read_text(), "precious")

    def test_what_cannot_be_written_leaves_nothing_behind(self):
        out = self.folder / "out"
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        done = subprocess.run([PROGRAM, "convert", self.FOREIGN, out], capture_output=True, preexec_fn=limit)
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        # The file is named as it would have been called, not the one beside it that was to become it.
        self.assertRegex(done.stderr.decode(), rf"\Aheed: {out}/model.safetensors: cannot write the file: [^\n]*make room[^\n]*\n\Z")
        self.assertEqual(os.listdir(self.folder), [])

    def test_tensors_alone(self):
        out = self.folder / "tensors.safetensors"
        path = self.FIXTURES / "keras/keras3.keras"
        self.assertIn("--tensors-only", self.convert(path, self.folder / "model", status=1))
        self.convert(path, out, "--tensors-only")
        before, after = (json.loads(run("inspect", "--json", p).stdout)["tensors"] for p in (path, out))
        without_label = {t["name"]: {k: v for k, v in t.items() if k != "label"} for t in before}
        self.assertEqual(without_label, {t["name"]: t for t in after})
        self.assertIn("is there already", self.convert(path, out, "--tensors-only", status=1))
        self.convert(path, out, "--tensors-only", "--force")
        self.convert(path, out, "--tensors-only", "--dtype", "F16", status=64)


class BadInput(unittest.TestCase):
    """Each is one line on standard error that names the place, nothing on standard output, and the right status."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def expect_failure(self, done, *words, status=1):
        message = done.stderr.decode()
        self.assertEqual((done.returncode, done.stdout), (status, b""), message)
        if status == 1:
            self.assertRegex(message, r"\Aheed: [^\n]+\n\Z")
        for word in words:
            self.assertIn(str(word), message)

    def trace(self, model, *arguments, **options):
        return run("trace", model, *(arguments or [SENTENCE]), **options)

    def test_missing_model(self):
        self.expect_failure(self.trace("no-such-model"), "no-such-model", "looked in", ROOT / "sample-models")
        self.expect_failure(self.trace(self.folder / "none"), self.folder / "none", "no such folder")
        self.expect_failure(self.trace(ROOT / "README.md"), ROOT / "README.md", "no checkpoint format")
        self.expect_failure(self.trace(self.folder), self.folder, "config.json")

    def test_truncated_or_missing_weights(self):
        model = copy_of_model(self.folder)
        weights = model / "model.safetensors"
        whole = weights.read_bytes()
        for length in (0, 7, 100, len(whole) // 2, len(whole) - 1):
            weights.write_bytes(whole[:length])
            self.expect_failure(self.trace(model), weights)
        weights.unlink()
        self.expect_failure(self.trace(model), weights)

    def test_unreadable_config(self):
        model = copy_of_model(self.folder)
        config = model / "config.json"
        good = json.loads(config.read_text())
        for text in ("", "{", "[]", "\xff", '{"model_type": "other"}', json.dumps({**good, "encoder_units": -1}),
                     json.dumps({**good, "encoder_units": 10**18}), json.dumps({**good, "attention": "psychic"})):
            config.write_bytes(text.encode("latin-1"))
            self.expect_failure(self.trace(model), config)

    def test_a_vocabulary_of_another_size_than_the_embedding(self):
        for side in ("source", "target"):
            model = copy_of_model(self.folder / side)
            path = model / f"{side}.tokenizer.json"
            tokenizer = json.loads(path.read_text())
            vocabulary = tokenizer["model"]["vocab"]
            vocabulary["zorglubify"] = max(vocabulary.values()) + 1
            path.write_text(json.dumps(tokenizer))
            self.expect_failure(self.trace(model), model, str(len(vocabulary)))

    def test_damaged_tokenizer(self):
        model = copy_of_model(self.folder)
        path = model / "source.tokenizer.json"
        whole = path.read_bytes()
        for content in (b"", whole[: len(whole) // 2], b"\xff" + whole, b"[]"):
            path.write_bytes(content)
            self.expect_failure(self.trace(model), path)
        path.unlink()
        self.expect_failure(self.trace(model), model, "tokenizer", "--source-ids")

    def test_empty_sentence(self):
        for sentence in ("", "   ", "\u00a0\t"):
            self.expect_failure(self.trace(MODEL, sentence), "empty")
        self.expect_failure(run("trace", MODEL, stdin=b""), "empty")
        self.expect_failure(run("trace", MODEL, stdin=b"\n"), "line 1", "empty")

    def test_a_sentence_of_ten_thousand_words(self):
        self.expect_failure(self.trace(MODEL, "word " * 10_000), "10", "tokens")
        self.expect_failure(run("trace", MODEL, stdin=b"word " * 10_000), "line 1", "tokens")

    def test_invalid_utf8_names_its_line(self):
        done = run("trace", MODEL, stdin=b"I see a cat.\nI see a \xff.\n")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"\Aheed: standard input, line 2: not valid UTF-8[^\n]*\n\Z")
        self.assertTrue(done.stdout.startswith(b"source  I see a cat.\n"))

    def test_ids_that_the_vocabulary_lacks(self):
        self.expect_failure(self.trace(MODEL, "--source-ids", "5,99999999"), "99999999")
        self.expect_failure(self.trace(MODEL, "--target-ids", "99999999", SENTENCE), "99999999")

    def test_a_recipe_with_a_wrong_key(self):
        self.expect_nothing_trained("I see .\tJe vois .\n" * 20, "surprise: 1\n", "recipe.yaml", "surprise")

    def test_a_data_line_without_a_tab(self):
        self.expect_nothing_trained("I see .\tJe vois .\n" * 20 + "no tab here\n", "", "pairs.tsv:21", "TAB")

    def expect_nothing_trained(self, pairs, more, *words):
        (self.folder / "pairs.tsv").write_text(pairs)
        (self.folder / "recipe.yaml").write_text(
            f"data: {{train: {self.folder}/pairs.tsv}}\noutput: {{model: {self.folder}/model, run: {self.folder}/run}}\n"
            + more)
        self.expect_failure(run("train", self.folder / "recipe.yaml"), *words)
        self.assertEqual({path.name for path in self.folder.iterdir()}, {"pairs.tsv", "recipe.yaml"})

    def test_wrong_usage(self):
        for arguments in (["trace"], ["trace", MODEL, "--format", "xml", "a"], ["trace", MODEL, "--max-length", "0", "a"],
                          ["trace", MODEL, "--source-ids", "5,x"], ["trace", MODEL, "--source-ids", "5", "a"],
                          ["trace", MODEL, "--target", "a", "--target-ids", "5", "b"], ["--no-such-option"]):
            done = run(*arguments)
            self.expect_failure(done, status=64)
            self.assertRegex(done.stderr.decode(), r"\AError: ")

    def test_full_disk(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([PROGRAM, "trace", str(MODEL), SENTENCE], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr.decode(), r"\Aheed: standard output cannot be written[^\n]*\n\Z")

    def test_the_explorer_needs_a_terminal(self):
        for arguments in ([], ["explore"], [MODEL]):
            self.expect_failure(run(*arguments), "terminal")


class House(unittest.TestCase):
    def test_models_are_found_from_any_directory(self):
        done = run("models", directory="/")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        for folder in sorted(path.parent for path in (ROOT / "sample-models").glob("*/config.json")):
            self.assertIn(folder.name, done.stdout.decode())
        self.assertEqual(run("trace", MODEL.name, "I see a cat.", directory="/").returncode, 0)

    def test_models_that_cannot_be_read_are_said_and_the_others_listed(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "broken").mkdir()
            (pathlib.Path(folder) / "broken/config.json").write_text("{")
            done = run("models", environment={"HEED_MODELS": folder})
        self.assertIn(MODEL.name, done.stdout.decode())
        self.assertRegex(done.stderr.decode(), r"\A[^\n]*broken[^\n]*\n\Z")

    def test_every_command_explains_itself_with_an_example(self):
        for command in commands(self.dump()):
            done = run(*command, "--help")
            self.assertEqual(done.returncode, 0)
            self.assertRegex(done.stdout.decode(), r"(?i)example")

    def test_the_manual_page_knows_every_command_and_option(self):
        page = (ROOT / "Documentation/heed.1").read_text()
        for command in self.dump()["subcommands"]:
            if command["commandName"] == "help":
                continue
            self.assertRegex(page, rf"(?m)^\.(It Nm )?(Op )?Cm {command['commandName']}\b")
            for argument in command.get("arguments", []):
                for name in argument.get("names", []):
                    if name["kind"] == "long":
                        self.assertIn(f"Fl -{name['name']}", page)

    def test_the_version_is_one_line(self):
        self.assertRegex(run("--version").stdout.decode(), r"\A\d+\.\d+\.\d+\n\Z")

    def test_completions_name_the_commands(self):
        for shell in ("bash", "zsh", "fish"):
            script = run("--generate-completion-script", shell).stdout.decode()
            self.assertTrue(re.search(r"\bevaluate\b", script) and re.search(r"\btrace\b", script))

    def dump(self):
        return json.loads(run("--experimental-dump-help").stdout)["command"]


def commands(command, path=()):
    """Every command's words, the program itself first."""
    yield path
    for child in command.get("subcommands", []):
        if child["commandName"] != "help":
            yield from commands(child, (*path, child["commandName"]))


if __name__ == "__main__":
    unittest.main()
