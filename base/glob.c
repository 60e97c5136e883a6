/* A pattern is matched segment by segment: fnmatch(3) knows all of a segment's syntax (extglob
 * included), so that only "**" and braces are ours. Depth is bounded, since folders can be links in
 * a circle. */
#include "base/glob.h"

#include "base/grow.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <sys/stat.h>

enum { MAX_EXPANDED = 1024, MAX_DEPTH = 64, MATCH_FLAGS = FNM_PERIOD | FNM_EXTMATCH };

void cpm_glob_list_add(struct cpm_arena *arena, struct cpm_glob_list *list, const char *text)
{
    list->v = cpm_arena_grow(arena, list->v, list->count, &list->cap, sizeof(*list->v));
    list->v[list->count++] = text;
}

/* The index of the brace that closes the one at `open`, or CPM_NPOS; *commas counts those of its
 * own level. */
static size_t closing_brace(struct cpm_str s, size_t open, size_t *commas)
{
    size_t depth = 0;

    *commas = 0;
    for (size_t i = open; i < s.len; i++) {
        if (s.ptr[i] == '{')
            depth++;
        else if (s.ptr[i] == '}' && --depth == 0)
            return i;
        else if (s.ptr[i] == ',' && depth == 1)
            (*commas)++;
    }
    return CPM_NPOS;
}

static bool expand_part(struct cpm_arena *arena, struct cpm_str s, size_t open, size_t close,
                        struct cpm_glob_list *out, struct cpm_str part)
{
    const char *one = cpm_arena_printf(arena, "%.*s%.*s%.*s", (int)open, s.ptr, CPM_STR_ARG(part),
                                       (int)(s.len - close - 1), s.ptr + close + 1);

    return cpm_glob_expand(arena, cpm_str(one), out);
}

static bool expand_range(struct cpm_arena *arena, struct cpm_str s, size_t open, size_t close,
                         struct cpm_glob_list *out, bool *was_range)
{
    struct cpm_str body = cpm_str_sub(s, open + 1, close - open - 1);
    size_t dots = cpm_str_find(body, "..");
    uint64_t from, to;
    char number[24];

    *was_range = dots != CPM_NPOS && cpm_str_u64(cpm_str_sub(body, 0, dots), &from) &&
                 cpm_str_u64(cpm_str_sub(body, dots + 2, CPM_NPOS), &to) && from <= to &&
                 to - from < MAX_EXPANDED;
    if (!*was_range)
        return true;
    for (uint64_t n = from; n <= to; n++) {
        snprintf(number, sizeof(number), "%llu", (unsigned long long)n);
        if (!expand_part(arena, s, open, close, out, cpm_str(number)))
            return false;
    }
    return true;
}

bool cpm_glob_expand(struct cpm_arena *arena, struct cpm_str s, struct cpm_glob_list *out)
{
    for (size_t open = 0; open < s.len; open++) {
        size_t commas, close, start, depth = 0;
        bool was_range;

        if (s.ptr[open] != '{' || (close = closing_brace(s, open, &commas)) == CPM_NPOS)
            continue;
        if (!expand_range(arena, s, open, close, out, &was_range))
            return false;
        if (was_range)
            return true;
        if (commas == 0)
            continue;
        start = open + 1;
        for (size_t i = start; i <= close; i++) {
            if (s.ptr[i] == '{')
                depth++;
            else if (s.ptr[i] == '}' && i < close)
                depth--;
            if (i < close && (s.ptr[i] != ',' || depth > 0))
                continue;
            if (!expand_part(arena, s, open, close, out, cpm_str_sub(s, start, i - start)))
                return false;
            start = i + 1;
        }
        return true;
    }
    if (out->count >= MAX_EXPANDED)
        return false;
    cpm_glob_list_add(arena, out, cpm_arena_strndup(arena, s.ptr, s.len));
    return true;
}

/* Copies the segment at *at into `out` and moves *at behind it and its slash; false when it is too
 * long for a name. */
