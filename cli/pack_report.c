/* Files are shown in the order of readers, not of the tarball: names that do not begin with a small
 * letter first, digits as numbers. */
#include "cli/pack_report.h"

#include "base/collate.h"
#include "base/glob.h"
#include "cli/term.h"

#include <stdio.h>
#include <stdlib.h>

static int compare_files(const void *a, const void *b)
{
    const struct cpm_packed_file *x = a, *y = b;
    bool small_x = x->path.len && *x->path.ptr >= 'a' && *x->path.ptr <= 'z';
    bool small_y = y->path.len && *y->path.ptr >= 'a' && *y->path.ptr <= 'z';
    if (small_x != small_y)
        return small_x ? 1 : -1;
    return cpm_collate_numeric(x->path, y->path);
}

static struct cpm_packed_file *sorted_files(const struct cpm_pack_run *run)
{
    size_t n = run->packed.count;
    struct cpm_packed_file *v = CPM_NEW_ARRAY(run->cli->arena, struct cpm_packed_file, n + 1);
    if (n)
        memcpy(v, run->packed.files, n * sizeof(*v));
    qsort(v, n, sizeof(*v), compare_files);
    return v;
}

/* "node_modules/@scope/name/…" gives "@scope/name", anything else "". */
static struct cpm_str bundled_name(struct cpm_str path)
{
    if (!cpm_str_starts(path, "node_modules/"))
        return CPM_STR("");
    struct cpm_str rest = cpm_str_sub(path, strlen("node_modules/"), path.len);
    size_t slash = cpm_str_chr(rest, '/');
    if (slash != CPM_NPOS && *rest.ptr == '@') {
        size_t more = cpm_str_chr(cpm_str_sub(rest, slash + 1, rest.len), '/');
        slash = more == CPM_NPOS ? CPM_NPOS : slash + 1 + more;
    }
    return cpm_str_sub(rest, 0, slash == CPM_NPOS ? rest.len : slash);
}

/* The names of the bundled packages, in the tarball's order; *own counts the package's files. */
static void bundled_names(const struct cpm_pack_run *run, struct cpm_glob_list *out)
{
    for (size_t i = 0; i < run->packed.count; i++) {
        struct cpm_str name = bundled_name(run->packed.files[i].path);
        bool known = name.len == 0;
        for (size_t k = 0; k < out->count && !known; k++)
            known = cpm_str_is(name, out->v[k]);
        if (!known)
            cpm_glob_list_add(run->cli->arena, out, cpm_arena_str(run->cli->arena, name).ptr);
    }
}

static const char *bytes_text(struct cpm_arena *arena, uint64_t n, const char *space)
{
    if (n < 1000)
        return cpm_arena_printf(arena, "%llu%sB", (unsigned long long)n, space);
    if (n < 999950)
        return cpm_arena_printf(arena, "%.1f%skB", (double)n / 1000, space);
    if (n < 999950000)
        return cpm_arena_printf(arena, "%.1f%sMB", (double)n / 1000000, space);
    return cpm_arena_printf(arena, "%.1f%sGB", (double)n / 1000000000, space);
}

#define NOTICE(run, ...) cpm_term_log((run)->cli->term, CPM_LOG_NOTICE, "", __VA_ARGS__)

static void print_files(const struct cpm_pack_run *run)
{
    const struct cpm_packed_file *files = sorted_files(run);
    NOTICE(run, "Tarball Contents");
    for (size_t i = 0; i < run->packed.count; i++)
        if (!cpm_str_starts(files[i].path, "node_modules/"))
            NOTICE(run, "%s %.*s", bytes_text(run->cli->arena, files[i].size, ""),
                   CPM_STR_ARG(files[i].path));
}

static void print_bundled(const struct cpm_pack_run *run, const struct cpm_glob_list *bundled)
{
    if (bundled->count)
        NOTICE(run, "Bundled Dependencies");
    for (size_t i = 0; i < bundled->count; i++)
        NOTICE(run, "%s", bundled->v[i]);
}

