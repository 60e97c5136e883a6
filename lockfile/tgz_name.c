#include "lockfile/tgz_name.h"

#include "base/path.h"
#include "semver/version.h"

/* The last part of a path whose slashes may be written %2f; *rest is what stands before it. */
static struct cpm_str last_part(struct cpm_str path, struct cpm_str *rest)
{
    for (size_t i = path.len; i-- > 0;) {
        size_t gap = path.ptr[i] == '/'                                           ? 1
                     : cpm_str_eq_nocase(cpm_str_sub(path, i, 3), CPM_STR("%2f")) ? 3
                                                                                  : 0;

        if (gap) {
            *rest = cpm_str_n(path.ptr, i);
            return cpm_str_sub(path, i + gap, path.len);
        }
    }
    *rest = CPM_STR_NONE;
    return path;
}

/* base is "project-version.tgz". */
static bool from_base(struct cpm_arena *arena, struct cpm_str base, struct cpm_str path,
                      struct cpm_str out[2])
{
    struct cpm_str rest, project = last_part(path, &rest), scope = last_part(rest, &rest), text;
    struct cpm_version version;

    if (base.len < project.len + 1 || !cpm_str_eq(cpm_str_sub(base, 0, project.len), project) ||
        base.ptr[project.len] != '-')
        return false;
    text = cpm_str_sub(base, project.len + 1, base.len - project.len - 1 - strlen(".tgz"));
    if (!cpm_version_parse(text, 0, &version))
        return false;
    out[1] = cpm_str(cpm_version_text(arena, &version));
    out[0] = project;
    if (scope.len && scope.ptr[0] == '@')
        out[0] =
            cpm_str(cpm_arena_printf(arena, "%.*s/%.*s", CPM_STR_ARG(scope), CPM_STR_ARG(project)));
    return true;
}

/* The path of an http address, without what follows '?' or '#'; NONE for other addresses. */
static struct cpm_str http_path(struct cpm_str url)
{
    size_t from, end;

    if (!cpm_str_starts(url, "http://") && !cpm_str_starts(url, "https://"))
        return CPM_STR_NONE;
    url = cpm_str_sub(url, cpm_str_find(url, "//") + 2, url.len);
    from = cpm_str_chr(url, '/');
    if (from == CPM_NPOS)
        return CPM_STR_NONE;
    url = cpm_str_sub(url, from + 1, url.len);
    for (end = 0; end < url.len && url.ptr[end] != '?' && url.ptr[end] != '#'; end++)
        ;
    return cpm_str_n(url.ptr, end);
}

/* The last "/-/" of the path, or CPM_NPOS. */
static size_t find_dash(struct cpm_str path)
{
    size_t found = CPM_NPOS;

    for (size_t i = 0; i + 3 <= path.len; i++)
        if (memcmp(path.ptr + i, "/-/", 3) == 0)
            found = i;
    return found;
}

bool cpm_tgz_name(struct cpm_arena *arena, struct cpm_str name, struct cpm_str tgz,
                  struct cpm_str *out_name, struct cpm_str *out_version)
{
    struct cpm_str base = cpm_path_basename(tgz), path = http_path(tgz), found[2];
    size_t dash = find_dash(path);
    bool ok;

    if (!cpm_str_ends(base, ".tgz"))
        return false;
    if (dash != CPM_NPOS && cpm_str_eq(cpm_str_sub(path, dash + 3, path.len), base))
        ok = from_base(arena, base, cpm_str_n(path.ptr, dash), found);
    else
        ok = from_base(arena, base, name, found);
    if (ok) {
        *out_name = found[0];
        *out_version = found[1];
    }
    return ok;
}
