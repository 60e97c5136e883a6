#include "install/inflate.h"

#include "base/mem.h"
#include "install/archive.h"

#include <libdeflate.h>

/* The size in the gzip trailer is only a hint: when it is within the caps, the whole stream is
 * inflated at once into a buffer of that size. When it turns out wrong (several members, bytes
 * behind the stream, a lie), the true size is counted first by a pass that needs no memory, so that
 * a bomb never gets a buffer. */

#define GZIP_MIN  18         /* header and trailer */
#define HUGE_FROM (2u << 20) /* the heap keeps what is smaller (cli.c) */

static uint64_t limit_for(size_t packed)
{
    uint64_t limit = (uint64_t)packed * CPM_INFLATE_RATIO;

    if (limit < 1 << 20)
        limit = 1 << 20;
    return limit < CPM_INFLATE_MAX ? limit : CPM_INFLATE_MAX;
}

static uint32_t trailer_size(struct cpm_str gzip)
{
    const unsigned char *end = (const unsigned char *)gzip.ptr + gzip.len;

    return (uint32_t)end[-4] | (uint32_t)end[-3] << 8 | (uint32_t)end[-2] << 16 |
           (uint32_t)end[-1] << 24;
}

static bool is_gzip(struct cpm_str bytes)
{
    return bytes.len >= 2 && (unsigned char)bytes.ptr[0] == 0x1f &&
           (unsigned char)bytes.ptr[1] == 0x8b;
}

/* All members into a buffer of `room` bytes; false when they do not fit or are damaged. */
static bool inflate_members(struct cpm_str gzip, char *into, size_t room, struct cpm_inflated *out)
{
    struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    size_t used, made, total = 0, members = 0;

    while (d && gzip.len) {
        result = libdeflate_gzip_decompress_ex(d, gzip.ptr, gzip.len, into + total, room - total,
                                               &used, &made);
        if (result != LIBDEFLATE_SUCCESS)
            break;
        members++;
        total += made;
        gzip = cpm_str_sub(gzip, used, gzip.len);
    }
    libdeflate_free_decompressor(d);
    out->bytes = cpm_str_n(into, total);
    out->garbage = members && result == LIBDEFLATE_BAD_DATA && !is_gzip(gzip);
    return result == LIBDEFLATE_SUCCESS || out->garbage;
}

uint64_t cpm_inflate_hint(struct cpm_str gzip)
{
    uint64_t limit = limit_for(gzip.len), size;

    if (!is_gzip(gzip) || gzip.len < GZIP_MIN)
        return 0;
    size = trailer_size(gzip);
    return size < limit ? size : limit;
}

/* A large one comes fresh from the kernel: page by page that takes as long as writing to it. */
static char *new_bytes(uint64_t size)
{
    return size < HUGE_FROM ? cpm_alloc(size) : cpm_alloc_large(size);
}

int cpm_inflate(struct cpm_str gzip, struct cpm_inflated *out, struct cpm_error *err)
{
    uint64_t limit = limit_for(gzip.len), size;
    int rc;

    memset(out, 0, sizeof(*out));
    if (!is_gzip(gzip)) {
        out->bytes = gzip;
        return 0;
    }
    if (gzip.len < GZIP_MIN)
        return cpm_error_set(err, CPM_EBADARCHIVE, "the archive's compression is damaged");
    size = trailer_size(gzip);
    if (size <= limit) {
        out->owned = new_bytes(size);
        if (inflate_members(gzip, out->owned, size, out))
            return 0;
        cpm_free(out->owned);
        out->owned = NULL;
    }
    rc = cpm_archive_gzip_size(gzip, limit, &size, err);
    if (rc < 0)
        return rc;
    out->owned = new_bytes(size);
    if (inflate_members(gzip, out->owned, size, out))
        return 0;
    cpm_free(out->owned);
    out->owned = NULL;
    return cpm_error_set(err, CPM_EBADARCHIVE, "the archive's compression is damaged");
}
