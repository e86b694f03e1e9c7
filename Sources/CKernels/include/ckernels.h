// The loops that are worth vectorising by hand, and the small pool of threads that shares them out.
//
// Every loop exists twice from one source (loops.inc): built for AVX2, FMA and F16C, and for the compiler's
// baseline. hk_best() picks once at run time; hk_portable() is there so that tests can compare the two.
// Matrices are row-major. Nothing here allocates, and nothing checks: callers in Swift have checked.
#pragma once
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum { hk_f32 = 0, hk_f16 = 1, hk_bf16 = 2 } hk_type;
typedef enum {
  hk_relu,
  hk_gelu,
  hk_gelu_tanh,
  hk_swish,
  hk_quick_gelu,
  hk_clipped_gelu,
  hk_mish,
  hk_hard_swish,
  hk_leaky_relu,
  hk_relu6,
  hk_squared_relu
} hk_activation;

typedef struct {
  const char *name;
  void (*exp)(ptrdiff_t n, const float *x, float *y);
  void (*tanh)(ptrdiff_t n, const float *x, float *y);
  void (*sigmoid)(ptrdiff_t n, const float *x, float *y);

  /// y[rows, columns] = softmax of each row; entries whose mask is 0 (and entries of -inf) become exactly 0.
  /// A row without any open entry becomes all zero. `mask` is [rows, columns] or null. May work in place.
  void (*softmax)(ptrdiff_t rows, ptrdiff_t columns, const float *x, const uint8_t *_Nullable mask, float *y);
  /// dx = y * (dy - sum(y * dy)), row by row.
  void (*softmax_backward)(ptrdiff_t rows, ptrdiff_t columns, const float *y, const float *dy, float *dx);

  /// scores[b, s] = sum_u v[u] * tanh(q[b, u] + k[b, s, u]).
  void (*additive_scores)(ptrdiff_t batch, ptrdiff_t length, ptrdiff_t units, const float *q, const float *k,
                          const float *v, float *scores);
  /// Adds to dq [batch, units], dk [batch, length, units] and dv [units]; tanh is computed again, which is cheaper
  /// than keeping it for every step.
  void (*additive_scores_backward)(ptrdiff_t batch, ptrdiff_t length, ptrdiff_t units, const float *q,
                                   const float *k, const float *v, const float *dscores, float *dq, float *dk,
                                   float *dv);

  /// out[b, s] = sum_u x[b, u] * m[b, s, u].
  void (*dot_rows)(ptrdiff_t batch, ptrdiff_t length, ptrdiff_t units, const float *x, const float *m, float *out);
  /// out[b, u] += sum_s w[b, s] * m[b, s, u].
  void (*weighted_rows)(ptrdiff_t batch, ptrdiff_t length, ptrdiff_t units, const float *w, const float *m,
                        float *out);
  /// m[b, s, u] += w[b, s] * x[b, u].
  void (*outer_rows)(ptrdiff_t batch, ptrdiff_t length, ptrdiff_t units, const float *w, const float *x, float *m);

  /// c[i, j] = scale * a[i] . b[j] for m rows of a and n rows of b, each of k numbers; rows lie lda, ldb and ldc apart.
  void (*row_products)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float scale, const float *a, ptrdiff_t lda,
                       const float *b, ptrdiff_t ldb, float *c, ptrdiff_t ldc);
  /// c[i] += scale * sum_j w(i, j) b[j] for m rows of c and n rows of b, each of k numbers; w(i, j) lies at
  /// w[i * down + j * across].
  void (*add_weighted_rows)(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float scale, const float *w, ptrdiff_t down,
                            ptrdiff_t across, const float *b, ptrdiff_t ldb, float *c, ptrdiff_t ldc);

  /// y = (x - mean) / sqrt(variance + epsilon) * gain + shift, row by row; mean and 1 / sqrt(...) of each row are
  /// kept in moments [rows, 2]. Not centred, the mean counts as 0.
  void (*layer_norm)(ptrdiff_t rows, ptrdiff_t columns, int centred, float epsilon, const float *x, const float *gain,
                     const float *_Nullable shift, float *y, float *moments);
  /// dx is overwritten; adds to dgain and dshift [columns].
  void (*layer_norm_backward)(ptrdiff_t rows, ptrdiff_t columns, int centred, const float *x, const float *gain,
                              const float *moments, const float *dy, float *dx, float *dgain,
                              float *_Nullable dshift);

  /// y[i] = keep * x[i], or 0 where a 32-bit hash of `seed` and `from` + i is below `threshold`.
  void (*dropout)(uint64_t seed, ptrdiff_t from, ptrdiff_t n, uint32_t threshold, float keep, const float *x, float *y);

  void (*activate)(hk_activation kind, ptrdiff_t n, const float *x, float *y);
  /// dx = dy * slope at x.
  void (*activate_backward)(hk_activation kind, ptrdiff_t n, const float *x, const float *dy, float *dx);

  /// Keras' GRU with reset_after: a = x K + input bias, b = h R [rows, 3U] or null for h = 0, bias = recurrent
  /// bias [3U]; gates z, r, n are kept in `gates` [rows, 3U]; out = z h + (1 - z) n.
  void (*gru)(ptrdiff_t rows, ptrdiff_t units, const float *a, const float *_Nullable b, const float *bias,
              const float *_Nullable h, float *gates, float *out);
  /// da and db [rows, 3U] are overwritten; dh [rows, U] gets the direct part g z.
  void (*gru_backward)(ptrdiff_t rows, ptrdiff_t units, const float *g, const float *_Nullable b, const float *bias,
                       const float *_Nullable h, const float *gates, float *da, float *db, float *_Nullable dh);

  /// LSTM, gates i, f, c, o: a [rows, 4U] holds x K + h R + bias and is overwritten by the activated gates.
  void (*lstm)(ptrdiff_t rows, ptrdiff_t units, float *a, const float *c, float *cell, float *out);
  /// da [rows, 4U] is overwritten, dc [rows, U] becomes the gradient of the earlier cell.
  void (*lstm_backward)(ptrdiff_t rows, ptrdiff_t units, const float *gates, const float *c, const float *cell,
                        const float *_Nullable dout, const float *_Nullable dcell, float *da, float *dc);

  /// loss[r] = cross-entropy of row r against target[r], with (1 - smoothing) on the target and the rest spread
  /// evenly over all columns; normalizer[r] = log of the sum of exponentials.
  void (*cross_entropy)(ptrdiff_t rows, ptrdiff_t columns, const float *logits, const int32_t *target,
                        float smoothing, float *loss, float *normalizer);
  /// dlogits = scale[r] * (softmax - smoothed target).
  void (*cross_entropy_backward)(ptrdiff_t rows, ptrdiff_t columns, const float *logits, const int32_t *target,
                                 float smoothing, const float *normalizer, const float *scale, float *dlogits);

  /// Adam as Kingma & Ba 2015 write it, with Keras' placing of epsilon: step = rate * sqrt(1-b2^t)/(1-b1^t).
  void (*adam)(ptrdiff_t n, float *p, float *m, float *v, const float *g, float scale, float step, float b1, float b2,
               float epsilon);

  void (*add)(ptrdiff_t n, const float *x, float *y);
  /// y += a x
  void (*axpy)(ptrdiff_t n, float a, const float *x, float *y);
  float (*dot)(ptrdiff_t n, const float *x, const float *y);
  double (*sum_of_squares)(ptrdiff_t n, const float *x);

  /// y[from..<to] = x[k] W[k, to], W of the given type with `pitch` numbers from one row to the next.
  void (*vector_matrix)(hk_type type, ptrdiff_t k, ptrdiff_t pitch, ptrdiff_t from, ptrdiff_t to, const float *x,
                        const void *w, float *y);
  /// y[from..<to] = W[to, k] x[k], `pitch` as above.
  void (*matrix_vector)(hk_type type, ptrdiff_t k, ptrdiff_t pitch, ptrdiff_t from, ptrdiff_t to, const float *x,
                        const void *w, float *y);

  void (*widen)(hk_type type, ptrdiff_t n, const void *x, float *y);
  /// Rounds to nearest even.
  void (*narrow)(hk_type type, ptrdiff_t n, const float *x, void *y);
} hk_kernels;

const hk_kernels *hk_best(void);
const hk_kernels *hk_portable(void);

/// How many threads share a loop; 1 at least. Takes effect at the next hk_run that finds the pool idle.
void hk_set_threads(int count);
int hk_threads(void);
/// Calls part(context, i) for every i in 0..<parts, shared out in a fixed way over the pool, and returns when all
/// are done. Called from two threads at once, the second runs its parts alone.
void hk_run(int parts, void (*part)(void *_Nullable context, int index), void *_Nullable context);

/// Tells the allocator to keep freed memory for the next allocations, about `most` bytes of it.
void hk_keep_freed_pages(int most);

#pragma clang assume_nonnull end
