#include "install/facts.h"

#include "base/path.h"
#include "lockfile/manifest.h"

/* package.json is read twice: once as a manifest (npm's normalisation gives license and commands),
 * once to copy the fields of `kept` as they stand. */

enum { PACKAGE_JSON_MAX = 16 << 20 };

static const char *const kept[] = {
    "name",
    "version",
    "bin",
    "directories",
    "scripts",
    "dependencies",
    "optionalDependencies",
    "peerDependencies",
    "peerDependenciesMeta",
    "bundleDependencies",
    "bundledDependencies",
    "acceptDependencies",
    "engines",
    "os",
    "cpu",
    "libc",
    "license",
    "licenses",
    "funding",
    "gypfile",
};

static bool is_kept(struct cpm_str key)
{
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (cpm_str_is(key, kept[i]))
            return true;
    return false;
}

static void add_member(struct cpm_buf *out, struct cpm_str key, struct cpm_str raw)
{
    cpm_buf_add_char(out, out->len ? ',' : '{');
    cpm_json_quote(out, key);
    cpm_buf_add_char(out, ':');
    cpm_buf_add_str(out, raw);
}

/* directories.bin: every file below it that begins with no dot is a command (npm's rule). */
static void add_bin_dir(struct cpm_buf *out, struct cpm_write_plan *plan, const char *dir)
{
    bool any = false;

    for (uint32_t i = 0; i < plan->file_count; i++) {
        struct cpm_write_file *file = &plan->files[i];
        size_t len = strlen(dir);

        if (!cpm_str_starts(file->path, dir) || file->path.ptr[len] != '/' ||
            file->name.ptr[0] == '.')
            continue;
        cpm_write_plan_make_bin(plan, file->path);
        cpm_buf_add_text(out, any ? "," : out->len ? ",\"bin\":{" : "{\"bin\":{");
        cpm_json_quote(out, file->name);
        cpm_buf_add_char(out, ':');
        cpm_json_quote(out, file->path);
        any = true;
    }
    if (any)
        cpm_buf_add_char(out, '}');
}

/* Marks the commands of the manifest; their paths are normalised and lead nowhere out. */
static void mark_bins(struct cpm_write_plan *plan, struct cpm_str raw, struct cpm_arena *arena)
{
    struct cpm_jsonread r;
    struct cpm_str key, path;

    cpm_jsonread_init(&r, raw, "bin", arena);
    if (!cpm_jsonread_object(&r))
        return;
    while (cpm_jsonread_key(&r, &key))
        if (cpm_jsonread_str(&r, &path))
            cpm_write_plan_make_bin(plan, cpm_str(cpm_path_normalize(arena, path)));
}

/* npm runs node-gyp for a package with a binding.gyp in its root and no script of its own, unless
 * gypfile is false; the script policy must know of the file without looking for it. */
static void add_gyp(struct cpm_buf *out, const struct cpm_write_plan *plan)
{
    if (cpm_write_plan_find(plan, CPM_STR("binding.gyp")))
        add_member(out, CPM_STR("_hasBindingGyp"), CPM_STR("true"));
}

static int copy_fields(struct cpm_str text, struct cpm_arena *arena, struct cpm_buf *out,
                       struct cpm_error *err)
{
    struct cpm_jsonread r;
    struct cpm_str key;

    cpm_jsonread_init(&r, text, "package.json", arena);
    if (!cpm_jsonread_object(&r))
        cpm_jsonread_fail(&r, "no object");
    while (cpm_jsonread_key(&r, &key))
        if (is_kept(key))
            add_member(out, key, cpm_jsonread_raw(&r));
        else
            cpm_jsonread_skip(&r);
    return cpm_jsonread_finish(&r, err);
}

/* The text was read once without a fault. */
static void read_manifest(struct cpm_str text, struct cpm_names *names, struct cpm_arena *arena,
                          struct cpm_manifest *out)
{
    const struct cpm_manifest_source source = {
        .names = names, .arena = arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, text, "package.json", arena);
    cpm_manifest_read(&r, &source, out);
}

int cpm_facts_read(struct cpm_write_plan *plan, struct cpm_arena *arena, struct cpm_facts *out,
                   struct cpm_error *err)
{
    struct cpm_str text = cpm_write_plan_find(plan, CPM_STR("package.json"))->data;
    struct cpm_buf buf = CPM_BUF_INIT(2 * PACKAGE_JSON_MAX);
    struct cpm_names *names = cpm_names_new();
    struct cpm_manifest m = {.name = NULL};
    int rc;

    if (text.len > PACKAGE_JSON_MAX) {
        rc = cpm_error_set(err, CPM_EBADARCHIVE, "its package.json is too large");
        goto out;
    }
    rc = copy_fields(text, arena, &buf, err);
    if (rc < 0)
        goto out;
    read_manifest(text, names, arena, &m);
    mark_bins(plan, m.raw[CPM_RAW_BIN], arena);
    if (m.has_bin_dir)
        add_bin_dir(&buf, plan, cpm_path_normalize(arena, m.bin_dir));
    add_gyp(&buf, plan);
    cpm_buf_add_text(&buf, buf.len ? "}" : "{}");
    out->manifest = cpm_arena_str(arena, cpm_buf_str(&buf));
    out->license = cpm_arena_str(arena, m.raw[CPM_RAW_LICENSE]);
out:
    cpm_buf_release(&buf);
    cpm_names_free(names);
    return rc;
}
