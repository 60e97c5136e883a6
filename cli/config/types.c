/* Order matters as in nopt: the first type that accepts a value converts it, so "String Boolean"
 * and "Boolean String" differ. */
#include "cli/config/types.h"

#include "base/path.h"
#include "cli/config/expand.h"
#include "semver/version.h"

#include <ctype.h>
#include <math.h>

static const struct {
    const char *word;
    enum cpm_type type;
    const char *description;
} type_rows[] = {
    {"Array", CPM_TYPE_ARRAY, ""},
    {"String", CPM_TYPE_STRING, "String"},
    {"Boolean", CPM_TYPE_BOOLEAN, "boolean value (true or false)"},
    {"Number", CPM_TYPE_NUMBER, "numeric value"},
    {"Path", CPM_TYPE_PATH, "valid filesystem path"},
    {"URL", CPM_TYPE_URL, "full url with \"http://\""},
    {"Umask", CPM_TYPE_UMASK, "octal number in range 0o000..0o777 (0..511)"},
    {"Semver", CPM_TYPE_SEMVER, "full valid SemVer string"},
    {"Date", CPM_TYPE_DATE, "valid Date string"},
};
#define TYPE_ROWS (sizeof(type_rows) / sizeof(type_rows[0]))

static struct cpm_value literal_of(struct cpm_str word)
{
    double number;
    if (word.len >= 2 && word.ptr[0] == '\'')
        return (struct cpm_value){.kind = CPM_VALUE_STRING,
                                  .text = cpm_str_sub(word, 1, word.len - 2)};
    if (cpm_str_is(word, "null"))
        return cpm_value_null();
    if (cpm_str_is(word, "true") || cpm_str_is(word, "false"))
        return cpm_value_bool(word.len == 4);
    if (cpm_js_number(word, &number))
        return cpm_value_number(number);
    return (struct cpm_value){.kind = CPM_VALUE_STRING, .text = word};
}

static void add_type(struct cpm_types *out, struct cpm_str word)
{
    enum cpm_type type = CPM_TYPE_LITERAL;
    for (size_t i = 0; i < TYPE_ROWS; i++)
        if (cpm_str_is(word, type_rows[i].word))
            type = type_rows[i].type;
    out->has |= 1u << type;
    out->v[out->count].type = type;
    if (type == CPM_TYPE_LITERAL)
        out->v[out->count].literal = literal_of(word);
    out->count++;
}

void cpm_types_parse(const char *words, struct cpm_types *out)
{
    struct cpm_str rest = cpm_str(words), word;
    out->has = 0;
    out->count = 0;
    while (cpm_str_split(&rest, ' ', &word) && out->count < CPM_TYPES_MAX)
        if (word.len)
            add_type(out, word);
}

bool cpm_types_literal(const struct cpm_types *types, const struct cpm_value *value)
{
    for (unsigned i = 0; i < types->count; i++)
        if (types->v[i].type == CPM_TYPE_LITERAL && cpm_value_same(&types->v[i].literal, value))
            return true;
    return false;
}

static bool allows_null(const struct cpm_types *types)
{
    struct cpm_value null = cpm_value_null();
    return cpm_types_literal(types, &null);
}

/* "0755", "0o755" or decimal. */
static bool umask_parse(struct cpm_str s, double *out)
{
    bool octal = s.len > 1 && s.ptr[0] == '0';
    size_t i = octal ? (s.ptr[1] == 'o' ? 2 : 1) : 0;
    *out = 0;
    if (i == s.len || (!octal && s.len > 1 && s.ptr[0] == '0'))
        return false;
    for (; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > (octal ? '7' : '9'))
            return false;
        *out = *out * (octal ? 8 : 10) + (s.ptr[i] - '0');
    }
    return true;
}

static struct cpm_value path_value(const struct cpm_type_context *ctx, struct cpm_str text)
{
    const char *path = cpm_arena_strndup(ctx->arena, text.ptr ? text.ptr : "", text.len);
    bool home = text.len > 1 && path[0] == '~' && path[1] == '/' && ctx->home && *ctx->home;
    const char *full = home ? cpm_path_resolve(ctx->arena, ctx->home, path + 2)
                            : cpm_path_resolve(ctx->arena, ctx->cwd, path);
    return (struct cpm_value){.kind = CPM_VALUE_STRING, .text = cpm_str(full)};
}

