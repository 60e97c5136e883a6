/* Fields come as one text: U+FFFF, which is no octet, stands behind each name and each value.
 * nghttp2 looks at what is between, and copies it: the list lives for one call. */
#include "base/mem.h"
#include "runtime/native/http2/http2.h"

enum { MOST_FIELDS = 1 << 16, MARK = 0xffff };

struct text {
    const JSChar *chars;
    char *bytes; /* the same, narrowed */
    size_t len, at;
};

/* The bytes up to the next mark; NULL when none follows. */
static uint8_t *next(struct text *text, size_t *out_len)
{
    size_t begin = text->at, end = begin;

    while (end < text->len && text->chars[end] != MARK) {
        text->bytes[end] = (char)(unsigned char)text->chars[end];
        end++;
    }
    if (end == text->len)
        return NULL;
    text->at = end + 1;
    *out_len = end - begin;
    return (uint8_t *)text->bytes + begin;
}

static bool read_pair(nghttp2_nv *nv, struct text *text)
{
    nv->name = next(text, &nv->namelen);
    nv->value = nv->name ? next(text, &nv->valuelen) : NULL;
    if (!nv->value)
        return false;
    if (nv->namelen && *nv->name == '\t') {
        nv->flags = NGHTTP2_NV_FLAG_NO_INDEX;
        nv->name++;
        nv->namelen--;
    }
    return true;
}

bool cpm_h2_fields_read(struct cpm_h2_fields *fields, JSContextRef ctx, JSValueRef value,
                        int64_t count)
{
    struct text text = {0};
    JSStringRef string = JSValueToStringCopy(ctx, value, NULL);

    *fields = (struct cpm_h2_fields){0};
    if (!string)
        return false;
    text.len = JSStringGetLength(string);
    text.chars = JSStringGetCharactersPtr(string);
    fields->bytes = text.bytes = cpm_alloc(text.len + 1);
    fields->list =
        cpm_calloc(count > 0 && count < MOST_FIELDS ? (size_t)count + 1 : 1, sizeof(*fields->list));
    while ((int64_t)fields->count < count && count < MOST_FIELDS &&
           read_pair(&fields->list[fields->count], &text))
        fields->count++;
    JSStringRelease(string);
    return (int64_t)fields->count == count && text.at == text.len;
}

void cpm_h2_fields_release(struct cpm_h2_fields *fields)
{
    cpm_free(fields->list);
    cpm_free(fields->bytes);
}
