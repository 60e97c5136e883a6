/* A file that changes again within the tick of the clock in which it was read would keep its stamp.
 * So what changed just now is read only after the tick is over: one short sleep for all. */
#include "base/buf.h"
#include "base/mem.h"
#include "resolver/module/disk.h"
#include "resolver/module/index.h"
#include "resolver/module/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    TICK = 10 * 1000 * 1000, /* nanoseconds: HZ=100, the coarsest */
    MOST_BYTES = 512 << 20,
    MOST_PACKAGES = 1 << 20,
    MOST_JSON = 16 << 20,
};

struct writing {
    struct cpm_arena arena; /* of one package */
    struct cpm_buf entries;
    const char *base; /* the node_modules */
    uint32_t *slots;
    uint32_t slot_count;
};

static void put_text(struct cpm_buf *out, struct cpm_str text)
{
    int32_t length = text.ptr ? (int32_t)text.len : CPM_INDEX_NOTHING;

    cpm_buf_add(out, &length, sizeof(length));
    if (text.ptr)
        cpm_buf_add_str(out, text);
}

static void put_value(struct cpm_buf *out, const struct cpm_value *v)
{
    uint8_t head[3] = {(uint8_t)v->type, v->numeric_key, v->pattern_key};
    bool container = v->type == CPM_VALUE_OBJECT || v->type == CPM_VALUE_ARRAY;
    uint32_t count = container ? v->count : (uint32_t)v->text.len;

    cpm_buf_add(out, head, sizeof(head));
    cpm_buf_add(out, &count, sizeof(count));
    if (!container)
        cpm_buf_add_str(out, v->text);
    for (uint32_t i = 0; container && i < v->count; i++) {
        if (v->keys)
            put_text(out, v->keys[i]);
        put_value(out, &v->items[i]);
    }
}

static void put_field(struct cpm_buf *out, const struct cpm_value *v)
{
    cpm_buf_add_char(out, v != NULL);
    if (v)
        put_value(out, v);
}

static void wait_for_tick(const struct cpm_index_stamp *stamp)
{
    struct timespec now, pause = {.tv_nsec = 2 * TICK};
    int64_t age;

    clock_gettime(CLOCK_REALTIME, &now);
    age = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - stamp->changed;
    if (age < 2 * TICK)
        nanosleep(&pause, NULL);
}

/* The package as it stands, with the stamp of what was read: the same before and after. */
static bool read_package(struct writing *w, const char *file, struct cpm_package *p,
                         struct cpm_index_stamp *stamp)
{
    struct cpm_index_stamp after;
    char *bytes;
    long size;

    if (!cpm_index_stamp(file, stamp) || stamp->size > MOST_JSON)
        return false;
    wait_for_tick(stamp);
    bytes = cpm_arena_alloc(&w->arena, (size_t)stamp->size + 1);
    size = cpm_disk.read(NULL, file, bytes, (size_t)stamp->size);
    if (size < 0 || (uint64_t)size != stamp->size)
        return false;
    cpm_description_parse(p, &w->arena, cpm_str_n(bytes, (size_t)size));
    return !p->invalid && cpm_index_stamp(file, &after) && cpm_index_stamps_equal(stamp, &after);
}

static void put_slot(struct writing *w, struct cpm_str path, uint32_t offset)
{
    uint32_t slot = cpm_memory_hash(0, path) & (w->slot_count - 1);

    while (w->slots[slot])
        slot = (slot + 1) & (w->slot_count - 1);
    w->slots[slot] = offset;
}

/* Offsets count from the file's begin. */
static void put_package(struct writing *w, const char *folder)
{
    uint32_t offset = (uint32_t)(sizeof(struct cpm_index_header) +
                                 w->slot_count * sizeof(*w->slots) + w->entries.len);
    const char *file = cpm_arena_printf(&w->arena, "%s/%s/package.json", w->base, folder);
    struct cpm_str path = cpm_str(folder);
    struct cpm_index_stamp stamp = {.inode = 0};
    struct cpm_package p = {.exists = true};

    if (!read_package(w, file, &p, &stamp))
        return;
    stamp.path_len = (uint32_t)path.len;
    stamp.type = p.type;
    cpm_buf_add(&w->entries, &stamp, sizeof(stamp));
    cpm_buf_add_str(&w->entries, path);
    put_text(&w->entries, p.name);
    put_text(&w->entries, p.main);
    put_field(&w->entries, p.exports);
    put_field(&w->entries, p.imports);
    put_slot(w, path, offset);
}

static bool write_all(int fd, const void *bytes, size_t size)
{
    for (const char *p = bytes; size;) {
        ssize_t n = write(fd, p, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

/* Whole or not at all, and not durable: an index that is lost is written again. */
static int replace_file(struct writing *w, const char *path, struct cpm_error *err)
{
    struct cpm_index_header head = {.order = CPM_INDEX_ORDER, .slots = w->slot_count};
    const char *temp = cpm_arena_printf(&w->arena, "%s.%ld.cpm-tmp", path, (long)getpid());
    int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    bool good = fd >= 0;
    int sys;

    memcpy(head.magic, CPM_INDEX_MAGIC, sizeof(head.magic));
    good = good && write_all(fd, &head, sizeof(head)) &&
           write_all(fd, w->slots, w->slot_count * sizeof(*w->slots)) &&
           write_all(fd, w->entries.ptr, w->entries.len);
    sys = errno;
    if (fd >= 0 && close(fd) < 0)
        good = false;
    if (good && rename(temp, path) == 0)
        return 0;
    sys = good ? errno : sys;
    unlink(temp);
    return cpm_error_sys(err, sys, "write '%s'", path);
}

static const char *folder_of(struct cpm_arena *arena, const char *path)
{
    size_t slash = cpm_str_rchr(cpm_str(path), '/');

    return slash == CPM_NPOS ? "." : cpm_arena_strndup(arena, path, slash);
}

int cpm_resolver_index_write(const char *path, const char *const *folders, size_t count,
                             struct cpm_error *err)
{
    struct writing w = {
        .arena = CPM_ARENA_INIT, .entries = CPM_BUF_INIT(MOST_BYTES), .slot_count = 16};
    struct cpm_arena kept = CPM_ARENA_INIT;
    int rc;

    if (count > MOST_PACKAGES)
        return cpm_error_set(err, CPM_ETOOBIG, "index %zu packages: the most is %d", count,
                             MOST_PACKAGES);
    while (w.slot_count < count * 2)
        w.slot_count *= 2;
    w.slots = CPM_NEW_ARRAY(&kept, uint32_t, w.slot_count);
    w.base = folder_of(&kept, path);
    for (size_t i = 0; i < count; i++) {
        put_package(&w, folders[i]);
        cpm_arena_release(&w.arena);
    }
    if (w.entries.overflow)
        rc = cpm_error_set(err, CPM_ETOOBIG, "the index of '%s' would be too large", w.base);
    else
        rc = replace_file(&w, path, err);
    cpm_buf_release(&w.entries);
    cpm_arena_release(&w.arena);
    cpm_arena_release(&kept);
    return rc;
}
