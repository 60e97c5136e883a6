/* A target has four outcomes in Node: a URL, null (refused), undefined (no condition fits) and an
 * exception; an array goes on after every one but the first, and after an exception only when it is
 * ERR_INVALID_PACKAGE_TARGET. They are the four values of enum outcome. */
#include "resolver/module/target.h"

#include "base/buf.h"
#include "base/jsonread.h"
#include "resolver/module/url.h"

enum outcome { FOUND, REFUSED, UNDEFINED, FAULT };

/* What stays the same on the way down into one entry. */
struct entry {
    struct cpm_search *s;
    const struct cpm_target_query *query;
    struct cpm_str key;   /* the key that matched */
    struct cpm_str match; /* what its '*' stands for */
    bool pattern;
    bool folder; /* the key ends in a slash */
    struct cpm_str *target;
};

static const char *config_path(struct entry *e)
{
    return cpm_package_path(&e->s->arena, e->query->folder);
}

static const char *quoted(struct cpm_arena *arena, const struct cpm_value *v)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    const char *text;

    if (v->type == CPM_VALUE_STRING)
        cpm_json_quote(&out, v->text);
    else
        cpm_buf_add_str(&out, v->text);
    text = cpm_arena_strndup(arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return text;
}

static enum outcome invalid_target(struct entry *e, const struct cpm_value *v)
{
    bool imports = e->query->imports;
    bool unrelated =
        !imports && v->type == CPM_VALUE_STRING && v->text.len && !cpm_str_starts(v->text, "./");
    const char *hint = unrelated ? "; targets must start with \"./\"" : "";
    const char *text = quoted(&e->s->arena, v), *from = cpm_search_from(e->s, e->query->base);

    if (cpm_str_is(e->key, "."))
        cpm_search_fail(e->s, CPM_FAULT_TARGET,
                        "Invalid \"exports\" main target %s defined in the package config %s%s%s",
                        text, config_path(e), from, hint);
    else
        cpm_search_fail(e->s, CPM_FAULT_TARGET,
                        "Invalid \"%s\" target %s defined for '%.*s' in the package config %s%s%s",
                        imports ? "imports" : "exports", text, CPM_STR_ARG(e->key), config_path(e),
                        from, hint);
    return FAULT;
}

static enum outcome invalid_config(struct entry *e, const char *why)
{
    struct cpm_str base = e->query->base;
    const char *importing =
        base.ptr ? cpm_arena_printf(&e->s->arena, " while importing %.*s", CPM_STR_ARG(base)) : "";

    cpm_search_fail(e->s, CPM_FAULT_CONFIG, "Invalid package config %s%s. %s", config_path(e),
                    importing, why);
    return FAULT;
}

/* `text` with every '*' replaced. */
static struct cpm_str substitute(struct cpm_arena *arena, struct cpm_str text, struct cpm_str match)
{
    size_t stars = 0;
    char *out, *to;

    for (size_t i = 0; i < text.len; i++)
        stars += text.ptr[i] == '*';
    if (!stars)
        return text;
    out = to = cpm_arena_alloc(arena, text.len + stars * match.len + 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '*') {
            *to++ = text.ptr[i];
            continue;
        }
        if (match.len)
            memcpy(to, match.ptr, match.len);
        to += match.len;
    }
    return cpm_str_n(out, (size_t)(to - out));
}

