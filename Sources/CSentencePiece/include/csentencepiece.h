#pragma once
// A plain-C door to libsentencepiece: train a BPE model in memory, open a model, read its pieces, encode and decode.
// No C++ exception crosses it: what fails returns NULL (or -1) and a message that the caller frees.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csentencepiece_model csentencepiece_model;

/// Trains byte-pair encoding on `text`, one sentence a line, which is taken as it is (no normalisation by the library).
/// Ids 0 to 3 are pad, start, end and unknown. Single-threaded and without sampling, so the same input gives the same
/// model. A text with fewer pieces than `vocabulary_size` gives a smaller vocabulary. Writes no file.
/// Returns NULL and sets `*error` (to be released with csentencepiece_free_text) on failure.
csentencepiece_model *csentencepiece_train_bpe(
    const char *text, size_t length, int32_t vocabulary_size, double character_coverage, char **error);

/// Opens the bytes of a `.model` or `.spm` file. Returns NULL and sets `*error` as above on failure.
csentencepiece_model *csentencepiece_open(const void *bytes, size_t length, char **error);

void csentencepiece_free(csentencepiece_model *model);
void csentencepiece_free_text(char *text);

int32_t csentencepiece_size(const csentencepiece_model *model);
/// The piece of an id in 0 ..< size, valid as long as the model; `*length` in bytes.
const char *csentencepiece_piece(const csentencepiece_model *model, int32_t id, size_t *length);
/// Of a BPE piece: minus the rank of its merge; the highest score is merged first.
float csentencepiece_score(const csentencepiece_model *model, int32_t id);

int32_t csentencepiece_unknown(const csentencepiece_model *model);
/// -1 where the model has none.
int32_t csentencepiece_start(const csentencepiece_model *model);
int32_t csentencepiece_end(const csentencepiece_model *model);
int32_t csentencepiece_pad(const csentencepiece_model *model);
/// True for control pieces, which stand for no text.
bool csentencepiece_is_control(const csentencepiece_model *model, int32_t id);

/// A piece of encoded text and the bytes of the text that it stands for.
typedef struct {
  int32_t id;
  uint32_t begin;
  uint32_t end;
} csentencepiece_token;

/// Encodes UTF-8 text with places. Returns how many tokens there are, of which the first `capacity` are in `tokens`,
/// or -1.
int64_t csentencepiece_encode_places(
    const csentencepiece_model *model, const char *text, size_t length, csentencepiece_token *tokens, size_t capacity);

/// The text of pieces, to be released with csentencepiece_free_text; NULL on failure.
char *csentencepiece_decode(const csentencepiece_model *model, const char *const *pieces, size_t count);

/// Encodes UTF-8 text. Returns how many ids there are, of which the first `capacity` are in `ids`, or -1.
int64_t csentencepiece_encode(
    const csentencepiece_model *model, const char *text, size_t length, int32_t *ids, size_t capacity);

#ifdef __cplusplus
}
#endif
