/* The store as a whole: what it holds, and whether that is still as it was unpacked. Read by the
 * command cache. */
#ifndef CPM_INSTALL_STORE_CHECK_H
#define CPM_INSTALL_STORE_CHECK_H

#include "install/store_entry.h"

/* Tells of every entry that can be used, in no order. Errors: the store's folder cannot be read. */
int cpm_store_each(struct cpm_store *store,
                   void (*each)(void *data, const struct cpm_store_entry *entry), void *data,
                   struct cpm_error *err);

struct cpm_store_checked {
    size_t entries; /* whole */
    uint64_t bytes; /* of their files */
    size_t bad;     /* thrown away: a file is missing or was changed, or the index is damaged */
    size_t marks;   /* of runs that no entry names any more: removed */
};
/* Looks at size and time of every file of every entry; what is not as it was unpacked is thrown
 * away and will be fetched anew. */
int cpm_store_check(struct cpm_store *store, struct cpm_store_checked *out, struct cpm_error *err);

#endif
