// What is used of libsndfile 1, whose names and numbers are fixed for all of its versions 1.
// From its manual: https://libsndfile.github.io/libsndfile/api.html.
#pragma once
#include <stdint.h>

typedef struct SNDFILE_tag SNDFILE;
typedef int64_t sf_count_t;
typedef struct {
  sf_count_t frames;
  int samplerate, channels, format, sections, seekable;
} SF_INFO;

enum { SFM_READ = 0x10 };

/// F(result, name, parameters) for each function.
#define CSNDFILE_FUNCTIONS(F)                                                                                          \
  F(SNDFILE *, sf_open_fd, (int, int, SF_INFO *, int))                                                                 \
  F(const char *, sf_strerror, (SNDFILE *))                                                                            \
  F(int, sf_error, (SNDFILE *))                                                                                        \
  F(sf_count_t, sf_readf_float, (SNDFILE *, float *, sf_count_t))

#define CSNDFILE_DECLARE(result, name, parameters) extern result(*name) parameters;
CSNDFILE_FUNCTIONS(CSNDFILE_DECLARE)
