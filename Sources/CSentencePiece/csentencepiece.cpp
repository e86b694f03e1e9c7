#include "csentencepiece.h"

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

struct csentencepiece_model {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

/// The lines of one buffer, handed to the trainer one at a time so that no file is needed.
class Lines : public sentencepiece::SentenceIterator {
 public:
  Lines(const char *text, size_t length) : next_(text), end_(text + length) { Next(); }
  bool done() const override { return done_; }
  void Next() override {
    if (next_ == end_) {
      done_ = true;
      return;
    }
    const char *stop = std::find(next_, end_, '\n');
    line_.assign(next_, stop);
    next_ = stop == end_ ? end_ : stop + 1;
  }
  const std::string &value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const char *next_;
  const char *end_;
  std::string line_;
  bool done_ = false;
};

char *copy(const std::string &message) {
  char *text = static_cast<char *>(std::malloc(message.size() + 1));
  if (text != nullptr) std::memcpy(text, message.c_str(), message.size() + 1);
  return text;
}

std::unordered_map<std::string, std::string> options(int32_t vocabulary_size, double character_coverage) {
  return {
      {"model_type", "bpe"},
      {"vocab_size", std::to_string(vocabulary_size)},
      {"character_coverage", std::to_string(character_coverage)},
      {"normalization_rule_name", "identity"},
      {"max_sentence_length", "1000000"},
      {"hard_vocab_limit", "false"},
      {"num_threads", "1"},
      {"minloglevel", "3"},
      {"pad_id", "0"},
      {"bos_id", "1"},
      {"eos_id", "2"},
      {"unk_id", "3"},
      {"pad_piece", "<pad>"},
      {"bos_piece", "<start>"},
      {"eos_piece", "<end>"},
      {"unk_piece", "<unk>"},
  };
}

}  // namespace

csentencepiece_model *csentencepiece_train_bpe(
    const char *text, size_t length, int32_t vocabulary_size, double character_coverage, char **error) {
  try {
    Lines lines(text, length);
    std::string proto;
    auto status = sentencepiece::SentencePieceTrainer::Train(
        options(vocabulary_size, character_coverage), &lines, &proto);
    auto model = std::make_unique<csentencepiece_model>();
    if (status.ok()) status = model->processor.LoadFromSerializedProto(proto);
    if (status.ok()) return model.release();
    *error = copy(status.ToString());
  } catch (const std::exception &failure) {
    *error = copy(failure.what());
  } catch (...) {
    *error = copy("unknown failure");
  }
  return nullptr;
}

csentencepiece_model *csentencepiece_open(const void *bytes, size_t length, char **error) {
  try {
    auto model = std::make_unique<csentencepiece_model>();
    auto status = model->processor.LoadFromSerializedProto({static_cast<const char *>(bytes), length});
    if (status.ok()) return model.release();
    *error = copy(status.ToString());
  } catch (const std::exception &failure) {
    *error = copy(failure.what());
  } catch (...) {
    *error = copy("unknown failure");
  }
  return nullptr;
}

void csentencepiece_free(csentencepiece_model *model) { delete model; }

void csentencepiece_free_text(char *text) { std::free(text); }

int32_t csentencepiece_size(const csentencepiece_model *model) { return model->processor.GetPieceSize(); }

const char *csentencepiece_piece(const csentencepiece_model *model, int32_t id, size_t *length) {
  const std::string &piece = model->processor.IdToPiece(id);
  *length = piece.size();
  return piece.data();
}

float csentencepiece_score(const csentencepiece_model *model, int32_t id) { return model->processor.GetScore(id); }

int32_t csentencepiece_unknown(const csentencepiece_model *model) { return model->processor.unk_id(); }
int32_t csentencepiece_start(const csentencepiece_model *model) { return model->processor.bos_id(); }
int32_t csentencepiece_end(const csentencepiece_model *model) { return model->processor.eos_id(); }
int32_t csentencepiece_pad(const csentencepiece_model *model) { return model->processor.pad_id(); }
bool csentencepiece_is_control(const csentencepiece_model *model, int32_t id) { return model->processor.IsControl(id); }

int64_t csentencepiece_encode_places(
    const csentencepiece_model *model, const char *text, size_t length, csentencepiece_token *tokens, size_t capacity) {
  try {
    const auto encoded = model->processor.EncodeAsImmutableProto({text, length});
    size_t count = 0;
    for (const auto &piece : encoded.pieces()) {
      if (count < capacity) tokens[count] = {static_cast<int32_t>(piece.id()), piece.begin(), piece.end()};
      count++;
    }
    return static_cast<int64_t>(count);
  } catch (...) {
    return -1;
  }
}

char *csentencepiece_decode(const csentencepiece_model *model, const char *const *pieces, size_t count) {
  try {
    std::string text;
    const std::vector<std::string> list(pieces, pieces + count);
    return model->processor.Decode(list, &text).ok() ? copy(text) : nullptr;
  } catch (...) {
    return nullptr;
  }
}

int64_t csentencepiece_encode(
    const csentencepiece_model *model, const char *text, size_t length, int32_t *ids, size_t capacity) {
  try {
    std::vector<int> found;
    if (!model->processor.Encode({text, length}, &found).ok()) return -1;
    std::copy_n(found.begin(), std::min(capacity, found.size()), ids);
    return static_cast<int64_t>(found.size());
  } catch (...) {
    return -1;
  }
}
