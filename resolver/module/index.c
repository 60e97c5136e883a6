/* The parts lie behind each other, so that their counts say where each begins, and the whole must
 * be as long as they say. Beyond that no number of the file is trusted: what points out of its part
 * is as if it were not there. */
#include "resolver/module/index.h"

#include "resolver/module/memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool cpm_index_stamp(int dir, const char *path, enum cpm_file_kind kind,
                     struct cpm_index_stamp *stamp)
{
    struct stat st;

    if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0 ||
        !(kind == CPM_FILE_FOLDER ? S_ISDIR(st.st_mode) : S_ISREG(st.st_mode)))
        return false;
    stamp->inode = st.st_ino;
    stamp->size = (uint64_t)st.st_size;
    stamp->modified = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    stamp->changed = (int64_t)st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec;
    return true;
}

static bool has_stamp(int dir, const char *path, enum cpm_file_kind kind,
                      const struct cpm_index_stamp *then)
{
    struct cpm_index_stamp now;

    return cpm_index_stamp(dir, path, kind, &now) && memcmp(then, &now, sizeof(now)) == 0;
}

/* Four lanes, so that the sum of an index costs less than mapping it. */
uint64_t cpm_index_sum(const struct cpm_index_header *head, const char *rest, size_t size)
{
    struct cpm_index_header counts = *head;
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    uint64_t lanes[4], words[4];
    size_t at;

    counts.sum = 0;
    lanes[0] = cpm_memory_hash(1, cpm_str_n((const char *)&counts, sizeof(counts)));
    lanes[1] = lanes[2] = lanes[3] = lanes[0] ^ odd;
    for (at = 0; at + sizeof(words) <= size; at += sizeof(words)) {
        memcpy(words, rest + at, sizeof(words));
        for (int i = 0; i < 4; i++) {
            lanes[i] = (lanes[i] ^ words[i]) * odd;
            lanes[i] ^= lanes[i] >> 29;
        }
    }
    for (int i = 1; i < 4; i++)
        lanes[0] = ((lanes[0] << 31 | lanes[0] >> 33) ^ lanes[i]) * odd;
    return lanes[0] ^ cpm_memory_hash(lanes[0], cpm_str_n(rest + at, size - at));
}

uint64_t cpm_index_size(const struct cpm_index_header *h)
{
    uint64_t words = (uint64_t)h->folder_slots + h->name_slots + h->entries;

    return sizeof(*h) + (uint64_t)h->folders * sizeof(struct cpm_index_folder) +
           (uint64_t)h->names * sizeof(struct cpm_index_name) + words * sizeof(uint32_t) +
           h->texts + h->packages;
}

static bool is_power(uint32_t n)
{
    return n && !(n & (n - 1));
}

static bool is_index(const char *bytes, size_t size)
{
    const struct cpm_index_header *head = (const void *)bytes;

    return size >= sizeof(*head) &&
           memcmp(head->magic, CPM_INDEX_MAGIC, sizeof(head->magic)) == 0 &&
           head->order == CPM_INDEX_ORDER && is_power(head->folder_slots) &&
           is_power(head->name_slots) && cpm_index_size(head) == size &&
           cpm_index_sum(head, bytes + sizeof(*head), size - sizeof(*head)) == head->sum;
}

bool cpm_index_use(struct cpm_index *index, const char *bytes, size_t size)
{
    const struct cpm_index_header *head = (const void *)bytes;

    if (!is_index(bytes, size))
        return false;
    index->head = head;
    index->folders = (const void *)(head + 1);
    index->folder_slots = (const void *)(index->folders + head->folders);
    index->name_slots = index->folder_slots + head->folder_slots;
    index->names = (const void *)(index->name_slots + head->name_slots);
    index->entries = (const void *)(index->names + head->names);
    index->texts = (const void *)(index->entries + head->entries);
    index->packages = index->texts + head->texts;
    return true;
}

