/* Both sides are read as tarballs, a folder too, so that they hold what would be published. */
#include "cli/diff_files.h"

#include "base/mem.h"
#include "base/path.h"
#include "cli/term.h"
#include "install/archive.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILES_MAX (1u << 20)

/* npm's reading of paths and patterns: '/' only, no "./" or dot in front. */
static struct cpm_str plain(struct cpm_arena *arena, struct cpm_str path)
{
    char *out = cpm_arena_strndup(arena, path.ptr ? path.ptr : "", path.len);
    size_t n = 0;
    for (size_t i = 0; i < path.len; i++)
        if (out[i] != '\\')
            out[n++] = out[i];
        else if (n == 0 || path.ptr[i - 1] != '\\')
            out[n++] = '/';
    out[n] = '\0';
    size_t dot = n > 1 && out[0] == '.' && out[1] == '/' ? 2 : n > 0 && out[0] == '.';
    return cpm_str_n(out + dot, n - dot);
}

static bool pattern_matches(struct cpm_arena *arena, struct cpm_str pattern, struct cpm_str path)
{
    struct cpm_glob_list patterns = {0};
    struct cpm_str both = CPM_CONCAT(arena, CPM_STR("{package/,}"), pattern);
    bool by_name = cpm_str_starts(pattern, "*");
    if (!cpm_glob_expand(arena, both, &patterns))
        return false;
    for (size_t i = 0; i < patterns.count; i++) {
        bool flat = by_name && !strchr(patterns.v[i], '/');
        struct cpm_str subject = flat ? cpm_path_basename(path) : path;
        if (cpm_glob_match(patterns.v[i], cpm_arena_str(arena, subject).ptr))
            return true;
    }
    return false;
}

static bool is_wanted(const struct cpm_diff_side *side, struct cpm_arena *scratch,
                      struct cpm_str path)
{
    path = plain(scratch, path);
    for (const char *const *f = side->filters; *f; f++) {
        struct cpm_str filter = plain(scratch, cpm_str(*f));
        struct cpm_str below = cpm_str_starts(path, "package/")
                                   ? cpm_str_sub(path, strlen("package/"), path.len)
                                   : path;
        if (cpm_str_eq(cpm_str_sub(path, 0, filter.len), filter) ||
            cpm_str_eq(cpm_str_sub(below, 0, filter.len), filter) ||
            pattern_matches(scratch, filter, path))
            return true;
    }
    return !*side->filters;
}

static int add_file(struct cpm_diff_side *side, const struct cpm_archive_entry *entry,
                    struct cpm_error *err)
{
    struct cpm_arena *arena = side->cli->arena, scratch = CPM_ARENA_INIT;
    size_t slash = cpm_str_chr(entry->path, '/');
    struct cpm_str path =
        cpm_str_sub(entry->path, slash == CPM_NPOS ? 0 : slash + 1, entry->path.len);
    bool wanted = is_wanted(side, &scratch, entry->path);
    cpm_arena_release(&scratch);
    if (!wanted)
        return 0;
    if (side->files.count >= FILES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "the tarball has more than %u files", FILES_MAX);
    struct cpm_diff_file *file = CPM_NEW(arena, struct cpm_diff_file);
    *file = (struct cpm_diff_file){.text = entry->data, .mode = entry->mode};
    cpm_map_set(&side->files, cpm_arena_str(arena, path), file);
    return 0;
}

