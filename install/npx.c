/* The hash is the beginning of the SHA-512 of the packages, sorted as JavaScript's localeCompare
 * sorts and joined by line breaks. The memory is a file beside package.json that npm passes over;
 * it says nothing that a run could not find out again. */
#include "install/npx.h"

#include "base/collate.h"
#include "base/fs.h"
#include "base/path.h"
#include "base/sha512.h"
#include "install/store.h"
#include "lockfile/package.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define HASH_BYTES  8
#define MEMORY      ".cpm-exec"
#define MEMORY_MAX  (64u << 10)
#define MEMORY_HEAD "cpm-exec 1"
#define STALE_S     60 /* npm touches its lock each second and calls one of this age dead */
#define WAIT_US     50000

static int by_locale(const void *a, const void *b)
{
    return cpm_collate(cpm_str(*(const char *const *)a), cpm_str(*(const char *const *)b));
}

const char *cpm_npx_folder(struct cpm_arena *arena, const char *cache, const char *const *packages,
                           size_t count)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20), name = CPM_BUF_INIT(1 << 10);
    const char **sorted = CPM_NEW_ARRAY(arena, const char *, count + 1);
    unsigned char digest[CPM_SHA512_SIZE];

    for (size_t i = 0; i < count; i++)
        sorted[i] = packages[i];
    qsort(sorted, count, sizeof(*sorted), by_locale);
    for (size_t i = 0; i < count; i++)
        cpm_buf_addf(&text, "%s%s", i ? "\n" : "", sorted[i]);
    cpm_sha512(cpm_buf_str(&text), digest);
    cpm_buf_add_text(&name, "_npx/");
    for (size_t i = 0; i < HASH_BYTES; i++)
        cpm_buf_addf(&name, "%02x", digest[i]);
    const char *folder = cpm_path_join(arena, cache, cpm_buf_text(&name));
    cpm_buf_release(&text);
    cpm_buf_release(&name);
    return folder;
}

static bool held_by_npm(const char *lock)
{
    struct stat st;

    return stat(lock, &st) == 0 && S_ISDIR(st.st_mode) && time(NULL) - st.st_mtime <= STALE_S;
}

int cpm_npx_open(const char *folder, struct cpm_arena *arena, struct cpm_error *err)
{
    const char *lock = cpm_path_join(arena, folder, "concurrency.lock");
    int rc = cpm_fs_mkdirs(folder, 0777, err);

    if (rc < 0)
        cpm_error_advise(err, CPM_STORE_ADVICE);
    while (rc == 0 && held_by_npm(lock))
        usleep(WAIT_US);
    return rc;
}

static const char *package_file(const char *folder, struct cpm_arena *arena)
{
    return cpm_path_join(arena, folder, "package.json");
}

bool cpm_npx_holds(const char *folder, const char *package, struct cpm_arena *arena)
{
    struct cpm_package p;
    bool found = false;

    if (cpm_package_read(package_file(folder, arena), arena, &p, NULL) < 0)
        return false;
    CPM_JSON_EACH (cpm_json_get(cpm_json_get(p.doc, CPM_STR("_npx")), CPM_STR("packages")), v)
        found = found || cpm_str_is(cpm_json_str(v), package);
    cpm_package_release(&p);
    return found;
}

static struct cpm_json *signature(const char *const *packages, size_t count)
{
    struct cpm_json *list = cpm_json_new_array(), *doc = cpm_json_new_object();

    for (size_t i = 0; i < count; i++)
        cpm_json_add(list, cpm_json_new_str(cpm_str(packages[i])));
    cpm_json_set(doc, CPM_STR("packages"), list);
    return doc;
}

int cpm_npx_sign(const char *folder, const char *const *packages, size_t count,
                 struct cpm_arena *arena, struct cpm_error *err)
{
    const char *file = package_file(folder, arena);
    struct cpm_buf text = CPM_BUF_INIT(CPM_PACKAGE_MAX);
    struct cpm_package p;
    int rc = cpm_package_read(file, arena, &p, err);

    if (rc < 0)
        return rc;
    cpm_json_set(p.doc, CPM_STR("_npx"), signature(packages, count));
    cpm_json_write(p.doc, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_buf_add_char(&text, '\n');
    if (!cpm_str_eq(cpm_buf_str(&text), p.text))
        rc = cpm_fs_replace(file, cpm_buf_str(&text), 0, false, err);
    cpm_buf_release(&text);
    cpm_package_release(&p);
    return rc;
}

static bool next_line(struct cpm_str *rest, struct cpm_arena *arena, const char **out)
{
    struct cpm_str line;

    if (!cpm_str_split(rest, '\n', &line))
        return false;
    *out = cpm_arena_strndup(arena, line.ptr, line.len);
    return true;
}

bool cpm_npx_recall(const char *folder, struct cpm_arena *arena, struct cpm_npx_memory *out)
{
    const char *head, *until;
    struct cpm_str text;

    if (cpm_fs_read(cpm_path_join(arena, folder, MEMORY), MEMORY_MAX, arena, &text, NULL) < 0)
        return false;
    return next_line(&text, arena, &head) && strcmp(head, MEMORY_HEAD) == 0 &&
           next_line(&text, arena, &until) && cpm_str_u64(cpm_str(until), &out->until_ms) &&
           next_line(&text, arena, &out->registry) && next_line(&text, arena, &out->command);
}

void cpm_npx_remember(const char *folder, const struct cpm_npx_memory *memory,
                      struct cpm_arena *arena)
{
    struct cpm_buf text = CPM_BUF_INIT(MEMORY_MAX);

    if (strchr(memory->command, '\n') || strchr(memory->registry, '\n'))
        return;
    cpm_buf_addf(&text, MEMORY_HEAD "\n%llu\n%s\n%s\n", (unsigned long long)memory->until_ms,
                 memory->registry, memory->command);
    if (!text.overflow)
        cpm_fs_replace(cpm_path_join(arena, folder, MEMORY), cpm_buf_str(&text), 0, false, NULL);
    cpm_buf_release(&text);
}
