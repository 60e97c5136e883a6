#include "lockfile/lock.h"

struct cpm_str cpm_location_name(struct cpm_str location)
{
    size_t slash = cpm_str_rchr(location, '/'), before;

    if (slash == CPM_NPOS)
        return location;
    before = cpm_str_rchr(cpm_str_n(location.ptr, slash), '/');
    before = before == CPM_NPOS ? 0 : before + 1;
    return cpm_str_sub(location, location.ptr[before] == '@' ? before : slash + 1, location.len);
}

bool cpm_location_is_top(struct cpm_str location)
{
    struct cpm_str name = cpm_location_name(location);
    struct cpm_str folder = cpm_str_n(location.ptr, location.len - name.len);

    return cpm_str_starts(location, "../") ||
           (!cpm_str_is(folder, "node_modules/") && !cpm_str_ends(folder, "/node_modules/"));
}

struct cpm_str cpm_location_holder(struct cpm_str location)
{
    size_t end = cpm_str_find(location, "/node_modules/");

    if (cpm_str_starts(location, "node_modules/"))
        return CPM_STR_NONE;
    return end == CPM_NPOS ? location : cpm_str_sub(location, 0, end);
}

/* A plain folder name: no traversal, nothing that a terminal or another system would misread. */
static bool is_safe_segment(struct cpm_str segment)
{
    if (segment.len == 0 || cpm_str_is(segment, ".") || cpm_str_is(segment, ".."))
        return false;
    for (size_t i = 0; i < segment.len; i++)
        if ((unsigned char)segment.ptr[i] < 0x20 || segment.ptr[i] == 0x7F)
            return false;
    return true;
}

/* Takes the package name off the segments behind a node_modules; of the linked strategy's .store,
 * the key of a place in it. */
static bool take_package(struct cpm_str *rest)
{
    struct cpm_str name, second;

    if (!cpm_str_split(rest, '/', &name) ||
        (cpm_str_is(name, ".store") && !cpm_str_split(rest, '/', &name)))
        return false;
    if (name.len && name.ptr[0] == '@' && cpm_str_split(rest, '/', &second))
        name.len += 1 + second.len; /* the parts stand side by side in the location */
    return cpm_dep_name_safe(name);
}

struct cpm_str cpm_location_container(struct cpm_str location)
{
    size_t end = cpm_str_find(location, "/node_modules/");

    if (!cpm_str_starts(location, "node_modules/.store/"))
        return CPM_STR_NONE;
    return cpm_str_sub(location, 0, end == CPM_NPOS ? location.len : end);
}

bool cpm_location_is_container(struct cpm_str location)
{
    return location.len && cpm_location_container(location).len == location.len;
}

bool cpm_location_safe(struct cpm_str location)
{
    struct cpm_str rest = location, segment;
    bool leading = true;

    if (location.len == 0)
        return true;
    while (cpm_str_split(&rest, '/', &segment)) {
        if (leading && cpm_str_is(segment, ".."))
            continue;
        leading = false;
        if (!is_safe_segment(segment))
            return false;
        if (cpm_str_is(segment, "node_modules") && !take_package(&rest))
            return false;
    }
    return true;
}
