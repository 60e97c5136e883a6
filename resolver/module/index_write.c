/* The index's file: written beside its place, then renamed. */
#include "base/error.h"
#include "cpm/resolver.h"
#include "resolver/module/index_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int fd, struct cpm_str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = cpm_str_sub(bytes, (size_t)n, bytes.len);
    }
    return true;
}

/* Whole or not at all, and not durable: an index that is lost is written again, and one that a
 * power cut left half written has a wrong sum. */
static int replace_file(int dir, const char *modules, struct cpm_str bytes, struct cpm_error *err)
{
    char temp[80];
    bool good;
    int fd, sys;

    snprintf(temp, sizeof(temp), CPM_INDEX_FOLDER "/.resolve-index.%ld.0.cpm-tmp", (long)getpid());
    fd = openat(dir, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    good = fd >= 0 && write_all(fd, bytes);
    sys = errno;
    if (fd >= 0 && close(fd) < 0 && good) {
        good = false;
        sys = errno;
    }
    if (good && renameat(dir, temp, dir, CPM_RESOLVER_INDEX) == 0)
        return 0;
    sys = good ? errno : sys;
    unlinkat(dir, temp, 0);
    return cpm_error_sys(err, sys, "write '%s/" CPM_RESOLVER_INDEX "'", modules);
}

int cpm_index_begin(struct cpm_index_walk *w, const char *modules,
                    const struct cpm_index_source *source, struct cpm_error *err)
{
    *w = (struct cpm_index_walk){.modules = modules,
                                 .source = source,
                                 .dir = open(modules, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                                 .path = CPM_BUF_INIT(PATH_MAX),
                                 .fields = CPM_BUF_INIT(64 << 20),
                                 .arena = CPM_ARENA_INIT};
    if (w->dir < 0)
        return cpm_error_sys(err, errno, "open '%s'", modules);
    cpm_index_image_init(&w->image);
    mkdirat(w->dir, CPM_INDEX_FOLDER, 0777); /* first: it changes the node_modules */
    return 0;
}

int cpm_index_write(struct cpm_index_walk *w, struct cpm_error *err)
{
    struct cpm_buf bytes = CPM_BUF_INIT(1 << 30);
    int rc;

    cpm_index_walk_folder(w, ".");
    if (cpm_index_image_finish(&w->image, &bytes))
        rc = replace_file(w->dir, w->modules, cpm_buf_str(&bytes), err);
    else
        rc = cpm_error_set(err, CPM_ETOOBIG, "the index of '%s' would be too large", w->modules);
    cpm_buf_release(&bytes);
    return rc;
}

void cpm_index_end(struct cpm_index_walk *w)
{
    if (w->dir < 0)
        return;
    cpm_index_image_release(&w->image);
    cpm_buf_release(&w->path);
    cpm_buf_release(&w->fields);
    cpm_arena_release(&w->arena);
    close(w->dir);
}

int cpm_resolver_index_write(const char *modules, struct cpm_error *err)
{
    struct cpm_index_walk walk;
    int rc = cpm_index_begin(&walk, modules, NULL, err);

    if (rc == 0)
        rc = cpm_index_write(&walk, err);
    cpm_index_end(&walk);
    return rc;
}
