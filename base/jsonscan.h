/* The one loop that JSON's speed hangs on, for base/json*.c only: where a run of bytes ends that
 * stand for themselves in a JSON string. */
#ifndef CPM_BASE_JSONSCAN_H
#define CPM_BASE_JSONSCAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define CPM_EACH_BYTE(b) (0x0101010101010101u * (b))
/* The high bit of each byte of w that is zero; bytes above the first such one may be false. */
#define CPM_ZERO_BYTES(w) (((w)-CPM_EACH_BYTE(1)) & ~(w)&CPM_EACH_BYTE(0x80))

static inline int cpm_json_is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Past all ASCII bytes but '"', '\\' and control characters, eight at a time. */
static inline const char *cpm_json_skip_plain(const char *p, const char *end)
{
    for (; end - p >= 8; p += 8) {
        uint64_t w, hits;

        memcpy(&w, p, 8);
        w = le64toh(w); /* so that the first byte is the lowest, and the first hit is true */
        hits = (w & CPM_EACH_BYTE(0x80)) | ((w - CPM_EACH_BYTE(0x20)) & ~w & CPM_EACH_BYTE(0x80)) |
               CPM_ZERO_BYTES(w ^ CPM_EACH_BYTE('"')) | CPM_ZERO_BYTES(w ^ CPM_EACH_BYTE('\\'));
        if (hits)
            return p + __builtin_ctzll(hits) / 8;
    }
    while (p < end && cpm_json_is_plain((unsigned char)*p))
        p++;
    return p;
}

#endif
