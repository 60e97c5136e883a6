/* npm believes the hidden lock when no folder is newer, so its time is set after the rename that
 * changed the folder. */
#include "install/hidden.h"

#include "base/fs.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define HIDDEN     "node_modules/.package-lock.json"
#define WAITING    CPM_MODULES_STATE "/stage/hidden-lock"
#define HIDDEN_MAX (256u << 20)

int cpm_hidden_write(const struct cpm_modules *m, const struct cpm_lock *ideal, bool sync,
                     struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_buf text = CPM_BUF_INIT(HIDDEN_MAX);
    int rc = cpm_lock_write_hidden(ideal, &ideal->style, &text, err);

    if (rc == 0)
        rc = cpm_fs_replace(cpm_path_join(&arena, m->path, WAITING), cpm_buf_str(&text), 0644, sync,
                            err);
    cpm_buf_release(&text);
    cpm_arena_release(&arena);
    return rc;
}

int cpm_hidden_show(const struct cpm_modules *m, struct cpm_error *err)
{
    if (renameat(m->root, WAITING, m->root, HIDDEN) < 0)
        return cpm_error_sys(err, errno, "write '%s/" HIDDEN "'", m->path);
    utimensat(m->root, HIDDEN, NULL, AT_SYMLINK_NOFOLLOW);
    return 0;
}

int cpm_hidden_sync(const struct cpm_modules *m)
{
    int fd = openat(m->root, HIDDEN, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int sys = fd < 0 || fsync(fd) < 0 ? errno : 0;

    if (fd >= 0)
        close(fd);
    return sys;
}
