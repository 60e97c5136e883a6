/* CPM_COPIES lists the libraries' paths, as the build found them, the engine last. A copy has the
 * length of what it was made of, and takes its name's place whole, so a name with that length is a
 * copy. */
#include "runtime/open/copies.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/mem.h"
#include "runtime/open/bind.h"
#include "runtime/open/kept.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Who starts JavaScript but once, as a build machine, does not pay for copies. */
enum { STARTS_BEFORE = 3, FOLDER_MODE = 0700, FILE_MODE = 0600 };

#define LIBRARY_MAX (256u << 20)

/* The next library of the list, as a path that ends. */
static bool next_library(struct cpm_str *list, struct cpm_buf *path)
{
    struct cpm_str part;

    cpm_buf_clear(path);
    if (!cpm_str_split(list, ':', &part) || part.len == 0)
        return false;
    cpm_buf_add_str(path, part);
    return !path->overflow;
}

static const char *name_of(const struct cpm_buf *path)
{
    return path->ptr + cpm_str_rchr(cpm_buf_str(path), '/') + 1;
}

/* Names the folder by what the copies are made of. False when one of the libraries is missing. */
static bool name_folder(struct cpm_copies *copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX), facts = CPM_BUF_INIT(8 * PATH_MAX);
    struct cpm_str list = CPM_STR(CPM_COPIES);
    bool found = list.len > 0 && cpm_kept_folder(&copies->folder);
    struct stat st;

    cpm_buf_add_text(&facts, CPM_COPIES_KEY);
    while (found && next_library(&list, &path)) {
        found = stat(cpm_buf_text(&path), &st) == 0;
        if (found)
            cpm_buf_addf(&facts, ":%s %llu %llu %lld.%ld", cpm_buf_text(&path),
                         (unsigned long long)st.st_ino, (unsigned long long)st.st_size,
                         (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    }
    cpm_buf_addf(&copies->folder, "/engine-%016llx",
                 (unsigned long long)cpm_str_hash(cpm_buf_str(&facts)));
    found = found && !facts.overflow && !copies->folder.overflow;
    cpm_buf_release(&facts);
    cpm_buf_release(&path);
    if (!found)
        cpm_buf_clear(&copies->folder);
    return found;
}

static bool is_copy(const char *path, const char *original)
{
    struct stat copy, st;

    if (lstat(path, &copy) != 0 || stat(original, &st) != 0 || !S_ISREG(copy.st_mode) ||
        copy.st_size != st.st_size || copy.st_uid != geteuid() ||
        (copy.st_mode & (S_IWGRP | S_IWOTH)))
        return false;
    cpm_kept_touch(path, &copy);
    return true;
}

/* Since the machine has started nobody has read it, or memory was short: it is read here, in its
 * order. The kernel then keeps it in large pages, of which a few faults map all that a start needs;
 * what is only mapped it reads by the small page. */
static void read_ahead(const char *path)
{
    static const size_t step = 128 * 1024;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    char byte;
    struct iovec one = {&byte, 1};
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && preadv2(fd, &one, 1, st.st_size / 2, RWF_NOWAIT) < 0 &&
        errno == EAGAIN) {
        char *bytes = cpm_alloc(step);
        while (read(fd, bytes, step) > 0)
            ;
        cpm_free(bytes);
    }
    if (fd >= 0)
        close(fd);
}

bool cpm_copies_path(const struct cpm_copies *copies, unsigned index, struct cpm_buf *path)
{
    struct cpm_buf original = CPM_BUF_INIT(PATH_MAX);
    struct cpm_str list = CPM_STR(CPM_COPIES);
    bool found = next_library(&list, &original);

    while (found && index-- > 0)
        found = next_library(&list, &original);
    if (found)
        cpm_buf_addf(path, "%s/%s", cpm_buf_text(&copies->folder), name_of(&original));
    cpm_buf_release(&original);
    return found && !path->overflow;
}

