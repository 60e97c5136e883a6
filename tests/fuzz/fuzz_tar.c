/* Bytes: a tar archive, or a gzip stream when they begin like one. A plan that comes out holds only
 * names that stay inside the package, each once, folders before what lies in them, and data inside
 * the archive; its index loads again. No file is written. */
#include "install/facts.h"
#include "install/inflate.h"
#include "install/store_index.h"

#include "base/mem.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void check_path(struct cpm_str path)
{
    struct cpm_str rest = path, part;

    require(path.len > 0 && path.ptr[0] != '/' && path.ptr[path.len] == '\0');
    require(strlen(path.ptr) == path.len);
    while (cpm_str_split(&rest, '/', &part))
        require(part.len > 0 && part.len <= CPM_PLAN_NAME_MAX && !cpm_str_is(part, ".") &&
                !cpm_str_is(part, ".."));
}

static void check_plan(const struct cpm_write_plan *plan)
{
    require(plan->dir_count > 0 && plan->dirs[0].path.len == 0);
    for (uint32_t i = 1; i < plan->dir_count; i++)
        check_path(plan->dirs[i].path);
    for (uint32_t i = 0; i < plan->file_count; i++) {
        const struct cpm_write_file *f = &plan->files[i];

        check_path(f->path);
        require(f->dir < plan->dir_count && (i == 0 || f->dir >= plan->files[i - 1].dir));
        require(cpm_str_starts(f->path, plan->dirs[f->dir].path.ptr));
        require(cpm_write_plan_find(plan, f->path) == f);
    }
}

static void check_index(struct cpm_write_plan *plan, struct cpm_arena *arena)
{
    const struct cpm_store_index_origin origin = {.made_ns = 1};
    struct cpm_buf image = CPM_BUF_INIT(CPM_INDEX_MAX);
    struct cpm_facts facts;
    struct cpm_store_index index;

    if (cpm_facts_read(plan, arena, &facts, NULL) == 0) {
        cpm_store_index_write(plan, &facts, &origin, &image);
        require(image.overflow || cpm_store_index_load(cpm_buf_str(&image), &index));
        require(image.overflow || index.file_count == plan->file_count);
    }
    cpm_buf_release(&image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_inflated inflated = {.owned = NULL};
    struct cpm_write_plan plan;
    struct cpm_store_index index;

    /* The bytes as an index image, too. */
    char *image = cpm_strndup((const char *)data, size);

    cpm_store_index_load(cpm_str_n(image, size), &index);
    if (cpm_inflate(cpm_str_n(image, size), &inflated, NULL) == 0 &&
        cpm_write_plan_build(inflated.bytes, false, &arena, &plan, NULL) == 0) {
        check_plan(&plan);
        check_index(&plan, &arena);
        cpm_write_plan_release(&plan);
    }
    cpm_free(inflated.owned);
    cpm_free(image);
    cpm_arena_release(&arena);
    return 0;
}
