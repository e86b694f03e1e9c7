"""Word alignments and what heads do: `heed align`, `heed evaluate --gold` and `heed heads`."""
import json
import pathlib
import re
import tempfile
import unittest

from heed import MODEL, ROOT, run

GOLD = ROOT / "sample-models/gold/en-fr.tsv"


class AlignmentCase(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        lines = [line for line in GOLD.read_text().splitlines() if not line.startswith("#")][:6]
        self.gold = self.file("gold.tsv", "# negation\n" + "\n".join(lines) + "\n")
        self.columns = [line.split("\t") for line in lines]

    def file(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def heed(self, *arguments, **options):
        done = run(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def expect_failure(self, done, *words, status=1):
        message = done.stderr.decode()
        self.assertEqual(done.returncode, status, message)
        if status == 1:
            self.assertRegex(message, r"\Aheed: [^\n]+\n\Z")
        for word in words:
            self.assertIn(str(word), message)


class Align(AlignmentCase):
    def test_each_pair_gets_a_line_of_links_between_its_words(self):
        pairs = self.file("pairs.tsv", "".join(f"{source}\t{target}\n" for source, target, _ in self.columns))
        lines = self.heed("align", MODEL, pairs).splitlines()
        self.assertEqual(len(lines), len(self.columns))
        for line, (source, target, _) in zip(lines, self.columns):
            self.assertRegex(line, r"\A(\d+-\d+( |\Z))*\Z")
            for link in line.split():
                i, j = map(int, link.split("-"))
                self.assertLess(i, len(source.split()))
                self.assertLess(j, len(target.split()))
        self.assertEqual(self.heed("align", MODEL, stdin=pairs.read_bytes()).splitlines(), lines)
        self.assertEqual(self.heed("align", MODEL, "--mean", pairs).splitlines(), lines)

    def test_the_only_head_is_the_mean_and_the_best(self):
        mean = self.heed("align", MODEL, self.gold)
        self.assertEqual(self.heed("align", MODEL, "--layer", "0", "--head", "0", self.gold), mean)
        best = run("align", MODEL, "--best", "--gold", self.gold, self.gold)
        self.assertEqual(best.stdout.decode(), mean)
        self.assertRegex(best.stderr.decode(), r"\Aheed: L0H0 agrees best with .*gold\.tsv: precision [\d.]+ %")
        chosen = run("align", MODEL, "--best", stdin=self.gold.read_bytes())
        self.assertEqual(chosen.stdout.decode(), mean)
        self.assertIn("L0H0", chosen.stderr.decode())

    def test_what_align_writes_scores_as_evaluate_does(self):
        written = self.file("links", self.heed("align", MODEL, "--tokenized", self.gold))
        given = json.loads(self.heed("evaluate", "--alignment", written, "--gold", self.gold, "--json"))["alignment"]
        model = json.loads(self.heed("evaluate", MODEL, "--gold", self.gold, "--json"))["alignment"]
        self.assertEqual(given["given"], model["mean"])
        self.assertEqual(given["diagonal"], model["diagonal"])
        self.assertEqual(given["sentences"], len(self.columns))
        self.assertEqual(
            json.loads(self.heed("evaluate", "--alignment", "-", "--gold", self.gold, "--json",
                                 stdin=written.read_bytes()))["alignment"], given)

    def test_a_lower_threshold_gives_more_links(self):
        def count(*options):
            return len(self.heed("align", MODEL, *options, self.gold).split())
        self.assertGreater(count("--threshold", "0.05"), count("--threshold", "0.5"))

    def test_bad_lines_and_heads_are_named(self):
        pairs = self.file("pairs.tsv", "I see .\tJe vois .\nno tab\n")
        self.expect_failure(run("align", MODEL, pairs), f"{pairs}:2", "no TAB")
        done = run("align", MODEL, stdin=pairs.read_bytes())
        self.expect_failure(done, "standard input:2", "no TAB")
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.expect_failure(run("align", MODEL, stdin=b"word " * 10_000 + b"\tmot\n"), "standard input:1", "tokens")
        self.expect_failure(run("align", MODEL, self.folder / "none"), self.folder / "none")
        self.expect_failure(run("align", MODEL, stdin=b""), "empty")
        self.expect_failure(run("align", MODEL, "--layer", "0", "--head", "7", self.gold), "L0H7", "layers", "heads")
        self.expect_failure(run("align", ROOT / "sample-models/en-fr-no-attention", self.gold), "no cross-attention")
        self.expect_failure(run("align", MODEL, "--best", "--gold", self.file("links", "0-0\n"), self.gold), "--gold-text")
        for wrong in (["--head", "0"], ["--mean", "--layer", "0"], ["--best", "--mean"], ["--gold", self.gold],
                      ["--threshold", "0"], ["--threshold", "nan"]):
            self.expect_failure(run("align", MODEL, self.gold, *wrong), status=64)


class Gold(AlignmentCase):
    def test_forms_of_gold_links_agree(self):
        text = self.file("gold.txt", "".join(f"{source} ||| {target}\n" for source, target, _ in self.columns))
        def shifted(link):
            i, mark, j = re.fullmatch(r"(\d+)([-?])(\d+)", link).groups()
            return f"{int(i) + 1}{'-' if mark == '-' else 'p'}{int(j) + 1}"
        talp = self.file("gold.talp", "".join(" ".join(map(shifted, c[2].split())) + "\n" for c in self.columns))
        own = json.loads(self.heed("evaluate", MODEL, "--gold", self.gold, "--json"))
        other = json.loads(
            self.heed("evaluate", MODEL, "--gold", talp, "--gold-text", text, "--gold-from", "1", "--json"))
        self.assertEqual(own["alignment"], other["alignment"])

    def test_links_without_sentences_are_scored_without_the_diagonal(self):
        links = self.file("links", "0-0 1-1\n")
        gold = self.file("gold", "1-1 2p2 3-1\n")
        text = self.heed("evaluate", "--alignment", links, "--gold", gold, "--gold-from", "1")
        # A = 2 links, S = 2, both of A possible and one of them sure: 1 - (1 + 2) / (2 + 2).
        self.assertRegex(text, r"all words, given links +100\.0 % +50\.0 % +25\.0 %")
        self.assertNotIn(", diagonal", text)

    def test_a_model_without_attention_leaves_the_diagonal(self):
        report = json.loads(
            self.heed("evaluate", ROOT / "sample-models/en-fr-no-attention", "--gold", self.gold, "--json"))["alignment"]
        self.assertEqual(report["heads"], [])
        self.assertIn("all_words", report["diagonal"])

    def test_bad_gold_is_named(self):
        cases = [("a\tb\t0-3\n", "gold:1: link 0-3 lies outside"), ("a\tb\n", "gold:1: 2 columns"), ("0-x\n", "gold:1: '0-x'"),
                 ("", "holds no word links")]
        for text, words in cases:
            gold = self.file("gold", text)
            self.expect_failure(run("evaluate", MODEL, "--gold", gold), words)
        gold = self.file("gold", "0-0\n0-0\n")
        self.expect_failure(run("evaluate", "--alignment", self.file("links", "0-0\n"), "--gold", gold), "1 lines", "2 gold")
        self.expect_failure(run("evaluate", MODEL, "--gold", gold), "--gold-text")
        for wrong in ([], [MODEL], [MODEL, "--alignment", gold, "--gold", gold], ["--alignment", gold],
                      [MODEL, "--gold", gold, "--gold-from", "2"], [MODEL, "--gold-text", gold, gold]):
            self.expect_failure(run("evaluate", *wrong), status=64)


class HeadMeasures(AlignmentCase):
    def test_heads_are_measured_over_sentences(self):
        sentences = [source for source, _, _ in self.columns]
        report = json.loads(self.heed("heads", MODEL, "--json", stdin="\n".join(sentences).encode()))
        self.assertEqual((report["schema"], report["sentences"]), ("heed-heads/1", len(sentences)))
        (head,) = report["heads"]
        self.assertEqual((head["site"], head["layer"], head["head"]), ("cross", 0, 0))
        self.assertAlmostEqual(head["agreement"], 1, delta=1e-5)
        self.assertTrue(0 < head["sharpness"] <= 1 and 0 <= head["entropy"] and 0 <= head["end"] <= 1)
        text = self.heed("heads", MODEL, *sentences)
        self.assertRegex(text, rf"L0H0 +{head['type']} +{head['entropy']:.2f} ")

    def test_a_line_with_a_tab_gives_the_target(self):
        pairs = "".join(f"{source}\t{target}\n" for source, target, _ in self.columns)
        forced = json.loads(self.heed("heads", MODEL, "--json", stdin=pairs.encode()))
        free = json.loads(self.heed("heads", MODEL, "--json", stdin=re.sub(r"\t.*", "", pairs).encode()))
        self.assertNotEqual(forced["heads"], free["heads"])

    def test_bad_input_is_named(self):
        self.expect_failure(run("heads", MODEL, stdin=b"I see .\n\n"), "line 2", "empty")
        self.expect_failure(run("heads", MODEL, stdin=b""), "empty")


if __name__ == "__main__":
    unittest.main()