static void print_totals(const struct cpm_pack_run *run, const struct cpm_glob_list *bundled)
{
    const struct cpm_packed *p = &run->packed;
    if (bundled->count) { /* npm counts them among its own */
        NOTICE(run, "bundled deps: %zu", bundled->count);
        NOTICE(run, "bundled files: 0");
        NOTICE(run, "own files: %zu", p->count);
    }
    NOTICE(run, "total files: %zu", p->count);
    NOTICE(run, "%s", "");
}

void cpm_pack_report_text(const struct cpm_pack_run *run)
{
    const struct cpm_packed *p = &run->packed;
    struct cpm_arena *arena = run->cli->arena;
    struct cpm_str integrity = cpm_str(p->integrity);
    struct cpm_glob_list bundled = {0};
    bundled_names(run, &bundled);
    NOTICE(run, "%s", "");
    NOTICE(run, "%s %s", cpm_term_unicode(run->cli->term) ? "📦 " : "package:", run->package.id);
    print_files(run);
    print_bundled(run, &bundled);
    NOTICE(run, "Tarball Details");
    NOTICE(run, "name: %.*s", CPM_STR_ARG(run->package.name));
    NOTICE(run, "version: %.*s", CPM_STR_ARG(cpm_json_get_str(run->package.json, "version")));
    NOTICE(run, "filename: %s", run->filename);
    NOTICE(run, "package size: %s", bytes_text(arena, p->size, " "));
    NOTICE(run, "unpacked size: %s", bytes_text(arena, p->unpacked, " "));
    NOTICE(run, "shasum: %s", p->shasum);
    NOTICE(run, "integrity: %.*s[...]%.*s", CPM_STR_ARG(cpm_str_sub(integrity, 0, 20)),
           CPM_STR_ARG(cpm_str_sub(integrity, 80, integrity.len)));
    print_totals(run, &bundled);
}

static struct cpm_json *files_json(const struct cpm_pack_run *run)
{
    const struct cpm_packed_file *files = sorted_files(run);
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < run->packed.count; i++) {
        struct cpm_json *file = cpm_json_new_object();
        cpm_json_set_str(file, "path", files[i].path);
        cpm_json_set(file, CPM_STR("size"), cpm_json_new_number((double)files[i].size));
        cpm_json_set(file, CPM_STR("mode"), cpm_json_new_number(files[i].mode));
        cpm_json_add(list, file);
    }
    return list;
}

struct cpm_json *cpm_pack_report_json(const struct cpm_pack_run *run)
{
    const struct cpm_packed *p = &run->packed;
    struct cpm_json *doc = cpm_json_new_object(), *names = cpm_json_new_array();
    struct cpm_glob_list bundled = {0};
    bundled_names(run, &bundled);
    for (size_t i = 0; i < bundled.count; i++)
        cpm_json_add(names, cpm_json_new_str(cpm_str(bundled.v[i])));
    cpm_json_set_str(doc, "id", cpm_str(run->package.id));
    cpm_json_set_str(doc, "name", run->package.name);
    cpm_json_set_str(doc, "version", cpm_json_get_str(run->package.json, "version"));
    cpm_json_set(doc, CPM_STR("size"), cpm_json_new_number((double)p->size));
    cpm_json_set(doc, CPM_STR("unpackedSize"), cpm_json_new_number((double)p->unpacked));
    cpm_json_set_str(doc, "shasum", cpm_str(p->shasum));
    cpm_json_set_str(doc, "integrity", cpm_str(p->integrity));
    cpm_json_set_str(doc, "filename", cpm_str(run->filename));
    cpm_json_set(doc, CPM_STR("files"), files_json(run));
    cpm_json_set(doc, CPM_STR("entryCount"), cpm_json_new_number((double)p->count));
    cpm_json_set(doc, CPM_STR("bundled"), names);
    return doc;
}