static bool next_segment(const char **at, char out[256])
{
    size_t len = strcspn(*at, "/");

    if (len > 255)
        return false;
    memcpy(out, *at, len);
    out[len] = '\0';
    *at += len;
    while (**at == '/')
        (*at)++;
    return true;
}

static bool match_from(const char *pattern, const char *path, unsigned depth)
{
    char glob[256], name[256];
    const char *rest = pattern;

    if (!*pattern)
        return !*path;
    if (depth > MAX_DEPTH || !next_segment(&rest, glob))
        return false;
    if (strcmp(glob, "**") == 0) {
        for (;;) {
            if (match_from(rest, path, depth + 1))
                return true;
            if (!*path || *path == '.' || !next_segment(&path, name))
                return false;
        }
    }
    if (!*path || !next_segment(&path, name) || fnmatch(glob, name, MATCH_FLAGS) != 0)
        return false;
    return match_from(rest, path, depth + 1);
}

bool cpm_glob_match(const char *pattern, const char *path)
{
    return match_from(pattern, path, 0);
}

struct walk {
    struct cpm_arena *arena;
    const char *root;
    struct cpm_glob_list *out;
};

static void walk(const struct walk *w, const char *dir, const char *pattern, unsigned depth);

static bool is_dir(const struct walk *w, const char *rel)
{
    struct stat st;

    return stat(cpm_arena_printf(w->arena, "%s/%s", w->root, rel), &st) == 0 && S_ISDIR(st.st_mode);
}

/* Each folder in `dir` whose name fits `glob` goes on with `rest`; "**" also goes on with itself,
 * but not through links. */
static void walk_children(const struct walk *w, const char *dir, const char *glob, const char *rest,
                          unsigned depth)
{
    bool any = strcmp(glob, "**") == 0;
    DIR *d = opendir(cpm_arena_printf(w->arena, "%s/%s", w->root, dir));
    struct dirent *e;

    if (!d)
        return;
    while ((e = readdir(d))) {
        const char *child;

        if (e->d_name[0] == '.' && (any || glob[0] != '.'))
            continue;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, "node_modules") == 0)
            continue;
        if (e->d_type == DT_REG || (any && e->d_type == DT_LNK) ||
            (!any && fnmatch(glob, e->d_name, MATCH_FLAGS) != 0))
            continue;
        child = *dir ? cpm_arena_printf(w->arena, "%s/%s", dir, e->d_name)
                     : cpm_arena_printf(w->arena, "%s", e->d_name);
        if (is_dir(w, child))
            walk(w, child, any ? cpm_arena_printf(w->arena, "**/%s", rest) : rest, depth + 1);
    }
    closedir(d);
}

static void walk(const struct walk *w, const char *dir, const char *pattern, unsigned depth)
{
    char glob[256];
    const char *rest = pattern;

    if (!*pattern) {
        if (*dir)
            cpm_glob_list_add(w->arena, w->out, dir);
        return;
    }
    if (depth > MAX_DEPTH || !next_segment(&rest, glob))
        return;
    if (strcmp(glob, "**") == 0) {
        walk(w, dir, rest, depth + 1);
        walk_children(w, dir, glob, rest, depth);
    } else if (strpbrk(glob, "*?[(")) {
        walk_children(w, dir, glob, rest, depth);
    } else if (strcmp(glob, ".") == 0) {
        walk(w, dir, rest, depth + 1);
    } else if (strcmp(glob, "node_modules") != 0) {
        const char *child = *dir ? cpm_arena_printf(w->arena, "%s/%s", dir, glob)
                                 : cpm_arena_strndup(w->arena, glob, strlen(glob));

        if (is_dir(w, child))
            walk(w, child, rest, depth + 1);
    }
}

void cpm_glob_dirs(struct cpm_arena *arena, const char *root, const char *pattern,
                   struct cpm_glob_list *out)
{
    struct walk w = {.arena = arena, .root = root, .out = out};

    walk(&w, "", pattern, 0);
}
