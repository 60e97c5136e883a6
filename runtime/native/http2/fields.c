/* Fields cross as one text: NUL, which no field can hold, stands behind each name and each value.
 * nghttp2 copies what it is given, so the list lives for one call. */
#include "base/mem.h"
#include "runtime/native/http2/http2.h"

#include <string.h>

enum { MOST_FIELDS = 1 << 16 };

static char *narrow(JSContextRef ctx, JSValueRef text, size_t *len)
{
    JSStringRef string = JSValueToStringCopy(ctx, text, NULL);

    *len = string ? JSStringGetLength(string) : 0;
    char *bytes = cpm_alloc(*len + 1);
    const JSChar *chars = string ? JSStringGetCharactersPtr(string) : NULL;
    for (size_t i = 0; i < *len; i++)
        bytes[i] = (char)(unsigned char)chars[i];
    bytes[*len] = '\0';
    if (string)
        JSStringRelease(string);
    return bytes;
}

/* The text from *at to the next NUL; NULL when none follows. */
static char *next(char *bytes, size_t len, size_t *at, size_t *out_len)
{
    char *begin = bytes + *at, *end = *at < len ? memchr(begin, '\0', len - *at) : NULL;

    if (!end)
        return NULL;
    *out_len = (size_t)(end - begin);
    *at += *out_len + 1;
    return begin;
}

static bool read_pair(nghttp2_nv *nv, char *bytes, size_t len, size_t *at)
{
    char *name = next(bytes, len, at, &nv->namelen);
    char *value = name ? next(bytes, len, at, &nv->valuelen) : NULL;

    if (!value)
        return false;
    if (*name == '\t') {
        nv->flags = NGHTTP2_NV_FLAG_NO_INDEX;
        name++;
        nv->namelen--;
    }
    nv->name = (uint8_t *)name;
    nv->value = (uint8_t *)value;
    return true;
}

bool cpm_h2_fields_read(struct cpm_h2_fields *fields, JSContextRef ctx, JSValueRef text,
                        int64_t count)
{
    size_t len, at = 0, i = 0;

    *fields = (struct cpm_h2_fields){0};
    if (count < 0 || count > MOST_FIELDS)
        return false;
    fields->bytes = narrow(ctx, text, &len);
    fields->list = cpm_calloc((size_t)count + 1, sizeof(*fields->list));
    while (i < (size_t)count && read_pair(&fields->list[i], fields->bytes, len, &at))
        i++;
    fields->count = i;
    return i == (size_t)count && at == len;
}

void cpm_h2_fields_release(struct cpm_h2_fields *fields)
{
    cpm_free(fields->list);
    cpm_free(fields->bytes);
}
