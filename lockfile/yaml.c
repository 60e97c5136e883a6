/* Line by line: a block is the lines of one indentation; what is indented deeper belongs to the
 * line before. Flow values are read inside their line. */
#include "lockfile/yaml.h"

#include "base/buf.h"

struct line {
    size_t indent;
    struct cpm_str text; /* without indentation and trailing white space; never empty */
    size_t at, next;     /* where its text and the next line begin */
};

struct reading {
    struct cpm_str text;
    const char *file;
    struct cpm_arena *arena;
    struct cpm_error *err;
    size_t pos; /* beginning of the next line */
    unsigned depth;
    bool failed;
};

static struct cpm_yaml *read_block(struct reading *r, size_t indent);
static struct cpm_yaml *read_flow(struct reading *r, struct cpm_str *rest);

static struct cpm_yaml *fail(struct reading *r, const char *why)
{
    size_t number = 1;

    if (r->failed)
        return NULL;
    for (size_t i = 0; i < r->pos && i < r->text.len; i++)
        number += r->text.ptr[i] == '\n';
    r->failed = true;
    cpm_error_set(r->err, CPM_EINVAL, "%s: line %zu: %s", r->file, number, why);
    return NULL;
}

static struct cpm_yaml *new_node(struct reading *r, enum cpm_yaml_type type)
{
    struct cpm_yaml *node = CPM_NEW(r->arena, struct cpm_yaml);

    node->type = type;
    return node;
}

static struct cpm_yaml *new_text(struct reading *r, struct cpm_str text)
{
    struct cpm_yaml *node = new_node(r, CPM_YAML_TEXT);

    node->text = text;
    return node;
}

static struct cpm_str trim_right(struct cpm_str s)
{
    while (s.len && strchr(" \t\r", s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* The line at r->pos, whatever it holds; false at the end. */
static bool raw_line(const struct reading *r, struct line *out)
{
    struct cpm_str rest = cpm_str_sub(r->text, r->pos, r->text.len);
    size_t end = rest.len ? cpm_str_chr(rest, '\n') : 0, indent = 0;

    if (!rest.len)
        return false;
    end = end == CPM_NPOS ? rest.len : end;
    while (indent < end && rest.ptr[indent] == ' ')
        indent++;
    *out = (struct line){.indent = indent,
                         .text = trim_right(cpm_str_sub(rest, indent, end - indent)),
                         .at = r->pos + indent,
                         .next = r->pos + (end < rest.len ? end + 1 : end)};
    return true;
}

/* The next line that says something: blank ones, comments and "---" are passed over. */
static bool peek(struct reading *r, struct line *out)
{
    while (raw_line(r, out)) {
        if (out->text.len && out->text.ptr[0] != '#' && !cpm_str_is(out->text, "---"))
            return true;
        r->pos = out->next;
    }
    return false;
}

/* One escape of a double-quoted text; *at stands behind the backslash. */
static bool unescape(struct cpm_str text, size_t *at, struct cpm_buf *out)
{
    static const char from[] = "nrt0\"\\/ ", to[] = "\n\r\t\0\"\\/ ";
    const char *known = *at < text.len ? memchr(from, text.ptr[*at], sizeof(from) - 1) : NULL;

    if (!known)
        return false;
    cpm_buf_add_char(out, to[known - from]);
    ++*at;
    return true;
}

/* A quoted text at the beginning of *rest. */
static bool read_quoted(struct reading *r, struct cpm_str *rest, struct cpm_str *out)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_YAML_MAX);
    char quote = rest->ptr[0];
    size_t i = 1;
    bool closed = false, ok = true;

    while (ok && !closed && i < rest->len) {
        char c = rest->ptr[i++];

        if (c == '\\' && quote == '"')
            ok = unescape(*rest, &i, &text);
        else if (c != quote)
            cpm_buf_add_char(&text, c);
        else if (quote == '\'' && i < rest->len && rest->ptr[i] == '\'')
            cpm_buf_add_char(&text, rest->ptr[i++]);
        else
            closed = true;
    }
    *out = cpm_arena_str(r->arena, text.len ? cpm_buf_str(&text) : CPM_STR(""));
    cpm_buf_release(&text);
    *rest = cpm_str_sub(*rest, i, rest->len);
    if (!closed)
        fail(r, "a quoted text has no end, or an escape that is not known");
    return closed;
}

static bool is_foreign(char c)
{
    return c == '&' || c == '*' || c == '!' || c == '%' || c == '`';
}

/* A plain text up to ", ", "]" or "}" of a flow value; ": " too, for a key. */
static struct cpm_str take_plain(struct cpm_str *rest, bool key)
{
    size_t n = 0;

