#include "base/path.h"

/* Every function splits into components and builds the result in one arena block that is as long
 * as the inputs together: normalising never makes a path longer, except "" to ".". */

static bool is_absolute(struct cpm_str path)
{
    return path.len && path.ptr[0] == '/';
}

/* Drops the last component of out[floor..len); gives the new length. */
static size_t pop(const char *out, size_t len, size_t floor)
{
    while (len > floor && out[len - 1] != '/')
        len--;
    if (len > floor)
        len--;
    return len;
}

static bool ends_in_dotdot(const char *out, size_t len, size_t floor)
{
    return len - floor >= 2 && out[len - 1] == '.' && out[len - 2] == '.' &&
           (len - floor == 2 || out[len - 3] == '/');
}

/* node's normalizeString: resolves "." and "..", keeps leading ".." of a relative path. Writes to
 * out (room for path.len + 1) and gives the length; the root slash counts. */
static size_t squeeze(struct cpm_str path, char *out)
{
    size_t floor = is_absolute(path) ? 1 : 0;
    size_t len = floor;
    struct cpm_str part;

    if (floor)
        out[0] = '/';
    while (path.len && cpm_str_split(&path, '/', &part)) {
        if (part.len == 0 || cpm_str_is(part, "."))
            continue;
        if (cpm_str_is(part, "..")) {
            if (len > floor && !ends_in_dotdot(out, len, floor)) {
                len = pop(out, len, floor);
                continue;
            }
            if (floor)
                continue;
        }
        if (len > floor)
            out[len++] = '/';
        memmove(out + len, part.ptr, part.len);
        len += part.len;
    }
    return len;
}

const char *cpm_path_normalize(struct cpm_arena *arena, struct cpm_str path)
{
    char *out = cpm_arena_alloc(arena, path.len + 3);
    size_t len = squeeze(path, out);

    if (len == 0)
        out[len++] = '.';
    if (path.len && path.ptr[path.len - 1] == '/' && out[len - 1] != '/')
        out[len++] = '/';
    out[len] = '\0';
    return out;
}

const char *cpm_path_join(struct cpm_arena *arena, const char *a, const char *b)
{
    if (!a[0])
        return cpm_path_normalize(arena, cpm_str(b));
    if (!b[0])
        return cpm_path_normalize(arena, cpm_str(a));
    return cpm_path_normalize(arena, CPM_CONCAT(arena, cpm_str(a), CPM_STR("/"), cpm_str(b)));
}

const char *cpm_path_resolve(struct cpm_arena *arena, const char *base, const char *rel)
{
    struct cpm_str whole =
        rel[0] == '/' ? cpm_str(rel) : CPM_CONCAT(arena, cpm_str(base), CPM_STR("/"), cpm_str(rel));
    char *out = cpm_arena_alloc(arena, whole.len + 2);
    size_t len = squeeze(whole, out);

    if (len == 0)
        out[len++] = '.';
    out[len] = '\0';
    return out;
}

const char *cpm_path_dirname(struct cpm_arena *arena, const char *path)
{
    size_t len = strlen(path);

    if (len == 0)
        return ".";
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len == 0)
        return ".";
    if (len > 1)
        len--;
    return cpm_arena_strndup(arena, path, len);
}

struct cpm_str cpm_path_basename(struct cpm_str path)
{
    size_t slash;

    while (path.len && path.ptr[path.len - 1] == '/')
        path.len--;
    slash = cpm_str_rchr(path, '/');
    return slash == CPM_NPOS ? path : cpm_str_sub(path, slash + 1, path.len);
}

/* The bytes that both have in common, up to a component's end. */
static size_t common_length(struct cpm_str a, struct cpm_str b)
{
    size_t i = 0, last = 0;

    for (; i < a.len && i < b.len && a.ptr[i] == b.ptr[i]; i++)
        if (a.ptr[i] == '/')
            last = i;
    if ((i == a.len || a.ptr[i] == '/') && (i == b.len || b.ptr[i] == '/'))
        last = i;
    return last;
}

const char *cpm_path_relative(struct cpm_arena *arena, const char *from, const char *to)
{
    /* The root is taken as "", so that every path is a run of "/name". */
    struct cpm_str a = cpm_str_sub(cpm_str(from), 0, from[0] && from[1] ? CPM_NPOS : 0);
    struct cpm_str b = cpm_str_sub(cpm_str(to), 0, to[0] && to[1] ? CPM_NPOS : 0);
    size_t same = common_length(a, b), ups = 0, len = 0;
    struct cpm_str down = cpm_str_sub(b, same, b.len);
    char *out;

    for (size_t i = same; i < a.len; i++)
        ups += a.ptr[i] == '/';
    out = cpm_arena_alloc(arena, ups * 3 + down.len + 1);
    for (size_t i = 0; i < ups; i++) {
        memcpy(out + len, i ? "/.." : "..", i ? 3 : 2);
        len += i ? 3 : 2;
    }
    if (ups == 0)
        down = cpm_str_sub(down, 1, down.len);
    if (down.len)
        memcpy(out + len, down.ptr, down.len);
    out[len + down.len] = '\0';
    return out;
}

bool cpm_path_within(const char *dir, const char *path)
{
    size_t len = strlen(dir);

    while (len && dir[len - 1] == '/')
        len--;
    return strncmp(dir, path, len) == 0 && (path[len] == '\0' || path[len] == '/');
}
