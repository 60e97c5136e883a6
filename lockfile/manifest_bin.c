/* npm walks the object while it renames keys in it, so a renamed key overwrites an equal one that
 * it has not come to yet, and that one then keeps the new value. The map below does the same: it is
 * walked over the keys that were there at the start. */
#include "lockfile/manifest_bin.h"

#include "base/map.h"
#include "base/path.h"
#include "lockfile/raw.h"

/* True when npm would leave this path as it is; false may be a false alarm. */
static bool is_plain_path(struct cpm_str path)
{
    struct cpm_str rest = path, part;

    if (path.len == 0 || memchr(path.ptr, '\\', path.len) || memchr(path.ptr, ':', path.len))
        return false;
    while (cpm_str_split(&rest, '/', &part))
        if (part.len == 0 || cpm_str_is(part, ".") || cpm_str_is(part, ".."))
            return false;
    return true;
}

static bool is_plain_bin(struct cpm_str raw, struct cpm_arena *arena)
{
    struct cpm_str key, path;
    struct cpm_jsonread r;
    bool plain = true;

    cpm_raw_open(&r, raw, arena);
    if (!cpm_jsonread_object(&r))
        return false;
    while (cpm_jsonread_key(&r, &key))
        if (!cpm_jsonread_str(&r, &path) || !is_plain_path(path) || !is_plain_path(key) ||
            memchr(key.ptr, '/', key.len))
            plain = false;
    return plain;
}

/* The path with '/' for '\' and ':', normalised as if the package were the root; "" when nothing
 * is left. A slash at the end stays, as npm lets it. */
static struct cpm_str secured(struct cpm_str path, struct cpm_arena *arena)
{
    char *slashed = cpm_arena_strndup(arena, path.ptr, path.len);
    const char *whole;

    for (size_t i = 0; i < path.len; i++)
        if (slashed[i] == '\\' || slashed[i] == ':')
            slashed[i] = '/';
    whole = cpm_path_join(arena, "/", slashed);
    return cpm_str(whole + 1);
}

static struct cpm_str base_of(struct cpm_str path, struct cpm_arena *arena)
{
    return cpm_path_basename(secured(path, arena));
}

static struct cpm_str *new_path(struct cpm_arena *arena, struct cpm_str path)
{
    struct cpm_str *kept = CPM_NEW(arena, struct cpm_str);

    *kept = path;
    return kept;
}

/* Fills command → path as the value says it; a path that is no string is NONE. */
static void read_bins(struct cpm_str raw, struct cpm_str package, struct cpm_arena *arena,
                      struct cpm_map *bins)
{
    struct cpm_str key, path;
    struct cpm_jsonread r;

    cpm_raw_open(&r, raw, arena);
    if (cpm_jsonread_object(&r)) {
        while (cpm_jsonread_key(&r, &key)) {
            path = CPM_STR_NONE;
            cpm_jsonread_str(&r, &path);
            cpm_map_set(bins, key, new_path(arena, path));
        }
    } else if (cpm_jsonread_array(&r)) {
        while (cpm_jsonread_element(&r))
            if (cpm_jsonread_str(&r, &path))
                cpm_map_set(bins, cpm_path_basename(path), new_path(arena, path));
    } else if (package.len && cpm_jsonread_str(&r, &path)) {
        cpm_map_set(bins, package, new_path(arena, path));
    }
}

static void rename_bin(struct cpm_map *bins, struct cpm_str key, struct cpm_arena *arena)
{
    struct cpm_str *value = cpm_map_get(bins, key), base, path;

    if (!value)
        return;
    base = base_of(key, arena);
    path = value->ptr ? secured(*value, arena) : CPM_STR_NONE;
    if (base.len == 0 || path.len == 0) {
        cpm_map_del(bins, key);
        return;
    }
    if (!cpm_str_eq(base, key))
        cpm_map_del(bins, key);
    cpm_map_set(bins, base, new_path(arena, path));
}

static void rename_bins(struct cpm_map *bins, struct cpm_arena *arena)
{
    struct cpm_str *keys = CPM_NEW_ARRAY(arena, struct cpm_str, bins->used);
    size_t n = 0;

    CPM_MAP_EACH (bins, bin)
        keys[n++] = bin->key;
    for (size_t i = 0; i < n; i++)
        rename_bin(bins, keys[i], arena);
}

static struct cpm_str write_bins(const struct cpm_map *bins, struct cpm_arena *arena)
{
    struct cpm_buf out = CPM_BUF_INIT(CPM_JSON_MAX);
    struct cpm_str text = CPM_STR_NONE;

    CPM_MAP_EACH (bins, bin) {
        cpm_buf_add_char(&out, out.len ? ',' : '{');
        cpm_json_quote(&out, bin->key);
        cpm_buf_add_char(&out, ':');
        cpm_json_quote(&out, *(struct cpm_str *)bin->value);
    }
    if (out.len) {
        cpm_buf_add_char(&out, '}');
        text = cpm_raw_keep(&out, arena);
    }
    cpm_buf_release(&out);
    return text;
}

struct cpm_str cpm_bin_normalize(struct cpm_str raw, struct cpm_str package,
                                 struct cpm_arena *arena)
{
    struct cpm_map bins = CPM_MAP_INIT;
    struct cpm_str text;

    if (!cpm_raw_truthy(raw) || cpm_raw_empty(raw))
        return CPM_STR_NONE;
    if (is_plain_bin(raw, arena))
        return raw;
    read_bins(raw, package, arena, &bins);
    rename_bins(&bins, arena);
    text = write_bins(&bins, arena);
    cpm_map_release(&bins);
    return text;
}
