/* `files` names what stays, so every entry becomes an inclusion behind a "*" that leaves all out.
 * An entry that is a file goes to the strict rules instead: nothing below may leave it out again.
 *
 * The rules are those of npm 11's packlist, with four of npm 12's that no package can want
 * otherwise: a pattern that names folders takes what is in them, "/" names nothing, and neither
 * bun.lock nor the patches of dependencies are packed. */
#include "registry/publish/manifest_files.h"

#include "base/fs.h"
#include "base/path.h"
#include "lockfile/manifest.h"

#define PACKAGE_MAX (64u << 20)
#define LINES_MAX   (16u << 20)

static const char strict_lines[] = "/.git\n"
                                   "!/package.json\n"
                                   "!/readme{,.*[^~$]}\n"
                                   "!/copying{,.*[^~$]}\n"
                                   "!/license{,.*[^~$]}\n"
                                   "!/licence{,.*[^~$]}\n"
                                   "/.git\n"
                                   "/node_modules\n"
                                   ".npmrc\n"
                                   "/package-lock.json\n"
                                   "/yarn.lock\n"
                                   "/pnpm-lock.yaml\n"
                                   "/bun.lockb\n"
                                   "/bun.lock\n";

/* npm looks for the file without any leading '!'. */
static unsigned type_of(struct cpm_arena *arena, const char *path, const char *entry)
{
    struct stat st;
    while (*entry == '!')
        entry++;
    return lstat(cpm_path_join(arena, path, entry), &st) == 0 ? st.st_mode & S_IFMT : 0;
}

static void add_entry(struct cpm_arena *arena, const char *path, struct cpm_str entry,
                      struct cpm_manifest_files *out)
{
    if (cpm_str_is(entry, "/") || cpm_str_is(entry, "./"))
        return;
    if (cpm_str_starts(entry, "./"))
        entry = cpm_str_sub(entry, 1, entry.len);
    const char *file =
        cpm_arena_printf(arena, "%.*s%s", CPM_STR_ARG(entry), cpm_str_ends(entry, "/*") ? "*" : "");
    unsigned type = type_of(arena, path, file);
    if (type == S_IFREG) {
        struct cpm_buf rest = out->strict; /* npm puts the newest in front */
        cpm_buf_init(&out->strict, LINES_MAX);
        cpm_buf_addf(&out->strict, "!%s\n", file);
        cpm_buf_add_str(&out->strict, cpm_buf_str(&rest));
        cpm_buf_release(&rest);
        cpm_glob_list_add(arena, &out->required, *file == '/' ? file + 1 : file);
    } else if (type == S_IFDIR || type == 0) { /* a pattern may name folders too */
        cpm_buf_addf(&out->files, "!%s\n!%s/**\n", file, file);
    }
}

/* As JavaScript puts a value into a text. */
static void add_value(const struct cpm_json *value, struct cpm_buf *out)
{
    if (!cpm_json_truthy(value))
        return;
    if (cpm_json_is(value, CPM_JSON_STRING))
        cpm_buf_addf(out, "!/%.*s\n", CPM_STR_ARG(cpm_json_str(value)));
    else if (cpm_json_is(value, CPM_JSON_OBJECT))
        cpm_buf_add_text(out, "!/[object Object]\n");
}

/* Patches of dependencies are the project's own. Only the exact files: their folder stays. */
static void add_patches(const struct cpm_json *patches, struct cpm_buf *out)
{
    CPM_JSON_EACH (patches, patch) {
        struct cpm_str file = cpm_json_str(patch);
        file = cpm_str_starts(file, "./") ? cpm_str_sub(file, 2, file.len) : file;
        if (file.len && *file.ptr != '/' && !cpm_str_starts(file, "../"))
            cpm_buf_addf(out, "/%.*s\n", CPM_STR_ARG(file));
    }
}

static void add_bins(struct cpm_arena *arena, struct cpm_str package, struct cpm_buf *out)
{
    struct cpm_names *names = cpm_names_new();
    struct cpm_manifest manifest;
    struct cpm_manifest_source source = {
        .names = names, .arena = arena, .from = CPM_MANIFEST_DIRECTORY};
    struct cpm_jsonread r;
    struct cpm_json *bins = NULL;
    cpm_jsonread_init(&r, package, "package.json", arena);
    if (cpm_manifest_read(&r, &source, &manifest) == 0) {
        struct cpm_str raw = cpm_manifest_bins(&manifest, arena);
        if (raw.len && cpm_json_parse(raw, "bin", CPM_JSON_LAST_WINS, &bins, NULL) == 0)
            CPM_JSON_EACH (bins, bin)
                cpm_buf_addf(out, "!/%.*s\n", CPM_STR_ARG(cpm_json_str(bin)));
    }
    cpm_json_free(bins);
    cpm_names_free(names);
}

void cpm_manifest_files_read(struct cpm_arena *arena, const struct cpm_manifest_text *in,
                             struct cpm_manifest_files *out)
{
    const struct cpm_json *files = cpm_json_get(in->doc, CPM_STR("files"));
    *out = (struct cpm_manifest_files){.has_files = cpm_json_is(files, CPM_JSON_ARRAY)};
    cpm_buf_init(&out->files, LINES_MAX);
    cpm_buf_init(&out->strict, LINES_MAX);
    cpm_buf_add_text(&out->strict, strict_lines);
    if (out->has_files) {
        cpm_buf_add_text(&out->files, "*\n");
        CPM_JSON_EACH (files, entry)
            if (cpm_json_is(entry, CPM_JSON_STRING))
                add_entry(arena, in->path, cpm_json_str(entry), out);
    }
    add_value(cpm_json_get(in->doc, CPM_STR("browser")), &out->strict);
    add_value(cpm_json_get(in->doc, CPM_STR("main")), &out->strict);
    if (cpm_json_truthy(cpm_json_get(in->doc, CPM_STR("bin"))))
        add_bins(arena, in->text, &out->strict);
    add_patches(cpm_json_get(in->doc, CPM_STR("patchedDependencies")), &out->strict);
}

int cpm_manifest_text_read(struct cpm_arena *arena, const char *path, struct cpm_manifest_text *out,
                           struct cpm_error *err)
{
    const char *file = cpm_path_join(arena, path, "package.json");
    int rc = cpm_fs_read(file, PACKAGE_MAX, arena, &out->text, err);
    out->path = path;
    return rc < 0 ? rc : cpm_json_parse(out->text, file, CPM_JSON_LAST_WINS, &out->doc, err);
}
