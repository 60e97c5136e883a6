#include "install/module_index.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "cpm/resolver.h"

#include <uv.h>

struct cpm_module_index {
    uv_thread_t thread;
    struct cpm_arena arena;
    const char *modules;
};

static void write_index(void *data)
{
    struct cpm_module_index *index = data;

    cpm_resolver_index_write(index->modules, NULL);
}

struct cpm_module_index *cpm_module_index_start(const char *project, bool wanted)
{
    struct cpm_module_index *index = cpm_calloc(1, sizeof(*index));

    cpm_arena_init(&index->arena);
    index->modules = cpm_path_join(&index->arena, project, "node_modules");
    if (!wanted)
        cpm_fs_remove(cpm_path_join(&index->arena, index->modules, CPM_RESOLVER_INDEX), NULL);
    else if (uv_thread_create(&index->thread, write_index, index) == 0)
        return index;
    cpm_arena_release(&index->arena);
    cpm_free(index);
    return NULL;
}

void cpm_module_index_end(struct cpm_module_index *index)
{
    if (!index)
        return;
    uv_thread_join(&index->thread);
    cpm_arena_release(&index->arena);
    cpm_free(index);
}
