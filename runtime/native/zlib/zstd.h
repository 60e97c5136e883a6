/* Zstandard behind struct cpm_codec: the half of codec.h's functions that is its own. */
#ifndef CPM_RUNTIME_NATIVE_ZLIB_ZSTD_H
#define CPM_RUNTIME_NATIVE_ZLIB_ZSTD_H

#include "runtime/native/zlib/codec.h"

int cpm_zstd_begin(struct cpm_codec *codec);
void cpm_zstd_end(struct cpm_codec *codec);
bool cpm_zstd_set(struct cpm_codec *codec, unsigned parameter, int value);
void cpm_zstd_run(struct cpm_codec *codec, struct cpm_codec_step *step);
bool cpm_zstd_fault(const struct cpm_codec *codec, const struct cpm_codec_step *step,
                    struct cpm_codec_fault *out);

#endif
