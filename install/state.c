#include "install/install.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/modules.h"
#include "install/pending.h"
#include "install/state.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* node_modules/.cpm/state says: with this key, nothing is to be done. Its bytes depend on nothing
 * but key and note, so that equal projects have equal trees; what must not have changed since are
 * folders, and the newest of their times is the file's own time. A journal's beginning removes the
 * file. A power cut may take or
 * tear the file, which was written after all that it speaks of was durable: its checksum tells. */

#define STATE     CPM_MODULES_STATE "/state"
#define WATCH     CPM_MODULES_STATE "/watch"
#define STAGE     CPM_MODULES_STATE "/stage" /* after a power cut it may be there again */
#define STATE_MAX (16u << 20)

static const char *const watched[] = {"node_modules", "node_modules/.bin"};

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* Takes the time of a folder into *newest; false when it is not there. */
static bool look(int root, const char *dir, struct timespec *newest)
{
    struct stat st;

    if (fstatat(root, dir, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
        return false;
    if (later(st.st_mtim, *newest))
        *newest = st.st_mtim;
    return true;
}

/* The newest time of all that is watched; false when a folder of `list` (one a line) is gone. */
static bool newest_of(int root, struct cpm_str list, struct cpm_arena *arena,
                      struct timespec *newest)
{
    struct cpm_str line;

    if (!look(root, watched[0], newest))
        return false;
    look(root, watched[1], newest);
    while (cpm_str_split(&list, '\n', &line))
        if (line.len && !look(root, cpm_arena_str(arena, line).ptr, newest))
            return false;
    return true;
}

/* "cpm-state 2 CHECKSUM KEYLEN NOTELEN\nKEY" NOTE and the watched folders; the sum is over what
 * follows it. */
static bool parse(struct cpm_str text, struct cpm_str key, struct cpm_str *note,
                  struct cpm_str *list)
{
    struct cpm_str line, word;
    uint64_t sum, key_len, note_len;

    if (!cpm_str_split(&text, ' ', &word) || !cpm_str_is(word, "cpm-state") ||
        !cpm_str_split(&text, ' ', &word) || !cpm_str_is(word, "2") ||
        !cpm_str_split(&text, ' ', &word) || !cpm_str_u64(word, &sum) || !text.ptr ||
        cpm_str_hash(text) != sum || !cpm_str_split(&text, '\n', &line) || !text.ptr ||
        !cpm_str_split(&line, ' ', &word) || !cpm_str_u64(word, &key_len) ||
        !cpm_str_u64(line, &note_len) || key_len > text.len || note_len > text.len - key_len)
        return false;
    *note = cpm_str_sub(text, key_len, note_len);
    *list = cpm_str_sub(text, key_len + note_len, text.len);
    return cpm_str_eq(cpm_str_sub(text, 0, key_len), key);
}

bool cpm_install_is_current(const char *path, struct cpm_str key, struct cpm_arena *arena,
                            struct cpm_str *note)
{
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct timespec newest = {0, 0};
    struct cpm_str text, list;
    struct stat st;
    bool current;

    if (root < 0)
        return false;
    current = fstatat(root, STATE, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
              cpm_fs_read(cpm_path_join(arena, path, STATE), STATE_MAX, arena, &text, NULL) == 0 &&
              parse(text, key, note, &list) && !cpm_install_is_interrupted(path) &&
              !cpm_pending_exists(path) && faccessat(root, STAGE, F_OK, 0) < 0 &&
              newest_of(root, list, arena, &newest) && !later(newest, st.st_mtim);
    close(root);
    return current;
}

int cpm_install_mark_current(const char *path, struct cpm_str key, struct cpm_str note,
                             struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *file = cpm_path_join(&arena, path, STATE);
    struct cpm_buf body = CPM_BUF_INIT(STATE_MAX), text = CPM_BUF_INIT(STATE_MAX);
    struct timespec times[2] = {{0, UTIME_NOW}, {0, 0}};
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct cpm_str list = CPM_STR_NONE;
    int rc = 0;

    cpm_fs_read(cpm_path_join(&arena, path, WATCH), STATE_MAX, &arena, &list, NULL);
    /* A project without packages has no node_modules; there is nothing to remember then. */
    if (root < 0 || !newest_of(root, list, &arena, &times[1]) ||
        !cpm_fs_is_dir(cpm_path_join(&arena, path, CPM_MODULES_STATE)))
        goto out;
    cpm_buf_addf(&body, "%zu %zu\n", key.len, note.len);
    cpm_buf_add_str(&body, key);
    cpm_buf_add_str(&body, note);
    cpm_buf_add_str(&body, list);
    cpm_buf_addf(&text, "cpm-state 2 %" PRIu64 " ", cpm_str_hash(cpm_buf_str(&body)));
    cpm_buf_add_str(&text, cpm_buf_str(&body));
    rc = cpm_fs_replace(file, cpm_buf_str(&text), 0644, false, err);
    if (rc == 0)
        utimensat(root, STATE, times, AT_SYMLINK_NOFOLLOW);
out:
    if (root >= 0)
        close(root);
    cpm_buf_release(&body);
    cpm_buf_release(&text);
    cpm_arena_release(&arena);
    return rc;
}

int cpm_state_prepare(const struct cpm_modules *m, struct cpm_str watch, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    const char *list = cpm_path_join(&arena, m->path, WATCH);
    int rc = watch.len ? cpm_fs_replace(list, watch, 0644, false, err) : cpm_fs_remove(list, err);

    cpm_arena_release(&arena);
    return rc;
}