/* The file's bytes, or NULL. */
static const char *map_file(int dir, size_t *size)
{
    int fd = openat(dir, CPM_RESOLVER_INDEX, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    void *bytes = MAP_FAILED;
    struct stat st;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
        bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    close(fd);
    *size = (size_t)st.st_size;
    return bytes == MAP_FAILED ? NULL : bytes;
}

bool cpm_index_open(struct cpm_index *index, struct cpm_places *places, const char *modules)
{
    index->folder = cpm_place_real(places, cpm_place_walk(places, places->root, cpm_str(modules)));
    index->dir = open(index->folder->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    index->bytes = index->dir < 0 ? NULL : map_file(index->dir, &index->size);
    if (index->bytes && cpm_index_use(index, index->bytes, index->size))
        return true;
    cpm_index_close(index);
    return false;
}

void cpm_index_close(struct cpm_index *index)
{
    if (index->bytes)
        munmap((void *)index->bytes, index->size);
    if (index->dir >= 0)
        close(index->dir);
    index->bytes = NULL;
    index->dir = -1;
}

static struct cpm_str text_of(const struct cpm_index *index, struct cpm_index_name name)
{
    if (name.at > index->head->texts || name.len > index->head->texts - name.at)
        return CPM_STR_NONE;
    return cpm_str_n(index->texts + name.at, name.len);
}

/* ptr NULL when the folder is not below the index's. */
static struct cpm_str path_below(const struct cpm_index *index, const struct cpm_place *folder)
{
    size_t n = index->folder->path_len;

    if (folder == index->folder)
        return CPM_STR("");
    if (folder->path_len <= n || folder->path[n] != '/' ||
        memcmp(folder->path, index->folder->path, n) != 0)
        return CPM_STR_NONE;
    return cpm_str_sub(cpm_place_path(folder), n + 1, folder->path_len);
}

const struct cpm_index_folder *cpm_index_find(const struct cpm_index *index,
                                              const struct cpm_place *folder)
{
    struct cpm_str path = path_below(index, folder);
    uint32_t mask = index->head->folder_slots - 1;
    uint32_t slot = cpm_memory_hash(0, path) & mask;

    for (uint32_t tried = 0; path.ptr && tried <= mask; tried++, slot = (slot + 1) & mask) {
        uint32_t number = index->folder_slots[slot];
        const struct cpm_index_folder *f = index->folders + number - 1;
        struct cpm_str found;

        if (!number || number > index->head->folders)
            return NULL;
        found = text_of(index, f->path);
        if (found.ptr && cpm_str_eq(found, path))
            return f;
    }
    return NULL;
}

/* The path below index->dir ("": itself), NUL-ended; false when it is none. */
static bool path_of(const struct cpm_index *index, const struct cpm_index_folder *folder,
                    const char *name, char *out, size_t size)
{
    struct cpm_str path = text_of(index, folder->path);
    size_t tail = strlen(name) + 1, slash = path.len && *name;

    if (!path.ptr || path.len + slash + tail > size)
        return false;
    memcpy(out, path.ptr, path.len);
    if (slash)
        out[path.len] = '/';
    memcpy(out + path.len + slash, name, tail);
    return true;
}

enum { PATH_SIZE = 4096 };

bool cpm_index_is_fresh(const struct cpm_index *index, const struct cpm_index_folder *folder)
{
    char path[PATH_SIZE];

    return path_of(index, folder, "", path, sizeof(path)) &&
           has_stamp(index->dir, path, CPM_FILE_FOLDER, &folder->stamp);
}

bool cpm_index_package(const struct cpm_index *index, const struct cpm_index_folder *folder,
                       struct cpm_package *package, struct cpm_arena *arena)
{
    const struct cpm_index_stamp *stamp;
    struct cpm_str rest;
    char path[PATH_SIZE];

    if (!folder->package_at || folder->package_at > index->head->packages)
        return false;
    rest = cpm_str_n(index->packages + folder->package_at - 1,
                     index->head->packages - (folder->package_at - 1));
    stamp = (const void *)rest.ptr;
    if (rest.len < sizeof(*stamp) || !path_of(index, folder, "package.json", path, sizeof(path)) ||
        !has_stamp(index->dir, path, CPM_FILE_PLAIN, stamp))
        return false;
    return cpm_index_fields(cpm_str_sub(rest, sizeof(*stamp), rest.len), package, arena);
}

/* A name's number, or -1 when no folder has it. */
static int64_t find_name(const struct cpm_index *index, struct cpm_str name)
{
    uint32_t mask = index->head->name_slots - 1, slot = cpm_memory_hash(0, name) & mask;

    for (uint32_t tried = 0; tried <= mask; tried++, slot = (slot + 1) & mask) {
        uint32_t number = index->name_slots[slot];
        struct cpm_str found;

        if (!number || number > index->head->names)
            return -1;
        found = text_of(index, index->names[number - 1]);
        if (found.ptr && cpm_str_eq(found, name))
            return number - 1;
    }
    return -1;
}

enum cpm_file_kind cpm_index_kind(const struct cpm_index *index,
                                  const struct cpm_index_folder *folder, struct cpm_str name)
{
    int64_t number = find_name(index, name);
    uint32_t low = folder->entry_at, high = low + folder->entry_count, wanted;

    if (number < 0 || high < low || high > index->head->entries)
        return CPM_FILE_NONE;
    wanted = CPM_INDEX_ENTRY(number, 0);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (index->entries[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == folder->entry_at + folder->entry_count || index->entries[low] >> 2 != number)
        return CPM_FILE_NONE;
    return (enum cpm_file_kind)(index->entries[low] & 3);
}
