/* A key may be abbreviated as long as it means one folder. */
#include "cli/cache_npx.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/project_name.h"
#include "cli/term.h"
#include "lockfile/lock.h"

#include <dirent.h>
#include <stdlib.h>

#define KEYS_MAX 65536
#define LOCK_MAX (256u << 20)

struct npx {
    struct cpm_cli *cli;
    const char *folder; /* CACHE/_npx */
    const char **keys;
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* False when there is no such folder. */
static bool read_keys(struct npx *n)
{
    DIR *dir = opendir(n->folder);
    if (!dir)
        return false;
    n->keys = CPM_NEW_ARRAY(n->cli->arena, const char *, KEYS_MAX);
    for (struct dirent *e; n->count < KEYS_MAX && (e = readdir(dir));)
        if (*e->d_name != '.')
            n->keys[n->count++] = cpm_arena_strndup(n->cli->arena, e->d_name, strlen(e->d_name));
    closedir(dir);
    if (n->count)
        qsort(n->keys, n->count, sizeof(*n->keys), by_text);
    return true;
}

static const char *path_of(const struct npx *n, const char *key)
{
    return cpm_path_join(n->cli->arena, n->folder, key);
}

static const char *find_key(const struct npx *n, const char *typed)
{
    const char *found = NULL;
    for (size_t i = 0; i < n->count; i++) {
        if (strcmp(n->keys[i], typed) == 0)
            return n->keys[i];
        if (*typed && strncmp(n->keys[i], typed, strlen(typed)) == 0) {
            if (found)
                return NULL;
            found = n->keys[i];
        }
    }
    return found;
}

static int list(struct npx *n)
{
    for (size_t i = 0; i < n->count; i++) {
        struct cpm_json *doc = NULL;
        struct cpm_buf line = CPM_BUF_INIT(1 << 20);
        bool valid = cpm_project_read(n->cli, path_of(n, n->keys[i]), &doc, NULL) == 0;
        const struct cpm_json *packages =
            cpm_json_get(cpm_json_get(doc, CPM_STR("_npx")), CPM_STR("packages"));
        CPM_JSON_EACH (packages, p)
            cpm_buf_addf(&line, "%s%.*s", line.len ? ", " : "", CPM_STR_ARG(cpm_json_str(p)));
        cpm_term_outf(n->cli->term, "%s: %s", n->keys[i],
                      !valid     ? "(empty/invalid)"
                      : line.len ? cpm_buf_text(&line)
                                 : "(unknown)");
        cpm_buf_release(&line);
        cpm_json_free(doc);
    }
    return 0;
}

static int remove_key(struct npx *n, const char *key, struct cpm_error *err)
{
    cpm_term_outf(n->cli->term, "Removing npx key at %s", path_of(n, key));
    if (cpm_config_bool(n->cli->config, "dry-run"))
        return 0;
    return cpm_fs_remove(path_of(n, key), err);
}

static int bad_key(const char *typed, struct cpm_error *err)
{
    return cpm_error_set(err, CPM_EUSAGE, "Invalid npx key %s", typed);
}

static int remove_keys(struct npx *n, int argc, const char **argv, struct cpm_error *err)
{
    bool dry_run = cpm_config_bool(n->cli->config, "dry-run");
    int rc = 0;
    if (argc == 0 && !cpm_config_bool(n->cli->config, "force"))
        return cpm_error_set(err, CPM_EUSAGE, "Please use --force to remove entire npx cache");
    if (argc == 0 && !dry_run)
        return cpm_fs_remove(n->folder, err);
    for (int i = 0; i < argc; i++)
        if (!find_key(n, argv[i]))
            return bad_key(argv[i], err);
    for (size_t i = 0; argc == 0 && i < n->count && rc == 0; i++)
        rc = remove_key(n, n->keys[i], err);
    for (int i = 0; i < argc && rc == 0; i++)
        rc = remove_key(n, find_key(n, argv[i]), err);
    return rc;
}

/* "name@1.0.0" of what stands at node_modules/NAME in the lock, or NULL. */
static const char *installed(const struct npx *n, const struct cpm_lock *lock, struct cpm_str name)
{
    const char *location = cpm_arena_printf(n->cli->arena, "node_modules/%.*s", CPM_STR_ARG(name));
    for (size_t i = 0; i < lock->count; i++) {
        const struct cpm_lock_entry *e = &lock->entries[i];
        if (cpm_str_is(e->location, location) && e->manifest)
            return cpm_arena_printf(n->cli->arena, "%.*s@%.*s", CPM_STR_ARG(name),
                                    CPM_STR_ARG(cpm_name_str(e->manifest->version)));
    }
    return NULL;
}

static void print_packages(const struct npx *n, const struct cpm_json *doc,
                           const struct cpm_lock *lock)
{
    const struct cpm_json *packages =
        cpm_json_get(cpm_json_get(doc, CPM_STR("_npx")), CPM_STR("packages"));
    cpm_term_outf(n->cli->term, packages ? "packages:" : "packages: (unknown)");
    CPM_JSON_EACH (packages, p) {
        struct cpm_str spec = cpm_json_str(p);
        size_t at = cpm_str_chr(cpm_str_sub(spec, 1, spec.len), '@');
        struct cpm_str name = at == CPM_NPOS ? spec : cpm_str_sub(spec, 0, at + 1);
        const char *id = installed(n, lock, name);
        if (id)
            cpm_term_outf(n->cli->term, "- %.*s (%s)", CPM_STR_ARG(spec), id);
        else
            cpm_term_outf(n->cli->term, "- %.*s", CPM_STR_ARG(spec));
    }
    if (packages)
        return;
    cpm_term_outf(n->cli->term, "dependencies:");
    CPM_JSON_EACH (cpm_json_get(doc, CPM_STR("dependencies")), d) {
        const char *id = installed(n, lock, cpm_json_key(d));
        cpm_term_outf(n->cli->term, "- %s", id ? id : "");
    }
}

static void print_info(struct npx *n, const char *key)
{
    struct cpm_names *names = cpm_names_new();
    const char *path = path_of(n, key);
    const struct cpm_lock_source src = {.names = names, .arena = n->cli->arena, .root = path};
    struct cpm_json *doc = NULL;
    struct cpm_lock lock = {0};
    struct cpm_str text;
    bool valid = cpm_project_read(n->cli, path, &doc, NULL) == 0 &&
                 cpm_fs_read(cpm_path_join(n->cli->arena, path, "package-lock.json"), LOCK_MAX,
                             n->cli->arena, &text, NULL) == 0 &&
                 cpm_lock_read(text, "package-lock.json", &src, &lock, NULL) == 0;
    cpm_term_outf(n->cli->term, "%s npx cache entry with key %s", valid ? "valid" : "invalid", key);
    cpm_term_outf(n->cli->term, "location: %s", path);
    if (valid)
        print_packages(n, doc, &lock);
    cpm_term_outf(n->cli->term, "%s", "");
    cpm_json_free(doc);
    cpm_names_free(names);
}

static int info(struct npx *n, int argc, const char **argv, struct cpm_error *err)
{
    if (argc == 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    for (int i = 0; i < argc; i++)
        if (!find_key(n, argv[i]))
            return bad_key(argv[i], err);
    for (int i = 0; i < argc; i++)
        print_info(n, find_key(n, argv[i]));
    return 0;
}

int cpm_cache_npx(struct cpm_cli *cli, int argc, const char **argv, struct cpm_error *err)
{
    const char *root = cpm_config_str(cli->config, "cache");
    struct npx n = {.cli = cli, .folder = cpm_path_join(cli->arena, root ? root : "", "_npx")};
    const char *word = argc ? argv[0] : "";
    bool is_rm = strcmp(word, "rm") == 0, is_info = strcmp(word, "info") == 0;
    if (!is_rm && !is_info && strcmp(word, "ls") != 0)
        return cpm_error_set(err, CPM_EUSAGE, "%s", "");
    if (!read_keys(&n) && !(is_rm && argc == 1)) {
        cpm_term_outf(cli->term, "npx cache does not exist");
        if (argc == 1)
            return 0;
    }
    if (is_rm)
        return remove_keys(&n, argc - 1, argv + 1, err);
    return is_info ? info(&n, argc - 1, argv + 1, err) : list(&n);
}
