/* One package's walk: its files by the rules, without what it bundles. Internal to the packlist. */
#ifndef CPM_REGISTRY_PUBLISH_PACKLIST_WALK_H
#define CPM_REGISTRY_PUBLISH_PACKLIST_WALK_H

#include "registry/publish/ignore.h"
#include "registry/publish/packlist.h"

#include "base/map.h"

/* The rule sets of a folder, weaker first. */
enum cpm_pack_slot {
    CPM_PACK_DEFAULTS,
    CPM_PACK_PACKAGE, /* package.json's `files` */
    CPM_PACK_NPMIGNORE,
    CPM_PACK_GITIGNORE,
    CPM_PACK_STRICT,
    CPM_PACK_SLOTS
};
#define CPM_PACK_BIT(slot) (1u << CPM_PACK_##slot)
#define CPM_PACK_ALL       ((1u << CPM_PACK_SLOTS) - 1)

struct cpm_pack_walk {
    struct cpm_arena *arena;
    const char *path;      /* absolute: the package's folder, as a link if it is one */
    const char *prefix;    /* put before each file: "" or "node_modules/x/" */
    unsigned slots;        /* bits of the rule sets that the package's own folder obeys */
    bool has_workspaces;   /* its package.json names some that are there */
    struct cpm_str extra;  /* more default lines */
    struct cpm_map *files; /* out: path → itself */
    bool gitignore_fallback;
};

int cpm_pack_walk_run(struct cpm_pack_walk *walk, struct cpm_error *err);

#endif
