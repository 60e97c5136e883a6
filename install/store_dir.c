#include "install/store_dir.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"
#include "install/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A process works in a folder of its own below tmp/ and holds a lock on it. A folder whose lock is
 * free belongs to nobody alive: the next process that adds something removes it. */

#define LAYOUT     "v2"
#define FILES_EACH 16 /* of a package */

static int check_owner(const char *path, int fd, struct cpm_error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return cpm_error_sys(err, errno, "look at the store '%s'", path);
    if (geteuid() != 0 && st.st_uid != geteuid())
        return cpm_error_set(err, CPM_EACCES,
                             "the store '%s' belongs to another user; use a cache of your own",
                             path);
    return 0;
}

int cpm_store_dir_open(const char *dir, struct cpm_store_dir *out, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    char *path = cpm_arena_printf(&arena, "%s/" LAYOUT, dir);
    int rc;

    *out = (struct cpm_store_dir){.fd = -1, .work_fd = -1};
    rc = cpm_fs_mkdirs(path, 0700, err);
    if (rc == 0) {
        out->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = out->fd < 0 ? cpm_error_sys(err, errno, "open the store '%s'", path)
                         : check_owner(path, out->fd, err);
    }
    if (rc == 0)
        out->path = cpm_strdup(path);
    else
        cpm_store_dir_close(out);
    cpm_arena_release(&arena);
    return rc;
}

static void remove_at(struct cpm_store_dir *d, const char *name)
{
    struct cpm_arena arena = CPM_ARENA_INIT;

    cpm_fs_remove(cpm_arena_printf(&arena, "%s/%s", d->path, name), NULL);
    cpm_arena_release(&arena);
}

void cpm_store_dir_close(struct cpm_store_dir *d)
{
    if (d->work_fd >= 0) {
        remove_at(d, d->work);
        close(d->work_fd);
    }
    if (d->fd >= 0)
        close(d->fd);
    cpm_free(d->path);
    *d = (struct cpm_store_dir){.fd = -1, .work_fd = -1};
}

bool cpm_store_key(struct cpm_str integrity, char key[CPM_STORE_KEY])
{
    static const struct {
        const char *name;
        size_t size;
    } algos[] = {[CPM_SHA1] = {"sha1", 20},
                 [CPM_SHA256] = {"sha256", 32},
                 [CPM_SHA384] = {"sha384", 48},
                 [CPM_SHA512] = {"sha512", 64}};
    struct cpm_sri sri;
    size_t len;

    if (!cpm_sri_parse(integrity, &sri))
        return false;
    len = (size_t)snprintf(key, CPM_STORE_KEY, "%s-", algos[sri.algo].name);
    cpm_hex_write(sri.digest[0], algos[sri.algo].size, key + len);
    key[len + 2 * algos[sri.algo].size] = '\0';
    return true;
}

static unsigned nibble(char digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
}

const char *cpm_store_key_text(struct cpm_arena *arena, const char *key)
{
    unsigned char raw[CPM_DIGEST_MAX];
    size_t dash = (size_t)(strchr(key, '-') - key), size = strlen(key + dash + 1) / 2;

    for (size_t i = 0; i < size; i++)
        raw[i] =
            (unsigned char)(nibble(key[dash + 1 + 2 * i]) << 4 | nibble(key[dash + 2 + 2 * i]));
    return cpm_arena_printf(arena, "%.*s-%s", (int)dash, key, cpm_base64(arena, raw, size));
}

/* Opens tmp/NAME and takes its lock; -1 when it is taken or gone. */
static int lock_work(struct cpm_store_dir *d, const char *name)
{
    int fd = openat(d->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat st;

    if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0 || st.st_nlink == 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void sweep(struct cpm_store_dir *d)
{
    int fd = openat(d->fd, "tmp", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *e;
    char name[300];

    while (stream && (e = readdir(stream))) {
        int lock;

        if (e->d_name[0] == '.')
            continue;
        snprintf(name, sizeof(name), "tmp/%s", e->d_name);
        lock = lock_work(d, name);
        if (lock < 0)
            continue;
        remove_at(d, name);
        close(lock);
    }
    if (stream)
        closedir(stream);
}

int cpm_store_dir_work(struct cpm_store_dir *d, struct cpm_error *err)
{
    unsigned char salt[CPM_GENERATION_SIZE];

    if (d->work_fd >= 0)
        return 0;
    if (mkdirat(d->fd, "tmp", 0700) < 0 && errno != EEXIST)
        return cpm_error_sys(err, errno, "create '%s/tmp'", d->path);
    sweep(d);
    for (int tries = 0; d->work_fd < 0 && tries < 100; tries++) {
        cpm_generation_random(salt);
        snprintf(d->work, sizeof(d->work), "tmp/");
        cpm_hex_write(salt, 6, d->work + strlen(d->work));
        if (mkdirat(d->fd, d->work, 0700) < 0 && errno != EEXIST)
            return cpm_error_sys(err, errno, "create '%s/%s'", d->path, d->work);
        d->work_fd = lock_work(d, d->work);
    }
    d->shelf = (struct cpm_shelf)CPM_SHELF_INIT(d->work_fd, FILES_EACH);
    return d->work_fd >= 0 ? 0 : cpm_error_sys(err, EBUSY, "work in '%s/tmp'", d->path);
}

int cpm_store_dir_temp(struct cpm_store_dir *d, unsigned number, char name[CPM_STORE_TEMP],
                       struct cpm_error *err)
{
    char leaf[16];
    int sys;

    snprintf(leaf, sizeof(leaf), "%x", number);
    sys = cpm_shelf_mkdir(&d->shelf, leaf, 0700, name);
    return sys ? cpm_error_sys(err, sys, "create '%s/%s/%s'", d->path, d->work, name) : 0;
}

static int move_in(struct cpm_store_dir *d, const char *temp, const char *to, unsigned flags)
{
    return renameat2(d->work_fd, temp, d->fd, to, flags) == 0 ? 0 : errno;
}

int cpm_store_dir_publish(struct cpm_store_dir *d, const char *temp, const char *key, bool replace,
                          struct cpm_error *err)
{
    int sys = move_in(d, temp, key, 0);

    if (sys != EEXIST && sys != ENOTEMPTY)
        return sys ? cpm_error_sys(err, sys, "move into the store '%s'", d->path) : 0;
    if (!replace)
        return CPM_EEXIST;
    sys = move_in(d, temp, key, RENAME_EXCHANGE);
    if (sys)
        return cpm_error_sys(err, sys, "renew an entry of the store '%s'", d->path);
    cpm_store_dir_discard(d, temp);
    return 0;
}

void cpm_store_dir_discard(struct cpm_store_dir *d, const char *temp)
{
    char name[sizeof(d->work) + CPM_STORE_TEMP];

    snprintf(name, sizeof(name), "%s/%s", d->work, temp);
    remove_at(d, name);
}

void cpm_store_dir_drop(struct cpm_store_dir *d, const char *key, unsigned number)
{
    char temp[CPM_STORE_TEMP];

    snprintf(temp, sizeof(temp), "%x", number);
    if (renameat(d->fd, key, d->work_fd, temp) == 0)
        cpm_store_dir_discard(d, temp);
}
