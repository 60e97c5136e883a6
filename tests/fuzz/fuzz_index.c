/* Bytes: the header's counts as they should not be, then its parts. The fuzzer gets the sum and the
 * length right, so that what lies behind them is read. Whatever it says, reading ends and stays
 * inside. */
#include "base/mem.h"
#include "resolver/module/disk.h"
#include "resolver/module/index.h"
#include "resolver/module/memory.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST_PART = 1 << 12 };

/* A header that fits `size` bytes behind it; false when none does. */
static bool make_header(struct cpm_index_header *head, const uint32_t counts[7], size_t size)
{
    memset(head, 0, sizeof(*head));
    memcpy(head->magic, CPM_INDEX_MAGIC, sizeof(head->magic));
    head->order = CPM_INDEX_ORDER;
    head->folders = counts[0] % LARGEST_PART;
    head->folder_slots = 1u << counts[1] % 16;
    head->names = counts[2] % LARGEST_PART;
    head->name_slots = 1u << counts[3] % 16;
    head->entries = counts[4] % LARGEST_PART;
    if (cpm_index_size(head) > size + sizeof(*head))
        return false;
    size -= (size_t)cpm_index_size(head) - sizeof(*head);
    head->texts = (uint32_t)(counts[5] % (size + 1));
    head->packages = (uint32_t)(size - head->texts);
    return true;
}

static void ask_folder(const struct cpm_index *index, const struct cpm_index_folder *folder)
{
    static const char *const names[] = {"", "a", "index.js", "package.json", "node_modules"};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_package package = {.exists = true};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        cpm_index_kind(index, folder, cpm_str(names[i]));
    cpm_index_is_fresh(index, folder);
    cpm_index_package(index, folder, &package, &arena);
    cpm_arena_release(&arena);
}

static void ask(struct cpm_index *index)
{
    static const char *const folders[] = {"/m", "/m/", "/m/a", "/m/a/b", "/m/@s/p", "/"};
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_memory memory;
    struct cpm_places places;
    struct cpm_package package = {.exists = true};

    cpm_memory_init(&memory);
    cpm_places_init(&places, &memory, &cpm_disk);
    index->dir = -1;
    index->folder = cpm_place_walk(&places, places.root, CPM_STR("/m"));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const struct cpm_index_folder *f =
            cpm_index_find(index, cpm_place_walk(&places, places.root, cpm_str(folders[i])));

        if (f)
            ask_folder(index, f);
    }
    for (uint32_t i = 0; i < index->head->folders; i++)
        ask_folder(index, &index->folders[i]);
    cpm_index_fields(cpm_str_n(index->packages, index->head->packages), &package, &arena);
    cpm_arena_release(&arena);
    cpm_places_release(&places);
    cpm_memory_release(&memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_index index = {.bytes = NULL};
    struct cpm_index_header head;
    uint32_t counts[7];
    char *bytes;

    if (size < sizeof(counts))
        return 0;
    memcpy(counts, data, sizeof(counts));
    data += sizeof(counts);
    size -= sizeof(counts);
    if (!make_header(&head, counts, size))
        return 0;
    bytes = cpm_alloc(sizeof(head) + size);
    memcpy(bytes + sizeof(head), data, size);
    head.sum = cpm_index_sum(&head, bytes + sizeof(head), size);
    memcpy(bytes, &head, sizeof(head));
    if (!cpm_index_use(&index, bytes, sizeof(head) + size))
        abort();
    ask(&index);
    cpm_free(bytes);
    return 0;
}
