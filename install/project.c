/* The root manifest is always read from the document's text, edited or not, so that solver and lock
 * see exactly what is saved. */
#include "install/project.h"

#include "base/fs.h"
#include "base/jsonread.h"
#include "base/path.h"

enum { LOCK_MAX = 256 << 20 };

static const char *const lock_names[] = {"npm-shrinkwrap.json", "package-lock.json"};

static int read_manifest(struct cpm_project *p, const struct cpm_package *package,
                         const struct cpm_manifest **out, struct cpm_error *err)
{
    const struct cpm_manifest_source src = {
        .names = p->names, .arena = p->arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_manifest *manifest = CPM_NEW(p->arena, struct cpm_manifest);
    struct cpm_buf text = CPM_BUF_INIT(CPM_PACKAGE_MAX);
    struct cpm_jsonread json;
    int rc;

    cpm_json_write(package->doc, CPM_STR(""), CPM_STR("\n"), &text);
    cpm_jsonread_init(&json, cpm_arena_str(p->arena, cpm_buf_str(&text)), package->file, p->arena);
    cpm_buf_release(&text);
    rc = cpm_manifest_read(&json, &src, manifest);
    if (cpm_jsonread_finish(&json, err) < 0)
        return CPM_EJSONPARSE;
    if (rc < 0)
        return cpm_error_set(err, CPM_EJSONPARSE, "%s must hold a JSON object", package->file);
    *out = manifest;
    return 0;
}

int cpm_project_refresh(struct cpm_project *p, struct cpm_error *err)
{
    int rc = 0;

    for (size_t i = 0; i < p->target_count && rc == 0; i++)
        rc = read_manifest(p, p->targets[i].package, p->targets[i].manifest, err);
    return rc;
}

static struct cpm_tree_workspace *find_workspace(struct cpm_project *p, const char *folder)
{
    for (size_t i = 0; i < p->workspaces.count; i++) {
        struct cpm_tree_workspace *ws = &p->workspaces.v[i];
        const char *path =
            cpm_arena_printf(p->arena, "%s/%.*s", p->path, CPM_STR_ARG(ws->location));

        if (strcmp(path, folder) == 0)
            return ws;
    }
    return NULL;
}

static int choose(struct cpm_project *p, const char *folder, struct cpm_error *err)
{
    struct cpm_target *t = &p->targets[p->target_count];
    struct cpm_tree_workspace *ws = find_workspace(p, folder);
    int rc;

    *t = (struct cpm_target){.package = &p->package, .path = p->path, .manifest = &p->root};
    p->target_count++;
    if (strcmp(folder, p->path) == 0)
        return 0;
    t->package = &t->own;
    t->path = folder;
    t->location = ws ? ws->location : cpm_str(cpm_path_relative(p->arena, p->path, folder));
    t->manifest = ws ? &ws->manifest : CPM_NEW(p->arena, const struct cpm_manifest *);
    rc = cpm_package_read(cpm_path_join(p->arena, folder, "package.json"), p->arena, &t->own, err);
    if (rc == 0 && !ws)
        rc = read_manifest(p, t->package, t->manifest, err);
    p->target_count -= rc < 0;
    return rc;
}

static void release_targets(struct cpm_project *p)
{
    for (size_t i = 0; i < p->target_count; i++)
        if (p->targets[i].package == &p->targets[i].own)
            cpm_package_release(&p->targets[i].own);
    p->target_count = 0;
}

int cpm_project_choose(struct cpm_project *p, const char *const *folders, struct cpm_error *err)
{
    const char *const root[] = {p->path, NULL};
    size_t count = 0;
    int rc = 0;

    if (!folders)
        folders = root;
    while (folders[count])
        count++;
    release_targets(p);
    p->targets = CPM_NEW_ARRAY(p->arena, struct cpm_target, count + 1);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = choose(p, folders[i], err);
    return rc;
}

static int find_lock(struct cpm_project *p, struct cpm_error *err)
{
    int rc = 0;

    for (size_t i = 0; i < 2 && p->lock_text.len == 0; i++) {
        p->lock_file = cpm_path_join(p->arena, p->path, lock_names[i]);
        rc = cpm_fs_read(p->lock_file, LOCK_MAX, p->arena, &p->lock_text, err);
        if (rc < 0 && rc != CPM_ENOENT)
            return rc;
    }
    return 0;
}

bool cpm_project_has_lock_file(const struct cpm_project *p)
{
    for (size_t i = 0; i < sizeof(lock_names) / sizeof(lock_names[0]); i++)
        if (cpm_fs_exists(cpm_path_join(p->arena, p->path, lock_names[i])))
            return true;
    return false;
}

/* What only cpm refuses (a key twice, a location that leads outside) is not thrown away. */
static bool is_object(struct cpm_str text, const char *file)
{
    struct cpm_json *doc = NULL;
    bool found = cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &doc, NULL) == 0 &&
                 cpm_json_is(doc, CPM_JSON_OBJECT);

    cpm_json_free(doc);
    return found;
}

