/* One running compression or decompression, of zlib's formats, Brotli's or Zstandard's: used by one
 * thread at a time. The modes and errors carry node's numbers. */
#ifndef CPM_RUNTIME_NATIVE_ZLIB_CODEC_H
#define CPM_RUNTIME_NATIVE_ZLIB_CODEC_H

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

enum cpm_codec_mode {
    CPM_CODEC_DEFLATE = 1,
    CPM_CODEC_INFLATE,
    CPM_CODEC_GZIP,
    CPM_CODEC_GUNZIP,
    CPM_CODEC_DEFLATE_RAW,
    CPM_CODEC_INFLATE_RAW,
    CPM_CODEC_UNZIP, /* becomes GUNZIP or INFLATE by its first bytes */
    CPM_CODEC_BROTLI_DECODE,
    CPM_CODEC_BROTLI_ENCODE,
    CPM_CODEC_ZSTD_ENCODE,
    CPM_CODEC_ZSTD_DECODE
};

struct cpm_codec {
    enum cpm_codec_mode mode;
    z_stream zlib; /* or one of the four below */
    BrotliEncoderState *encoder;
    BrotliDecoderState *decoder;
    struct ZSTD_CCtx_s *zstd_encoder;
    struct ZSTD_DCtx_s *zstd_decoder;
    unsigned long long pledged; /* how much Zstandard is to compress, or all bits set */
    int level, window_bits, mem_level, strategy;
    unsigned char *dictionary; /* owned; NULL: none */
    size_t dictionary_len;
    unsigned magic; /* how many of gzip's first bytes UNZIP has seen */
    int status;     /* of the last step: zlib's, or 0 and below zero for the others' */
    bool begun, ended;
};

/* A step: `in` is taken from and `out` is filled, both advance. */
struct cpm_codec_step {
    const unsigned char *in;
    unsigned char *out;
    size_t in_len, out_len;
    int flush;
};

/* The fields above `dictionary` are filled. 0, or zlib's error. */
int cpm_codec_begin(struct cpm_codec *codec);
void cpm_codec_end(struct cpm_codec *codec);
int cpm_codec_reset(struct cpm_codec *codec);
void cpm_codec_run(struct cpm_codec *codec, struct cpm_codec_step *step);

/* What is wrong behind a step: false when nothing is. The texts live as long as the codec. */
struct cpm_codec_fault {
    const char *message, *code; /* code NULL: the name of `number` */
    int number;
};
bool cpm_codec_fault(const struct cpm_codec *codec, const struct cpm_codec_step *step,
                     struct cpm_codec_fault *out);

#endif
