/* The linked strategy: npm's isolated layout of a tree (RFC 42). The ideal tree stays what the lock
 * says; what is laid out is another flat lock, in which each package stands once, in
 * node_modules/.store/KEY/node_modules/NAME, and everybody who needs it has a link to it. The flow
 * makes it and hands it to the installer in the ideal tree's place. */
#ifndef CPM_INSTALL_ISOLATE_H
#define CPM_INSTALL_ISOLATE_H

#include "base/error.h"
#include "lockfile/lock.h"

struct cpm_isolate {
    /* in */
    const struct cpm_lock *ideal;
    const char *path;        /* the project's folder, absolute */
    const char *const *omit; /* NULL-ended, or NULL */
    bool legacy_peer_deps;
    bool (*is_workspace)(const void *data, struct cpm_str location);
    const void *data;
    struct cpm_arena *arena;
    /* out, in the arena */
    struct cpm_lock layout;
    const struct cpm_lock_entry **origins; /* of each entry, the ideal tree's; NULL for a link */
};

/* Errors: CPM_EUNSUPPORTED when libcrypto is missing. */
int cpm_isolate_make(struct cpm_isolate *in, struct cpm_error *err);

#endif
