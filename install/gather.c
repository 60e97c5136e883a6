/* The solver is asked again from the start whenever something that it named has come: it is pure
 * and takes milliseconds, and the closure makes that rare, since it follows every edge as
 * packuments arrive and so usually fetches all that will be needed. */
#include "install/gather.h"

#include "base/fs.h"
#include "base/jsonread.h"
#include "base/map.h"
#include "base/mem.h"
#include "install/contents.h"
#include "install/fetch.h"
#include "resolver/tree/pairs.h"
#include "resolver/tree/platform.h"

enum { PACKAGE_JSON_MAX = 16 << 20, MAX_ROUNDS = 1000 };

enum slot_state { WAITING, READY, FAILED };

/* One package that was asked for. */
struct slot {
    struct cpm_packument_request req;
    struct run *run;
    const struct cpm_name *name;
    enum slot_state state;
};

/* One tarball whose manifest or contents the solver wants. */
struct remote {
    struct cpm_store_fetch fetch;
    struct run *run;
    enum slot_state state;
    struct cpm_str resolved;         /* git: with the commit that was found */
    const struct cpm_lock *contents; /* once they were read */
};

struct run {
    struct cpm_gather *g;
    struct cpm_pairs manifests; /* of versions that the closure or the solver picked */
    struct cpm_tree_closure *closure;
    struct cpm_map slots;   /* name -> struct slot */
    struct cpm_map remotes; /* URL -> struct remote */
    size_t waiting, ready;
};

static void packument_done(struct cpm_packument_request *req)
{
    struct slot *slot = req->data;
    struct run *run = slot->run;
    struct cpm_gather *g = run->g;

    slot->state = req->status == 0 ? READY : FAILED;
    run->waiting--;
    run->ready++;
    if (run->closure)
        cpm_tree_closure_feed(run->closure, slot->name, req->packument, g->picked, g->data);
    if (g->progress)
        g->progress(g->data, run->ready, run->slots.count, cpm_name_str(slot->name));
}

static int ask(struct run *run, const struct cpm_name *name, struct cpm_error *err)
{
    struct slot *slot;
    int rc;

    if (cpm_map_get(&run->slots, cpm_name_str(name)))
        return 0;
    slot = CPM_NEW(run->g->input->arena, struct slot);
    slot->run = run;
    slot->name = name;
    slot->req = (struct cpm_packument_request){
        .name = cpm_name_str(name), .full = run->g->full, .data = slot, .done = packument_done};
    rc = cpm_packument_start(run->g->registry, &slot->req, err);
    if (rc < 0)
        return rc;
    cpm_map_set(&run->slots, cpm_name_str(name), slot);
    run->waiting++;
    return 0;
}

static int find_packument(void *data, const struct cpm_name *name, const struct cpm_packument **out,
                          struct cpm_error *err)
{
    const struct run *run = data;
    const struct slot *slot = cpm_map_get(&run->slots, cpm_name_str(name));

    if (!slot || slot->state == WAITING)
        return CPM_EAGAIN;
    if (slot->state == FAILED) {
        if (err)
            *err = slot->req.err;
        return slot->req.status;
    }
    *out = slot->req.packument;
    return 0;
}

static int manifest_of_text(struct run *run, struct cpm_str text, const char *file,
                            struct cpm_tree_manifest *out, struct cpm_error *err)
{
    const struct cpm_tree_input *in = run->g->input;
    const struct cpm_manifest_source src = {
        .names = in->names, .arena = in->arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_manifest *manifest = CPM_NEW(in->arena, struct cpm_manifest);
    struct cpm_jsonread json;
    int rc;

    cpm_jsonread_init(&json, text, file, in->arena);
    rc = cpm_manifest_read(&json, &src, manifest);
    if (cpm_jsonread_finish(&json, err) < 0)
        return CPM_EJSONPARSE;
    if (rc < 0)
        return cpm_error_set(err, rc, "%s holds no JSON object", file);
    out->manifest = manifest;
    return 0;
}

static int manifest_of_folder(struct run *run, const struct cpm_spec *spec,
                              struct cpm_tree_manifest *out, struct cpm_error *err)
{
    struct cpm_arena *arena = run->g->input->arena;
    const char *file = cpm_arena_printf(arena, "%.*s/package.json", CPM_STR_ARG(spec->fetch));
    struct cpm_str text;
    int rc = cpm_fs_read(file, PACKAGE_JSON_MAX, arena, &text, err);

