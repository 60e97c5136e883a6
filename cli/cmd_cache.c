/* cpm cache: cpm's own part of the cache folder, that is unpacked packages and packuments; and the
 * folders of exec (cli/cache_npx.c). npm's part of the same folder is left alone. */
#include "base/collate.h"
#include "base/fs.h"
#include "base/grow.h"
#include "base/path.h"
#include "cli/cache_npx.h"
#include "cli/commands.h"
#include "cli/config/config.h"
#include "cli/pack_run.h"
#include "cli/term.h"
#include "install/store_check.h"
#include "registry/cache.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define KEYS_MAX (1u << 20)

/* One thing in the cache. */
struct item {
    const char *key; /* "name@1.0.0 sha512-…", or a packument's URL */
    struct cpm_str name, version;
    const char *file;                    /* of a packument; NULL: … */
    const struct cpm_store_entry *entry; /* … a package */
};

struct cache {
    struct cpm_cli *cli;
    const char *folder; /* CACHE/_cpm */
    struct cpm_store *store;
    struct item *items;
    size_t count, room;
};

static struct item *add(struct cache *c)
{
    c->items = cpm_arena_grow(c->cli->arena, c->items, c->count, &c->room, sizeof(*c->items));
    return &c->items[c->count++];
}

static void add_package(void *data, const struct cpm_store_entry *entry)
{
    struct cache *c = data;
    struct cpm_json *doc = NULL;
    struct item *item = c->count < KEYS_MAX ? add(c) : NULL;
    if (!item)
        return;
    *item = (struct item){.entry = entry};
    if (cpm_json_parse(cpm_store_entry_manifest(entry), "index", CPM_JSON_LAST_WINS, &doc, NULL) ==
        0) {
        item->name = cpm_arena_str(c->cli->arena, cpm_json_get_str(doc, "name"));
        item->version = cpm_arena_str(c->cli->arena, cpm_json_get_str(doc, "version"));
    }
    cpm_json_free(doc);
    item->key =
        cpm_arena_printf(c->cli->arena, "%.*s@%.*s %.*s", CPM_STR_ARG(item->name),
                         CPM_STR_ARG(item->version), CPM_STR_ARG(cpm_store_entry_integrity(entry)));
}

/* "https://host/path/@scope%2fname" is "@scope/name". */
static struct cpm_str name_in_url(struct cpm_arena *arena, const char *url)
{
    struct cpm_str last = cpm_path_basename(cpm_str(url));
    size_t escape = cpm_str_find(last, "%2f");
    if (escape == CPM_NPOS)
        return last;
    return cpm_str(cpm_arena_printf(arena, "%.*s/%.*s", (int)escape, last.ptr,
                                    CPM_STR_ARG(cpm_str_sub(last, escape + 3, last.len))));
}

static void add_packuments(struct cache *c, size_t *bad)
{
    struct cpm_arena *arena = c->cli->arena;
    const char *folder = cpm_path_join(arena, c->folder, "packuments");
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        const char *file = cpm_path_join(arena, folder, e->d_name), *url;
        if (*e->d_name == '.' || strchr(e->d_name, '.') || c->count >= KEYS_MAX)
            continue;
        url = cpm_cache_url(arena, file);
        if (url)
            *add(c) = (struct item){.key = url, .name = name_in_url(arena, url), .file = file};
        else if (bad)
            *bad += unlink(file) == 0;
    }
    if (dir)
        closedir(dir);
}

static int by_key(const void *a, const void *b)
{
    return cpm_collate(cpm_str(((const struct item *)a)->key),
                       cpm_str(((const struct item *)b)->key));
}

static int open_store(struct cache *c, struct cpm_error *err)
{
    return cpm_store_open(cpm_path_join(c->cli->arena, c->folder, "store"), &c->store, err);
}

static int read_all(struct cache *c, struct cpm_error *err)
{
    int rc = open_store(c, err);
    if (rc == 0)
        rc = cpm_store_each(c->store, add_package, c, err);
    if (rc < 0)
        return rc;
    add_packuments(c, NULL);
    if (c->count)
        qsort(c->items, c->count, sizeof(*c->items), by_key);
    return 0;
}

/* Is this what "name@range" asks for? A packument is, whatever the range. */
static bool is_asked_for(const struct item *item, const struct cpm_spec *spec)
{
    struct cpm_version version;
    if (!cpm_str_eq(item->name, spec->name))
        return false;
    return item->file || !spec->range || cpm_str_is(spec->raw_spec, "*") ||
           (cpm_version_parse(item->version, CPM_SEMVER_LOOSE, &version) &&
            cpm_range_satisfies(spec->range, &version, 0));
}

static int list_one(struct cache *c, const char *arg, struct cpm_error *err)
{
    struct cpm_spec spec;
    int rc = cpm_spec_parse(c->cli->arena, cpm_str(arg), c->cli->cwd, &spec, err);
    if (rc < 0)
        return rc;
    if (spec.type == CPM_SPEC_TAG)
        return cpm_error_set(err, CPM_EUSAGE, "Cannot list cache keys for a tagged package.");
    for (size_t i = 0; i < c->count; i++)
        if (is_asked_for(&c->items[i], &spec))
            cpm_term_outf(c->cli->term, "%s", c->items[i].key);
    return 0;
}

static int list(struct cache *c, int argc, const char **argv, struct cpm_error *err)
{
    int rc = read_all(c, err);
    for (int i = 0; i < argc && rc == 0; i++)
        rc = list_one(c, argv[i], err);
    for (size_t i = 0; i < c->count && rc == 0 && argc == 0; i++)
        cpm_term_outf(c->cli->term, "%s", c->items[i].key);
    return rc;
}

