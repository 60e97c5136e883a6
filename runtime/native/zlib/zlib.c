/* The object native('zlib'): codecs as boxes, and one step of one as a job. */
#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/native/box.h"
#include "runtime/native/job.h"
#include "runtime/native/zlib/codec.h"
#include "runtime/native/zlib/zstd.h"

static void codec_free(void *content)
{
    cpm_codec_end(content);
    cpm_free(content);
}

static const struct cpm_box_kind kind = {"Codec", codec_free};

static struct cpm_codec *codec_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    struct cpm_codec *codec = cpm_box_open(ctx, cpm_js_arg(ctx, argc, argv, 0), &kind);

    return codec && !codec->ended ? codec : NULL;
}

/* (mode, level, window bits, memory level, strategy, dictionary or none, how much will come or
 * none): a codec, or zlib's error. */
CPM_JS_FUNCTION(zlib_new)
{
    struct cpm_codec *codec = cpm_calloc(1, sizeof(*codec));
    struct cpm_js_bytes dictionary;

    codec->mode = (enum cpm_codec_mode)cpm_js_int(ctx, argc, argv, 0);
    codec->level = (int)cpm_js_int(ctx, argc, argv, 1);
    codec->window_bits = (int)cpm_js_int(ctx, argc, argv, 2);
    codec->mem_level = (int)cpm_js_int(ctx, argc, argv, 3);
    codec->strategy = (int)cpm_js_int(ctx, argc, argv, 4);
    if (argc > 5 && cpm_js_bytes(ctx, argv[5], &dictionary) && dictionary.len) {
        codec->dictionary = cpm_alloc(dictionary.len);
        codec->dictionary_len = dictionary.len;
        memcpy(codec->dictionary, dictionary.ptr, dictionary.len);
    }
    JSValueRef pledged = cpm_js_arg(ctx, argc, argv, 6);
    codec->pledged =
        JSValueIsNumber(ctx, pledged) ? (unsigned long long)cpm_js_int(ctx, argc, argv, 6) : ~0ULL;
    int rc = cpm_codec_begin(codec);
    if (rc == Z_OK)
        return cpm_box_new(ctx, &kind, codec);
    codec_free(codec);
    return JSValueMakeNumber(ctx, rc);
}

/* (codec, parameter, value): whether Brotli or Zstandard takes it. */
CPM_JS_FUNCTION(zlib_set)
{
    struct cpm_codec *codec = codec_arg(ctx, argc, argv);
    unsigned parameter = (unsigned)cpm_js_int(ctx, argc, argv, 1);
    uint32_t value = (uint32_t)cpm_js_int(ctx, argc, argv, 2);
    bool fine = false;

    if (codec && codec->encoder)
        fine = BrotliEncoderSetParameter(codec->encoder, (BrotliEncoderParameter)parameter, value);
    else if (codec && codec->decoder)
        fine = BrotliDecoderSetParameter(codec->decoder, (BrotliDecoderParameter)parameter, value);
    else if (codec && codec->mode >= CPM_CODEC_ZSTD_ENCODE)
        fine = cpm_zstd_set(codec, parameter, (int)value);
    return JSValueMakeBoolean(ctx, fine);
}

/* (codec, level, strategy): 0, or zlib's error. */
CPM_JS_FUNCTION(zlib_params)
{
    struct cpm_codec *codec = codec_arg(ctx, argc, argv);

    if (!codec || codec->mode >= CPM_CODEC_BROTLI_DECODE)
        return JSValueMakeNumber(ctx, Z_OK);
    codec->level = (int)cpm_js_int(ctx, argc, argv, 1);
    codec->strategy = (int)cpm_js_int(ctx, argc, argv, 2);
    int rc = deflateParams(&codec->zlib, codec->level, codec->strategy);
    return JSValueMakeNumber(ctx, rc == Z_BUF_ERROR ? Z_OK : rc);
}

CPM_JS_FUNCTION(zlib_reset)
{
    struct cpm_codec *codec = codec_arg(ctx, argc, argv);

    return JSValueMakeNumber(ctx, codec ? cpm_codec_reset(codec) : Z_OK);
}

