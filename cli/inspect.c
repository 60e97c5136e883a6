/* node's layout: the entries of a value are made first; those of a list of more than six are put in
 * columns of about the same area; up to three levels share a line when it stays under 80. */
#include "cli/inspect.h"

#include "base/jsonread.h"

enum { BREAK = 80, COMPACT = 3, DEPTH = 5, COLUMNS_MAX = 15, NARROW = 16 };

struct inspect {
    struct cpm_arena *arena;
    size_t indent;
    int deepest; /* depth of the object that was begun last */
};

struct entries {
    struct cpm_str *v;
    size_t count;
};

static struct cpm_str value_text(struct inspect *in, const struct cpm_json *value, int depth);

/* As a terminal counts: characters, not bytes. */
static size_t width(struct cpm_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xc0) != 0x80;
    return n;
}

static struct cpm_str keep(struct inspect *in, struct cpm_buf *buf)
{
    struct cpm_str copy = cpm_arena_str(in->arena, cpm_buf_str(buf));
    cpm_buf_release(buf);
    return copy;
}

/* The quotes that need no escape, single ones first. */
static char quote_for(struct cpm_str s)
{
    if (cpm_str_chr(s, '\'') == CPM_NPOS)
        return '\'';
    if (cpm_str_chr(s, '"') == CPM_NPOS)
        return '"';
    return cpm_str_chr(s, '`') == CPM_NPOS && cpm_str_find(s, "${") == CPM_NPOS ? '`' : '\'';
}

static struct cpm_str quoted(struct inspect *in, struct cpm_str s)
{
    static const char *const escapes[] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);
    char quote = quote_for(s);
    cpm_buf_add_char(&out, quote);
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\\' || (c == quote && quote == '\''))
            cpm_buf_addf(&out, "\\%c", c);
        else if (c < sizeof(escapes) / sizeof(escapes[0]) && escapes[c])
            cpm_buf_add_text(&out, escapes[c]);
        else if (c < 32 || c == 127)
            cpm_buf_addf(&out, "\\x%02X", c);
        else
            cpm_buf_add_char(&out, (char)c);
    }
    cpm_buf_add_char(&out, quote);
    return keep(in, &out);
}

/* A long text with line breaks stands on several lines, joined by "+". */
static struct cpm_str string_text(struct inspect *in, struct cpm_str s)
{
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);
    if (width(s) <= NARROW || width(s) + in->indent + 4 <= BREAK ||
        cpm_str_chr(s, '\n') == CPM_NPOS)
        return quoted(in, s);
    while (s.len) {
        size_t end = cpm_str_chr(s, '\n');
        size_t len = end == CPM_NPOS ? s.len : end + 1;
        if (out.len)
            cpm_buf_addf(&out, " +\n%*s", (int)in->indent, "");
        cpm_buf_add_str(&out, quoted(in, cpm_str_sub(s, 0, len)));
        s = cpm_str_sub(s, len, s.len);
    }
    return keep(in, &out);
}

static bool is_identifier(struct cpm_str key)
{
    for (size_t i = 0; i < key.len; i++) {
        char c = key.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i && c >= '0' && c <= '9'))
            return false;
    }
    return key.len > 0;
}

struct columns {
    size_t count;
    size_t widths[COLUMNS_MAX];
};

