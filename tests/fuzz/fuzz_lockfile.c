/* Bytes: a lock of any version, with or without conflict markers. What can be read can be written,
 * and what was written reads back to the same bytes. */
#include "lockfile/lock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

struct reading {
    struct cpm_arena arena;
    struct cpm_names *names;
    struct cpm_lock lock;
};

static bool read_text(struct reading *rd, struct cpm_str text)
{
    struct cpm_lock_source src = {.arena = &rd->arena, .root = "/project"};
    struct cpm_error err = CPM_ERROR_INIT;
    int rc;

    cpm_arena_init(&rd->arena);
    src.names = rd->names = cpm_names_new();
    rc = cpm_lock_read(text, "package-lock.json", &src, &rd->lock, &err);
    require(rc == 0 || err.text[0]);
    return rc == 0;
}

static void release(struct reading *rd)
{
    cpm_arena_release(&rd->arena);
    cpm_names_free(rd->names);
}

static struct cpm_buf written(struct reading *rd)
{
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);

    require(cpm_lock_write(&rd->lock, &rd->lock.style, &out, NULL) == 0);
    return out;
}

static void try_hidden(struct reading *rd)
{
    struct cpm_buf out = CPM_BUF_INIT(256u << 20);

    require(cpm_lock_write_hidden(&rd->lock, NULL, &out, NULL) == 0);
    cpm_buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading first, second;
    struct cpm_buf once, twice;

    if (!read_text(&first, cpm_str_n((const char *)data, size))) {
        release(&first);
        return 0;
    }
    once = written(&first);
    require(read_text(&second, cpm_buf_str(&once)));
    twice = written(&second);
    require(cpm_str_eq(cpm_buf_str(&once), cpm_buf_str(&twice)));
    try_hidden(&first);
    cpm_buf_release(&once);
    cpm_buf_release(&twice);
    release(&first);
    release(&second);
    return 0;
}
