#include "lockfile/raw.h"

void cpm_raw_open(struct cpm_jsonread *r, struct cpm_str raw, struct cpm_arena *arena)
{
    cpm_jsonread_init(r, raw, "value", arena);
}

bool cpm_raw_is(struct cpm_str raw, enum cpm_json_type type)
{
    struct cpm_jsonread r;

    if (raw.len == 0)
        return false;
    cpm_raw_open(&r, raw, NULL);
    return cpm_jsonread_peek(&r) == type;
}

bool cpm_raw_truthy(struct cpm_str raw)
{
    switch (raw.len ? raw.ptr[0] : '\0') {
    case '"':
        return raw.len > 2;
    case '{':
    case '[':
    case 't':
        return true;
    case '\0':
    case 'f':
    case 'n':
        return false;
    default: /* a number: zero has no digit but 0 before its exponent */
        for (size_t i = 0; i < raw.len && (raw.ptr[i] | 0x20) != 'e'; i++)
            if (raw.ptr[i] >= '1' && raw.ptr[i] <= '9')
                return true;
        return false;
    }
}

bool cpm_raw_empty(struct cpm_str raw)
{
    if (raw.len == 0 || (raw.ptr[0] != '{' && raw.ptr[0] != '['))
        return false;
    return cpm_str_trim(cpm_str_sub(raw, 1, raw.len - 2)).len == 0;
}

struct cpm_str cpm_raw_worth(struct cpm_str raw)
{
    return cpm_raw_truthy(raw) && !cpm_raw_empty(raw) ? raw : CPM_STR_NONE;
}

struct cpm_str cpm_raw_member(struct cpm_str raw, const char *key, struct cpm_arena *arena)
{
    struct cpm_str name, found = CPM_STR_NONE;
    struct cpm_jsonread r;

    if (raw.len == 0 || raw.ptr[0] != '{')
        return found;
    cpm_raw_open(&r, raw, arena);
    if (!cpm_jsonread_object(&r))
        return found;
    while (cpm_jsonread_key(&r, &name))
        if (cpm_str_is(name, key))
            found = cpm_jsonread_raw(&r);
        else
            cpm_jsonread_skip(&r);
    return found;
}

struct cpm_str cpm_raw_str(struct cpm_str raw, struct cpm_arena *arena)
{
    struct cpm_str text = CPM_STR_NONE;
    struct cpm_jsonread r;

    if (raw.len < 2 || raw.ptr[0] != '"')
        return text;
    if (!memchr(raw.ptr, '\\', raw.len) && raw.ptr[raw.len - 1] == '"')
        return cpm_str_n(raw.ptr + 1, raw.len - 2);
    cpm_raw_open(&r, raw, arena);
    cpm_jsonread_str(&r, &text);
    return text;
}

struct cpm_str cpm_raw_keep(const struct cpm_buf *buf, struct cpm_arena *arena)
{
    return cpm_arena_str(arena, cpm_buf_str(buf));
}
