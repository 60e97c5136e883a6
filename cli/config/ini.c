/* A line is a section, or key and value split at the first '='. [a.b] is read as a section of its
 * own and hung below [a] afterwards, as npm's package does it. */
#include "cli/config/ini.h"

#include "base/jsonread.h"

static bool quoted(struct cpm_str s)
{
    return s.len > 0 && ((s.ptr[0] == '"' && s.ptr[s.len - 1] == '"') ||
                         (s.ptr[0] == '\'' && s.ptr[s.len - 1] == '\''));
}

/* Quotes are JSON; what JSON refuses stays as it stands. */
static struct cpm_value unquote(struct cpm_arena *arena, struct cpm_str s)
{
    struct cpm_json *doc = NULL;
    if (s.ptr[0] == '\'')
        s = s.len > 1 ? cpm_str_sub(s, 1, s.len - 2) : CPM_STR("");
    if (s.len == 0 || cpm_json_parse(s, "", CPM_JSON_LAST_WINS, &doc, NULL) != 0)
        return cpm_value_str(arena, s);
    struct cpm_value v = cpm_value_from_json(arena, doc);
    cpm_json_free(doc);
    return v;
}

struct cpm_value cpm_ini_unsafe(struct cpm_arena *arena, struct cpm_str text)
{
    text = cpm_str_trim(text);
    if (quoted(text))
        return unquote(arena, text);
    char *out = cpm_arena_alloc(arena, text.len + 2);
    size_t n = 0;
    bool escaped = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool special = c == '\\' || c == ';' || c == '#';
        if (!escaped && c == '\\') {
            escaped = true;
            continue;
        }
        if (!escaped && special)
            break;
        if (escaped && !special)
            out[n++] = '\\';
        out[n++] = c;
        escaped = false;
    }
    if (escaped)
        out[n++] = '\\';
    return cpm_value_str(arena, cpm_str_trim(cpm_str_n(out, n)));
}

static struct cpm_value line_value(struct cpm_arena *arena, struct cpm_str text, bool there)
{
    if (!there)
        return cpm_value_bool(true);
    struct cpm_value v = cpm_ini_unsafe(arena, text);
    if (cpm_value_is(&v, "true") || cpm_value_is(&v, "false"))
        return cpm_value_bool(v.text.len == 4);
    return cpm_value_is(&v, "null") ? cpm_value_null() : v;
}

static struct cpm_str key_text(struct cpm_arena *arena, struct cpm_str text)
{
    struct cpm_value v = cpm_ini_unsafe(arena, text);
    return cpm_str(cpm_value_text(arena, &v));
}

static bool put(struct cpm_arena *arena, struct cpm_fields *to, struct cpm_str key,
                struct cpm_value value)
{
    bool list = key.len > 2 && cpm_str_ends(key, "[]");
    if (list)
        key = cpm_str_n(cpm_arena_strndup(arena, key.ptr, key.len - 2), key.len - 2);
    struct cpm_value *old = cpm_fields_find(to, key);
    if (cpm_str_is(key, "__proto__"))
        return true;
    if (old && (list || old->kind == CPM_VALUE_LIST)) {
        struct cpm_value first = *old;
        if (first.kind != CPM_VALUE_LIST) {
            *old = cpm_value_list();
            cpm_value_push(arena, old, first);
        }
        cpm_value_push(arena, old, value);
        return true;
    }
    if (list) {
        struct cpm_value only = cpm_value_list();
        cpm_value_push(arena, &only, value);
        value = only;
    }
    return cpm_fields_set(arena, to, key, value);
}

/* "[name]" with nothing but blanks behind it. */
static bool section_name(struct cpm_str line, struct cpm_str *name)
{
    if (line.len == 0 || line.ptr[0] != '[')
        return false;
    size_t close = cpm_str_chr(line, ']');
    if (close == CPM_NPOS || cpm_str_trim(cpm_str_sub(line, close + 1, line.len)).len)
        return false;
    *name = cpm_str_sub(line, 1, close - 1);
    return true;
}

static bool blank_or_comment(struct cpm_str line)
{
    line = cpm_str_trim(line);
    return line.len == 0 || line.ptr[0] == ';' || line.ptr[0] == '#';
}

static struct cpm_fields *object_in(struct cpm_arena *arena, struct cpm_fields *in,
                                    struct cpm_str key)
{
    struct cpm_value *old = cpm_fields_find(in, key);
    if (old && old->kind == CPM_VALUE_OBJECT)
        return old->fields;
    struct cpm_value v = {.kind = CPM_VALUE_OBJECT, .fields = CPM_NEW(arena, struct cpm_fields)};
    cpm_fields_set(arena, in, key, v);
    return v.fields;
}

