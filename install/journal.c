#include "install/journal.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Each unit changes by one rename, so after a kill every package is whole and reading the folders
 * tells what was reached. After a power cut a renamed folder may have lost files: the journal names
 * the places, and they are put anew. Text: a line with the generation, then a location a line. */

#define HEADING     "cpm-journal 1 "
#define JOURNAL_MAX (64u << 20)

static void heading(const struct cpm_modules *m, char out[80])
{
    unsigned char generation[CPM_GENERATION_SIZE];
    char digits[2 * CPM_GENERATION_SIZE + 1] = "";

    cpm_generation_get(m->root, generation);
    cpm_hex_write(generation, CPM_GENERATION_SIZE, digits);
    snprintf(out, 80, HEADING "%s", digits);
}

static void read_journal(const struct cpm_modules *m, struct cpm_str text, struct cpm_recovery *out)
{
    char expected[80];
    struct cpm_str line;

    heading(m, expected);
    if (!cpm_str_split(&text, '\n', &line) || cpm_str_is(line, expected))
        return;
    while (cpm_str_split(&text, '\n', &line))
        if (line.len)
            cpm_map_set(&out->redo, line, out);
}

static void sweep_stage(struct cpm_modules *m)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_fs_remove(cpm_arena_printf(&arena, "%s/" CPM_MODULES_STATE "/stage", m->path), NULL);
    cpm_arena_release(&arena);
}

/* ".NAME.PID.SALT.cpm-tmp", left by cpm_fs_replace of a process that is gone. */
static bool is_dead_temporary(const char *name)
{
    struct cpm_str s = cpm_str(name), part, number = CPM_STR_NONE, salt = CPM_STR_NONE;
    uint64_t pid;

    if (name[0] != '.' || !cpm_str_ends(s, ".cpm-tmp"))
        return false;
    s.len -= strlen(".cpm-tmp");
    while (cpm_str_split(&s, '.', &part)) {
        number = salt;
        salt = part;
    }
    return cpm_str_u64(number, &pid) && pid > 1 && pid <= INT32_MAX && kill((pid_t)pid, 0) < 0 &&
           errno == ESRCH;
}

static void sweep_temporaries(int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;

    while (stream && (e = readdir(stream)))
        if (is_dead_temporary(e->d_name))
            unlinkat(dir, e->d_name, 0);
    if (stream)
        closedir(stream);
}

int cpm_journal_recover(struct cpm_modules *m, struct cpm_arena *arena, struct cpm_recovery *out,
                        struct cpm_error *err)
{
    const char *path = cpm_path_join(arena, m->path, CPM_MODULES_STATE "/journal");
    struct cpm_str text;
    int state, rc;

    *out = (struct cpm_recovery){.interrupted = false};
    cpm_map_init(&out->redo);
    sweep_temporaries(m->root);
    state = cpm_modules_open_dir(m, CPM_STR(CPM_MODULES_STATE));
    if (state < 0)
        return 0;
    sweep_temporaries(state);
    close(state);
    sweep_stage(m);
    rc = cpm_fs_read(path, JOURNAL_MAX, arena, &text, err);
    if (rc == CPM_ENOENT)
        return 0;
    if (rc < 0)
        return rc;
    out->interrupted = true;
    read_journal(m, text, out);
    return 0;
}

void cpm_recovery_release(struct cpm_recovery *r)
{
    cpm_map_release(&r->redo);
}

static void add_line(struct cpm_buf *text, struct cpm_str line)
{
    cpm_buf_add_char(text, '\n');
    cpm_buf_add_str(text, line);
}

bool cpm_install_is_interrupted(const char *path)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    bool found = cpm_fs_exists(cpm_path_join(&arena, path, CPM_MODULES_STATE "/journal"));

    cpm_arena_release(&arena);
    return found;
}

static int write_journal(const struct cpm_modules *m, struct cpm_str text)
{
    int fd =
        openat(m->state, "journal", O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    int sys = 0;

    if (fd < 0)
        return errno;
    while (text.len && !sys) {
        ssize_t n = write(fd, text.ptr, text.len);

        if (n < 0 && errno != EINTR)
            sys = errno;
        text = cpm_str_sub(text, n < 0 ? 0 : (size_t)n, text.len);
    }
    if (close(fd) < 0 && !sys)
        sys = errno;
    return sys;
}

int cpm_journal_begin(const struct cpm_modules *m, const struct cpm_plan *plan,
                      struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(JOURNAL_MAX);
    char first[80];
    int sys;

    heading(m, first);
    cpm_buf_add_text(&text, first);
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->nodes[i].action == CPM_PLAN_PUT)
            add_line(&text, plan->nodes[i].entry->location);
    for (uint32_t i = 0; i < plan->removed_count; i++)
        add_line(&text, plan->removed[i]);
    if (unlinkat(m->state, "state", 0) < 0 && errno != ENOENT)
        sys = errno;
    else
        sys = write_journal(m, cpm_buf_str(&text));
    cpm_buf_release(&text);
    return sys ? cpm_error_sys(err, sys, "write '%s/" CPM_MODULES_STATE "/journal'", m->path) : 0;
}

int cpm_journal_sync(const struct cpm_modules *m, struct cpm_error *err)
{
    int fd = openat(m->state, "journal", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int rc = 0;

    if (fd < 0 || fsync(fd) < 0 || fsync(m->state) < 0)
        rc = cpm_error_sys(err, errno, "sync '%s/" CPM_MODULES_STATE "/journal'", m->path);
    if (fd >= 0)
        close(fd);
    return rc;
}

int cpm_journal_end(const struct cpm_modules *m, struct cpm_error *err)
{
    if (unlinkat(m->state, "journal", 0) < 0 && errno != ENOENT)
        return cpm_error_sys(err, errno, "remove '%s/" CPM_MODULES_STATE "/journal'", m->path);
    return 0;
}
