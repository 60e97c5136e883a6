/* Speed of the content store alone: store_bench STORE LIST reads the tarballs whose paths stand in
 * LIST (one a line), unpacks each into the store at STORE, and prints files, bytes and seconds.
 * A second run over the same store measures looking entries up. */
#include "base/digest.h"
#include "base/fs.h"
#include "install/store_entry.h"

#include <stdio.h>
#include <time.h>

static double seconds(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct totals {
    size_t packages, files, found;
    uint64_t bytes;
    double hashing;
};

static int add_one(struct cpm_store *store, const char *path, struct totals *totals,
                   struct cpm_error *err)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_store_add add = {.name = cpm_str(path)};
    const struct cpm_store_entry *entry;
    unsigned char digest[CPM_DIGEST_MAX];
    double before;
    int rc = cpm_fs_read(path, 512u << 20, &arena, &add.bytes, err);

    before = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (rc == 0)
        rc = cpm_digest_of(CPM_SHA512, add.bytes, digest, err);
    totals->hashing += seconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    if (rc == 0) {
        add.integrity = cpm_str(cpm_sri_text(&arena, CPM_SHA512, digest));
        entry = cpm_store_find(store, add.integrity);
        totals->found += entry != NULL;
        if (!entry)
            rc = cpm_store_add(store, &add, &entry, err);
    }
    if (rc == 0) {
        totals->packages++;
        totals->files += cpm_store_entry_files(entry);
        totals->bytes += cpm_store_entry_index(entry)->size;
    }
    cpm_arena_release(&arena);
    return rc;
}

int main(int argc, char **argv)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct totals totals = {0};
    struct cpm_store *store;
    FILE *list = argc == 3 ? fopen(argv[2], "r") : NULL;
    double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    char path[4096];

    if (!list || cpm_store_open(argv[1], &store, &err) < 0) {
        fprintf(stderr, "usage: store_bench STORE LIST\n%s\n", err.text);
        return 1;
    }
    while (fgets(path, sizeof(path), list)) {
        path[strcspn(path, "\n")] = '\0';
        if (add_one(store, path, &totals, &err) < 0)
            printf("%s: %s\n", path, err.text);
    }
    printf("%zu packages (%zu found), %zu files, %.1f MB, %.2f s wall, %.2f s cpu, of it %.2f s "
           "hashing\n",
           totals.packages, totals.found, totals.files, (double)totals.bytes / 1e6,
           seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu,
           totals.hashing);
    wall = seconds(CLOCK_MONOTONIC);
    if (cpm_store_sync(store, &err) < 0)
        printf("%s\n", err.text);
    printf("sync %.2f s\n", seconds(CLOCK_MONOTONIC) - wall);
    cpm_store_close(store);
    fclose(list);
    return 0;
}