static bool key_means(const struct item *item, const char *arg)
{
    struct cpm_str key = cpm_str(item->key);
    size_t blank = cpm_str_chr(key, ' ');
    return cpm_str_is(key, arg) || cpm_str_is(cpm_str_sub(key, 0, blank), arg) ||
           (blank != CPM_NPOS && cpm_str_is(cpm_str_sub(key, blank + 1, key.len), arg));
}

static int clean_key(struct cache *c, const char *arg)
{
    bool found = false;
    for (size_t i = 0; i < c->count; i++) {
        if (!key_means(&c->items[i], arg))
            continue;
        if (c->items[i].file)
            unlink(c->items[i].file);
        else
            cpm_store_drop(c->store, c->items[i].entry);
        cpm_term_outf(c->cli->term, "Deleted: %s", c->items[i].key);
        found = true;
    }
    if (!found)
        cpm_term_log(c->cli->term, CPM_LOG_WARN, "cache", "Not Found: %s", arg);
    return 0;
}

static int clean(struct cache *c, int argc, const char **argv, struct cpm_error *err)
{
    if (argc > 0) {
        int rc = read_all(c, err);
        for (int i = 0; i < argc && rc == 0; i++)
            rc = clean_key(c, argv[i]);
        return rc;
    }
    if (!cpm_config_bool(c->cli->config, "force"))
        return cpm_error_set(
            err, CPM_EUNKNOWN,
            "The cache mends itself: what is not as it was unpacked is thrown away and fetched "
            "anew,\nso deleting it only makes the next installation slower.\nTo look through it "
            "use `cpm cache verify`; for an empty one `cpm install --cache FOLDER`.\n\nIf you're "
            "sure you want to delete the entire cache, rerun this command with --force.");
    return cpm_fs_remove(c->folder, err);
}

/* Specs of the registry, URLs and tarballs are fetched; a folder is packed. */
static int add_spec(struct cache *c, struct cpm_net *net, const char *arg, int *exit_code,
                    struct cpm_error *err)
{
    struct cpm_pack_run run = {.cli = c->cli, .net = net};
    const struct cpm_store_entry *entry;
    int rc = cpm_pack_run_open(&run, arg, err);
    if (rc == 0 && run.spec.type == CPM_SPEC_DIRECTORY)
        rc = cpm_pack_run_pack(&run, NULL, err);
    if (rc == CPM_ELIFECYCLE)
        *exit_code = run.exit_code;
    if (rc == 0) {
        const struct cpm_store_add in = {.bytes = cpm_str_n(run.packed.tarball, run.packed.size),
                                         .integrity = cpm_str(run.packed.integrity),
                                         .name = cpm_str(run.package.id)};
        rc = cpm_store_add(c->store, &in, &entry, err);
    }
    cpm_pack_run_close(&run);
    return rc;
}

static int add_specs(struct cache *c, int argc, const char **argv, int *exit_code,
                     struct cpm_error *err)
{
    struct cpm_net net = {0};
    if (argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "First argument to `add` is required");
    int rc = open_store(c, err);
    for (int i = 0; i < argc && rc == 0; i++)
        rc = add_spec(c, &net, argv[i], exit_code, err);
    if (rc == 0)
        rc = cpm_store_sync(c->store, err);
    cpm_net_close(&net);
    return *exit_code ? 0 : rc;
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *shown_folder(const struct cache *c)
{
    const char *home = getenv("HOME");
    size_t len = home ? strlen(home) : 0;
    if (len && strncmp(c->folder, home, len) == 0 && c->folder[len] == '/')
        return cpm_arena_printf(c->cli->arena, "~%s", c->folder + len);
    return c->folder;
}

static int verify(struct cache *c, struct cpm_error *err)
{
    struct cpm_term *term = c->cli->term;
    struct cpm_store_checked checked;
    size_t bad = 0;
    double start = seconds();
    int rc = open_store(c, err);
    if (rc == 0)
        rc = cpm_store_check(c->store, &checked, err);
    if (rc < 0)
        return rc;
    add_packuments(c, &bad);
    cpm_term_outf(term, "Cache verified and compressed (%s)", shown_folder(c));
    cpm_term_outf(term, "Content verified: %zu (%llu bytes)", checked.entries,
                  (unsigned long long)checked.bytes);
    if (checked.bad + bad)
        cpm_term_outf(term, "Corrupted content removed: %zu", checked.bad + bad);
    if (checked.marks)
        cpm_term_outf(term, "Content garbage-collected: %zu (0 bytes)", checked.marks);
    cpm_term_outf(term, "Index entries: %zu", checked.entries + c->count);
    cpm_term_outf(term, "Finished in %.3fs", seconds() - start);
    return 0;
}

static bool is_word(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

int cpm_cmd_cache(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    const char *root = cpm_config_str(cli->config, "cache");
    const char *word = cli->argc ? cli->argv[0] : "";
    struct cache c = {.cli = cli, .folder = cpm_path_join(cli->arena, root ? root : "", "_cpm")};
    int argc = cli->argc - 1, rc;
    const char **argv = cli->argv + 1;
    if (is_word(word, "rm", "clear") || strcmp(word, "clean") == 0)
        rc = clean(&c, argc, argv, err);
    else if (strcmp(word, "add") == 0)
        rc = add_specs(&c, argc, argv, exit_code, err);
    else if (is_word(word, "verify", "check"))
        rc = verify(&c, err);
    else if (strcmp(word, "ls") == 0)
        rc = list(&c, argc, argv, err);
    else if (strcmp(word, "npx") == 0)
        rc = cpm_cache_npx(cli, argc, argv, err);
    else
        rc = cpm_error_set(err, CPM_EUSAGE, "%s", "");
    cpm_store_close(c.store);
    return rc;
}