static int read_tarball(struct cpm_diff_side *side, struct cpm_error *err)
{
    const struct cpm_packed *packed = &side->run.packed;
    struct cpm_archive *archive = NULL;
    struct cpm_archive_entry entry;
    int rc = cpm_inflate(cpm_str_n(packed->tarball, packed->size), &side->tar, err);
    if (rc == 0)
        rc = cpm_archive_open(side->tar.bytes, side->cli->arena, &archive, err);
    while (rc == 0 && (rc = cpm_archive_next(archive, &entry, err)) > 0)
        rc = entry.type == CPM_ARCHIVE_FILE ? add_file(side, &entry, err) : 0;
    cpm_archive_free(archive);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Appends the names, sorted; `below` is "" or a path below the root. */
static int list_folder(struct cpm_arena *arena, const char *root, const char *below,
                       struct cpm_glob_list *out, struct cpm_error *err)
{
    const char *folder = cpm_path_join(arena, root, below);
    DIR *dir = opendir(folder);
    size_t first = out->count;
    if (!dir)
        return cpm_error_set(err, CPM_EIO, "cannot read '%s'", folder);
    for (struct dirent *d; (d = readdir(dir));) {
        const char *name = d->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (!*below && strcmp(name, "node_modules") == 0))
            continue;
        const char *slash = *below ? "/" : "";
        cpm_glob_list_add(arena, out, cpm_arena_printf(arena, "%s%s%s", below, slash, name));
    }
    closedir(dir);
    if (out->count > first)
        qsort(out->v + first, out->count - first, sizeof(*out->v), by_name);
    return 0;
}

/* All files of an installed package, its node_modules left out, in the order in which npm's tar
 * comes to them: folder by folder. */
static int list_installed(struct cpm_arena *arena, const char *root, struct cpm_glob_list *out,
                          struct cpm_error *err)
{
    struct cpm_glob_list found = {0};
    struct stat st;
    int rc = list_folder(arena, root, "", &found, err);
    for (size_t i = 0; i < found.count && rc == 0; i++) {
        if (lstat(cpm_path_join(arena, root, found.v[i]), &st) < 0)
            continue;
        if (S_ISDIR(st.st_mode))
            rc = list_folder(arena, root, found.v[i], &found, err);
        else if (S_ISREG(st.st_mode))
            cpm_glob_list_add(arena, out, found.v[i]);
        if (found.count > FILES_MAX)
            rc = cpm_error_set(err, CPM_ETOOBIG, "'%s' has more than %u files", root, FILES_MAX);
    }
    return rc;
}

/* node_modules/NAME or node_modules/@SCOPE/NAME at the end of the way from the top. */
static bool is_installed(const struct cpm_diff_side *side)
{
    struct cpm_arena *arena = side->cli->arena;
    const char *folder = side->run.package.path;
    const char *parent = cpm_path_dirname(arena, cpm_path_relative(arena, side->top, folder));
    if (*cpm_path_basename(cpm_str(parent)).ptr == '@')
        parent = cpm_path_dirname(arena, parent);
    return cpm_str_is(cpm_path_basename(cpm_str(parent)), "node_modules");
}

static int pack(struct cpm_diff_side *side, struct cpm_error *err)
{
    struct cpm_pack_run *run = &side->run;
    struct cpm_packlist list = {0};
    if (run->spec.type != CPM_SPEC_DIRECTORY || !is_installed(side))
        return cpm_pack_run_pack(run, NULL, err);
    int rc = list_installed(side->cli->arena, run->package.path, &list.files, err);
    if (rc < 0)
        return rc;
    return cpm_pack_folder(side->cli->arena, run->package.path, &list,
                           cpm_json_get(run->package.json, CPM_STR("bin")), &run->packed, err);
}

int cpm_diff_side_read(struct cpm_diff_side *side, const char *spec, struct cpm_error *err)
{
    side->run = (struct cpm_pack_run){.cli = side->cli, .net = side->net, .only_prepare = true};
    int rc = cpm_pack_run_open(&side->run, spec, err);
    if (rc == 0)
        rc = pack(side, err);
    if (rc == 0)
        rc = read_tarball(side, err);
    side->version = cpm_json_get_str(side->run.package.json, "version");
    return rc;
}

void cpm_diff_side_release(struct cpm_diff_side *side)
{
    cpm_map_release(&side->files);
    cpm_free(side->tar.owned);
    cpm_pack_run_close(&side->run);
}
