/* `status` is what zstd's last step gave: an error's number below zero, else whether more is to
 * come (compressing) or expected (decompressing). */
#include "runtime/native/zlib/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

static bool is_error(size_t rc)
{
    return ZSTD_isError(rc);
}

static bool load(struct cpm_codec *codec)
{
    if (codec->mode == CPM_CODEC_ZSTD_ENCODE)
        return !is_error(ZSTD_CCtx_setPledgedSrcSize(codec->zstd_encoder, codec->pledged)) &&
               !is_error(ZSTD_CCtx_loadDictionary(codec->zstd_encoder, codec->dictionary,
                                                  codec->dictionary_len));
    return !is_error(
        ZSTD_DCtx_loadDictionary(codec->zstd_decoder, codec->dictionary, codec->dictionary_len));
}

int cpm_zstd_begin(struct cpm_codec *codec)
{
    bool made;

    if (codec->mode == CPM_CODEC_ZSTD_ENCODE)
        made = (codec->zstd_encoder = ZSTD_createCCtx()) != NULL;
    else
        made = (codec->zstd_decoder = ZSTD_createDCtx()) != NULL;
    if (!made)
        return Z_MEM_ERROR;
    return load(codec) ? Z_OK : Z_STREAM_ERROR;
}

void cpm_zstd_end(struct cpm_codec *codec)
{
    ZSTD_freeCCtx(codec->zstd_encoder);
    ZSTD_freeDCtx(codec->zstd_decoder);
    codec->zstd_encoder = NULL;
    codec->zstd_decoder = NULL;
}

bool cpm_zstd_set(struct cpm_codec *codec, unsigned parameter, int value)
{
    if (codec->zstd_encoder)
        return !is_error(
            ZSTD_CCtx_setParameter(codec->zstd_encoder, (ZSTD_cParameter)parameter, value));
    return codec->zstd_decoder && !is_error(ZSTD_DCtx_setParameter(
                                      codec->zstd_decoder, (ZSTD_dParameter)parameter, value));
}

void cpm_zstd_run(struct cpm_codec *codec, struct cpm_codec_step *step)
{
    ZSTD_inBuffer in = {step->in, step->in_len, 0};
    ZSTD_outBuffer out = {step->out, step->out_len, 0};
    size_t rc;

    if (codec->zstd_encoder)
        rc = ZSTD_compressStream2(codec->zstd_encoder, &out, &in, (ZSTD_EndDirective)step->flush);
    else
        rc = ZSTD_decompressStream(codec->zstd_decoder, &out, &in);
    /* Where nothing was done, what is behind a frame's end is only what another would want. */
    if (is_error(rc))
        codec->status = -(int)ZSTD_getErrorCode(rc);
    else if (codec->zstd_encoder || in.pos || out.pos)
        codec->status = rc != 0;
    step->in = in.pos ? step->in + in.pos : step->in;
    step->in_len -= in.pos;
    step->out += out.pos;
    step->out_len -= out.pos;
}

static const char *name_of(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
#define NAME(name) {ZSTD_error_##name, "ZSTD_error_" #name}
        NAME(GENERIC),
        NAME(prefix_unknown),
        NAME(version_unsupported),
        NAME(frameParameter_unsupported),
        NAME(frameParameter_windowTooLarge),
        NAME(corruption_detected),
        NAME(checksum_wrong),
        NAME(literals_headerWrong),
        NAME(dictionary_corrupted),
        NAME(dictionary_wrong),
        NAME(dictionaryCreation_failed),
        NAME(parameter_unsupported),
        NAME(parameter_combination_unsupported),
        NAME(parameter_outOfBound),
        NAME(tableLog_tooLarge),
        NAME(maxSymbolValue_tooLarge),
        NAME(maxSymbolValue_tooSmall),
        NAME(stabilityCondition_notRespected),
        NAME(stage_wrong),
        NAME(init_missing),
        NAME(memory_allocation),
        NAME(workSpace_tooSmall),
        NAME(dstSize_tooSmall),
        NAME(srcSize_wrong),
        NAME(dstBuffer_null),
        NAME(noForwardProgress_destFull),
        NAME(noForwardProgress_inputEmpty),
#undef NAME
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i].error == error)
            return names[i].name;
    return "ZSTD_error_GENERIC";
}

bool cpm_zstd_fault(const struct cpm_codec *codec, const struct cpm_codec_step *step,
                    struct cpm_codec_fault *out)
{
    if (codec->status < 0)
        *out = (struct cpm_codec_fault){ZSTD_getErrorString((ZSTD_ErrorCode)-codec->status),
                                        name_of(-codec->status), -codec->status};
    else if (codec->zstd_decoder && step->flush == ZSTD_e_end && codec->status && step->out_len)
        *out = (struct cpm_codec_fault){"unexpected end of file", "Z_BUF_ERROR", Z_BUF_ERROR};
    else
        return false;
    return true;
}
