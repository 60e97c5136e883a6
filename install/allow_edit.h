/* Changes of the policy of scripts, package.json's `allowScripts`: what npm's approve-scripts,
 * deny-scripts and install-scripts prune write. The command reads the tree and saves the file. */
#ifndef CPM_INSTALL_ALLOW_EDIT_H
#define CPM_INSTALL_ALLOW_EDIT_H

#include "base/json.h"
#include "lockfile/lock.h"

struct cpm_allow_edit {
    struct cpm_arena *arena;
    const struct cpm_lock *lock; /* what stands in node_modules */
    struct cpm_json *map;        /* the policy's object; changed */
};

/* How the policy names a package, whatever its version: a registry's name, a git shortcut, a file;
 * NULL when nothing about it can be trusted. */
const char *cpm_allow_edit_name(const struct cpm_allow_edit *edit,
                                const struct cpm_lock_entry *entry);
/* The name by which a user means an entry, and its version (either may be ""). */
void cpm_allow_edit_display(const struct cpm_allow_edit *edit, const struct cpm_lock_entry *entry,
                            struct cpm_str *name, struct cpm_str *version);

/* The installed versions of one package: all have the same cpm_allow_edit_name. */
struct cpm_allow_group {
    const char *name;
    const struct cpm_lock_entry **entries;
    size_t count;
};
/* Allows these versions (`pin`) or the whole package. Adds {key, change} to the list `changes`; a
 * deny that stands in the way changes nothing and gives a warning in the arena, else NULL. */
const char *cpm_allow_edit_approve(const struct cpm_allow_edit *edit,
                                   const struct cpm_allow_group *group, bool pin,
                                   struct cpm_json *changes);
/* Denies the whole package. */
void cpm_allow_edit_deny(const struct cpm_allow_edit *edit, const struct cpm_allow_group *group,
                         struct cpm_json *changes);
/* Removes entries that mean no installed package with scripts; adds {key, value, reason}. */
void cpm_allow_edit_prune(const struct cpm_allow_edit *edit, struct cpm_json *removed);

#endif
