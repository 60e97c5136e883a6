#include "lockfile/manifest.h"

enum { LONGEST_PART = 255 }; /* of a path, on every file system that counts */

static bool is_safe_part(struct cpm_str part)
{
    if (part.len == 0 || part.len > LONGEST_PART || part.ptr[0] == '.' ||
        cpm_str_eq_nocase(part, CPM_STR("node_modules")))
        return false;
    for (size_t i = 0; i < part.len; i++)
        if ((unsigned char)part.ptr[i] < 0x20 || part.ptr[i] == 0x7F || part.ptr[i] == '\\')
            return false;
    return true;
}

bool cpm_dep_name_safe(struct cpm_str name)
{
    struct cpm_str rest = name, part;
    unsigned parts = 0;

    if (name.len == 0)
        return false;
    for (; cpm_str_split(&rest, '/', &part); parts++)
        if (!is_safe_part(part))
            return false;
    if (parts == 2) /* only as @scope/name */
        return name.ptr[0] == '@' && name.ptr[1] != '/';
    return parts == 1;
}
