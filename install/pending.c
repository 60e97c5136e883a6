/* Text: a location a line. It may name a package whose scripts ran after all (a run that died
 * between them and the end), never miss one: scripts may run twice, not never. */
#include "install/pending.h"

#include "base/fs.h"
#include "base/path.h"

#define PENDING     CPM_MODULES_STATE "/pending"
#define PENDING_MAX (16u << 20)

int cpm_pending_read(const char *path, struct cpm_arena *arena, struct cpm_map *out,
                     struct cpm_error *err)
{
    struct cpm_str text, line;
    int rc = cpm_fs_read(cpm_path_join(arena, path, PENDING), PENDING_MAX, arena, &text, err);

    if (rc < 0)
        return rc == CPM_ENOENT || rc == CPM_ENOTDIR ? 0 : rc;
    while (cpm_str_split(&text, '\n', &line))
        if (line.len)
            cpm_map_set(out, line, out);
    return 0;
}

int cpm_pending_write(const struct cpm_modules *m, const struct cpm_str *locations, size_t count,
                      bool no_sync, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_buf text = CPM_BUF_INIT(PENDING_MAX);
    int rc;

    for (size_t i = 0; i < count; i++) {
        cpm_buf_add_str(&text, locations[i]);
        cpm_buf_add_char(&text, '\n');
    }
    rc = count ? cpm_fs_replace(cpm_path_join(&arena, m->path, PENDING), cpm_buf_str(&text), 0644,
                                !no_sync, err)
               : cpm_pending_clear(m->path, err);
    cpm_buf_release(&text);
    cpm_arena_release(&arena);
    return rc;
}

bool cpm_pending_exists(const char *path)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    bool exists = cpm_fs_exists(cpm_path_join(&arena, path, PENDING));

    cpm_arena_release(&arena);
    return exists;
}

int cpm_pending_clear(const char *path, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    int rc = cpm_fs_remove(cpm_path_join(&arena, path, PENDING), err);

    cpm_arena_release(&arena);
    return rc;
}