static struct cpm_value parse_scalar(const struct cpm_type_context *ctx,
                                     const struct cpm_types *types, struct cpm_str text)
{
    unsigned has = types ? types->has : 0;
    double number;
    bool is_path = has & (1u << CPM_TYPE_PATH);
    bool is_text = is_path || (has & (1u << CPM_TYPE_STRING));
    text = cpm_str_trim(text);
    if ((has & (1u << CPM_TYPE_BOOLEAN)) && !is_text && text.len == 0)
        return cpm_value_bool(true);
    if (!is_text && !(has & (1u << CPM_TYPE_NUMBER))) {
        if (cpm_str_is(text, "true") || cpm_str_is(text, "false"))
            return cpm_value_bool(text.len == 4);
        if (cpm_str_is(text, "null"))
            return cpm_value_null();
        if (cpm_str_is(text, "undefined"))
            return (struct cpm_value){.kind = CPM_VALUE_UNDEFINED};
    }
    text = cpm_env_expand(ctx->arena, text, ctx->environ_);
    if (has & (1u << CPM_TYPE_DATE))
        return cpm_value_date(ctx->arena, cpm_js_date(text, &number) ? number : NAN);
    if (is_path)
        return path_value(ctx, text);
    if ((has & (1u << CPM_TYPE_UMASK)) && umask_parse(text, &number))
        return cpm_value_number(number);
    if ((has & (1u << CPM_TYPE_NUMBER)) && cpm_js_number(text, &number))
        return cpm_value_number(number);
    return cpm_value_str(ctx->arena, text);
}

/* A list in one text has its elements separated by an empty line. */
static struct cpm_value parse_list(const struct cpm_type_context *ctx,
                                   const struct cpm_types *types, struct cpm_str text)
{
    struct cpm_value list = cpm_value_list();
    text = cpm_str_trim(text);
    for (;;) {
        size_t at = cpm_str_find(text, "\n\n");
        cpm_value_push(ctx->arena, &list, parse_scalar(ctx, types, cpm_str_sub(text, 0, at)));
        if (at == CPM_NPOS)
            return list;
        text = cpm_str_sub(text, at + 2, text.len);
    }
}

struct cpm_value cpm_field_parse(const struct cpm_type_context *ctx, const struct cpm_types *types,
                                 struct cpm_value value)
{
    bool list = types && cpm_types_has(types, CPM_TYPE_ARRAY);
    if (value.kind == CPM_VALUE_STRING)
        return list ? parse_list(ctx, types, value.text) : parse_scalar(ctx, types, value.text);
    if (value.kind != CPM_VALUE_LIST || !list)
        return value;
    struct cpm_value out = cpm_value_list();
    for (size_t i = 0; i < value.count; i++) {
        struct cpm_value item = value.items[i];
        if (item.kind == CPM_VALUE_STRING)
            item = parse_scalar(ctx, types, item.text);
        cpm_value_push(ctx->arena, &out, item);
    }
    return out;
}

bool cpm_url_normalize(struct cpm_arena *arena, struct cpm_str text, struct cpm_str *out)
{
    text = cpm_str_trim(text);
    size_t colon = cpm_str_find(text, "://");
    if (colon == CPM_NPOS || colon == 0)
        return false;
    for (size_t i = 0; i < colon; i++)
        if (!isalnum((unsigned char)text.ptr[i]) && !strchr("+-.", text.ptr[i]))
            return false;
    size_t from = colon + 3, end = from;
    while (end < text.len && !strchr("/?#", text.ptr[end]))
        end++;
    size_t at = cpm_str_rchr(cpm_str_sub(text, from, end - from), '@');
    size_t host = at == CPM_NPOS ? from : from + at + 1;
    if (host == end || text.ptr[host] == ':')
        return false;
    bool slash = end == text.len || text.ptr[end] != '/';
    char *href = cpm_arena_printf(arena, "%.*s%s%.*s", (int)end, text.ptr, slash ? "/" : "",
                                  (int)(text.len - end), text.ptr + end);
    for (size_t i = 0; i < end; i++)
        if (i < colon || i >= host)
            href[i] = (char)tolower((unsigned char)href[i]);
    *out = cpm_str(href);
    return true;
}

