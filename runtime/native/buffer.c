/* Bytes to text and back, for Buffer, TextDecoder and StringDecoder: what in JavaScript would be a
 * loop over each byte. Functions take (bytes, begin, end) or (text). */
#include "runtime/js.h"

#include "base/mem.h"
#include "runtime/builtins.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The named part of argv[0]; empty when it is none. */
static struct cpm_js_bytes part_of(JSContextRef ctx, size_t argc, const JSValueRef argv[])
{
    struct cpm_js_bytes bytes = {NULL, 0};

    if (!argc || !cpm_js_bytes(ctx, argv[0], &bytes))
        return bytes;
    int64_t begin = argc > 1 ? cpm_js_int(ctx, argc, argv, 1) : 0;
    int64_t end = argc > 2 ? cpm_js_int(ctx, argc, argv, 2) : (int64_t)bytes.len;
    if (begin < 0)
        begin = 0;
    if (end > (int64_t)bytes.len)
        end = (int64_t)bytes.len;
    if (begin >= end)
        return (struct cpm_js_bytes){NULL, 0};
    return (struct cpm_js_bytes){bytes.ptr + begin, (size_t)(end - begin)};
}

CPM_JS_FUNCTION(utf8_slice)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);

    return cpm_js_text_n(ctx, (const char *)b.ptr, b.len);
}

CPM_JS_FUNCTION(latin1_slice)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);

    return cpm_js_latin1(ctx, b.ptr, b.len);
}

CPM_JS_FUNCTION(ascii_slice)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);
    char *text = cpm_alloc(b.len + 1);

    for (size_t i = 0; i < b.len; i++)
        text[i] = (char)(b.ptr[i] & 0x7f);
    JSValueRef value = cpm_js_text_n(ctx, text, b.len);
    cpm_free(text);
    return value;
}

CPM_JS_FUNCTION(utf16_slice)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);
    size_t count = b.len / 2;
    JSChar *chars = cpm_alloc((count + 1) * sizeof(*chars));

    for (size_t i = 0; i < count; i++)
        chars[i] = (JSChar)(b.ptr[2 * i] | b.ptr[2 * i + 1] << 8);
    JSStringRef string = JSStringCreateWithCharacters(chars, count);
    cpm_free(chars);
    JSValueRef value = JSValueMakeString(ctx, string);
    JSStringRelease(string);
    return value;
}

CPM_JS_FUNCTION(hex_slice)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);
    char *text = cpm_alloc(b.len * 2 + 1);

    for (size_t i = 0; i < b.len; i++) {
        text[2 * i] = hex_digits[b.ptr[i] >> 4];
        text[2 * i + 1] = hex_digits[b.ptr[i] & 15];
    }
    JSValueRef value = cpm_js_text_n(ctx, text, b.len * 2);
    cpm_free(text);
    return value;
}

static JSValueRef base64_text(JSContextRef ctx, struct cpm_js_bytes b, const char *digits, bool pad)
{
    char *text = cpm_alloc(b.len / 3 * 4 + 5);
    size_t n = 0;

    for (size_t i = 0; i < b.len; i += 3) {
        size_t left = b.len - i;
        unsigned v = (unsigned)b.ptr[i] << 16 | (left > 1 ? (unsigned)b.ptr[i + 1] << 8 : 0) |
                     (left > 2 ? b.ptr[i + 2] : 0);
        text[n++] = digits[v >> 18];
        text[n++] = digits[v >> 12 & 63];
        if (left > 1)
            text[n++] = digits[v >> 6 & 63];
        else if (pad)
            text[n++] = '=';
        if (left > 2)
            text[n++] = digits[v & 63];
        else if (pad)
            text[n++] = '=';
    }
    JSValueRef value = cpm_js_text_n(ctx, text, n);
    cpm_free(text);
    return value;
}

CPM_JS_FUNCTION(base64_slice)
{
    return base64_text(ctx, part_of(ctx, argc, argv), base64_digits, true);
}

CPM_JS_FUNCTION(base64url_slice)
{
    return base64_text(ctx, part_of(ctx, argc, argv), base64url_digits, false);
}

/* (text): its UTF-8 as a Uint8Array. */
CPM_JS_FUNCTION(utf8_bytes)
{
    size_t len;
    char *text = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 0), &len);

    if (len == 0) {
        cpm_free(text);
        return cpm_js_take_bytes(ctx, NULL, 0);
    }
    return cpm_js_take_bytes(ctx, text, len);
}