int cpm_project_load_lock(struct cpm_project *p, int lockfile_version, struct cpm_error *err)
{
    const struct cpm_lock_source src = {.names = p->names,
                                        .arena = p->arena,
                                        .lockfile_version = lockfile_version,
                                        .root = p->path,
                                        .package = p->root};
    struct cpm_error fault = CPM_ERROR_INIT;
    const char *name;
    int rc = find_lock(p, err);

    if (rc < 0 || p->lock_text.len == 0)
        return rc;
    name = cpm_path_basename(cpm_str(p->lock_file)).ptr;
    rc = cpm_lock_read(p->lock_text, name, &src, &p->lock, &fault);
    p->has_lock = rc == 0;
    if (rc == CPM_EJSONPARSE && !is_object(p->lock_text, name)) {
        p->broken_lock = fault;
        p->broken_lock.text[strcspn(fault.text, "\n")] = '\0';
        return 0;
    }
    if (rc < 0 && err)
        *err = fault;
    return rc;
}

int cpm_project_load(struct cpm_project *p, struct cpm_error *err)
{
    const char *file =
        p->ignore ? "/nonexistent/package.json" : cpm_path_join(p->arena, p->path, "package.json");
    int rc = cpm_package_read(file, p->arena, &p->package, err);

    if (rc == 0)
        rc = read_manifest(p, &p->package, &p->root, err);
    if (rc == 0)
        rc = cpm_workspaces_read(p->path, p->root->raw[CPM_RAW_WORKSPACES], p->names, p->arena,
                                 &p->workspaces, err);
    p->lock_file = cpm_path_join(p->arena, p->path, lock_names[1]);
    return rc;
}

void cpm_project_release(struct cpm_project *p)
{
    release_targets(p);
    cpm_package_release(&p->package);
}

/* Size, inode and both times to the nanosecond: an edit that keeps all of them is none. */
static void add_stat(struct cpm_buf *out, const char *file)
{
    struct stat st;

    if (stat(file, &st) < 0) {
        cpm_buf_addf(out, "%s:-\n", file);
        return;
    }
    cpm_buf_addf(out, "%s:%llu:%lld:%lld.%09ld:%lld.%09ld\n", file, (unsigned long long)st.st_ino,
                 (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                 (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
}

const char *cpm_project_fingerprint(const struct cpm_project *p, const char *options)
{
    struct cpm_buf out = CPM_BUF_INIT(16 << 20);
    const char *text;

    cpm_buf_addf(&out, "%s\n%s\n", CPM_VERSION, options);
    add_stat(&out, p->package.file);
    for (size_t i = 0; i < 2; i++)
        add_stat(&out, cpm_path_join(p->arena, p->path, lock_names[i]));
    add_stat(&out, cpm_path_join(p->arena, p->path, "yarn.lock"));
    for (size_t i = 0; i < p->workspaces.count; i++)
        add_stat(&out, cpm_arena_printf(p->arena, "%s/%.*s/package.json", p->path,
                                        CPM_STR_ARG(p->workspaces.v[i].location)));
    text = cpm_arena_strndup(p->arena, cpm_buf_text(&out), out.len);
    cpm_buf_release(&out);
    return text;
}