    if (rc < 0)
        return rc;
    out->resolved = cpm_str(cpm_arena_printf(arena, "file:%.*s", CPM_STR_ARG(spec->fetch)));
    return manifest_of_text(run, text, file, out, err);
}

static int manifest_of_entry(struct run *run, const struct cpm_store_entry *entry,
                             struct cpm_str integrity, struct cpm_tree_manifest *out,
                             struct cpm_error *err)
{
    out->integrity = cpm_arena_str(run->g->input->arena, integrity);
    return manifest_of_text(run, cpm_store_entry_manifest(entry), "package.json", out, err);
}

static void remote_done(struct cpm_store_fetch *fetch)
{
    struct remote *remote = fetch->data;

    remote->run->waiting--;
    remote->resolved = cpm_arena_str(remote->run->g->input->arena, fetch->resolved);
    remote->state = fetch->status == 0 ? READY : FAILED;
}

/* Unpacked into the store, since it will be installed anyway. CPM_EAGAIN: on its way. */
static int find_remote(struct run *run, const struct cpm_store_fetch *wanted, struct remote **out,
                       struct cpm_error *err)
{
    struct cpm_arena *arena = run->g->input->arena;
    struct remote *remote = cpm_map_get(&run->remotes, wanted->url);
    int rc;

    if (!remote) {
        remote = CPM_NEW(arena, struct remote);
        remote->run = run;
        remote->fetch = *wanted;
        remote->fetch.url = cpm_arena_str(arena, wanted->url);
        remote->fetch.loop = run->g->loop;
        remote->fetch.registry = run->g->registry;
        remote->fetch.store = run->g->store;
        remote->fetch.data = remote;
        remote->fetch.done = remote_done;
        if ((rc = cpm_store_fetch_start(&remote->fetch, err)) < 0)
            return rc;
        run->waiting++;
        cpm_map_set(&run->remotes, remote->fetch.url, remote);
    }
    *out = remote;
    if (remote->state == FAILED && err)
        *err = remote->fetch.err;
    return remote->state == WAITING ? CPM_EAGAIN : remote->fetch.status;
}

/* Remote tarballs and tarball files. */
static int manifest_of_tarball(struct run *run, const struct cpm_spec *spec,
                               struct cpm_tree_manifest *out, struct cpm_error *err)
{
    struct cpm_store_fetch wanted = {.name = spec->name.len ? spec->name : spec->fetch,
                                     .url = spec->fetch};
    struct remote *remote;
    int rc;

    if (spec->type == CPM_SPEC_FILE)
        wanted.url =
            cpm_str(cpm_arena_printf(run->g->input->arena, "file:%.*s", CPM_STR_ARG(spec->fetch)));
    if ((rc = find_remote(run, &wanted, &remote, err)) < 0)
        return rc;
    out->resolved = remote->fetch.url;
    return manifest_of_entry(run, remote->fetch.entry, remote->fetch.integrity, out, err);
}

/* Packed as it is, since its scripts are the install's matter; that finds it in the store unless
 * it has to be prepared. npm's lock has no integrity for it. */
static int manifest_of_git(struct run *run, const struct cpm_spec *spec,
                           struct cpm_tree_manifest *out, struct cpm_error *err)
{
    const struct cpm_store_fetch wanted = {.name = spec->name.len ? spec->name : spec->raw_spec,
                                           .url = spec->raw_spec,
                                           .kind = CPM_FETCH_GIT,
                                           .git = run->g->git};
    struct remote *remote;
    int rc = find_remote(run, &wanted, &remote, err);

    if (rc < 0)
        return rc;
    rc = manifest_of_entry(run, remote->fetch.entry, CPM_STR_NONE, out, err);
    out->resolved = remote->resolved;
    return rc;
}

static int find_contents(void *data, const struct cpm_tree_tarball *tarball,
                         const struct cpm_lock **out, struct cpm_error *err)
{
    struct run *run = data;
    const struct cpm_tree_input *in = run->g->input;
    const struct cpm_lock_source src = {.names = in->names, .arena = in->arena};
    const struct cpm_store_fetch wanted = {.name = cpm_name_str(tarball->manifest->name),
                                           .url = tarball->resolved,
                                           .integrity = tarball->integrity};
    struct remote *remote;
    int rc;

    *out = NULL;
    if ((rc = find_remote(run, &wanted, &remote, err)) < 0)
        return rc;
    if (!remote->contents)
        rc = cpm_contents_read(remote->fetch.entry, tarball->manifest->has_shrinkwrap, &src,
                               &remote->contents, err);
    *out = remote->contents;
    return rc;
}

static int find_manifest(void *data, const struct cpm_spec *spec, struct cpm_tree_manifest *out,
                         struct cpm_error *err)
{
    struct cpm_error local = CPM_ERROR_INIT;

