/* Names are kept once, however many folders have them: a tree of 57000 files has 20000 names, and
 * what no folder has is found missing without a look at any. */
#include "resolver/module/index_image.h"

#include "base/mem.h"
#include "resolver/module/memory.h"

#include <stdlib.h>

enum { MOST_BYTES = 256 << 20, FIRST_SLOTS = 64 };

void cpm_index_image_init(struct cpm_index_image *image)
{
    struct cpm_buf *bufs[] = {&image->folders, &image->names, &image->entries, &image->texts,
                              &image->packages};

    memset(image, 0, sizeof(*image));
    for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
        cpm_buf_init(bufs[i], MOST_BYTES);
    image->name_slot_count = FIRST_SLOTS;
    image->name_slots = cpm_calloc(FIRST_SLOTS, sizeof(*image->name_slots));
}

void cpm_index_image_release(struct cpm_index_image *image)
{
    cpm_buf_release(&image->folders);
    cpm_buf_release(&image->names);
    cpm_buf_release(&image->entries);
    cpm_buf_release(&image->texts);
    cpm_buf_release(&image->packages);
    cpm_free(image->name_slots);
}

static struct cpm_str name_text(const struct cpm_index_image *image, uint32_t number)
{
    const struct cpm_index_name *name = (const void *)image->names.ptr;

    return cpm_str_n(image->texts.ptr + name[number].at, name[number].len);
}

/* The slot of a text, or the empty one where it belongs. */
static uint32_t *find_slot(const struct cpm_index_image *image, struct cpm_str name)
{
    uint32_t mask = image->name_slot_count - 1, slot = cpm_memory_hash(0, name) & mask;

    while (image->name_slots[slot] &&
           !cpm_str_eq(name_text(image, image->name_slots[slot] - 1), name))
        slot = (slot + 1) & mask;
    return &image->name_slots[slot];
}

static void grow_slots(struct cpm_index_image *image)
{
    cpm_free(image->name_slots);
    image->name_slot_count *= 2;
    image->name_slots = cpm_calloc(image->name_slot_count, sizeof(*image->name_slots));
    for (uint32_t i = 0; i < image->name_count; i++)
        *find_slot(image, name_text(image, i)) = i + 1;
}

static uint32_t name_number(struct cpm_index_image *image, struct cpm_str name)
{
    uint32_t *slot = find_slot(image, name);
    struct cpm_index_name where = {(uint32_t)image->texts.len, (uint32_t)name.len};

    if (*slot)
        return *slot - 1;
    cpm_buf_add_str(&image->texts, name);
    cpm_buf_add(&image->names, &where, sizeof(where));
    if (image->texts.overflow || image->names.overflow)
        return 0;
    *slot = ++image->name_count;
    if (image->name_count * 2 > image->name_slot_count)
        grow_slots(image);
    return image->name_count - 1;
}

void cpm_index_image_entry(struct cpm_index_image *image, struct cpm_str name,
                           enum cpm_file_kind kind)
{
    uint32_t entry = CPM_INDEX_ENTRY(name_number(image, name), kind);

    cpm_buf_add(&image->entries, &entry, sizeof(entry));
}

void cpm_index_image_drop(struct cpm_index_image *image)
{
    image->entries.len = image->folder_begin;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

void cpm_index_image_folder(struct cpm_index_image *image, struct cpm_str path,
                            const struct cpm_index_stamp *stamp,
                            const struct cpm_index_image_package *package)
{
    size_t count = (image->entries.len - image->folder_begin) / sizeof(uint32_t);
    struct cpm_index_folder f = {
        .stamp = *stamp,
        .path = {(uint32_t)image->texts.len, (uint32_t)path.len},
        .entry_at = (uint32_t)(image->folder_begin / sizeof(uint32_t)),
        .entry_count = (uint32_t)count,
    };

    if (count)
        qsort(image->entries.ptr + image->folder_begin, count, sizeof(uint32_t), by_value);
    image->folder_begin = image->entries.len;
    cpm_buf_add_str(&image->texts, path);
    if (package) {
        f.package_at = (uint32_t)image->packages.len + 1;
        cpm_buf_add(&image->packages, &package->stamp, sizeof(package->stamp));
        cpm_buf_add_str(&image->packages, package->fields);
    }
    cpm_buf_add(&image->folders, &f, sizeof(f));
}

static bool is_too_large(const struct cpm_index_image *image)
{
    return image->folders.overflow || image->names.overflow || image->entries.overflow ||
           image->texts.overflow || image->packages.overflow;
}

static void put_folder_slots(const struct cpm_index_image *image, uint32_t count,
                             struct cpm_buf *out)
{
    const struct cpm_index_folder *folders = (const void *)image->folders.ptr;
    uint32_t *slots = cpm_calloc(count, sizeof(*slots));

    for (uint32_t i = 0; i < image->folders.len / sizeof(*folders); i++) {
        struct cpm_str path = cpm_str_n(image->texts.ptr + folders[i].path.at, folders[i].path.len);
        uint32_t slot = cpm_memory_hash(0, path) & (count - 1);

        while (slots[slot])
            slot = (slot + 1) & (count - 1);
        slots[slot] = i + 1;
    }
    cpm_buf_add(out, slots, count * sizeof(*slots));
    cpm_free(slots);
}

bool cpm_index_image_finish(struct cpm_index_image *image, struct cpm_buf *out)
{
    struct cpm_index_header head = {
        .order = CPM_INDEX_ORDER,
        .folders = (uint32_t)(image->folders.len / sizeof(struct cpm_index_folder)),
        .folder_slots = 16,
        .names = image->name_count,
        .name_slots = image->name_slot_count,
        .entries = (uint32_t)(image->entries.len / sizeof(uint32_t)),
        .texts = (uint32_t)image->texts.len,
        .packages = (uint32_t)image->packages.len,
    };

    if (is_too_large(image))
        return false;
    while (head.folder_slots < head.folders * 2)
        head.folder_slots *= 2;
    memcpy(head.magic, CPM_INDEX_MAGIC, sizeof(head.magic));
    cpm_buf_reserve(out, cpm_index_size(&head));
    cpm_buf_add(out, &head, sizeof(head));
    cpm_buf_add_str(out, cpm_buf_str(&image->folders));
    put_folder_slots(image, head.folder_slots, out);
    cpm_buf_add(out, image->name_slots, head.name_slots * sizeof(uint32_t));
    cpm_buf_add_str(out, cpm_buf_str(&image->names));
    cpm_buf_add_str(out, cpm_buf_str(&image->entries));
    cpm_buf_add_str(out, cpm_buf_str(&image->texts));
    cpm_buf_add_str(out, cpm_buf_str(&image->packages));
    if (out->overflow)
        return false;
    head.sum = cpm_index_sum(&head, out->ptr + sizeof(head), out->len - sizeof(head));
    memcpy(out->ptr, &head, sizeof(head));
    return true;
}
