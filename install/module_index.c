#include "install/module_index.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/path.h"
#include "cpm/resolver.h"
#include "install/store_entry.h"
#include "resolver/module/index_walk.h"

#include <uv.h>

#define SECOND 1000000000

struct cpm_module_index {
    struct cpm_module_index_input input;
    struct cpm_index_source source;
    uv_thread_t thread;
    struct cpm_arena arena;
    uv_mutex_t lock; /* guards what follows */
    uv_cond_t news;
    bool *placed;    /* a unit */
    int32_t awaited; /* the unit that the thread waits for, or -1 */
    bool go_on;      /* the tree stands */
    bool ending;     /* nothing more will come */
    /* the thread's own */
    struct cpm_index_walk walk;
    bool *told; /* a node: it is in the index */
    struct cpm_buf path;
    struct cpm_buf stamps, children;
};

/* A package of the store on its way into the index. */
struct taking {
    struct cpm_module_index *owner;
    const struct cpm_store_index *store;
    struct cpm_str at;
    struct cpm_index_stamp *stamps; /* of its folders, then of its package.json files */
    uint32_t *child, *sibling;      /* of its folders; 0 for none */
    uint32_t file, package;         /* the next of each */
    bool nests;
};

/* A path below the package, as the walk has it. */
static const char *path_of(struct taking *t, struct cpm_str dir, const char *name)
{
    struct cpm_buf *path = &t->owner->path;

    path->len = 0;
    cpm_buf_add_str(path, t->at);
    if (dir.len)
        cpm_buf_add_char(path, '/');
    cpm_buf_add_str(path, dir);
    cpm_buf_add_text(path, name);
    return cpm_buf_text(path);
}

static struct cpm_str dir_path(const struct taking *t, uint32_t dir)
{
    return cpm_store_index_str(t->store, t->store->dirs[dir].path);
}

/* True while the folders hold what was linked and each package.json is the store's. */
static bool is_as_linked(struct taking *t)
{
    const struct cpm_store_index *s = t->store;
    struct cpm_index_stamp *stamp = t->stamps;

    for (uint32_t d = 0; d < s->dir_count; d++, stamp++)
        if (!cpm_index_stamp(t->owner->walk.dir, path_of(t, dir_path(t, d), ""), CPM_FILE_FOLDER,
                             stamp) ||
            stamp->modified != t->owner->source.settled)
            return false;
    for (uint32_t i = 0; i < s->package_count; i++, stamp++) {
        const struct cpm_store_index_file *file = &s->files[s->packages[i].file];
        const char *path = path_of(t, dir_path(t, file->dir), "/package.json");

        if (!cpm_index_stamp(t->owner->walk.dir, path, CPM_FILE_PLAIN, stamp) ||
            stamp->size != file->size || stamp->modified > s->origin.made_ns)
            return false;
    }
    return true;
}

/* Backwards, so that the children of a folder stand in its order. */
static void find_children(struct taking *t)
{
    for (uint32_t d = t->store->dir_count - 1; d > 0; d--) {
        uint32_t parent = t->store->dirs[d].parent;

        t->sibling[d] = t->child[parent];
        t->child[parent] = d;
    }
}

/* The next folder in the store's order; the files and package.jsons of the ones before were used.
 */
static void put_folder(struct taking *t, uint32_t dir)
{
    const struct cpm_store_index *s = t->store;
    struct cpm_index_image *image = &t->owner->walk.image;
    struct cpm_index_image_package package;
    bool described =
        t->package < s->package_count && s->files[s->packages[t->package].file].dir == dir;

    for (; t->file < s->file_count && s->files[t->file].dir == dir; t->file++)
        cpm_index_image_entry(image, cpm_store_index_str(s, s->files[t->file].name),
                              CPM_FILE_PLAIN);
    for (uint32_t d = t->child[dir]; d; d = t->sibling[d])
        cpm_index_image_entry(image, cpm_location_base(dir_path(t, d)), CPM_FILE_FOLDER);
    if (dir == 0 && t->nests)
        cpm_index_image_entry(image, CPM_STR("node_modules"), CPM_FILE_FOLDER);
    if (described) {
        package.stamp = t->stamps[s->dir_count + t->package];
        package.fields = cpm_store_index_str(s, s->packages[t->package++].fields);
    }
    path_of(t, dir_path(t, dir), "");
    cpm_index_image_folder(image, cpm_buf_str(&t->owner->path), &t->stamps[dir],
                           described ? &package : NULL);
}

static void *room(struct cpm_buf *buf, size_t size)
{
    buf->len = 0;
    cpm_buf_reserve(buf, size);
    memset(buf->ptr, 0, size);
    return buf->ptr;
}

#define TOP "node_modules/"

/* False when it will not be placed any more. */
static bool await(struct cpm_module_index *index, int32_t unit)
{
    bool placed;

    uv_mutex_lock(&index->lock);
    index->awaited = unit;
    while (!index->placed[unit] && !index->ending)
        uv_cond_wait(&index->news, &index->lock);
    index->awaited = -1;
    placed = index->placed[unit];
    uv_mutex_unlock(&index->lock);
    return placed;
}

/* True when packages were put below it. */
static bool nests(const struct cpm_plan *plan, uint32_t number)
{
    for (int32_t i = plan->nodes[number].next; i >= 0; i = plan->nodes[i].next)
        if (plan->nodes[i].owner == (int32_t)number && !plan->nodes[i].entry->inert)
            return true;
    return false;
}

