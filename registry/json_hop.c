/* Eight bytes a step: a word is passed when none of its bytes is a quote, a backslash (in strings)
 * or a bracket (outside). '{' and '[' differ by 0x20 only, as do '}' and ']', so one comparison
 * finds both. */
#include "registry/json_hop.h"

#define EACH_BYTE(b) (0x0101010101010101u * (b))
/* Nonzero when some byte of w is zero. */
#define HAS_ZERO(w) (((w)-EACH_BYTE(1)) & ~(w)&EACH_BYTE(0x80))

static const char *at_end(struct cpm_jsonread *r)
{
    r->at = r->end;
    cpm_jsonread_fail(r, "unexpected end of JSON input");
    return NULL;
}

/* Behind the closing quote of the string whose text begins at p. */
static const char *hop_string(struct cpm_jsonread *r, const char *p)
{
    for (;;) {
        uint64_t w;

        while (r->end - p >= 8) {
            memcpy(&w, p, 8);
            if (HAS_ZERO(w ^ EACH_BYTE('"')) | HAS_ZERO(w ^ EACH_BYTE('\\')))
                break;
            p += 8;
        }
        while (p < r->end && *p != '"' && *p != '\\')
            p++;
        if (r->end - p < 1 || (*p == '\\' && r->end - p < 2))
            return at_end(r);
        if (*p == '"')
            return p + 1;
        p += 2;
    }
}

static bool is_mark(char c)
{
    return c == '"' || (c | 0x20) == '{' || (c | 0x20) == '}';
}

static const char *next_mark(const char *p, const char *end)
{
    uint64_t w;

    while (end - p >= 8) {
        memcpy(&w, p, 8);
        if (HAS_ZERO(w ^ EACH_BYTE('"')) | HAS_ZERO((w | EACH_BYTE(0x20)) ^ EACH_BYTE('{')) |
            HAS_ZERO((w | EACH_BYTE(0x20)) ^ EACH_BYTE('}')))
            break;
        p += 8;
    }
    while (p < end && !is_mark(*p))
        p++;
    return p;
}

/* Behind the container that opens at p. */
static const char *hop_container(struct cpm_jsonread *r, const char *p)
{
    size_t depth = 0;

    for (;;) {
        p = next_mark(p, r->end);
        if (p == r->end)
            return at_end(r);
        if (*p == '"') {
            p = hop_string(r, p + 1);
            if (!p)
                return NULL;
        } else if ((*p++ | 0x20) == '{') {
            depth++;
        } else if (--depth == 0) {
            return p;
        }
    }
}

void cpm_json_hop(struct cpm_jsonread *r)
{
    enum cpm_json_type type = cpm_jsonread_peek(r);
    const char *p = NULL;

    if (type != CPM_JSON_OBJECT && type != CPM_JSON_ARRAY && type != CPM_JSON_STRING) {
        cpm_jsonread_skip(r);
        return;
    }
    p = type == CPM_JSON_STRING ? hop_string(r, r->at + 1) : hop_container(r, r->at);
    if (p)
        r->at = p;
}

bool cpm_json_hop_same(struct cpm_jsonread *r, struct cpm_str last)
{
    cpm_jsonread_peek(r);
    if (r->fault || !last.len || (size_t)(r->end - r->at) < last.len ||
        !strchr("{[\"", last.ptr[0]) || memcmp(r->at, last.ptr, last.len) != 0)
        return false;
    r->at += last.len;
    return true;
}