static int segment_char(struct cpm_str *s)
{
    int c = (unsigned char)s->ptr[0], high, low;
    static const char digits[] = "0123456789abcdef";
    size_t used = 1;

    if (c == '%' && s->len >= 3 && s->ptr[1] && s->ptr[2]) {
        const char *h = strchr(digits, s->ptr[1] | 0x20), *l = strchr(digits, s->ptr[2] | 0x20);

        high = h ? (int)(h - digits) : -1;
        low = l ? (int)(l - digits) : -1;
        if (high >= 0 && low >= 0) {
            c = high << 4 | low;
            used = 3;
        }
    }
    *s = cpm_str_sub(*s, used, s->len);
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool segment_is(struct cpm_str segment, const char *word)
{
    for (; *word; word++)
        if (!segment.len || segment_char(&segment) != *word)
            return false;
    return segment.len == 0;
}

/* Node's deprecatedInvalidSegmentRegEx: a ".", ".." or "node_modules" between slashes of either
 * kind, in any case and encoding. (An empty segment is only deprecated.) */
static bool has_bad_segment(struct cpm_str text)
{
    size_t begin = 0;

    for (size_t i = 0; i <= text.len; i++) {
        struct cpm_str segment;

        if (i < text.len && text.ptr[i] != '/' && text.ptr[i] != '\\')
            continue;
        segment = cpm_str_sub(text, begin, i - begin);
        if (segment.len && (segment_is(segment, ".") || segment_is(segment, "..") ||
                            segment_is(segment, "node_modules")))
            return true;
        begin = i + 1;
    }
    return false;
}

static enum outcome invalid_match(struct entry *e)
{
    struct cpm_str request = substitute(&e->s->arena, e->key, e->match);

    cpm_search_fail(e->s, CPM_FAULT_SPECIFIER,
                    "Invalid module \"%.*s\" request is not a valid match in pattern \"%.*s\" for "
                    "the \"%s\" resolution of %s%s",
                    CPM_STR_ARG(request), CPM_STR_ARG(e->key),
                    e->query->imports ? "imports" : "exports", config_path(e),
                    cpm_search_from(e->s, e->query->base));
    return FAULT;
}

/* What is below a folder's key is below its target, which must be a folder's too. */
static enum outcome folder_target(struct entry *e, const struct cpm_value *v)
{
    if (e->match.len && !cpm_str_ends(v->text, "/"))
        return invalid_target(e, v);
    if (has_bad_segment(e->match))
        return invalid_match(e);
    *e->target = cpm_search_join(e->s, v->text, e->match);
    return FOUND;
}

static enum outcome string_target(struct entry *e, const struct cpm_value *v)
{
    struct cpm_str text = v->text;

    if (!cpm_str_starts(text, "./")) {
        bool elsewhere = cpm_str_starts(text, "../") || cpm_str_starts(text, "/");

        if (!e->query->imports || elsewhere || cpm_url_scheme(text))
            return invalid_target(e, v);
        *e->target = e->folder    ? cpm_search_join(e->s, text, e->match)
                     : e->pattern ? substitute(&e->s->arena, text, e->match)
                                  : text;
        return FOUND;
    }
    if (has_bad_segment(cpm_str_sub(text, 2, text.len)))
        return invalid_target(e, v);
    *e->target = text;
    if (e->folder)
        return folder_target(e, v);
    if (!e->match.len)
        return FOUND;
    if (has_bad_segment(e->match))
        return invalid_match(e);
    *e->target = substitute(&e->s->arena, text, e->match);
    return FOUND;
}

static enum outcome any_target(struct entry *e, const struct cpm_value *v);

static enum outcome array_target(struct entry *e, const struct cpm_value *v)
{
    enum outcome last = v->count ? UNDEFINED : REFUSED;

    for (uint32_t i = 0; i < v->count; i++) {
        enum outcome o = any_target(e, &v->items[i]);

        if (o == FOUND) {
            cpm_search_clear(e->s);
            return o;
        }
        if (o == FAULT && !cpm_search_failed_with(e->s, CPM_FAULT_TARGET))
            return o;
        if (o != UNDEFINED)
            last = o;
        if (o == REFUSED)
            cpm_search_clear(e->s);
    }
    return last;
}

static bool fits(const struct cpm_conditions *conditions, struct cpm_str name)
{
    for (size_t i = 0; i < conditions->count; i++)
        if (cpm_str_eq(conditions->names[i], name))
            return true;
    return cpm_str_is(name, "default");
}

static enum outcome object_target(struct entry *e, const struct cpm_value *v)
{
    if (v->numeric_key)
        return invalid_config(e, "\"exports\" cannot contain numeric property keys.");
    for (uint32_t i = 0; i < v->count; i++) {
        enum outcome o;

        if (!fits(&e->s->conditions, v->keys[i]))
            continue;
        cpm_search_tell(e->s, "the condition \"%.*s\" fits", CPM_STR_ARG(v->keys[i]));
        o = any_target(e, &v->items[i]);
        if (o != UNDEFINED)
            return o;
    }
    return UNDEFINED;
}

static enum outcome any_target(struct entry *e, const struct cpm_value *v)
{
    switch (v->type) {
    case CPM_VALUE_STRING:
        return string_target(e, v);
    case CPM_VALUE_ARRAY:
        return array_target(e, v);
    case CPM_VALUE_OBJECT:
        return object_target(e, v);
    case CPM_VALUE_NULL:
        return REFUSED;
    default:
        return invalid_target(e, v);
    }
}

/* Node's patternKeyCompare: true when `b` is the better one. `a` is empty at first. */
static bool is_better(struct cpm_str a, struct cpm_str b)
{
    size_t star_a = cpm_str_chr(a, '*'), star_b = cpm_str_chr(b, '*');
    size_t base_a = star_a == CPM_NPOS ? a.len : star_a + 1;
    size_t base_b = star_b == CPM_NPOS ? b.len : star_b + 1;

    if (base_a != base_b)
        return base_b > base_a;
    if (star_a == CPM_NPOS)
        return true;
    return b.len > a.len;
}

static bool pattern_fits(struct cpm_str key, struct cpm_str subpath, struct cpm_str *match)
{
    size_t star = cpm_str_chr(key, '*');
    struct cpm_str head, tail;

    if (star == CPM_NPOS || star != cpm_str_rchr(key, '*'))
        return false;
    head = cpm_str_sub(key, 0, star);
    tail = cpm_str_sub(key, star + 1, key.len);
    if (subpath.len < key.len || !cpm_str_eq(cpm_str_sub(subpath, 0, head.len), head) ||
        !cpm_str_eq(cpm_str_sub(subpath, subpath.len - tail.len, tail.len), tail))
        return false;
    *match = cpm_str_sub(subpath, star, subpath.len - head.len - tail.len);
    return true;
}

static bool folder_fits(struct cpm_str key, struct cpm_str subpath, struct cpm_str *match)
{
    if (!cpm_str_ends(key, "/") || cpm_str_chr(key, '*') != CPM_NPOS ||
        !cpm_str_eq(cpm_str_sub(subpath, 0, key.len), key))
        return false;
    *match = cpm_str_sub(subpath, key.len, subpath.len);
    return true;
}

static const struct cpm_value *best_pattern(struct entry *e, const struct cpm_value *field)
{
    const struct cpm_value *best = NULL;
    struct cpm_str match;

    e->key = CPM_STR("");
    for (uint32_t i = 0; (field->pattern_key || e->query->folder_keys) && i < field->count; i++) {
        if ((pattern_fits(field->keys[i], e->query->subpath, &match) ||
             (e->query->folder_keys && folder_fits(field->keys[i], e->query->subpath, &match))) &&
            is_better(e->key, field->keys[i])) {
            e->key = field->keys[i];
            e->match = match;
            best = &field->items[i];
        }
    }
    e->pattern = best && cpm_str_chr(e->key, '*') != CPM_NPOS;
    e->folder = best && !e->pattern;
    return best;
}

static const struct cpm_value *find_entry(struct entry *e, const struct cpm_value *field)
{
    struct cpm_str subpath = e->query->subpath;
    const struct cpm_value *v = NULL;

    /* A trailing slash of imports was refused before. */
    if (cpm_str_chr(subpath, '*') == CPM_NPOS && !cpm_str_ends(subpath, "/"))
        v = cpm_value_get(field, subpath);
    e->key = subpath;
    e->match = CPM_STR("");
    return v ? v : best_pattern(e, field);
}

static bool not_defined(struct entry *e)
{
    const struct cpm_target_query *q = e->query;
    const char *from = cpm_search_from(e->s, q->base);

    if (q->imports)
        return cpm_search_fail(e->s, CPM_FAULT_IMPORT,
                               "Package import specifier \"%.*s\" is not defined in package %s%s",
                               CPM_STR_ARG(q->subpath), config_path(e), from);
    if (cpm_str_is(q->subpath, "."))
        return cpm_search_fail(e->s, CPM_FAULT_NOT_EXPORTED, "No \"exports\" main defined in %s%s",
                               config_path(e), from);
    return cpm_search_fail(e->s, CPM_FAULT_NOT_EXPORTED,
                           "Package subpath '%.*s' is not defined by \"exports\" in %s%s",
                           CPM_STR_ARG(q->subpath), config_path(e), from);
}

/* An exports field that is all about ".": 1; a map of subpaths: 0; a mixture: -1. */
static int is_sugar(const struct cpm_value *field)
{
    bool first = false;

    if (field->type != CPM_VALUE_OBJECT)
        return 1;
    for (uint32_t i = 0; i < field->count; i++) {
        bool condition = !cpm_str_starts(field->keys[i], ".");

        if (i && condition != first)
            return -1;
        first = condition;
    }
    return first;
}

static const char mixed_keys[] =
    "\"exports\" cannot contain some keys starting with '.' and some not. The exports object must "
    "either be an object of package subpath keys or an object of main entry condition name keys "
    "only.";

bool cpm_target_find(struct cpm_search *s, const struct cpm_target_query *query,
                     struct cpm_str *target)
{
    struct entry e = {.s = s, .query = query, .key = query->subpath, .target = target};
    int sugar = query->imports ? 0 : is_sugar(query->field);
    const struct cpm_value *v = query->field;
    enum outcome o = UNDEFINED;

    if (sugar < 0)
        return invalid_config(&e, mixed_keys), false;
    if (sugar == 0)
        v = find_entry(&e, query->field);
    else if (!cpm_str_is(query->subpath, "."))
        v = NULL;
    if (v) {
        if (s->trace)
            cpm_search_tell(s, "\"%s\" of %s has the entry '%.*s'",
                            query->imports ? "imports" : "exports", config_path(&e),
                            CPM_STR_ARG(e.key));
        o = any_target(&e, v);
    }
    if (o == FAULT)
        return false;
    return o == FOUND ? true : not_defined(&e);
}
