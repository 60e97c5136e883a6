/* The keys that a registry publishes, asked for once a run, when the first signature is met. The
 * tarball requests wait here. */
#ifndef CPM_REGISTRY_KEYRING_H
#define CPM_REGISTRY_KEYRING_H

#include "registry/registry.h"
#include "registry/signatures.h"

struct cpm_keyring_wait {
    /* in */
    const char *registry; /* its address, ends in '/' */
    void *data;
    void (*done)(struct cpm_keyring_wait *wait);
    /* out */
    int status;
    struct cpm_error err;
    const struct cpm_registry_keys *keys; /* NULL: it publishes none (an answer of 4xx) */
    struct cpm_keyring_wait *next;
};

/* 1: the out fields are filled and `done` never comes. 0: it comes, once. Errors: of starting. */
int cpm_keyring_start(struct cpm_registry *reg, struct cpm_keyring_wait *wait,
                      struct cpm_error *err);
/* When the registry goes; whoever waited has heard already. */
void cpm_keyrings_free(struct cpm_registry *reg);

#endif
