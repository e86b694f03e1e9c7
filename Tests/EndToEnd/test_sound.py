"""Models of Hugging Face that read, go on, or hear, from the command line; those of Tests/ModelsTests/Fixtures."""
import json
import math
import struct
import tempfile
import unittest
import wave
from pathlib import Path

from heed import ROOT, run

FOLDERS = ROOT / "Tests/ModelsTests/Fixtures/huggingface-encoders"


def traced(*arguments):
    result = run("trace", *arguments, "--format", "json")
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout), result.stderr.decode()


class HuggingFace(unittest.TestCase):
    def test_an_encoder_reads(self):
        trace, _ = traced(FOLDERS / "bert", "The greens understand.")
        self.assertEqual(trace["model"]["architecture"], "bert")
        self.assertEqual(trace["source"]["tokens"][0], "[CLS]")
        self.assertEqual((trace["steps"], trace["target"]["ending"]), ([], "readOnly"))
        self.assertEqual({head["site"] for head in trace["attention"]}, {"encoder"})
        self.assertEqual(len(trace["attention"]), 12)
        for head in trace["attention"]:
            for row in head["rows"]:
                self.assertAlmostEqual(sum(row), 1, places=5)

    def test_a_language_model_goes_on(self):
        trace, _ = traced(FOLDERS / "gpt2", "the green", "--max-length", "4")
        self.assertLessEqual(len(trace["steps"]), 4)
        self.assertEqual({head["site"] for head in trace["attention"]}, {"decoder"})

    def test_heads_and_pictures(self):
        for model in ("bert", "gpt2"):
            result = run("heads", FOLDERS / model, "the green apple", "--max-length", "3")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(b"L2H", result.stdout)
            with tempfile.TemporaryDirectory() as folder:
                picture = Path(folder) / "heads.svg"
                result = run("render", FOLDERS / model, "the green apple", "-o", picture, "--max-length", "3")
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("<svg", picture.read_text())


class Sound(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.wav = Path(self.folder.name) / "tone.wav"
        with wave.open(str(self.wav), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(8000)
            for n in range(1600):
                sample = int(9000 * math.sin(2 * math.pi * 440 * n / 8000))
                file.writeframes(struct.pack("<hh", sample, sample))

    def test_an_audio_file(self):
        trace, words = traced(FOLDERS / "whisper", "--audio", self.wav)
        self.assertIn("resampled from 8000 to 16000 Hz", words)
        self.assertEqual(trace["source"]["tokens"][:3], ["0.00s", "0.02s", "0.04s"])
        self.assertEqual(len(trace["source"]["tokens"]), 15)
        self.assertEqual({head["site"] for head in trace["attention"]}, {"encoder", "decoder", "cross"})
        self.assertEqual([step["forced"] for step in trace["steps"][:3]], [False, True, True])
        again, _ = traced(FOLDERS / "whisper", self.wav)
        self.assertEqual(again["attention"], trace["attention"])

    def test_a_spectrogram(self):
        trace, words = traced(FOLDERS / "whisper", "--features", FOLDERS / "whisper/features.npz")
        self.assertEqual((len(trace["source"]["ids"]), words), (15, ""))

    def test_what_cannot_be_heard(self):
        text = Path(self.folder.name) / "text.wav"
        text.write_text("no sound")
        for arguments in (
            (FOLDERS / "whisper", "--audio", text), (FOLDERS / "whisper", "--audio", "/no/such.wav"),
            (FOLDERS / "whisper", "A sentence."), (FOLDERS / "bert", "--audio", self.wav),
            (FOLDERS / "whisper", "--source-ids", "1,2"),
        ):
            result = run("trace", *arguments)
            self.assertEqual((result.returncode, result.stdout), (1, b""), arguments)
            # What is not computed of a model is said when it opens, before the error.
            lines = [line for line in result.stderr.splitlines() if not line.startswith(b"heed: not computed")]
            self.assertEqual(len(lines), 1, result.stderr)
        self.assertEqual(run("trace", FOLDERS / "whisper", "--features", self.wav).returncode, 64)


if __name__ == "__main__":
    unittest.main()
