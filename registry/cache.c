/* head | url | etag | last-modified | padding to 8 | image. The stamp (when the answer was last
 * confirmed) has a checksum of its own, because a 304 rewrites it in place; the head's texts are
 * covered by another, the image by its own. */
#include "registry/cache.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAGIC "cpmcach1"

struct stamp {
    int64_t fetched_ms, max_age;
    uint64_t checksum;
};

struct head {
    char magic[8];
    struct stamp stamp;
    uint64_t checksum; /* of the lengths and texts */
    uint32_t url, etag, last_modified;
    uint32_t body; /* where the image begins */
};

static uint64_t stamp_checksum(const struct stamp *s)
{
    return cpm_str_hash(cpm_str_n((const char *)s, offsetof(struct stamp, checksum)));
}

/* Of everything between the checksum and the image. */
static uint64_t texts_checksum(const char *file, size_t body)
{
    size_t from = offsetof(struct head, checksum) + sizeof(uint64_t);

    return cpm_str_hash(cpm_str_n(file + from, body - from));
}

#define PACKUMENTS "/packuments"

bool cpm_cache_is_new(const char *cache_dir)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    bool is_new = !cpm_fs_is_dir(cpm_arena_printf(&arena, "%s" PACKUMENTS, cache_dir));

    cpm_arena_release(&arena);
    return is_new;
}

const char *cpm_cache_path(struct cpm_arena *arena, const char *cache_dir, const char *url)
{
    uint64_t hash = htobe64(cpm_str_hash(cpm_str(url)));
    char name[2 * sizeof(hash) + 1] = "";

    cpm_hex_write((const unsigned char *)&hash, sizeof(hash), name);
    return CPM_CONCAT(arena, cpm_str(cache_dir), CPM_STR(PACKUMENTS "/"), cpm_str(name)).ptr;
}

/* Files of this size and more are mapped: below it, reading costs less than the page tables. */
#define MAP_FROM (256u << 10)

static void *read_whole(int fd, size_t size)
{
    char *bytes = cpm_alloc(size);

    if (read(fd, bytes, size) == (ssize_t)size)
        return bytes;
    cpm_free(bytes);
    return NULL;
}

static void *map_whole(int fd, size_t size)
{
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);

    return map == MAP_FAILED ? NULL : map;
}

static bool load_file(const char *path, struct cpm_cached *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0)
        return false;
    out->map = NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > (off_t)sizeof(struct head)) {
        out->size = (size_t)st.st_size;
        out->map = out->size < MAP_FROM ? read_whole(fd, out->size) : map_whole(fd, out->size);
    }
    close(fd);
    return out->map != NULL;
}

static bool is_whole(const struct cpm_cached *file)
{
    const struct head *h = file->map;

    return memcmp(h->magic, MAGIC, sizeof(h->magic)) == 0 && h->body <= file->size &&
           h->body % 8 == 0 &&
           h->body >= sizeof(*h) + (uint64_t)h->url + h->etag + h->last_modified &&
           h->checksum == texts_checksum(file->map, h->body);
}

bool cpm_cache_open(const char *path, const char *url, struct cpm_cached *out)
{
    const struct head *h;
    const char *text;

    *out = (struct cpm_cached){.map = NULL};
    if (!load_file(path, out))
        return false;
    h = out->map;
    text = (const char *)(h + 1);
    if (!is_whole(out) || !cpm_str_eq(cpm_str_n(text, h->url), cpm_str(url)) ||
        cpm_packument_open(cpm_str_n((const char *)out->map + h->body, out->size - h->body),
                           &out->packument, NULL) < 0) {
        cpm_cache_close(out);
        return false;
    }
    out->etag = cpm_str_n(text + h->url, h->etag);
    out->last_modified = cpm_str_n(text + h->url + h->etag, h->last_modified);
    if (h->stamp.checksum == stamp_checksum(&h->stamp))
        out->freshness = (struct cpm_freshness){h->stamp.fetched_ms, h->stamp.max_age};
    return true;
}

const char *cpm_cache_url(struct cpm_arena *arena, const char *path)
{
    struct cpm_cached file = {.map = NULL};
    const char *url = NULL;

    if (load_file(path, &file) && is_whole(&file)) {
        const struct head *h = file.map;

        url = cpm_arena_strndup(arena, (const char *)(h + 1), h->url);
    }
    cpm_cache_close(&file);
    if (!url || !cpm_cache_open(path, url, &file)) /* the image too must be whole */
        return NULL;
    cpm_cache_close(&file);
    return url;
}

