/* What base/json*.c share about strings: the one loop that JSON's speed hangs on (where a run of
 * bytes ends that stand for themselves; depmap.c has it too), and the reader's strings. */
#ifndef CPM_BASE_JSONSCAN_H
#define CPM_BASE_JSONSCAN_H

#include "base/jsonread.h"

#include <endian.h>

#define CPM_EACH_BYTE(b) (0x0101010101010101u * (b))
/* The high bit of each byte of w that is zero; bytes above the first such one may be false. */
#define CPM_ZERO_BYTES(w) (((w)-CPM_EACH_BYTE(1)) & ~(w)&CPM_EACH_BYTE(0x80))

static inline bool cpm_json_is_plain(unsigned char c)
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

/* The closing quote of the string whose text begins at p; NULL after a fault. */
const char *cpm_json_string_end(struct cpm_jsonread *r, const char *p, bool *escaped);
/* The text that a checked string with escapes stands for; new in the arena. */
struct cpm_str cpm_json_unescape(struct cpm_arena *arena, const char *from, const char *end);

#endif