/* Newton's; libm is not worth a library for one root. */
static double root(double x)
{
    double r = x > 1 ? x : 1;
    for (int i = 0; i < 60; i++)
        r = (r + x / r) / 2;
    return r;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t column_count(const struct inspect *in, const struct entries *e, size_t total,
                           size_t longest)
{
    size_t actual = longest + 2;
    double n = (double)e->count;
    bool narrow = longest <= 6 || (double)total / (double)actual > 5;
    if (actual * 3 + in->indent >= BREAK || !narrow)
        return 1;
    double biased = (double)actual - 3 - root((double)actual - (double)total / n);
    biased = biased > 1 ? biased : 1;
    size_t columns = (size_t)(root(2.5 * biased * n) / biased + 0.5);
    columns = least(columns, (BREAK - in->indent) / actual);
    return least(least(columns, COMPACT * 4), COLUMNS_MAX);
}

static void group(struct inspect *in, const struct cpm_json *list, struct entries *e)
{
    size_t total = 0, longest = 0, rows = 0;
    bool numbers = true;
    for (size_t i = 0; i < e->count; i++) {
        size_t len = width(e->v[i]);
        total += len + 2;
        longest = len > longest ? len : longest;
    }
    CPM_JSON_EACH (list, v)
        numbers &= cpm_json_is(v, CPM_JSON_NUMBER);
    struct columns c = {.count = column_count(in, e, total, longest)};
    if (c.count <= 1)
        return;
    for (size_t i = 0; i < e->count; i++)
        if (width(e->v[i]) + 2 > c.widths[i % c.count])
            c.widths[i % c.count] = width(e->v[i]) + 2;
    for (size_t from = 0; from < e->count; from += c.count) {
        struct cpm_buf row = CPM_BUF_INIT(256u << 20);
        for (size_t i = from; i < from + c.count && i < e->count; i++) {
            bool last = i + 1 == from + c.count || i + 1 == e->count;
            size_t room = c.widths[i - from] - (last ? 2 : 0);
            size_t pad = room - width(e->v[i]) - (last ? 0 : 2);
            if (numbers)
                cpm_buf_addf(&row, "%*s", (int)pad, "");
            cpm_buf_addf(&row, "%.*s%s", CPM_STR_ARG(e->v[i]), last ? "" : ", ");
            if (!numbers && !last)
                cpm_buf_addf(&row, "%*s", (int)pad, "");
        }
        e->v[rows++] = keep(in, &row);
    }
    e->count = rows;
}

static bool fits_one_line(const struct inspect *in, const struct entries *e)
{
    size_t total = e->count + (e->count + in->indent + 1 + 10);
    for (size_t i = 0; i < e->count; i++) {
        total += width(e->v[i]);
        if (total > BREAK || cpm_str_chr(e->v[i], '\n') != CPM_NPOS)
            return false;
    }
    return total <= BREAK;
}

static struct cpm_str join(struct inspect *in, const struct entries *e, const char *braces,
                           bool one_line)
{
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);
    const char *indent = one_line ? " " : cpm_arena_printf(in->arena, "\n%*s", (int)in->indent, "");
    const char *more = one_line ? "" : "  ";
    cpm_buf_addf(&out, "%c%s%s", braces[0], indent, more);
    for (size_t i = 0; i < e->count; i++)
        cpm_buf_addf(&out, "%s%s%s%.*s", i ? "," : "", i ? indent : "", i ? more : "",
                     CPM_STR_ARG(e->v[i]));
    cpm_buf_addf(&out, "%s%c", indent, braces[1]);
    return keep(in, &out);
}

static struct cpm_str container_text(struct inspect *in, const struct cpm_json *value, int depth)
{
    bool list = cpm_json_is(value, CPM_JSON_ARRAY);
    struct entries e = {.v = CPM_NEW_ARRAY(in->arena, struct cpm_str, cpm_json_count(value) + 1)};
    if (cpm_json_count(value) == 0)
        return list ? CPM_STR("[]") : CPM_STR("{}");
    if (depth > DEPTH)
        return list ? CPM_STR("[Array]") : CPM_STR("[Object]");
    in->deepest = depth;
    in->indent += 2;
    CPM_JSON_EACH (value, v) {
        struct cpm_str key = cpm_json_key(v), text = value_text(in, v, depth + 1);
        if (!list && !is_identifier(key))
            key = quoted(in, key);
        e.v[e.count++] = list ? text
                              : cpm_str(cpm_arena_printf(in->arena, "%.*s: %.*s", CPM_STR_ARG(key),
                                                         CPM_STR_ARG(text)));
    }
    in->indent -= 2;
    size_t before = e.count;
    if (list && before > 6)
        group(in, value, &e);
    bool one_line = in->deepest - depth < COMPACT && e.count == before && fits_one_line(in, &e);
    return join(in, &e, list ? "[]" : "{}", one_line);
}

static struct cpm_str value_text(struct inspect *in, const struct cpm_json *value, int depth)
{
    struct cpm_buf text = CPM_BUF_INIT(64);
    switch (cpm_json_type(value)) {
    case CPM_JSON_NULL:
        return CPM_STR("null");
    case CPM_JSON_BOOL:
        return cpm_json_bool(value) ? CPM_STR("true") : CPM_STR("false");
    case CPM_JSON_NUMBER:
        cpm_json_put_number(&text, cpm_json_number(value));
        return keep(in, &text);
    case CPM_JSON_STRING:
        return string_text(in, cpm_json_str(value));
    default:
        return container_text(in, value, depth);
    }
}

struct cpm_str cpm_inspect(struct cpm_arena *arena, const struct cpm_json *value)
{
    struct inspect in = {.arena = arena};
    return value_text(&in, value, 0);
}
