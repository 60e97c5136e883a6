/* Reading never trusts the file: every length is checked against what is left, and the first that
 * does not fit makes the entry as if it were not there. */
#include "resolver/module/index.h"

#include "resolver/module/memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct cursor {
    struct cpm_str rest;
    struct cpm_arena *arena;
    bool bad;
};

static bool take(struct cursor *c, void *into, size_t size)
{
    c->bad = c->bad || c->rest.len < size;
    if (c->bad)
        return false;
    memcpy(into, c->rest.ptr, size);
    c->rest = cpm_str_sub(c->rest, size, c->rest.len);
    return true;
}

static struct cpm_str take_text(struct cursor *c, size_t length)
{
    struct cpm_str text = cpm_str_sub(c->rest, 0, length);

    c->bad = c->bad || length > c->rest.len;
    if (c->bad)
        return CPM_STR("");
    c->rest = cpm_str_sub(c->rest, length, c->rest.len);
    return text;
}

static struct cpm_str take_optional(struct cursor *c)
{
    int32_t length;

    if (!take(c, &length, sizeof(length)) || length < 0)
        return CPM_STR_NONE;
    return take_text(c, (size_t)length);
}

static void take_value(struct cursor *c, struct cpm_value *out, unsigned depth);

static void take_items(struct cursor *c, struct cpm_value *out, unsigned depth)
{
    c->bad = c->bad || out->count > c->rest.len; /* an item takes a byte at least */
    if (c->bad)
        return;
    out->items = CPM_NEW_ARRAY(c->arena, struct cpm_value, out->count);
    if (out->type == CPM_VALUE_OBJECT)
        out->keys = CPM_NEW_ARRAY(c->arena, struct cpm_str, out->count);
    for (uint32_t i = 0; !c->bad && i < out->count; i++) {
        if (out->keys)
            out->keys[i] = take_optional(c);
        take_value(c, &out->items[i], depth + 1);
    }
}

static void take_value(struct cursor *c, struct cpm_value *out, unsigned depth)
{
    uint8_t head[3];
    uint32_t count;

    if (!take(c, head, sizeof(head)) || !take(c, &count, sizeof(count)))
        return;
    c->bad = head[0] > CPM_VALUE_OTHER || depth > CPM_INDEX_DEPTH;
    out->type = (enum cpm_value_type)head[0];
    out->numeric_key = head[1];
    out->pattern_key = head[2];
    if (out->type == CPM_VALUE_OBJECT || out->type == CPM_VALUE_ARRAY) {
        out->count = count;
        take_items(c, out, depth);
    } else {
        out->text = take_text(c, count);
    }
}

static const struct cpm_value *take_field(struct cursor *c)
{
    struct cpm_value *v;
    uint8_t there;

    if (!take(c, &there, 1) || !there)
        return NULL;
    v = CPM_NEW(c->arena, struct cpm_value);
    take_value(c, v, 0);
    return v;
}

bool cpm_index_stamp(const char *path, struct cpm_index_stamp *stamp)
{
    struct stat st;

    if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
        return false;
    stamp->inode = st.st_ino;
    stamp->size = (uint64_t)st.st_size;
    stamp->modified = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    stamp->changed = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
    return true;
}

bool cpm_index_stamps_equal(const struct cpm_index_stamp *a, const struct cpm_index_stamp *b)
{
    return a->inode == b->inode && a->size == b->size && a->modified == b->modified &&
           a->changed == b->changed;
}

static uint32_t slot_at(const struct cpm_index *index, uint32_t slot)
{
    uint32_t offset;

    memcpy(&offset, index->bytes + sizeof(struct cpm_index_header) + slot * sizeof(offset),
           sizeof(offset));
    return offset;
}

/* At the entry of a path, past its stamp and path; false when there is none. */
static bool find_entry(const struct cpm_index *index, struct cpm_str path,
                       struct cpm_index_stamp *stamp, struct cursor *c)
{
    struct cpm_index_header head;
    uint32_t slot, offset;

    memcpy(&head, index->bytes, sizeof(head));
    slot = cpm_memory_hash(0, path) & (head.slots - 1);
    for (uint32_t tried = 0; tried < head.slots; tried++, slot = (slot + 1) & (head.slots - 1)) {
        offset = slot_at(index, slot);
        if (!offset || offset > index->size)
            return false;
        c->rest = cpm_str_n(index->bytes + offset, index->size - offset);
        c->bad = false;
        if (!take(c, stamp, sizeof(*stamp)))
            return false;
        if (cpm_str_eq(take_text(c, stamp->path_len), path))
            return !c->bad;
    }
    return false;
}

/* The folder's path below the index's; ptr NULL when it is elsewhere. */
static struct cpm_str path_below(const struct cpm_index *index, const struct cpm_place *folder)
{
    size_t n = index->folder->path_len;

    if (folder->path_len <= n || folder->path[n] != '/' ||
        memcmp(folder->path, index->folder->path, n) != 0)
        return CPM_STR_NONE;
    return cpm_str_sub(cpm_place_path(folder), n + 1, folder->path_len);
}

struct cpm_package *cpm_index_find(const struct cpm_index *index, const struct cpm_place *folder,
                                   struct cpm_arena *arena)
{
    struct cpm_str path = path_below(index, folder);
    struct cursor c = {.arena = arena};
    struct cpm_index_stamp then, now;
    struct cpm_package *p;
    const char *file;

    if (!path.ptr || !find_entry(index, path, &then, &c))
        return NULL;
    file = cpm_arena_printf(arena, "%s/package.json", folder->path);
    if (!cpm_index_stamp(file, &now) || !cpm_index_stamps_equal(&then, &now))
        return NULL;
    p = CPM_NEW(arena, struct cpm_package);
    p->exists = true;
    p->path = file;
    p->type = then.type <= CPM_PACKAGE_MODULE ? (enum cpm_package_type)then.type : 0;
    p->name = take_optional(&c);
    p->main = take_optional(&c);
    p->exports = take_field(&c);
    p->imports = take_field(&c);
    return c.bad ? NULL : p;
}

static bool is_index(const char *bytes, size_t size)
{
    struct cpm_index_header head;

    if (size < sizeof(head))
        return false;
    memcpy(&head, bytes, sizeof(head));
    return memcmp(head.magic, CPM_INDEX_MAGIC, sizeof(head.magic)) == 0 &&
           head.order == CPM_INDEX_ORDER && head.slots && !(head.slots & (head.slots - 1)) &&
           head.slots <= (size - sizeof(head)) / sizeof(uint32_t);
}

bool cpm_index_open(struct cpm_index *index, struct cpm_places *places, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    void *bytes = MAP_FAILED;
    struct stat st;

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED)
        return false;
    index->bytes = bytes;
    index->size = (size_t)st.st_size;
    index->folder =
        cpm_place_real(places, cpm_place_walk(places, places->root, cpm_str(path))->parent);
    if (is_index(index->bytes, index->size))
        return true;
    cpm_index_close(index);
    return false;
}

void cpm_index_close(struct cpm_index *index)
{
    munmap((void *)index->bytes, index->size);
    index->bytes = NULL;
}
