/* A gzip file may be several, one behind the other: GUNZIP begins anew while more bytes follow that
 * are not zero. UNZIP looks at the first two bytes, which may come one by one. */
#include "runtime/native/zlib/codec.h"

#include "base/mem.h"
#include "runtime/native/zlib/zstd.h"

enum { GZIP_FIRST = 0x1f, GZIP_SECOND = 0x8b, GZIP_BITS = 16, AUTO_BITS = 32 };

static bool is_zstd(const struct cpm_codec *codec)
{
    return codec->mode >= CPM_CODEC_ZSTD_ENCODE;
}

static bool is_deflating(const struct cpm_codec *codec)
{
    return codec->mode == CPM_CODEC_DEFLATE || codec->mode == CPM_CODEC_GZIP ||
           codec->mode == CPM_CODEC_DEFLATE_RAW;
}

static int bits_of(const struct cpm_codec *codec)
{
    switch (codec->mode) {
    case CPM_CODEC_GZIP:
    case CPM_CODEC_GUNZIP:
        return codec->window_bits + GZIP_BITS;
    case CPM_CODEC_UNZIP:
        return codec->window_bits + AUTO_BITS;
    case CPM_CODEC_DEFLATE_RAW:
    case CPM_CODEC_INFLATE_RAW:
        return -codec->window_bits;
    default:
        return codec->window_bits;
    }
}

/* The formats that know their dictionary from the start; the others ask for it. */
static int set_dictionary(struct cpm_codec *codec)
{
    if (!codec->dictionary)
        return Z_OK;
    if (is_deflating(codec))
        return deflateSetDictionary(&codec->zlib, codec->dictionary, (uInt)codec->dictionary_len);
    if (codec->mode == CPM_CODEC_INFLATE_RAW)
        return inflateSetDictionary(&codec->zlib, codec->dictionary, (uInt)codec->dictionary_len);
    return Z_OK;
}

int cpm_codec_begin(struct cpm_codec *codec)
{
    int rc;

    codec->begun = true;
    if (is_zstd(codec))
        return cpm_zstd_begin(codec);
    if (codec->mode == CPM_CODEC_BROTLI_ENCODE)
        return (codec->encoder = BrotliEncoderCreateInstance(NULL, NULL, NULL)) ? Z_OK
                                                                                : Z_MEM_ERROR;
    if (codec->mode == CPM_CODEC_BROTLI_DECODE)
        return (codec->decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL)) ? Z_OK
                                                                                : Z_MEM_ERROR;
    rc = is_deflating(codec) ? deflateInit2(&codec->zlib, codec->level, Z_DEFLATED, bits_of(codec),
                                            codec->mem_level, codec->strategy)
                             : inflateInit2(&codec->zlib, bits_of(codec));
    return rc == Z_OK ? set_dictionary(codec) : rc;
}

void cpm_codec_end(struct cpm_codec *codec)
{
    if (!codec->begun || codec->ended)
        return;
    codec->ended = true;
    if (is_zstd(codec))
        cpm_zstd_end(codec);
    else if (codec->encoder)
        BrotliEncoderDestroyInstance(codec->encoder);
    else if (codec->decoder)
        BrotliDecoderDestroyInstance(codec->decoder);
    else if (is_deflating(codec))
        deflateEnd(&codec->zlib);
    else if (codec->mode < CPM_CODEC_BROTLI_DECODE)
        inflateEnd(&codec->zlib);
    codec->encoder = NULL;
    codec->decoder = NULL;
    cpm_free(codec->dictionary);
    codec->dictionary = NULL;
}

int cpm_codec_reset(struct cpm_codec *codec)
{
    int rc;

    codec->status = Z_OK;
    if (codec->mode >= CPM_CODEC_BROTLI_DECODE) {
        unsigned char *dictionary = codec->dictionary;
        codec->dictionary = NULL;
        cpm_codec_end(codec);
        codec->dictionary = dictionary;
        codec->ended = false;
        return cpm_codec_begin(codec);
    }
    rc = is_deflating(codec) ? deflateReset(&codec->zlib) : inflateReset(&codec->zlib);
    return rc == Z_OK ? set_dictionary(codec) : rc;
}

