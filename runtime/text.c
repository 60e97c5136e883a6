/* Text between UTF-8 and the engine. The engine's own reader stops at NUL and gives an empty string
 * for invalid UTF-8, so it gets only what is ASCII without NUL (which it keeps as one byte a
 * character); all else is decoded here by the Encoding Standard's rule: one U+FFFD for each maximal
 * wrong part. */
#include "base/mem.h"
#include "runtime/js.h"

#include <stdint.h>

#define REPLACEMENT 0xfffd
#define MOST_TEXTS  (1u << 20)

/* Eight bytes at a time: the first expression has a high bit where a byte is above 0x7f, the second
 * where one is 0 and none is above. */
bool cpm_js_is_plain(const char *bytes, size_t len)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = 0;

    for (; i + sizeof(uint64_t) <= len; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof(word));
        if ((word | (word - ones)) & tops)
            return false;
    }
    for (; i < len; i++)
        if ((signed char)bytes[i] <= 0)
            return false;
    return true;
}

/* What may follow a first byte: how many bytes, and the bounds of the second. */
struct lead {
    unsigned char count, low, high;
};

static struct lead lead_of(unsigned char c)
{
    if (c >= 0xc2 && c <= 0xdf)
        return (struct lead){1, 0x80, 0xbf};
    if (c >= 0xe0 && c <= 0xef)
        return (struct lead){2, c == 0xe0 ? 0xa0 : 0x80, c == 0xed ? 0x9f : 0xbf};
    if (c >= 0xf0 && c <= 0xf4)
        return (struct lead){3, c == 0xf0 ? 0x90 : 0x80, c == 0xf4 ? 0x8f : 0xbf};
    return (struct lead){0, 0, 0};
}

/* One character from *at on; advances. */
static uint32_t decode(const unsigned char *bytes, size_t len, size_t *at)
{
    unsigned char c = bytes[(*at)++];
    struct lead lead = lead_of(c);

    if (c < 0x80)
        return c;
    if (!lead.count)
        return REPLACEMENT;
    uint32_t value = c & (0x3f >> lead.count);
    for (unsigned i = 0; i < lead.count; i++) {
        unsigned char low = i ? 0x80 : lead.low, high = i ? 0xbf : lead.high;
        if (*at >= len || bytes[*at] < low || bytes[*at] > high)
            return REPLACEMENT;
        value = value << 6 | (bytes[(*at)++] & 0x3f);
    }
    return value;
}

bool cpm_js_is_utf8(const char *bytes, size_t len)
{
    static const unsigned char replacement[] = {0xef, 0xbf, 0xbd};
    const unsigned char *text = (const unsigned char *)bytes;

    for (size_t at = 0; at < len;) {
        size_t begin = at;
        if (decode(text, len, &at) == REPLACEMENT &&
            (at - begin != 3 || memcmp(text + begin, replacement, 3) != 0))
            return false;
    }
    return true;
}

static JSStringRef decode_all(const unsigned char *bytes, size_t len)
{
    JSChar *chars = cpm_alloc((len + 1) * sizeof(*chars));
    size_t count = 0;

    for (size_t at = 0; at < len;) {
        uint32_t c = decode(bytes, len, &at);
        if (c >= 0x10000) {
            chars[count++] = (JSChar)(0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + ((c - 0x10000) & 0x3ff);
        }
        chars[count++] = (JSChar)c;
    }
    JSStringRef string = JSStringCreateWithCharacters(chars, count);
    cpm_free(chars);
    return string;
}

JSStringRef cpm_js_string(const char *bytes, size_t len)
{
    if (len == 0)
        return JSStringCreateWithUTF8CString("");
    if (!cpm_js_is_plain(bytes, len))
        return decode_all((const unsigned char *)bytes, len);
    char *copy = cpm_strndup(bytes, len);
    JSStringRef string = JSStringCreateWithUTF8CString(copy);
    cpm_free(copy);
    return string;
}

JSValueRef cpm_js_text_n(JSContextRef ctx, const char *bytes, size_t len)
{
    JSStringRef string = cpm_js_string(bytes, len);
    JSValueRef value = JSValueMakeString(ctx, string);

    JSStringRelease(string);
    return value;
}

JSValueRef cpm_js_text(JSContextRef ctx, const char *text)
{
    size_t len = strlen(text);

    if (!cpm_js_is_plain(text, len))
        return cpm_js_text_n(ctx, text, len);
    JSStringRef string = JSStringCreateWithUTF8CString(text);
    JSValueRef value = JSValueMakeString(ctx, string);
    JSStringRelease(string);
    return value;
}

JSValueRef cpm_js_latin1(JSContextRef ctx, const unsigned char *bytes, size_t len)
{
    JSStringRef string;

    if (cpm_js_is_plain((const char *)bytes, len)) {
        char *copy = cpm_strndup((const char *)bytes, len);
        string = JSStringCreateWithUTF8CString(copy);
        cpm_free(copy);
    } else {
        JSChar *chars = cpm_alloc((len + 1) * sizeof(*chars));
        for (size_t i = 0; i < len; i++)
            chars[i] = bytes[i];
        string = JSStringCreateWithCharacters(chars, len);
        cpm_free(chars);
    }
    JSValueRef value = JSValueMakeString(ctx, string);
    JSStringRelease(string);
    return value;
}

char *cpm_js_utf8(JSContextRef ctx, JSValueRef value, size_t *len)
{
    JSStringRef string = JSValueToStringCopy(ctx, value, NULL);

    if (!string) {
        if (len)
            *len = 0;
        return cpm_strdup("");
    }
    size_t size = JSStringGetMaximumUTF8CStringSize(string);
    char *text = cpm_alloc(size);
    size_t written = JSStringGetUTF8CString(string, text, size);
    JSStringRelease(string);
    if (len)
        *len = written ? written - 1 : 0;
    if (!written)
        text[0] = '\0';
    return text;
}

char *cpm_js_arg_utf8(JSContextRef ctx, size_t argc, const JSValueRef argv[], size_t i)
{
    if (i >= argc || JSValueIsUndefined(ctx, argv[i]) || JSValueIsNull(ctx, argv[i]))
        return NULL;
    return cpm_js_utf8(ctx, argv[i], NULL);
}

char **cpm_js_texts(JSContextRef ctx, JSValueRef list)
{
    if (!JSValueIsArray(ctx, list))
        return NULL;
    JSObjectRef array = JSValueToObject(ctx, list, NULL);
    double length = cpm_js_number(ctx, cpm_js_get(ctx, array, "length"), 0);
    unsigned count = length < MOST_TEXTS ? (unsigned)length : MOST_TEXTS;
    char **texts = cpm_calloc(count + 1, sizeof(*texts));

    for (unsigned i = 0; i < count; i++)
        texts[i] = cpm_js_utf8(ctx, JSObjectGetPropertyAtIndex(ctx, array, i, NULL), NULL);
    return texts;
}

void cpm_js_texts_free(char **texts)
{
    for (size_t i = 0; texts && texts[i]; i++)
        cpm_free(texts[i]);
    cpm_free(texts);
}