/* (text): how many bytes its UTF-8 has. */
CPM_JS_FUNCTION(utf8_length)
{
    JSStringRef string = JSValueToStringCopy(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    size_t length = string ? JSStringGetLength(string) : 0, bytes = 0;
    const JSChar *chars = string ? JSStringGetCharactersPtr(string) : NULL;

    for (size_t i = 0; i < length; i++) {
        if (chars[i] < 0x80) {
            bytes++;
        } else if (chars[i] < 0x800) {
            bytes += 2;
        } else if (chars[i] >= 0xd800 && chars[i] < 0xdc00 && i + 1 < length &&
                   chars[i + 1] >= 0xdc00 && chars[i + 1] < 0xe000) {
            bytes += 4;
            i++;
        } else {
            bytes += 3;
        }
    }
    if (string)
        JSStringRelease(string);
    return JSValueMakeNumber(ctx, (double)bytes);
}

/* The length of what fits of `text` into `room` without splitting a character. */
static size_t whole(const char *text, size_t len, size_t room)
{
    if (len <= room)
        return len;
    while (room > 0 && ((unsigned char)text[room] & 0xc0) == 0x80)
        room--;
    return room;
}

/* (bytes, text, offset, length): how many bytes were written. */
CPM_JS_FUNCTION(utf8_write)
{
    const JSValueRef part[] = {cpm_js_arg(ctx, argc, argv, 0), cpm_js_arg(ctx, argc, argv, 2)};
    struct cpm_js_bytes to = part_of(ctx, 2, part);
    int64_t most = argc > 3 ? cpm_js_int(ctx, argc, argv, 3) : (int64_t)to.len;
    size_t len;
    char *text = cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, 1), &len);
    size_t room = most < 0 ? 0 : (uint64_t)most < to.len ? (size_t)most : to.len;

    len = whole(text, len, room);
    if (len)
        memcpy(to.ptr, text, len);
    cpm_free(text);
    return JSValueMakeNumber(ctx, (double)len);
}

/* (bytes): whether they are UTF-8, and ASCII. */
CPM_JS_FUNCTION(is_utf8)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);

    return JSValueMakeBoolean(ctx, cpm_js_is_utf8((const char *)b.ptr, b.len));
}

CPM_JS_FUNCTION(is_ascii)
{
    struct cpm_js_bytes b = part_of(ctx, argc, argv);
    unsigned char seen = 0;

    for (size_t i = 0; i < b.len; i++)
        seen |= b.ptr[i];
    return JSValueMakeBoolean(ctx, seen < 0x80);
}

CPM_JS_FUNCTION(compare)
{
    struct cpm_js_bytes a = part_of(ctx, argc ? 1 : 0, argv), b = {NULL, 0};

    if (argc > 1)
        cpm_js_bytes(ctx, argv[1], &b);
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    if (order == 0)
        order = a.len < b.len ? -1 : a.len > b.len;
    return JSValueMakeNumber(ctx, order < 0 ? -1 : order > 0);
}

/* (bytes, needle bytes, from): where it begins, or -1. */
CPM_JS_FUNCTION(index_of)
{
    struct cpm_js_bytes hay = {NULL, 0}, needle = {NULL, 0};
    int64_t from = cpm_js_int(ctx, argc, argv, 2);

    if (argc < 2 || !cpm_js_bytes(ctx, argv[0], &hay) || !cpm_js_bytes(ctx, argv[1], &needle) ||
        from < 0 || (uint64_t)from > hay.len || !hay.ptr)
        return JSValueMakeNumber(ctx, -1);
    const unsigned char *at =
        memmem(hay.ptr + from, hay.len - (size_t)from, needle.ptr, needle.len);
    return JSValueMakeNumber(ctx, at ? (double)(at - hay.ptr) : -1);
}

JSObjectRef cpm_native_buffer(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"utf8Slice", utf8_slice},
        {"latin1Slice", latin1_slice},
        {"asciiSlice", ascii_slice},
        {"utf16Slice", utf16_slice},
        {"hexSlice", hex_slice},
        {"base64Slice", base64_slice},
        {"base64urlSlice", base64url_slice},
        {"utf8Bytes", utf8_bytes},
        {"utf8Length", utf8_length},
        {"utf8Write", utf8_write},
        {"isUtf8", is_utf8},
        {"isAscii", is_ascii},
        {"compare", compare},
        {"indexOf", index_of},
        {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