static bool read_line(struct cpm_arena *arena, struct cpm_str line, struct cpm_fields *out,
                      struct cpm_fields **section)
{
    struct cpm_str name;
    if (blank_or_comment(line))
        return true;
    if (section_name(line, &name)) {
        name = key_text(arena, name);
        if (cpm_str_is(name, "__proto__"))
            *section = CPM_NEW(arena, struct cpm_fields);
        else
            *section = object_in(arena, out, name);
        return out->count < CPM_FIELDS_MAX;
    }
    size_t equals = cpm_str_chr(line, '=');
    if (equals == 0)
        return true;
    struct cpm_str key = key_text(arena, cpm_str_sub(line, 0, equals));
    struct cpm_str text =
        equals == CPM_NPOS ? CPM_STR_NONE : cpm_str_sub(line, equals + 1, line.len);
    return put(arena, *section, key, line_value(arena, text, equals != CPM_NPOS));
}

/* The last part of "a.b\.c" split at dots that no backslash escapes; *rest keeps what is before. */
static struct cpm_str last_part(struct cpm_str *rest)
{
    for (size_t i = rest->len; i-- > 0;)
        if (rest->ptr[i] == '.' && (i == 0 || rest->ptr[i - 1] != '\\')) {
            struct cpm_str part = cpm_str_sub(*rest, i + 1, rest->len);
            *rest = cpm_str_sub(*rest, 0, i);
            return part;
        }
    struct cpm_str whole = *rest;
    *rest = CPM_STR_NONE;
    return whole;
}

static struct cpm_str unescape_dots(struct cpm_arena *arena, struct cpm_str part)
{
    char *out = cpm_arena_alloc(arena, part.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < part.len; i++)
        if (part.ptr[i] != '\\' || i + 1 == part.len || part.ptr[i + 1] != '.')
            out[n++] = part.ptr[i];
    return cpm_str_n(out, n);
}

/* {a: {…}, "a.b": {…}} becomes {a: {…, b: {…}}}. False when it nests too deep. */
static bool nest_section(struct cpm_arena *arena, struct cpm_fields *out, struct cpm_field field,
                         bool *moved)
{
    struct cpm_str parts[CPM_INI_DEPTH], rest = field.key;
    size_t count = 0;
    struct cpm_str leaf = last_part(&rest);
    for (; rest.len; count++) {
        if (count == CPM_INI_DEPTH)
            return false;
        parts[count] = last_part(&rest);
    }
    struct cpm_str name = unescape_dots(arena, leaf);
    *moved = count != 0 || !cpm_str_eq(name, leaf);
    if (!*moved)
        return true;
    struct cpm_fields *in = out;
    while (count-- > 0)
        if (!cpm_str_is(parts[count], "__proto__"))
            in = object_in(arena, in, parts[count]);
    return cpm_fields_set(arena, in, name, field.value);
}

/* "a.b" stays in place until all are nested: a later section may be found below it. */
static int nest_sections(struct cpm_arena *arena, struct cpm_fields *out, struct cpm_error *err)
{
    size_t count = out->count;
    struct cpm_field *fields = CPM_NEW_ARRAY(arena, struct cpm_field, count + 1);
    bool *moved = CPM_NEW_ARRAY(arena, bool, count + 1);
    if (count)
        memcpy(fields, out->v, count * sizeof(*fields));
    for (size_t i = 0; i < count; i++)
        if (fields[i].value.kind == CPM_VALUE_OBJECT &&
            !nest_section(arena, out, fields[i], &moved[i]))
            return cpm_error_set(err, CPM_ECONFIG, "section '%.*s' nests too deep",
                                 CPM_STR_ARG(fields[i].key));
    for (size_t i = 0; i < count; i++)
        if (moved[i])
            cpm_fields_del(out, fields[i].key);
    return 0;
}

int cpm_ini_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_fields *out,
                  struct cpm_error *err)
{
    struct cpm_fields *section = out;
    for (size_t from = 0, i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != '\n' && text.ptr[i] != '\r')
            continue;
        if (!read_line(arena, cpm_str_sub(text, from, i - from), out, &section))
            return cpm_error_set(err, CPM_ECONFIG, "more than %d keys", CPM_FIELDS_MAX);
        from = i + 1;
    }
    return nest_sections(arena, out, err);
}

static bool needs_quotes(struct cpm_str s)
{
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (strchr("=\r\n", s.ptr[i]))
            return true;
    return s.ptr[0] == '[' || (s.len > 1 && quoted(s)) || cpm_str_trim(s).len != s.len;
}

void cpm_ini_safe(struct cpm_str text, struct cpm_buf *out)
{
    if (needs_quotes(text)) {
        cpm_json_quote(out, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == ';' || text.ptr[i] == '#')
            cpm_buf_add_char(out, '\\');
        cpm_buf_add_char(out, text.ptr[i]);
    }
}

struct cpm_str cpm_ini_line_key(struct cpm_arena *arena, struct cpm_str line, bool *section)
{
    struct cpm_str name;
    *section = section_name(line, &name);
    if (*section || blank_or_comment(line))
        return CPM_STR("");
    size_t equals = cpm_str_chr(line, '=');
    struct cpm_str key = key_text(arena, cpm_str_sub(line, 0, equals));
    if (key.len > 2 && cpm_str_ends(key, "[]"))
        key.len -= 2;
    return key;
}