void cpm_cache_close(struct cpm_cached *cached)
{
    cpm_packument_free(cached->packument);
    if (cached->map && cached->size >= MAP_FROM)
        munmap(cached->map, cached->size);
    else
        cpm_free(cached->map);
    *cached = (struct cpm_cached){.map = NULL};
}

static void set_stamp(struct stamp *stamp, const struct cpm_freshness *freshness)
{
    stamp->fetched_ms = freshness->fetched_ms;
    stamp->max_age = freshness->max_age;
    stamp->checksum = stamp_checksum(stamp);
}

static void make_head(const struct cpm_cache_entry *entry, struct cpm_buf *to)
{
    static const char zeros[8];
    struct head h = {.magic = MAGIC};

    h.url = (uint32_t)strlen(entry->url);
    h.etag = (uint32_t)entry->etag.len;
    h.last_modified = (uint32_t)entry->last_modified.len;
    h.body = ((uint32_t)sizeof(h) + h.url + h.etag + h.last_modified + 7) & ~7u;
    set_stamp(&h.stamp, &entry->freshness);
    cpm_buf_add(to, &h, sizeof(h));
    cpm_buf_add_text(to, entry->url);
    cpm_buf_add_str(to, entry->etag);
    cpm_buf_add_str(to, entry->last_modified);
    cpm_buf_add(to, zeros, h.body - to->len);
    h.checksum = texts_checksum(to->ptr, h.body);
    memcpy(to->ptr, &h, sizeof(h));
}

static bool write_all(int fd, struct cpm_str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes = cpm_str_sub(bytes, (size_t)n, bytes.len);
    }
    return true;
}

/* In one call, as a rule: half a file is then a matter of a full disk or a crash. */
static bool write_both(int fd, struct cpm_str head, struct cpm_str image)
{
    struct iovec parts[2] = {{(void *)(uintptr_t)head.ptr, head.len},
                             {(void *)(uintptr_t)image.ptr, image.len}};
    ssize_t n = writev(fd, parts, 2);

    if (n < 0)
        return false;
    if ((size_t)n < head.len)
        return write_all(fd, cpm_str_sub(head, (size_t)n, head.len)) && write_all(fd, image);
    return write_all(fd, cpm_str_sub(image, (size_t)n - head.len, image.len));
}

static int create(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
}

/* A new file is written where it belongs: who reads it too early finds it damaged and asks the
 * registry. One that is there may be mapped by another run, so it is replaced, never rewritten. */
static int open_place(struct cpm_arena *arena, const char *path, const char **place)
{
    int fd = create(*place = path);

    if (fd < 0 && errno == ENOENT) {
        cpm_fs_mkdirs(cpm_path_dirname(arena, path), 0755, NULL);
        fd = create(path);
    }
    if (fd < 0 && errno == EEXIST)
        fd = create(*place =
                        cpm_arena_printf(arena, "%s.%d.%p", path, (int)getpid(), (void *)arena));
    return fd;
}

int cpm_cache_write(const char *path, const struct cpm_cache_entry *entry, struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_buf head = CPM_BUF_INIT(1u << 20);
    const char *place;
    int fd = open_place(&arena, path, &place), r = 0;
    bool good;

    if (fd < 0) {
        r = cpm_error_sys(err, errno, "cannot write the cache file '%s'", path);
        goto out;
    }
    make_head(entry, &head);
    good = write_both(fd, cpm_buf_str(&head), cpm_packument_image(entry->packument));
    close(fd);
    if (!good || (place != path && rename(place, path) < 0)) {
        r = cpm_error_sys(err, errno, "cannot write the cache file '%s'", path);
        unlink(place);
    }
out:
    cpm_buf_release(&head);
    cpm_arena_release(&arena);
    return r;
}

void cpm_cache_touch(const char *path, const struct cpm_freshness *freshness)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    struct stamp stamp;
    ssize_t n;

    if (fd < 0)
        return;
    set_stamp(&stamp, freshness);
    n = pwrite(fd, &stamp, sizeof(stamp), offsetof(struct head, stamp));
    (void)n; /* a stamp that is half written is no stamp: the file is asked for again */
    close(fd);
}
