/* A manifest is immutable, so a license makes a new one: other entries may share the old. */
#include "install/licenses.h"

static bool is_unknown(const struct cpm_lock_entry *e)
{
    return !e->link && e->manifest && e->manifest->license_unknown;
}

static void set_license(struct cpm_lock_entry *e, struct cpm_str license, struct cpm_arena *arena)
{
    struct cpm_manifest *known = CPM_NEW(arena, struct cpm_manifest);

    *known = *e->manifest;
    known->license_unknown = false;
    known->raw[CPM_RAW_LICENSE] = license;
    e->manifest = known;
}

void cpm_licenses_from_kept(struct cpm_lock *lock, const struct cpm_plan *plan,
                            struct cpm_arena *arena)
{
    for (uint32_t i = 0; i < plan->count; i++) {
        const struct cpm_plan_node *node = &plan->nodes[i];

        if (node->license_known && is_unknown(node->entry))
            set_license(&lock->entries[node->entry - lock->entries], node->license, arena);
    }
}

size_t cpm_licenses_from_store(struct cpm_lock *lock, struct cpm_store *store,
                               struct cpm_arena *arena)
{
    size_t unknown = 0;

    for (size_t i = 0; i < lock->count; i++) {
        struct cpm_lock_entry *e = &lock->entries[i];
        const struct cpm_store_entry *found;

        if (!is_unknown(e))
            continue;
        found = e->integrity.len ? cpm_store_find(store, e->integrity) : NULL;
        if (found)
            set_license(e, cpm_arena_str(arena, cpm_store_entry_license(found)), arena);
        else
            unknown++;
    }
    return unknown;
}

struct asked {
    struct cpm_manifest_request req;
    struct cpm_lock_entry *entry;
    size_t *waiting;
};

static void answered(struct cpm_manifest_request *req)
{
    struct asked *asked = req->data;

    (*asked->waiting)--;
}

static bool can_be_asked(const struct cpm_lock_entry *e, bool bundled)
{
    return is_unknown(e) && (e->in_bundle || !bundled) && e->manifest->name && e->manifest->version;
}

/* The entries that can be asked about: mostly none. */
static struct asked *list_unknown(struct cpm_lock *lock, bool bundled, struct cpm_arena *arena,
                                  size_t *count)
{
    struct asked *asked;
    size_t n = 0;

    for (size_t i = 0; i < lock->count; i++)
        n += can_be_asked(&lock->entries[i], bundled);
    asked = CPM_NEW_ARRAY(arena, struct asked, n + 1);
    *count = 0;
    for (size_t i = 0; i < lock->count; i++)
        if (can_be_asked(&lock->entries[i], bundled))
            asked[(*count)++].entry = &lock->entries[i];
    return asked;
}

static int ask(struct asked *asked, size_t count, uv_loop_t *loop, struct cpm_registry *registry,
               struct cpm_error *err)
{
    size_t waiting = 0;
    int rc = 0;

    for (size_t i = 0; i < count && rc == 0; i++) {
        const struct cpm_manifest *m = asked[i].entry->manifest;

        asked[i].waiting = &waiting;
        asked[i].req = (struct cpm_manifest_request){.name = cpm_name_str(m->name),
                                                     .version = cpm_name_str(m->version),
                                                     .data = &asked[i],
                                                     .done = answered};
        rc = cpm_manifest_start(registry, &asked[i].req, err);
        waiting += rc == 0;
    }
    while (waiting)
        uv_run(loop, UV_RUN_ONCE);
    return rc;
}

int cpm_licenses_from_registry(struct cpm_lock *lock, uv_loop_t *loop,
                               struct cpm_registry *registry, struct cpm_arena *arena,
                               struct cpm_error *err)
{
    size_t count;
    struct asked *asked = list_unknown(lock, false, arena, &count);
    int rc = ask(asked, count, loop, registry, err);

    for (size_t i = 0; i < count && rc == 0; i++) {
        if (asked[i].req.status == 0) {
            set_license(asked[i].entry, cpm_arena_str(arena, asked[i].req.license), arena);
        } else {
            rc = asked[i].req.status;
            if (err)
                *err = asked[i].req.err;
        }
    }
    return rc;
}

void cpm_licenses_of_bundled(struct cpm_lock *lock, uv_loop_t *loop, struct cpm_registry *registry,
                             struct cpm_arena *arena)
{
    size_t count;
    struct asked *asked = list_unknown(lock, true, arena, &count);

    if (ask(asked, count, loop, registry, NULL) < 0)
        return;
    for (size_t i = 0; i < count; i++)
        if (asked[i].req.status == 0)
            set_license(asked[i].entry, cpm_arena_str(arena, asked[i].req.license), arena);
}