static void inflate_step(struct cpm_codec *codec, int flush)
{
    z_stream *z = &codec->zlib;

    codec->status = inflate(z, flush);
    if (codec->mode != CPM_CODEC_INFLATE_RAW && codec->status == Z_NEED_DICT && codec->dictionary) {
        codec->status = inflateSetDictionary(z, codec->dictionary, (uInt)codec->dictionary_len);
        if (codec->status == Z_OK)
            codec->status = inflate(z, flush);
        else if (codec->status == Z_DATA_ERROR)
            codec->status = Z_NEED_DICT; /* the dictionary is the wrong one */
    }
    while (z->avail_in > 0 && codec->mode == CPM_CODEC_GUNZIP && codec->status == Z_STREAM_END &&
           z->next_in[0] != 0) {
        inflateReset(z);
        codec->status = inflate(z, flush);
    }
}

static void look_at_magic(struct cpm_codec *codec, const struct cpm_codec_step *step)
{
    for (size_t i = 0; i < step->in_len && codec->mode == CPM_CODEC_UNZIP; i++) {
        unsigned char wanted = codec->magic ? GZIP_SECOND : GZIP_FIRST;
        if (step->in[i] != wanted)
            codec->mode = CPM_CODEC_INFLATE;
        else if (codec->magic++)
            codec->mode = CPM_CODEC_GUNZIP;
    }
}

static void brotli_encode(struct cpm_codec *codec, struct cpm_codec_step *step)
{
    codec->status =
        BrotliEncoderCompressStream(codec->encoder, (BrotliEncoderOperation)step->flush,
                                    &step->in_len, &step->in, &step->out_len, &step->out, NULL)
            ? 0
            : -1;
}

static void brotli_decode(struct cpm_codec *codec, struct cpm_codec_step *step)
{
    BrotliDecoderResult result = BrotliDecoderDecompressStream(
        codec->decoder, &step->in_len, &step->in, &step->out_len, &step->out, NULL);

    codec->status = result == BROTLI_DECODER_RESULT_ERROR
                        ? (int)BrotliDecoderGetErrorCode(codec->decoder)
                        : (int)result;
}

void cpm_codec_run(struct cpm_codec *codec, struct cpm_codec_step *step)
{
    z_stream *z = &codec->zlib;

    if (is_zstd(codec)) {
        cpm_zstd_run(codec, step);
        return;
    }
    if (codec->mode == CPM_CODEC_BROTLI_ENCODE) {
        brotli_encode(codec, step);
        return;
    }
    if (codec->mode == CPM_CODEC_BROTLI_DECODE) {
        brotli_decode(codec, step);
        return;
    }
    if (codec->mode == CPM_CODEC_UNZIP)
        look_at_magic(codec, step);
    z->next_in = (unsigned char *)step->in;
    z->avail_in = (uInt)step->in_len;
    z->next_out = step->out;
    z->avail_out = (uInt)step->out_len;
    if (is_deflating(codec))
        codec->status = deflate(z, step->flush);
    else
        inflate_step(codec, step->flush);
    step->in = z->next_in;
    step->in_len = z->avail_in;
    step->out = z->next_out;
    step->out_len = z->avail_out;
}

static bool brotli_fault(const struct cpm_codec *codec, const struct cpm_codec_step *step,
                         struct cpm_codec_fault *out)
{
    bool decoding = codec->mode == CPM_CODEC_BROTLI_DECODE;

    if (!decoding && codec->status < 0)
        *out = (struct cpm_codec_fault){"Compression failed", "ERR_BROTLI_COMPRESSION_FAILED", -1};
    else if (codec->status < 0)
        *out = (struct cpm_codec_fault){"Decompression failed", NULL, codec->status};
    else if (decoding && step->flush == BROTLI_OPERATION_FINISH &&
             codec->status == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT)
        *out = (struct cpm_codec_fault){"unexpected end of file", "Z_BUF_ERROR", Z_BUF_ERROR};
    else
        return false;
    return true;
}

bool cpm_codec_fault(const struct cpm_codec *codec, const struct cpm_codec_step *step,
                     struct cpm_codec_fault *out)
{
    const char *message = codec->zlib.msg ? codec->zlib.msg : "Zlib error";

    if (is_zstd(codec))
        return cpm_zstd_fault(codec, step, out);
    if (codec->mode >= CPM_CODEC_BROTLI_DECODE)
        return brotli_fault(codec, step, out);
    switch (codec->status) {
    case Z_OK:
    case Z_STREAM_END:
        return false;
    case Z_BUF_ERROR:
        if (step->out_len == 0 || step->flush != Z_FINISH)
            return false;
        message = "unexpected end of file";
        break;
    case Z_NEED_DICT:
        message = codec->dictionary ? "Bad dictionary" : "Missing dictionary";
        break;
    default:
        break;
    }
    *out = (struct cpm_codec_fault){message, NULL, codec->status};
    return true;
}