    if (!err)
        err = &local;
    *out = (struct cpm_tree_manifest){0};
    switch (spec->type) {
    case CPM_SPEC_DIRECTORY:
        return manifest_of_folder(data, spec, out, err);
    case CPM_SPEC_FILE:
    case CPM_SPEC_REMOTE:
        return manifest_of_tarball(data, spec, out, err);
    case CPM_SPEC_GIT:
        return manifest_of_git(data, spec, out, err);
    default:
        return cpm_error_set(err, CPM_EUNSUPPORTED, "'%.*s' cannot be installed",
                             CPM_STR_ARG(spec->raw));
    }
}

/* Fetches all that the closure knows of, until it knows no more. */
static int follow(struct run *run, struct cpm_error *err)
{
    const struct cpm_name *name;
    int rc;

    for (;;) {
        while ((name = cpm_tree_closure_next(run->closure)))
            if ((rc = ask(run, name, err)) < 0)
                return rc;
        if (!run->waiting)
            return 0;
        uv_run(run->g->loop, UV_RUN_ONCE); /* an answer may name more */
    }
}

/* Fetches what the solver named. */
static int satisfy(struct run *run, struct cpm_error *err)
{
    const struct cpm_tree_result *result = &run->g->result;
    int rc;

    for (size_t i = 0; i < result->need_count; i++)
        if (result->needs[i].name && (rc = ask(run, result->needs[i].name, err)) < 0)
            return rc;
    return follow(run, err);
}

int cpm_gather_run(struct cpm_gather *g, struct cpm_error *err)
{
    struct run run = {.g = g};
    const struct cpm_tree_source source = {.data = &run,
                                           .packument = find_packument,
                                           .manifest = find_manifest,
                                           .contents = find_contents};
    struct cpm_tree_source asked = g->wrap ? g->wrap(g->wrap_data, &source) : source;
    struct cpm_tree_input input = *g->input;
    int rc = 0;

    input.manifests = &run.manifests;
    run.closure = cpm_tree_closure_new(&input, g->opts);
    for (int round = 0; round < MAX_ROUNDS; round++) {
        rc = follow(&run, err);
        if (rc < 0)
            break;
        rc = cpm_tree_solve(&input, g->opts, &asked, &g->result, err);
        if (rc != CPM_EAGAIN || (rc = satisfy(&run, err)) < 0)
            break;
    }
    while (run.waiting)
        uv_run(g->loop, UV_RUN_ONCE);
    cpm_tree_closure_free(run.closure);
    cpm_pairs_release(&run.manifests);
    cpm_map_release(&run.slots);
    cpm_map_release(&run.remotes);
    return rc;
}

int cpm_gather_name(struct cpm_gather *g, const struct cpm_spec *spec, struct cpm_str *name,
                    struct cpm_error *err)
{
    struct run run = {.g = g};
    struct cpm_tree_manifest found;
    int rc = find_manifest(&run, spec, &found, err);

    while (run.waiting)
        uv_run(g->loop, UV_RUN_ONCE);
    if (rc == CPM_EAGAIN)
        rc = find_manifest(&run, spec, &found, err);
    if (rc == 0 && !found.manifest->name)
        rc = cpm_error_set(err, CPM_EINVAL,
                           "'%.*s' has no name in its package.json: it cannot be installed",
                           CPM_STR_ARG(spec->raw));
    if (rc == 0)
        *name = cpm_name_str(found.manifest->name);
    cpm_map_release(&run.remotes);
    return rc;
}

static void single_done(struct cpm_packument_request *req)
{
    *(bool *)req->data = true;
}

int cpm_gather_packument(uv_loop_t *loop, struct cpm_registry *registry, struct cpm_str name,
                         bool full, const struct cpm_packument **out, struct cpm_error *err)
{
    bool done = false;
    struct cpm_packument_request req = {
        .name = name, .full = full, .data = &done, .done = single_done};
    int rc = cpm_packument_start(registry, &req, err);

    if (rc < 0)
        return rc;
    while (!done)
        uv_run(loop, UV_RUN_ONCE);
    if (req.status < 0 && err)
        *err = req.err;
    *out = req.packument;
    return req.status;
}