    while (n < rest->len && !strchr(",]}", rest->ptr[n]) &&
           !(key && rest->ptr[n] == ':' && (n + 1 == rest->len || rest->ptr[n + 1] == ' ')))
        n++;
    struct cpm_str out = cpm_str_trim(cpm_str_sub(*rest, 0, n));
    *rest = cpm_str_sub(*rest, n, rest->len);
    return out;
}

static bool take(struct cpm_str *rest, char c)
{
    *rest = cpm_str_trim(*rest);
    if (!rest->len || rest->ptr[0] != c)
        return false;
    *rest = cpm_str_sub(*rest, 1, rest->len);
    return true;
}

static bool read_flow_key(struct reading *r, struct cpm_str *rest, struct cpm_str *key)
{
    *rest = cpm_str_trim(*rest);
    if (rest->len && (rest->ptr[0] == '"' || rest->ptr[0] == '\'')) {
        if (!read_quoted(r, rest, key))
            return false;
    } else {
        *key = take_plain(rest, true);
    }
    if (!take(rest, ':'))
        fail(r, "a flow map needs ':' behind its key");
    return !r->failed;
}

static struct cpm_yaml *read_flow_items(struct reading *r, struct cpm_str *rest, bool map)
{
    struct cpm_yaml *out = new_node(r, map ? CPM_YAML_MAP : CPM_YAML_LIST), **end = &out->first;
    char close = map ? '}' : ']';

    while (!take(rest, close)) {
        struct cpm_str key = CPM_STR_NONE;

        if (map && !read_flow_key(r, rest, &key))
            return NULL;
        if (!(*end = read_flow(r, rest)))
            return NULL;
        (*end)->key = key;
        end = &(*end)->next;
        if (!take(rest, ',') && (!rest->len || rest->ptr[0] != close))
            return fail(r, "a flow value has no end in its line");
    }
    return out;
}

static struct cpm_yaml *read_flow(struct reading *r, struct cpm_str *rest)
{
    struct cpm_yaml *out;
    struct cpm_str text;

    *rest = cpm_str_trim(*rest);
    if (!rest->len)
        return fail(r, "a flow value has no end in its line");
    if (rest->ptr[0] == '"' || rest->ptr[0] == '\'')
        return read_quoted(r, rest, &text) ? new_text(r, text) : NULL;
    if (rest->ptr[0] != '{' && rest->ptr[0] != '[')
        return new_text(r, take_plain(rest, false));
    if (++r->depth > CPM_YAML_DEPTH)
        return fail(r, "too deep");
    bool map = rest->ptr[0] == '{';
    take(rest, rest->ptr[0]);
    out = read_flow_items(r, rest, map);
    r->depth--;
    return out;
}

/* "|" and ">" with indicators: the deeper lines that follow, joined by line breaks. */
static struct cpm_yaml *read_literal(struct reading *r, size_t indent)
{
    struct cpm_buf text = CPM_BUF_INIT(CPM_YAML_MAX);
    struct line line;
    struct cpm_str kept;

    while (raw_line(r, &line) && (line.indent > indent || !line.text.len)) {
        if (text.len)
            cpm_buf_add_char(&text, '\n');
        cpm_buf_add_str(&text, line.text);
        r->pos = line.next;
    }
    kept = cpm_arena_str(r->arena, text.len ? cpm_buf_str(&text) : CPM_STR(""));
    cpm_buf_release(&text);
    return new_text(r, kept);
}

/* What stands behind "key:" or "- " in its line; r->pos is already behind the line. */
static struct cpm_yaml *read_value(struct reading *r, struct cpm_str rest, size_t indent)
{
    struct cpm_yaml *out;

    rest = cpm_str_trim(rest);
    if (rest.len && (rest.ptr[0] == '|' || rest.ptr[0] == '>'))
        return read_literal(r, indent);
    if (rest.len && is_foreign(rest.ptr[0]))
        return fail(r, "anchors, aliases and tags are not read");
    if (rest.len && strchr("{[\"'", rest.ptr[0])) {
        out = read_flow(r, &rest);
        rest = cpm_str_trim(rest);
        if (out && rest.len && rest.ptr[0] != '#')
            return fail(r, "something stands behind the value");
        return out;
    }
    size_t comment = cpm_str_find(rest, " #");
    rest = comment == CPM_NPOS ? rest : cpm_str_sub(rest, 0, comment);
    return new_text(r, cpm_str_is(rest, "null") || cpm_str_is(rest, "~") ? CPM_STR("")
                                                                         : cpm_str_trim(rest));
}

/* The value of a key or a dash whose line holds nothing more. */
static struct cpm_yaml *read_below(struct reading *r, size_t indent, bool list_too)
{
    struct line line;

