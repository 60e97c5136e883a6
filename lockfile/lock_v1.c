#include "lockfile/lock_v1.h"

int cpm_lock_migrate_v1(struct cpm_lock *lock, const char *file, const struct cpm_lock_source *src,
                        struct cpm_error *err)
{
    (void)lock, (void)src;
    return cpm_error_set(err, CPM_EUNSUPPORTED, "%s: lockfileVersion 1", file);
}
