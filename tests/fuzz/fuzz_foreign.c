/* Bytes: the first says whose lock it is, the rest is the lock. Whatever can be read can be asked.
 */
#include "lockfile/foreign.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_foreign lock;
    struct cpm_str text;
    int rc;

    if (size < 1)
        return 0;
    text = cpm_str_n((const char *)data + 1, size - 1);
    rc = cpm_foreign_read((enum cpm_foreign_kind)(data[0] % CPM_FOREIGN_COUNT), text, &arena, &lock,
                          &err);
    if (rc < 0 && !err.text[0])
        abort();
    CPM_MAP_EACH (&lock.ids, e) {
        const struct cpm_foreign_package *p = e->value;

        if (!p->name.len || !p->version.len)
            abort();
        cpm_foreign_find(&lock, e->key, p->name, p->version);
    }
    cpm_foreign_release(&lock);
    cpm_arena_release(&arena);
    return 0;
}