CPM_JS_FUNCTION(zlib_end)
{
    struct cpm_codec *codec = codec_arg(ctx, argc, argv);

    if (codec)
        cpm_codec_end(codec);
    return JSValueMakeUndefined(ctx);
}

struct stepping {
    struct cpm_job job; /* first */
    struct cpm_codec *codec;
    struct cpm_codec_step step;
    JSValueRef held[3]; /* protected: the codec and both arrays of bytes */
};

static void run(struct cpm_job *job)
{
    struct stepping *s = (struct stepping *)job;

    cpm_codec_run(s->codec, &s->step);
}

/* [bytes of the input left, room left], and behind them [message, code, number] of a fault. */
static JSValueRef result(struct cpm_job *job, JSContextRef ctx, CPM_UNUSED JSValueRef *exception)
{
    struct stepping *s = (struct stepping *)job;
    struct cpm_codec_fault fault;
    JSValueRef parts[5] = {JSValueMakeNumber(ctx, (double)s->step.in_len),
                           JSValueMakeNumber(ctx, (double)s->step.out_len)};

    if (!cpm_codec_fault(s->codec, &s->step, &fault))
        return JSObjectMakeArray(ctx, 2, parts, NULL);
    parts[2] = cpm_js_text(ctx, fault.message);
    parts[3] = fault.code ? cpm_js_text(ctx, fault.code) : JSValueMakeUndefined(ctx);
    parts[4] = JSValueMakeNumber(ctx, fault.number);
    return JSObjectMakeArray(ctx, 5, parts, NULL);
}

static void release(struct cpm_job *job)
{
    struct stepping *s = (struct stepping *)job;

    for (size_t i = 0; i < sizeof(s->held) / sizeof(s->held[0]); i++)
        JSValueUnprotect(job->rt->ctx, s->held[i]);
}

/* (codec, flush, bytes, from, length, room, from, length, callback): see result. */
CPM_JS_FUNCTION(zlib_run)
{
    struct cpm_codec *codec = codec_arg(ctx, argc, argv);
    struct cpm_js_bytes in = {NULL, 0}, out = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 2), &in);
    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 5), &out);
    size_t from = (size_t)cpm_js_int(ctx, argc, argv, 3),
           len = (size_t)cpm_js_int(ctx, argc, argv, 4),
           to = (size_t)cpm_js_int(ctx, argc, argv, 6),
           room = (size_t)cpm_js_int(ctx, argc, argv, 7);
    if (!codec || from > in.len || len > in.len - from || to > out.len || room > out.len - to)
        return cpm_js_throw(ctx, exception, "that part of the bytes is none");
    struct stepping *s = cpm_calloc(1, sizeof(*s));
    s->codec = codec;
    s->step = (struct cpm_codec_step){in.ptr ? in.ptr + from : NULL, out.ptr + to, len, room,
                                      (int)cpm_js_int(ctx, argc, argv, 1)};
    const JSValueRef held[] = {argv[0], argv[2], argv[5]};
    for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
        s->held[i] = held[i];
        JSValueProtect(cpm_runtime_current()->ctx, held[i]);
    }
    s->job.run = run;
    s->job.result = result;
    s->job.release = release;
    return cpm_job_start(&s->job, ctx, cpm_js_arg_function(ctx, argc, argv, 8), exception);
}

/* (bytes, sum of what came before) */
CPM_JS_FUNCTION(crc)
{
    struct cpm_js_bytes in = {NULL, 0};

    cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 0), &in);
    return JSValueMakeNumber(ctx,
                             (double)crc32_z((uLong)cpm_js_int(ctx, argc, argv, 1),
                                             in.ptr ? in.ptr : (const unsigned char *)"", in.len));
}

__attribute__((visibility("default"))) cpm_native_fn cpm_native_zlib;

JSObjectRef cpm_native_zlib(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"open", zlib_new}, {"set", zlib_set}, {"params", zlib_params}, {"reset", zlib_reset},
        {"end", zlib_end},  {"run", zlib_run}, {"crc32", crc},          {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