/* JavaScript's isNaN and + on any value. */
static bool number_of(const struct cpm_value *v, double *out)
{
    if (v->kind == CPM_VALUE_STRING)
        return cpm_js_number(v->text, out);
    *out = v->kind == CPM_VALUE_BOOL ? v->truth : v->number;
    return v->kind <= CPM_VALUE_NUMBER && v->kind != CPM_VALUE_UNDEFINED && !isnan(*out);
}

static bool boolean_of(const struct cpm_value *v)
{
    double number;
    if (v->kind != CPM_VALUE_STRING)
        return cpm_value_truthy(v);
    if (cpm_js_number(v->text, &number))
        return number != 0;
    return !cpm_value_is(v, "null") && !cpm_value_is(v, "false");
}

static bool accept_semver(const struct cpm_type_context *ctx, struct cpm_value *v)
{
    const char *version =
        v->kind == CPM_VALUE_STRING ? cpm_version_valid(ctx->arena, v->text, 0) : NULL;
    if (version)
        v->text = cpm_str(version);
    return version != NULL;
}

static bool accept_url(const struct cpm_type_context *ctx, struct cpm_value *v)
{
    struct cpm_str href;
    if (!cpm_url_normalize(ctx->arena, cpm_str(cpm_value_text(ctx->arena, v)), &href))
        return false;
    *v = (struct cpm_value){.kind = CPM_VALUE_STRING, .text = href};
    return true;
}

static bool accept_umask(struct cpm_value *v)
{
    double number = v->number;
    if (v->kind == CPM_VALUE_STRING ? !umask_parse(v->text, &number)
                                    : v->kind != CPM_VALUE_NUMBER || number < 0 || number > 511)
        return false;
    *v = cpm_value_number((int)number);
    return true;
}

static bool accept_date(const struct cpm_type_context *ctx, struct cpm_value *v)
{
    double ms = v->number;
    if (v->kind == CPM_VALUE_STRING ? !cpm_js_date(v->text, &ms)
                                    : v->kind != CPM_VALUE_DATE || isnan(ms))
        return false;
    *v = cpm_value_date(ctx->arena, ms);
    return true;
}

static bool accept(const struct cpm_type_context *ctx, enum cpm_type type, struct cpm_value *v)
{
    double number;
    switch (type) {
    case CPM_TYPE_STRING:
        *v = cpm_value_str(ctx->arena, cpm_str(cpm_value_text(ctx->arena, v)));
        return true;
    case CPM_TYPE_BOOLEAN:
        *v = cpm_value_bool(boolean_of(v));
        return true;
    case CPM_TYPE_NUMBER:
        if (!number_of(v, &number))
            return false;
        *v = cpm_value_number(number);
        return true;
    case CPM_TYPE_PATH:
        if (v->kind != CPM_VALUE_STRING)
            return false;
        *v = path_value(ctx, v->text);
        return true;
    case CPM_TYPE_URL:
        return accept_url(ctx, v);
    case CPM_TYPE_UMASK:
        return accept_umask(v);
    case CPM_TYPE_SEMVER:
        return accept_semver(ctx, v);
    case CPM_TYPE_DATE:
        return accept_date(ctx, v);
    default:
        return false;
    }
}

/* "true", "null", "12" as the types read them. */
static struct cpm_value prepare(const struct cpm_type_context *ctx, const struct cpm_types *types,
                                struct cpm_value v)
{
    double number;
    if (v.kind == CPM_VALUE_STRING) {
        v.text = cpm_str_trim(v.text);
        struct cpm_value truth = cpm_value_bool(cpm_value_is(&v, "true"));
        bool is_bool = truth.truth || cpm_value_is(&v, "false");
        if (cpm_value_is(&v, "null") && allows_null(types))
            v = cpm_value_null();
        else if (is_bool &&
                 (cpm_types_has(types, CPM_TYPE_BOOLEAN) || cpm_types_literal(types, &truth)))
            v = truth;
        else if (cpm_types_has(types, CPM_TYPE_NUMBER) && cpm_js_number(v.text, &number))
            v = cpm_value_number(number);
        else
            v = cpm_value_str(ctx->arena, v.text);
    }
    struct cpm_value no = cpm_value_bool(false);
    if (v.kind == CPM_VALUE_BOOL && !v.truth && allows_null(types) &&
        !cpm_types_has(types, CPM_TYPE_BOOLEAN) && !cpm_types_literal(types, &no))
        v = cpm_value_null();
    return v;
}