/* False for what this run did not link from the store, and for what is not as it was linked. */
static bool put_package(struct cpm_module_index *index, uint32_t number)
{
    const struct cpm_plan_node *node = &index->input.plan->nodes[number];
    struct cpm_str location = node->entry->location;
    struct taking t = {.owner = index};

    if (node->action != CPM_PLAN_PUT || node->link || !cpm_str_starts(location, TOP) ||
        !await(index, node->unit) || !node->store || node->entry->inert)
        return false;
    t.nests = nests(index->input.plan, number);
    t.at = cpm_str_sub(location, strlen(TOP), location.len);
    t.store = cpm_store_entry_index(node->store);
    t.stamps = room(&index->stamps,
                    ((size_t)t.store->dir_count + t.store->package_count) * sizeof(*t.stamps));
    t.child = room(&index->children, (size_t)t.store->dir_count * 2 * sizeof(*t.child));
    t.sibling = t.child + t.store->dir_count;
    if ((t.nests && cpm_store_index_has_dir(t.store, CPM_STR("node_modules"))) || !is_as_linked(&t))
        return false;
    find_children(&t);
    for (uint32_t d = 0; d < t.store->dir_count; d++)
        put_folder(&t, d);
    return true;
}

/* The walk of the rest came to a folder. */
static bool take(void *data, struct cpm_index_walk *walk, struct cpm_str path)
{
    struct cpm_module_index *index = data;
    const struct cpm_plan_node *node;

    index->path.len = 0;
    cpm_buf_add_text(&index->path, TOP);
    cpm_buf_add_str(&index->path, path);
    node = cpm_map_get(&index->input.plan->by_location, cpm_buf_str(&index->path));
    if (!node || !index->told[node - index->input.plan->nodes])
        return false;
    if (nests(index->input.plan, (uint32_t)(node - index->input.plan->nodes)))
        cpm_index_walk_folder(walk, "node_modules");
    return true;
}

static bool tree_stands(struct cpm_module_index *index)
{
    bool stands;

    uv_mutex_lock(&index->lock);
    while (!index->go_on && !index->ending)
        uv_cond_wait(&index->news, &index->lock);
    stands = index->go_on;
    uv_mutex_unlock(&index->lock);
    return stands;
}

static void write_index(void *data)
{
    struct cpm_module_index *index = data;

    for (uint32_t i = 0; i < index->input.plan->count; i++)
        index->told[i] = put_package(index, i);
    if (tree_stands(index))
        cpm_index_write(&index->walk, NULL);
}

static void release(struct cpm_module_index *index)
{
    cpm_index_end(&index->walk);
    uv_cond_destroy(&index->news);
    uv_mutex_destroy(&index->lock);
    cpm_buf_release(&index->path);
    cpm_buf_release(&index->stamps);
    cpm_buf_release(&index->children);
    cpm_arena_release(&index->arena);
    cpm_free(index);
}

struct cpm_module_index *cpm_module_index_start(const struct cpm_module_index_input *input)
{
    struct cpm_module_index *index = cpm_calloc(1, sizeof(*index));
    const char *modules;

    index->input = *input;
    index->source =
        (struct cpm_index_source){.take = take, .data = index, .settled = input->settled * SECOND};
    cpm_arena_init(&index->arena);
    uv_mutex_init(&index->lock);
    uv_cond_init(&index->news);
    index->awaited = -1;
    index->placed = CPM_NEW_ARRAY(&index->arena, bool, input->plan->unit_count + 1);
    index->told = CPM_NEW_ARRAY(&index->arena, bool, input->plan->count + 1);
    cpm_buf_init(&index->path, CPM_PLAN_PATH_MAX * 2);
    cpm_buf_init(&index->stamps, CPM_INDEX_MAX);
    cpm_buf_init(&index->children, CPM_INDEX_MAX);
    modules = cpm_path_join(&index->arena, input->project, "node_modules");
    index->walk.dir = -1;
    if (!input->wanted)
        cpm_fs_remove(cpm_path_join(&index->arena, modules, CPM_RESOLVER_INDEX), NULL);
    else if (cpm_index_begin(&index->walk, modules, &index->source, NULL) == 0 &&
             uv_thread_create(&index->thread, write_index, index) == 0)
        return index;
    release(index);
    return NULL;
}

void cpm_module_index_placed(struct cpm_module_index *index, int32_t unit)
{
    if (!index)
        return;
    uv_mutex_lock(&index->lock);
    index->placed[unit] = true;
    if (index->awaited == unit)
        uv_cond_signal(&index->news);
    uv_mutex_unlock(&index->lock);
}

void cpm_module_index_go_on(struct cpm_module_index *index)
{
    if (!index)
        return;
    uv_mutex_lock(&index->lock);
    index->go_on = true;
    uv_cond_signal(&index->news);
    uv_mutex_unlock(&index->lock);
}

void cpm_module_index_end(struct cpm_module_index *index)
{
    if (!index)
        return;
    uv_mutex_lock(&index->lock);
    index->ending = true;
    uv_cond_signal(&index->news);
    uv_mutex_unlock(&index->lock);
    uv_thread_join(&index->thread);
    release(index);
}
