/* The folders in which exec keeps packages that are not installed: CACHE/_npx/HASH, one for each
 * set of packages, by npm's rule, so that both programs use the same ones. A folder is a project
 * with a package.json and a lock; the flow installs into it. Filled and read by cli/exec_*.c. */
#ifndef CPM_INSTALL_NPX_H
#define CPM_INSTALL_NPX_H

#include "base/arena.h"
#include "base/error.h"

/* The folder of these packages (as they were given; folders absolute), in any order. */
const char *cpm_npx_folder(struct cpm_arena *arena, const char *cache, const char *const *packages,
                           size_t count);
/* Makes the folder and waits until no npm works in it (its concurrency.lock); cpm's own runs wait
 * for each other in the installer. Errors: the file system's. */
int cpm_npx_open(const char *folder, struct cpm_arena *arena, struct cpm_error *err);
/* True when the folder's package.json says that `package` was installed into it. */
bool cpm_npx_holds(const char *folder, const char *package, struct cpm_arena *arena);
/* Writes what the folder is for into its package.json, as npm does: {"_npx": {"packages": […]}}. */
int cpm_npx_sign(const char *folder, const char *const *packages, size_t count,
                 struct cpm_arena *arena, struct cpm_error *err);

/* What the last run found out, for a next one that asks nobody. */
struct cpm_npx_memory {
    uint64_t until_ms;    /* since the epoch; beyond it the registry is asked again */
    const char *registry; /* that answered */
    const char *command;  /* that the package stands for; "" when the user named it */
};
/* False when there is none, or none that can be used. Strings are in the arena. */
bool cpm_npx_recall(const char *folder, struct cpm_arena *arena, struct cpm_npx_memory *out);
/* A memory that cannot be written is none: no error. */
void cpm_npx_remember(const char *folder, const struct cpm_npx_memory *memory,
                      struct cpm_arena *arena);

#endif