    if (!peek(r, &line) || line.indent < indent ||
        (line.indent == indent && !(list_too && cpm_str_starts(line.text, "- "))))
        return new_text(r, CPM_STR(""));
    return read_block(r, line.indent);
}

/* The end of a plain key: ':' at the line's end or before a blank. */
static size_t key_end(struct cpm_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ':' && (i + 1 == text.len || text.ptr[i + 1] == ' '))
            return i;
    return CPM_NPOS;
}

static bool read_key(struct reading *r, struct cpm_str *rest, struct cpm_str *key)
{
    size_t end;

    if (rest->ptr[0] == '"' || rest->ptr[0] == '\'')
        return read_quoted(r, rest, key);
    end = key_end(*rest);
    *key = end == CPM_NPOS ? *rest : cpm_str_sub(*rest, 0, end);
    *rest = end == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(*rest, end, rest->len);
    return true;
}

static struct cpm_yaml *read_member(struct reading *r, struct line line)
{
    struct cpm_str rest = line.text, key;
    struct cpm_yaml *out;
    bool question = cpm_str_starts(rest, "? ");

    if (is_foreign(rest.ptr[0]))
        return fail(r, "anchors, aliases and tags are not read");
    if (question)
        rest = cpm_str_trim(cpm_str_sub(rest, 2, rest.len));
    if (!rest.len || !read_key(r, &rest, &key))
        return fail(r, "a key is missing");
    if (question) {
        r->pos = line.next;
        if (!peek(r, &line))
            return fail(r, "the value of '?' is missing");
        rest = line.text;
    }
    rest = cpm_str_trim(rest);
    if (!rest.len || rest.ptr[0] != ':')
        return fail(r, "a key needs ':'");
    r->pos = line.next;
    rest = cpm_str_trim(cpm_str_sub(rest, 1, rest.len));
    if (rest.len && rest.ptr[0] != '#')
        out = read_value(r, rest, line.indent);
    else
        out = read_below(r, line.indent, true);
    if (out)
        out->key = key;
    return out;
}

static struct cpm_yaml *read_element(struct reading *r, struct line line)
{
    r->pos = line.next;
    if (line.text.len == 1)
        return read_below(r, line.indent, false);
    struct cpm_str rest = cpm_str_trim(cpm_str_sub(line.text, 2, line.text.len));
    if (rest.len && !strchr("{[\"'", rest.ptr[0]) && key_end(rest) != CPM_NPOS)
        return fail(r, "a map inside a list is not read");
    return read_value(r, rest, line.indent);
}

static bool is_element(struct cpm_str text)
{
    return cpm_str_starts(text, "- ") || cpm_str_is(text, "-");
}

static struct cpm_yaml *read_block(struct reading *r, size_t indent)
{
    struct cpm_yaml *out, **end;
    struct line line;
    bool list;

    if (!peek(r, &line))
        return new_node(r, CPM_YAML_MAP);
    if (++r->depth > CPM_YAML_DEPTH)
        return fail(r, "too deep");
    list = is_element(line.text);
    out = new_node(r, list ? CPM_YAML_LIST : CPM_YAML_MAP);
    end = &out->first;
    while (peek(r, &line) && line.indent == indent && is_element(line.text) == list) {
        if (!(*end = list ? read_element(r, line) : read_member(r, line)))
            return NULL;
        end = &(*end)->next;
    }
    r->depth--;
    if (peek(r, &line) && line.indent > indent)
        return fail(r, "this line is indented more than what it belongs to");
    return out;
}

int cpm_yaml_parse(struct cpm_str text, const char *file, struct cpm_arena *arena,
                   struct cpm_yaml **out, struct cpm_error *err)
{
    struct reading r = {.text = text, .file = file, .arena = arena, .err = err};
    struct line line;

    if (text.len > CPM_YAML_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "%s is larger than 64 MB", file);
    if (memchr(text.ptr ? text.ptr : "", '\0', text.len)) {
        fail(&r, "a NUL byte");
        return CPM_EINVAL;
    }
    *out = read_block(&r, peek(&r, &line) ? line.indent : 0);
    if (*out && peek(&r, &line))
        fail(&r, "this line belongs to nothing");
    return r.failed ? CPM_EINVAL : 0;
}

const struct cpm_yaml *cpm_yaml_get(const struct cpm_yaml *map, const char *key)
{
    if (!map || map->type != CPM_YAML_MAP)
        return NULL;
    CPM_YAML_EACH(map, v)
    if (cpm_str_is(v->key, key))
        return v;
    return NULL;
}

struct cpm_str cpm_yaml_text(const struct cpm_yaml *map, const char *key)
{
    const struct cpm_yaml *v = cpm_yaml_get(map, key);

    return v && v->type == CPM_YAML_TEXT ? v->text : CPM_STR_NONE;
}
