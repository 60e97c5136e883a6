/* One cursor, no recursion: nesting is a counter and a bit per level (1 = object). A fault leaves
 * the cursor where the text is wrong and makes every further call say "end". Strings are validated
 * while their end is looked for, so a view handed out is always good UTF-8. */
#include "base/jsonread.h"

#include "base/jsonscan.h"

#include <assert.h>
#include <locale.h>
#include <stdlib.h>

static const char too_large[] = "the text is larger than the limit";

void cpm_jsonread_fail(struct cpm_jsonread *r, const char *fault)
{
    if (!r->fault)
        r->fault = fault;
}

void cpm_jsonread_init(struct cpm_jsonread *r, struct cpm_str text, const char *file,
                       struct cpm_arena *arena)
{
    *r = (struct cpm_jsonread){.file = file, .arena = arena, .first = true};
    r->begin = text.ptr ? text.ptr : "";
    r->at = r->begin;
    r->end = r->begin + text.len;
    if (cpm_str_starts(text, "\xEF\xBB\xBF"))
        r->at += 3;
    if (text.len > CPM_JSON_MAX)
        cpm_jsonread_fail(r, too_large);
}

/* Stands at the next byte that is no white space; '\0' at the end of the text and after a fault. */
static char next_byte(struct cpm_jsonread *r)
{
    const char *p = r->at;

    if (r->fault)
        return '\0';
    while (p < r->end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
        p++;
    r->at = p;
    return p < r->end ? *p : '\0';
}

static void fail_unexpected(struct cpm_jsonread *r, const char *fault)
{
    cpm_jsonread_fail(r, r->at == r->end ? "unexpected end of JSON input" : fault);
}

/* values that are no containers */

/* Reads the string at the cursor; out may be NULL. */
static bool read_string(struct cpm_jsonread *r, struct cpm_str *out)
{
    const char *text = r->at + 1, *end;
    bool escaped = false;

    end = cpm_json_string_end(r, text, &escaped);
    if (!end)
        return false;
    if (out)
        *out = escaped ? cpm_json_unescape(r->arena, text, end)
                       : cpm_str_n(text, (size_t)(end - text));
    r->at = end + 1;
    return true;
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

/* The end of the number at p by JSON's grammar, or NULL. */
static const char *number_end(const char *p, const char *end)
{
    const char *digits;

    if (p < end && *p == '-')
        p++;
    digits = p;
    p = skip_digits(p, end);
    if (p == digits || (*digits == '0' && p - digits > 1))
        return NULL;
    if (p < end && *p == '.') {
        digits = ++p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        digits = p;
        p = skip_digits(p, end);
        if (p == digits)
            return NULL;
    }
    return p;
}

/* strtod without the process's locale; a short run of digits, the usual case, without it at all. */
static double to_double(struct cpm_arena *arena, struct cpm_str s)
{
    uint64_t whole;
    locale_t plain;
    double n;

    if (s.len <= 15 && cpm_str_u64(s, &whole))
        return (double)whole;
    plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    n = strtod_l(cpm_arena_strndup(arena, s.ptr, s.len), NULL, plain);
    freelocale(plain);
    return n;
}

static bool skip_number(struct cpm_jsonread *r)
{
    const char *end = number_end(r->at, r->end);

    if (!end) {
        cpm_jsonread_fail(r, "bad number");
        return false;
    }
    r->at = end;
    return true;
}

static bool skip_word(struct cpm_jsonread *r, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) {
        cpm_jsonread_fail(r, "unexpected token");
        return false;
    }
    r->at += n;
    return true;
}

/* values */

enum cpm_json_type cpm_jsonread_peek(struct cpm_jsonread *r)
{
    switch (next_byte(r)) {
    case '{':
        return CPM_JSON_OBJECT;
    case '[':
        return CPM_JSON_ARRAY;
    case '"':
        return CPM_JSON_STRING;
    case 't':
    case 'f':
        return CPM_JSON_BOOL;
    case 'n':
        return CPM_JSON_NULL;
    case '-':
    case '0' ... '9':
        return CPM_JSON_NUMBER;
    default:
        fail_unexpected(r, "unexpected token");
        return CPM_JSON_NULL;
    }
}

static bool in_object(const struct cpm_jsonread *r)
{
    return r->depth && (r->stack[(r->depth - 1) / 8] >> ((r->depth - 1) % 8) & 1);
}

static bool enter(struct cpm_jsonread *r, enum cpm_json_type type)
{
    unsigned char bit = (unsigned char)(1u << (r->depth % 8));

    if (cpm_jsonread_peek(r) != type || r->fault)
        return false;
    if (r->depth == CPM_JSON_DEPTH) {
        cpm_jsonread_fail(r, "nested too deeply");
        return false;
    }
    if (type == CPM_JSON_OBJECT)
        r->stack[r->depth / 8] |= bit;
    else
        r->stack[r->depth / 8] &= (unsigned char)~bit;
    r->depth++;
    r->at++;
    r->first = true;
    return true;
}

bool cpm_jsonread_object(struct cpm_jsonread *r)
{
    return enter(r, CPM_JSON_OBJECT);
}

bool cpm_jsonread_array(struct cpm_jsonread *r)
{
    return enter(r, CPM_JSON_ARRAY);
}

/* At the next key or element of the container, past its comma; false when the container ends here
 * (it is left) or the text is wrong. */
static bool next_item(struct cpm_jsonread *r, char close)
{
    char c = next_byte(r);

    if (r->fault)
        return false;
    if (c == close) {
        r->at++;
        r->depth--;
        r->first = false;
        return false;
    }
    if (!r->first) {
        if (c != ',') {
            fail_unexpected(r, close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
            return false;
        }
        r->at++;
    }
    r->first = false;
    return true;
}

static bool next_key(struct cpm_jsonread *r, struct cpm_str *key)
{
    assert(r->fault || in_object(r));
    if (!next_item(r, '}'))
        return false;
    if (next_byte(r) != '"') {
        fail_unexpected(r, "expected a key in double quotes");
        return false;
    }
    if (!read_string(r, key))
        return false;
    if (next_byte(r) != ':') {
        fail_unexpected(r, "expected ':' after a key");
        return false;
    }
    r->at++;
    return true;
}

bool cpm_jsonread_key(struct cpm_jsonread *r, struct cpm_str *key)
{
    return next_key(r, key);
}

bool cpm_jsonread_element(struct cpm_jsonread *r)
{
    assert(r->fault || (r->depth && !in_object(r)));
    return next_item(r, ']');
}

/* Skips a scalar or enters a container. */
static void step_into(struct cpm_jsonread *r)
{
    enum cpm_json_type type = cpm_jsonread_peek(r);

    if (r->fault)
        return;
    if (type == CPM_JSON_OBJECT || type == CPM_JSON_ARRAY)
        enter(r, type);
    else if (type == CPM_JSON_STRING)
        read_string(r, NULL);
    else if (type == CPM_JSON_NUMBER)
        skip_number(r);
    else
        skip_word(r, *r->at == 't' ? "true" : *r->at == 'f' ? "false" : "null");
}

void cpm_jsonread_skip(struct cpm_jsonread *r)
{
    unsigned outside = r->depth;

    step_into(r);
    while (!r->fault && r->depth > outside)
        if (in_object(r) ? next_key(r, NULL) : next_item(r, ']'))
            step_into(r);
}

struct cpm_str cpm_jsonread_raw(struct cpm_jsonread *r)
{
    const char *from;

    next_byte(r);
    from = r->at;
    cpm_jsonread_skip(r);
    return r->fault ? CPM_STR_NONE : cpm_str_n(from, (size_t)(r->at - from));
}

bool cpm_jsonread_str(struct cpm_jsonread *r, struct cpm_str *out)
{
    if (cpm_jsonread_peek(r) == CPM_JSON_STRING)
        return read_string(r, out);
    cpm_jsonread_skip(r);
    return false;
}

bool cpm_jsonread_bool(struct cpm_jsonread *r, bool *out)
{
    bool is_bool = cpm_jsonread_peek(r) == CPM_JSON_BOOL, value = is_bool && *r->at == 't';

    cpm_jsonread_skip(r);
    if (!is_bool || r->fault)
        return false;
    *out = value;
    return true;
}

bool cpm_jsonread_number(struct cpm_jsonread *r, double *out)
{
    bool is_number = cpm_jsonread_peek(r) == CPM_JSON_NUMBER;
    struct cpm_str raw = cpm_jsonread_raw(r);

    if (!is_number || r->fault)
        return false;
    *out = to_double(r->arena, raw);
    return true;
}

/* the end */

static void find_place(const struct cpm_jsonread *r, size_t *line, size_t *column)
{
    const char *p = r->begin;

    *line = *column = 1;
    for (; p < r->at; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            ++*column; /* in characters, as editors count */
        }
    }
}

int cpm_jsonread_finish(struct cpm_jsonread *r, struct cpm_error *err)
{
    size_t line, column;

    assert(r->fault || r->depth == 0);
    next_byte(r);
    if (!r->fault && r->at != r->end)
        cpm_jsonread_fail(r, "unexpected text after the end of the JSON");
    if (!r->fault)
        return 0;
    if (r->fault == too_large)
        return cpm_error_set(err, CPM_ETOOBIG, "%s: %s (%u bytes)", r->file, r->fault,
                             CPM_JSON_MAX);
    find_place(r, &line, &column);
    return cpm_error_set(err, CPM_EJSONPARSE, "%s:%zu:%zu: %s", r->file, line, column, r->fault);
}
