/* Notes: under which integrity the store holds what is named by something else (a commit). A note
 * that was lost or cut by a power cut names no entry, and its content is made again. */
#include "base/digest.h"
#include "base/fs.h"
#include "install/store_entry.h"

#define NOTES    "noted"
#define NOTE_MAX 1024

static const char *path_of(const struct cpm_store *store, struct cpm_str key,
                           struct cpm_arena *arena)
{
    unsigned char digest[CPM_DIGEST_MAX];

    if (cpm_digest_of(CPM_SHA256, key, digest, NULL) < 0)
        return NULL;
    return cpm_arena_printf(arena, "%s/" NOTES "/%s", cpm_store_path(store),
                            cpm_hex(arena, digest, 32));
}

struct cpm_str cpm_store_note_get(const struct cpm_store *store, struct cpm_str key,
                                  struct cpm_arena *arena)
{
    const char *path = path_of(store, key, arena);
    struct cpm_str note;

    if (!path || cpm_fs_read(path, NOTE_MAX, arena, &note, NULL) < 0)
        return CPM_STR_NONE;
    return note;
}

void cpm_store_note_set(const struct cpm_store *store, struct cpm_str key, struct cpm_str note)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *path = path_of(store, key, &arena);

    if (path && cpm_fs_mkdirs(cpm_arena_printf(&arena, "%s/" NOTES, cpm_store_path(store)), 0700,
                              NULL) == 0)
        cpm_fs_replace(path, note, 0600, false, NULL);
    cpm_arena_release(&arena);
}
