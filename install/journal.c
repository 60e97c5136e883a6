#include "install/journal.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each unit changes by one rename, so after a kill every package is whole and reading the folders
 * tells what was reached. After a power cut a renamed folder may have lost files: the journal names
 * the places, and they are put anew. Text: a heading, then a location a line.
 *
 * The generation that a file is of stands in its time, so that equal projects have equal trees. */

#define JOURNAL     CPM_MODULES_STATE "/journal"
#define SETTLED     CPM_MODULES_STATE "/settled"
#define HEADING     "cpm-journal 2"
#define JOURNAL_MAX (64u << 20)
#define DURABLE     0 /* a file's time: what it speaks of survives a power cut */
#define LOST        1 /* … did not survive one */

/* True for a file that a run of this generation left, or that speaks of what is durable. */
static bool is_of_now(const struct cpm_modules *m, const struct stat *st)
{
    return st->st_mtim.tv_sec == DURABLE || st->st_mtim.tv_sec == cpm_generation_time(m->root);
}

static bool stamp(const struct cpm_modules *m, time_t time)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = time}};

    return utimensat(m->state, "journal", times, AT_SYMLINK_NOFOLLOW) == 0;
}

static void read_places(struct cpm_str text, struct cpm_map *out)
{
    struct cpm_str line;

    cpm_str_split(&text, '\n', &line);
    while (cpm_str_split(&text, '\n', &line))
        if (line.len)
            cpm_map_set(out, line, out);
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

/* After the end nothing but names can be lost, since the bytes are the store's: nothing is put anew
 * that stands whole. */
static bool is_unsettled(const struct cpm_modules *m)
{
    struct stat st;

    return fstatat(m->root, SETTLED, &st, AT_SYMLINK_NOFOLLOW) == 0 && !is_of_now(m, &st);
}

int cpm_journal_recover(struct cpm_modules *m, struct cpm_arena *arena, struct cpm_recovery *out,
                        struct cpm_error *err)
{
    const char *path = cpm_path_join(arena, m->path, JOURNAL);
    struct cpm_str text;
    struct stat st;
    int state, rc;

    *out = (struct cpm_recovery){.interrupted = false};
    cpm_map_init(&out->redo);
    cpm_map_init(&out->begun);
    sweep_temporaries(m->root);
    state = cpm_modules_open_dir(m, CPM_STR(CPM_MODULES_STATE));
    if (state < 0)
        return 0;
    sweep_temporaries(state);
    close(state);
    sweep_stage(m);
    rc = cpm_fs_read(path, JOURNAL_MAX, arena, &text, err);
    out->interrupted = rc == 0 || is_unsettled(m);
    if (rc == 0)
        read_places(text, &out->begun);
    if (rc == 0 && (stat(path, &st) < 0 || !is_of_now(m, &st)))
        read_places(text, &out->redo);
    return rc == CPM_ENOENT ? 0 : rc;
}

void cpm_recovery_release(struct cpm_recovery *r)
{
    cpm_map_release(&r->redo);
    cpm_map_release(&r->begun);
}

static void add_line(struct cpm_buf *text, struct cpm_str line)
{
    cpm_buf_add_char(text, '\n');
    cpm_buf_add_str(text, line);
}

bool cpm_install_is_interrupted(const char *path)
{
    struct cpm_modules m = CPM_MODULES_INIT;
    struct cpm_arena arena = CPM_ARENA_INIT;
    bool found = cpm_fs_exists(cpm_path_join(&arena, path, JOURNAL));

    if (!found && cpm_modules_open(&m, path, NULL) == 0) {
        found = is_unsettled(&m);
        cpm_modules_close(&m);
    }
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
                      const struct cpm_recovery *before, struct cpm_error *err)
{
    struct cpm_buf text = CPM_BUF_INIT(JOURNAL_MAX);
    bool lost = before->redo.count; /* as long as these stand, no time is that of a good run */
    int sys;

    cpm_buf_add_text(&text, HEADING);
    for (uint32_t i = 0; i < plan->count; i++)
        if (plan->nodes[i].action == CPM_PLAN_PUT)
            add_line(&text, plan->nodes[i].entry->location);
    for (uint32_t i = 0; i < plan->removed_count; i++)
        add_line(&text, plan->removed[i]);
    CPM_MAP_EACH (&before->begun, e) {
        add_line(&text, e->key);
    }
    if (unlinkat(m->state, "state", 0) < 0 && errno != ENOENT)
        sys = errno;
    else
        sys = write_journal(m, cpm_buf_str(&text));
    if (!sys && !stamp(m, lost ? LOST : cpm_generation_time(m->root)))
        sys = errno;
    cpm_buf_release(&text);
    return sys ? cpm_error_sys(err, sys, "write '%s/" JOURNAL "'", m->path) : 0;
}

int cpm_journal_sync(const struct cpm_modules *m, struct cpm_error *err)
{
    int fd = openat(m->state, "journal", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    int rc = 0;

    if (fd < 0 || fsync(fd) < 0 || fsync(m->state) < 0)
        rc = cpm_error_sys(err, errno, "sync '%s/" JOURNAL "'", m->path);
    if (fd >= 0)
        close(fd);
    return rc;
}

static int drop(const struct cpm_modules *m)
{
    return unlinkat(m->state, "journal", 0) < 0 && errno != ENOENT ? errno : 0;
}

static int settle(const struct cpm_modules *m, time_t time)
{
    int fd = openat(m->state, "journal", O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC);
    int sys = 0;

    if (fd < 0 || !stamp(m, time) || renameat(m->state, "journal", m->state, "settled") < 0)
        sys = errno;
    if (fd >= 0)
        close(fd);
    return sys;
}

int cpm_journal_end(const struct cpm_modules *m, enum cpm_synced synced, struct cpm_error *err)
{
    bool later = synced == CPM_SYNCED_NAMES_LATER;
    int sys;

    if (synced == CPM_SYNCED_AS_BEFORE && faccessat(m->state, "settled", F_OK, 0) == 0)
        sys = drop(m);
    else
        sys = settle(m, later ? cpm_generation_time(m->root) : DURABLE);
    return sys ? cpm_error_sys(err, sys, "put '%s/" JOURNAL "' aside", m->path) : 0;
}

void cpm_journal_drop(const struct cpm_modules *m)
{
    drop(m);
}
