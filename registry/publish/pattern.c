/* Paths are compared segment by segment; "**" takes any number of them. Slashes at the ends are
 * empty segments, which is how "/a", "a" and "a/" differ. */
#include "registry/publish/pattern.h"

#include "base/glob.h"
#include "registry/publish/segment.h"

#define SEGMENTS_MAX 256
#define STEPS_MAX    100000

/* Runs of slashes are one. */
static size_t split(struct cpm_str path, struct cpm_str *out)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= path.len && n < SEGMENTS_MAX; i++) {
        if (i < path.len && path.ptr[i] != '/')
            continue;
        out[n++] = cpm_str_sub(path, from, i - from);
        while (i + 1 < path.len && path.ptr[i] == '/' && path.ptr[i + 1] == '/')
            i++;
        from = i + 1;
    }
    return n;
}

static bool is_globstar(struct cpm_str segment)
{
    return cpm_str_is(segment, "**");
}

static bool is_dots(struct cpm_str segment)
{
    return cpm_str_is(segment, ".") || cpm_str_is(segment, "..");
}

/* "**" behind "**" is one of them; ".." takes the segment before it away. */
static void parse_path(struct cpm_arena *arena, const char *text, struct cpm_pattern_path *out)
{
    struct cpm_str all[SEGMENTS_MAX];
    size_t total = split(cpm_str(text), all), n = 0;
    out->segments = CPM_NEW_ARRAY(arena, struct cpm_str, total + 1);
    for (size_t i = 0; i < total; i++) {
        const struct cpm_str *last = n ? &out->segments[n - 1] : NULL;
        if (last && is_globstar(all[i]) && is_globstar(*last))
            continue;
        if (last && last->len && cpm_str_is(all[i], "..") && !is_dots(*last) && !is_globstar(*last))
            n--;
        else
            out->segments[n++] = all[i];
    }
    if (n == 0)
        out->segments[n++] = CPM_STR("");
    out->count = n;
}

void cpm_pattern_parse(struct cpm_arena *arena, struct cpm_str line, struct cpm_pattern *out)
{
    struct cpm_glob_list list = {0};
    *out = (struct cpm_pattern){0};
    for (; line.len && *line.ptr == '!'; line = cpm_str_sub(line, 1, line.len))
        out->negate = !out->negate;
    if (line.len && *line.ptr == '#' && !out->negate)
        return;
    if (!cpm_glob_expand(arena, line, &list)) {
        list = (struct cpm_glob_list){0};
        cpm_glob_list_add(arena, &list, cpm_arena_str(arena, line).ptr);
    }
    out->paths = CPM_NEW_ARRAY(arena, struct cpm_pattern_path, list.count);
    out->count = list.count;
    for (size_t i = 0; i < list.count; i++) {
        struct cpm_pattern_path *path = &out->paths[i];
        parse_path(arena, list.v[i], path);
        out->relative |= path->count <= (path->segments[path->count - 1].len ? 1u : 2u);
    }
}

struct walk {
    const struct cpm_pattern_path *pattern;
    const struct cpm_str *path;
    size_t count;
    unsigned steps;
};

static bool match_segments(struct walk *w, size_t at, size_t i)
{
    const struct cpm_pattern_path *p = w->pattern;
    for (; at < p->count; at++, i++) {
        if (++w->steps > STEPS_MAX)
            return false;
        if (is_globstar(p->segments[at])) {
            if (at + 1 == p->count)
                return i < w->count;
            for (; i <= w->count; i++)
                if (match_segments(w, at + 1, i))
                    return true;
            return false;
        }
        if (i >= w->count || !cpm_segment_match(p->segments[at], w->path[i]))
            return false;
    }
    /* "a/b/" is matched by "a/b" too */
    return i == w->count || (i + 1 == w->count && w->path[i].len == 0);
}

/* The path is used up before the pattern is, or the pattern reaches a "**". */
static bool match_beginning(const struct cpm_pattern_path *p, const struct cpm_str *path,
                            size_t count)
{
    size_t i = 0;
    for (; i < p->count && !is_globstar(p->segments[i]); i++) {
        if (i == count)
            return true;
        if (!cpm_segment_match(p->segments[i], path[i]))
            return false;
    }
    return i < p->count || i >= count || (i + 1 == count && path[i].len == 0);
}

static bool match_path(const struct cpm_pattern_path *p, const struct cpm_str *path, size_t count,
                       bool partial)
{
    if (partial)
        return match_beginning(p, path, count);
    struct walk w = {.pattern = p, .path = path, .count = count};
    return match_segments(&w, 0, 0);
}

bool cpm_pattern_match(const struct cpm_pattern *pattern, struct cpm_str text, bool partial)
{
    struct cpm_str path[SEGMENTS_MAX];
    size_t count = split(text, path), base = count;
    if (partial && cpm_str_is(text, "/"))
        return pattern->count > 0;
    while (base > 1 && path[base - 1].len == 0)
        base--;
    for (size_t i = 0; i < pattern->count; i++) {
        const struct cpm_pattern_path *p = &pattern->paths[i];
        bool by_base = p->count == 1;
        if (match_path(p, by_base ? &path[base - 1] : path, by_base ? 1 : count, partial))
            return true;
    }
    return false;
}