static bool clean_one(const struct cpm_type_context *ctx, const struct cpm_types *types,
                      struct cpm_value *v)
{
    for (unsigned i = 0; i < types->count; i++) {
        if (types->v[i].type == CPM_TYPE_LITERAL && cpm_value_same(&types->v[i].literal, v))
            return true;
        if (accept(ctx, types->v[i].type, v))
            return true;
    }
    return false;
}

bool cpm_types_clean(const struct cpm_type_context *ctx, const struct cpm_types *types,
                     struct cpm_value *value, cpm_invalid_fn *invalid, void *data)
{
    bool many = value->kind == CPM_VALUE_LIST;
    struct cpm_value kept = cpm_value_list();
    const struct cpm_value *items = many ? value->items : value;
    bool array_only = types->count == 1 && types->v[0].type == CPM_TYPE_ARRAY;
    for (size_t i = 0; i < (many ? value->count : 1); i++) {
        struct cpm_value v = prepare(ctx, types, items[i]);
        if (array_only || clean_one(ctx, types, &v))
            cpm_value_push(ctx->arena, &kept, v);
        else if (invalid)
            invalid(data, &v);
    }
    if (kept.count == 0 && !cpm_types_has(types, CPM_TYPE_ARRAY))
        return false;
    if (many)
        *value = kept;
    else
        *value = kept.count ? kept.items[0] : (struct cpm_value){.kind = CPM_VALUE_UNDEFINED};
    return true;
}

/* A number that is allowed as a text too. */
static bool is_repeated(const struct cpm_types *types, unsigned index)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const struct cpm_value *literal = &types->v[index].literal;
    bool found = false;

    for (unsigned i = 0; types->v[index].type == CPM_TYPE_LITERAL && i < index && !found; i++)
        found = types->v[i].type == CPM_TYPE_LITERAL &&
                cpm_value_is(literal, cpm_value_text(&arena, &types->v[i].literal));
    cpm_arena_release(&arena);
    return found;
}

/* npm names only the URL (or path) type where others stand beside it. */
static bool described(const struct cpm_types *types, unsigned index)
{
    enum cpm_type type = types->v[index].type;
    enum cpm_type main = cpm_types_has(types, CPM_TYPE_URL)    ? CPM_TYPE_URL
                         : cpm_types_has(types, CPM_TYPE_PATH) ? CPM_TYPE_PATH
                                                               : CPM_TYPE_ARRAY;
    return type != CPM_TYPE_ARRAY && (main == CPM_TYPE_ARRAY || type == main) &&
           !is_repeated(types, index);
}

void cpm_types_describe(const struct cpm_types *types, struct cpm_buf *out)
{
    unsigned count = 0;
    bool many = cpm_types_has(types, CPM_TYPE_ARRAY) && !cpm_types_has(types, CPM_TYPE_URL);
    for (unsigned i = 0; i < types->count; i++)
        count += described(types, i);
    cpm_buf_addf(out, "Must be%s%s",
                 count > 1 ? " one"
                 : many    ? " one"
                           : "",
                 many && count > 1 ? " or more of:"
                 : many            ? " or more"
                 : count > 1       ? " of:"
                                   : "");
    const char *before = " ";
    for (unsigned i = 0; i < types->count; i++) {
        enum cpm_type type = types->v[i].type;
        if (!described(types, i))
            continue;
        cpm_buf_add_text(out, before);
        before = ", ";
        if (type == CPM_TYPE_LITERAL)
            cpm_value_print(&types->v[i].literal, out);
        for (size_t row = 0; row < TYPE_ROWS; row++)
            if (type_rows[row].type == type)
                cpm_buf_add_text(out, type_rows[row].description);
    }
}
