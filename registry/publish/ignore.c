/* An entry asks the outermost folder first, by its path from there; each folder below may turn the
 * answer round. A rule that would change nothing is not tried: only an inclusion ('!') can help
 * what is left out, only an exclusion what is in. */
#include "registry/publish/ignore.h"

void cpm_ignore_parse(struct cpm_arena *arena, struct cpm_str text, struct cpm_ignore_rules *out)
{
    struct cpm_str rest = text.ptr ? text : CPM_STR(""), line;
    size_t lines = 1;
    for (size_t i = 0; i < rest.len; i++)
        lines += rest.ptr[i] == '\n';
    out->v = CPM_NEW_ARRAY(arena, struct cpm_pattern, lines);
    out->count = 0;
    while (cpm_str_split(&rest, '\n', &line)) {
        line = cpm_str_trim(line);
        if (line.len && *line.ptr != '#')
            cpm_pattern_parse(arena, line, &out->v[out->count++]);
    }
}

struct question {
    struct cpm_str path; /* "/a/b/" of the entry, from the folder whose rules are asked */
    struct cpm_str base; /* "/b/"; "" in the entry's own folder */
    enum cpm_ignore_as as;
};

static struct cpm_str without_root(struct cpm_str path)
{
    return cpm_str_sub(path, 1, path.len);
}

static struct cpm_str without_slash(struct cpm_str path)
{
    return cpm_str_sub(path, 0, path.len - 1);
}

/* As "/a/b/", as "a/b/", and whether it may be the beginning of what an inclusion names. */
static bool matches_dir(const struct cpm_pattern *rule, struct cpm_str path)
{
    return cpm_pattern_match(rule, path, false) ||
           cpm_pattern_match(rule, without_root(path), false) ||
           (rule->negate && (cpm_pattern_match(rule, without_slash(path), true) ||
                             cpm_pattern_match(rule, without_root(without_slash(path)), true)));
}

static bool matches(const struct cpm_pattern *rule, const struct question *q)
{
    struct cpm_str plain = q->as == CPM_IGNORE_EXACT ? q->path : without_slash(q->path);
    return cpm_pattern_match(rule, plain, false) ||
           cpm_pattern_match(rule, without_root(plain), false) ||
           (q->as == CPM_IGNORE_DIR &&
            (matches_dir(rule, q->path) ||
             (q->base.len && rule->relative && matches_dir(rule, q->base))));
}

static bool keeps(const struct cpm_ignore *dir, struct cpm_arena *arena, const struct question *q)
{
    bool kept = true;
    if (dir->parent) {
        struct question up = *q;
        up.path = cpm_str(
            cpm_arena_printf(arena, "/%.*s%.*s", CPM_STR_ARG(dir->name), CPM_STR_ARG(q->path)));
        if (!up.base.len)
            up.base = q->path;
        kept = keeps(dir->parent, arena, &up);
        if (!kept && !dir->exact)
            return false;
    }
    for (const struct cpm_ignore_rules *const *r = dir->rules; *r; r++)
        for (size_t i = 0; i < (*r)->count; i++)
            if ((*r)->v[i].negate != kept && matches(&(*r)->v[i], q))
                kept = (*r)->v[i].negate;
    return kept;
}

bool cpm_ignore_keeps(const struct cpm_ignore *dir, struct cpm_arena *arena, struct cpm_str entry,
                      enum cpm_ignore_as as)
{
    struct question q = {.as = as};
    q.path = cpm_str(cpm_arena_printf(arena, "/%.*s/", CPM_STR_ARG(entry)));
    return keeps(dir, arena, &q);
}
