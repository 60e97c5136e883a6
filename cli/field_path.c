/* npm looks for the last bracket first: what stands before and behind it is a path again. A key in
 * brackets is taken as it is; outside of them a dot parts two keys. */
#include "cli/field_path.h"

#define INDEX_MAX (1u << 20) /* a list is not filled up further than that */

static bool add(struct cpm_field_path *path, struct cpm_str text, bool append)
{
    if (path->count == CPM_FIELD_KEYS_MAX)
        return false;
    path->keys[path->count++] = (struct cpm_field_key){.text = text, .append = append};
    return true;
}

static bool add_dotted(struct cpm_field_path *path, struct cpm_str text)
{
    for (size_t dot; (dot = cpm_str_chr(text, '.')) != CPM_NPOS;) {
        if (!add(path, cpm_str_sub(text, 0, dot), false))
            return false;
        text = cpm_str_sub(text, dot + 1, text.len);
    }
    return add(path, text, false);
}

static struct cpm_str skip_dot(struct cpm_str text)
{
    return cpm_str_starts(text, ".") ? cpm_str_sub(text, 1, text.len) : text;
}

/* The last "[...]" with something before and inside it; *close is where it ends. */
static size_t last_bracket(struct cpm_str text, size_t *close)
{
    for (size_t i = text.len; i-- > 1;) {
        size_t length =
            text.ptr[i] == '[' ? cpm_str_chr(cpm_str_sub(text, i + 1, text.len), ']') : 0;
        if (length && length != CPM_NPOS) {
            *close = i + 1 + length;
            return i;
        }
    }
    return CPM_NPOS;
}

/* A text without keys in brackets: "a.b[].c". Empty parts around "[]" do not count. */
static bool add_appends(struct cpm_field_path *path, struct cpm_str text, bool whole)
{
    size_t at = CPM_NPOS;
    for (size_t i = 0; i + 1 < text.len; i++)
        if (text.ptr[i] == '[' && text.ptr[i + 1] == ']')
            at = i;
    if (at == CPM_NPOS)
        return (text.len == 0 && !whole) || add_dotted(path, text);
    struct cpm_str rest = skip_dot(cpm_str_sub(text, at + 2, text.len));
    return add_appends(path, cpm_str_sub(text, 0, at), false) && add(path, CPM_STR("[]"), true) &&
           (rest.len == 0 || add_dotted(path, rest));
}

static bool parse(struct cpm_field_path *path, struct cpm_str text)
{
    size_t close, open = last_bracket(text, &close);
    if (open == CPM_NPOS)
        return add_appends(path, text, true);
    struct cpm_str rest = skip_dot(cpm_str_sub(text, close + 1, text.len));
    return parse(path, cpm_str_sub(text, 0, open)) &&
           add(path, cpm_str_sub(text, open + 1, close - open - 1), false) &&
           (rest.len == 0 || parse(path, rest));
}

bool cpm_field_path_parse(struct cpm_str text, struct cpm_field_path *out)
{
    out->count = 0;
    return parse(out, cpm_str_trim(text));
}

bool cpm_field_index(const struct cpm_field_key *key, size_t *index)
{
    uint64_t n = 0;
    if (key->append || (key->text.len && !cpm_str_u64(key->text, &n)) || n > INDEX_MAX)
        return false;
    *index = (size_t)n;
    return true;
}