bool cpm_copies_find(struct cpm_copies *copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX), original = CPM_BUF_INIT(PATH_MAX);
    struct cpm_str list = CPM_STR(CPM_COPIES);
    bool found = !getenv("LD_PRELOAD") && !getenv("LD_LIBRARY_PATH") && name_folder(copies);

    copies->are_there = found && cpm_kept_is_ours(&copies->folder);
    for (unsigned i = 0; copies->are_there && next_library(&list, &original); i++) {
        cpm_buf_clear(&path);
        copies->are_there = cpm_copies_path(copies, i, &path) &&
                            is_copy(cpm_buf_text(&path), cpm_buf_text(&original));
    }
    if (copies->are_there)
        read_ahead(cpm_buf_text(&path)); /* the engine, which is the last */
    cpm_buf_release(&original);
    cpm_buf_release(&path);
    return copies->are_there;
}

/* A file beside the copies: opened, or -1. */
static int open_mark(const struct cpm_copies *copies, const char *name, int flags)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    int fd = -1;

    cpm_buf_addf(&path, "%s/%s", cpm_buf_text(&copies->folder), name);
    if (!path.overflow)
        fd = open(cpm_buf_text(&path), flags | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    cpm_buf_release(&path);
    return fd;
}

void cpm_copies_refuse(const struct cpm_copies *copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    int fd = open_mark(copies, "refused", O_WRONLY | O_CREAT);

    for (unsigned i = 0; cpm_copies_path(copies, i, &path); i++) {
        unlink(cpm_buf_text(&path));
        cpm_buf_clear(&path);
    }
    if (fd >= 0)
        close(fd);
    cpm_buf_release(&path);
}

/* Counts this start. Whether there were enough of them, and nothing was refused. */
static bool is_time(struct cpm_copies *copies)
{
    struct stat st = {.st_size = 0};

    if (cpm_fs_mkdirs(cpm_buf_text(&copies->folder), FOLDER_MODE, NULL) < 0 ||
        !cpm_kept_is_ours(&copies->folder))
        return false;
    int fd = open_mark(copies, "refused", O_RDONLY);
    if (fd >= 0) {
        close(fd);
        return false;
    }
    fd = open_mark(copies, "starts", O_WRONLY | O_CREAT | O_APPEND);
    if (fd < 0)
        return false;
    bool counted = fstat(fd, &st) == 0 && (st.st_size >= STARTS_BEFORE || write(fd, ".", 1) == 1);
    close(fd);
    return counted && st.st_size >= STARTS_BEFORE;
}

/* Whether the file is the one that the linker has loaded under that name. */
static bool is_loaded(const char *original, const char *name)
{
    void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    struct link_map *map = NULL;
    struct stat loaded, st;

    if (!handle)
        return false;
    bool same = dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && stat(map->l_name, &loaded) == 0 &&
                stat(original, &st) == 0 && loaded.st_ino == st.st_ino &&
                loaded.st_dev == st.st_dev;
    dlclose(handle);
    return same;
}

static bool make_copy(const char *original, const char *path, bool is_engine)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str bytes;
    bool made = false;

    if (cpm_fs_read(original, LIBRARY_MAX, &arena, &bytes, NULL) == 0) {
        const struct cpm_bind bind = {.bytes = (char *)bytes.ptr, /* the arena's */
                                      .len = bytes.len,
                                      .standin = is_engine ? CPM_COPIES_STANDIN : NULL,
                                      .behind = CPM_STR(CPM_COPIES_BEHIND)};
        made = cpm_bind(&bind) && cpm_fs_replace(path, bytes, FILE_MODE, true, NULL) == 0;
    }
    cpm_arena_release(&arena);
    return made;
}

void cpm_copies_make(struct cpm_copies *copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX), original = CPM_BUF_INIT(PATH_MAX);
    struct cpm_str list = CPM_STR(CPM_COPIES);
    bool made = true;

    if (copies->are_there || copies->folder.len == 0 || !is_time(copies))
        return;
    for (unsigned i = 0; made && next_library(&list, &original); i++) {
        cpm_buf_clear(&path);
        made = cpm_copies_path(copies, i, &path) &&
               is_loaded(cpm_buf_text(&original), name_of(&original)) &&
               make_copy(cpm_buf_text(&original), cpm_buf_text(&path), list.len == 0);
    }
    if (!made)
        cpm_copies_refuse(copies);
    cpm_buf_release(&original);
    cpm_buf_release(&path);
    cpm_kept_prune();
}

void cpm_copies_release(struct cpm_copies *copies)
{
    cpm_buf_release(&copies->folder);
}
