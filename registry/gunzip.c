/* The last four bytes of gzip name the size modulo 2^32: a guess that is right for every honest
 * answer; a wrong one costs another round with twice the room. */
#include "registry/gunzip.h"

#include "base/mem.h"

#include <libdeflate.h>

#define RATIO_MAX 1032 /* what deflate can do at most */

static size_t guess(struct cpm_str gzip, size_t max)
{
    const unsigned char *tail = (const unsigned char *)gzip.ptr + gzip.len - 4;
    size_t size =
        (size_t)tail[0] | (size_t)tail[1] << 8 | (size_t)tail[2] << 16 | (size_t)tail[3] << 24;

    if (size / RATIO_MAX > gzip.len)
        size = gzip.len * 8;
    return size < max ? size : max;
}

int cpm_gunzip(struct cpm_str gzip, size_t max, char **out, size_t *size, struct cpm_error *err)
{
    struct libdeflate_decompressor *d;
    enum libdeflate_result result = LIBDEFLATE_BAD_DATA;
    char *bytes = NULL;
    size_t room;

    if (gzip.len < 18)
        return cpm_error_set(err, CPM_EIO, "the gzip data is cut short");
    d = libdeflate_alloc_decompressor();
    if (!d)
        return cpm_error_set(err, CPM_ENOMEM, "no memory for gzip");
    for (room = guess(gzip, max);; room = room * 2 < max ? room * 2 : max) {
        cpm_free(bytes);
        bytes = cpm_alloc(room + 1);
        result = libdeflate_gzip_decompress(d, gzip.ptr, gzip.len, bytes, room, size);
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE || room >= max)
            break;
    }
    libdeflate_free_decompressor(d);
    if (result == LIBDEFLATE_SUCCESS) {
        *out = bytes;
        return 0;
    }
    cpm_free(bytes);
    if (result == LIBDEFLATE_INSUFFICIENT_SPACE)
        return cpm_error_set(err, CPM_ETOOBIG, "larger than the limit of %zu bytes", max);
    return cpm_error_set(err, CPM_EIO, "the gzip data is damaged");
}
