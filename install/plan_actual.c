#include "install/plan_actual.h"

#include "base/digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool integrity_matches(struct cpm_str a, struct cpm_str b)
{
    struct cpm_sri x, y;

    if (cpm_str_eq(a, b))
        return true;
    if (!cpm_sri_parse(a, &x) || !cpm_sri_parse(b, &y) || x.algo != y.algo)
        return false;
    for (unsigned i = 0; i < y.count; i++)
        if (cpm_sri_matches(&x, y.digest[i],
                            y.algo == CPM_SHA512   ? 64
                            : y.algo == CPM_SHA384 ? 48
                            : y.algo == CPM_SHA256 ? 32
                                                   : 20))
            return true;
    return false;
}

static struct cpm_str version_of(const struct cpm_lock_entry *e)
{
    return e->manifest ? cpm_name_str(e->manifest->version) : CPM_STR_NONE;
}

bool cpm_entry_same(const struct cpm_lock_entry *ideal, const struct cpm_lock_entry *actual)
{
    if (ideal->link || actual->link)
        return ideal->link && actual->link && cpm_str_eq(ideal->resolved, actual->resolved);
    if (!cpm_str_eq(version_of(ideal), version_of(actual)))
        return false;
    if (!ideal->integrity.len && !actual->integrity.len)
        return cpm_str_eq(ideal->resolved, actual->resolved);
    /* npm writes no integrity of the linked layout's packages but in the run that fetched them. */
    if (!actual->integrity.len && cpm_location_container(actual->location).len)
        return cpm_str_eq(ideal->resolved, actual->resolved);
    return ideal->integrity.len && actual->integrity.len &&
           integrity_matches(ideal->integrity, actual->integrity);
}

static bool file_is_there(int dir, const struct cpm_store_index *x,
                          const struct cpm_store_index_file *f)
{
    struct stat st;

    return fstatat(dir, x->strings + f->name.at, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(st.st_mode) && (uint64_t)st.st_size == f->size &&
           !!(st.st_mode & 0100) == !!f->executable;
}

bool cpm_entry_whole(const struct cpm_modules *m, struct cpm_str location,
                     const struct cpm_store_entry *store)
{
    const struct cpm_store_index *x = cpm_store_entry_index(store);
    int root = cpm_modules_open_dir(m, location), dir = -1;
    uint32_t open_dir = 0;
    bool whole = root >= 0;

    for (uint32_t i = 0; whole && i < x->file_count; i++) {
        const struct cpm_store_index_file *f = &x->files[i];

        if (dir < 0 || f->dir != open_dir) {
            if (dir >= 0)
                close(dir);
            dir = openat(root, f->dir ? x->strings + x->dirs[f->dir].path.at : ".",
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            open_dir = f->dir;
        }
        whole = dir >= 0 && file_is_there(dir, x, f);
    }
    if (dir >= 0)
        close(dir);
    if (root >= 0)
        close(root);
    return whole;
}
