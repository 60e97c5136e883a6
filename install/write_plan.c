#include "install/write_plan.h"

#include "base/mem.h"
#include "base/path.h"
#include "install/archive.h"

/* The map from path to file or folder is what makes the plan safe: a path can be taken once, and a
 * file can never be a parent. Links are never made, so that nothing can be written through one. */

struct building {
    struct cpm_write_plan *plan;
    struct cpm_arena *arena;
    struct cpm_error *err;
    bool strict;
    uint32_t entries;
    uint32_t dir_room, file_room;
    uint32_t last_dir; /* where the previous file went: archives list folder by folder */
};

/* What the map holds for a path: a place in dirs or in files. */
struct node {
    bool is_dir;
    uint32_t index;
};

static int refuse(struct building *b, struct cpm_str path, const char *why)
{
    return cpm_error_set(b->err, CPM_EBADARCHIVE, "entry '%.*s' of the archive %s",
                         (int)(path.len < 200 ? path.len : 200), path.ptr, why);
}

static bool has_control_bytes(struct cpm_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.ptr[i] < 0x20 || s.ptr[i] == 0x7f)
            return true;
    return false;
}

/* Checks the name and writes it without the first part, empty parts and "." into `out` (an arena
 * copy). Gives an empty path for what lies beside the package's folder. */
static int clean_path(struct building *b, struct cpm_str raw, struct cpm_str *out)
{
    struct cpm_str rest = raw, part;
    unsigned depth = 0;
    size_t len = 0;
    char *clean;
    bool first = true;

    if (raw.len == 0 || raw.len > CPM_PLAN_PATH_MAX)
        return refuse(b, raw, raw.len ? "has a name that is too long" : "has no name");
    if (raw.ptr[0] == '/')
        return refuse(b, raw, "has an absolute name");
    if (has_control_bytes(raw))
        return refuse(b, raw, "has control bytes in its name");
    clean = cpm_arena_alloc(b->arena, raw.len + 1);
    while (cpm_str_split(&rest, '/', &part)) {
        bool skip = first || part.len == 0 || cpm_str_is(part, ".");

        if (cpm_str_is(part, ".."))
            return refuse(b, raw, "leads out of the package");
        if (part.len > CPM_PLAN_NAME_MAX)
            return refuse(b, raw, "has a name that is too long");
        first = false;
        if (skip)
            continue;
        if (++depth > CPM_PLAN_DEPTH_MAX)
            return refuse(b, raw, "lies too deep");
        if (len)
            clean[len++] = '/';
        memcpy(clean + len, part.ptr, part.len);
        len += part.len;
    }
    *out = cpm_str_n(clean, len);
    return 0;
}

static void *grow(void *items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 64;
    return cpm_realloc(items, *room, size);
}

static struct node *remember(struct building *b, struct cpm_str path, bool is_dir, uint32_t index)
{
    struct node *node = CPM_NEW(b->arena, struct node);

    *node = (struct node){.is_dir = is_dir, .index = index};
    cpm_map_set(&b->plan->by_path, path, node);
    return node;
}

static int add_dir(struct building *b, struct cpm_str path, uint32_t *index)
{
    struct cpm_write_plan *plan = b->plan;
    size_t slash = cpm_str_rchr(path, '/');
    const struct node *there;
    uint32_t parent;
    int rc;

    if (path.len == 0 || cpm_str_eq(plan->dirs[b->last_dir].path, path)) {
        *index = path.len ? b->last_dir : 0;
        return 0;
    }
    there = cpm_map_get(&plan->by_path, path);
    if (there && !there->is_dir)
        return refuse(b, path, "is a file and a folder at once");
    if (there) {
        *index = there->index;
        return 0;
    }
    rc = add_dir(b, slash == CPM_NPOS ? CPM_STR("") : cpm_str_sub(path, 0, slash), &parent);
    if (rc < 0)
        return rc;
    plan->dirs = grow(plan->dirs, plan->dir_count, &b->dir_room, sizeof(plan->dirs[0]));
    *index = plan->dir_count++;
    plan->dirs[*index] = (struct cpm_write_dir){cpm_arena_str(b->arena, path), parent};
    remember(b, plan->dirs[*index].path, true, *index);
    return 0;
}

/* npm's rule for old packages: a .gitignore is unpacked as .npmignore unless there is one. */
static bool renames_gitignore(struct building *b, struct cpm_str *path)
{
    char *renamed;

    if (!cpm_str_is(*path, ".gitignore") && !cpm_str_ends(*path, "/.gitignore"))
        return false;
    renamed = cpm_arena_alloc(b->arena, path->len + 1);
    memcpy(renamed, path->ptr, path->len);
    memcpy(renamed + path->len - strlen(".gitignore"), ".npmignore", strlen(".npmignore"));
    *path = cpm_str_n(renamed, path->len);
    return true;
}

static int add_file(struct building *b, struct cpm_str path, const struct cpm_archive_entry *entry)
{
    struct cpm_write_plan *plan = b->plan;
    bool renamed = renames_gitignore(b, &path);
    const struct node *there = cpm_map_get(&plan->by_path, path);
    size_t slash = cpm_str_rchr(path, '/');
    struct cpm_write_file *file;
    uint32_t dir;
    int rc;

    if (there && there->is_dir)
        return refuse(b, path, "is a file and a folder at once");
    if (there && renamed)
        return 0;
    if (there && cpm_str_eq(plan->files[there->index].data, entry->data))
        return 0; /* real packages hold "a" and "./a", the same bytes */
    if (there && !plan->files[there->index].renamed)
        return refuse(b, path, "is there twice with different contents");
    rc = add_dir(b, slash == CPM_NPOS ? CPM_STR("") : cpm_str_sub(path, 0, slash), &dir);
    if (rc < 0)
        return rc;
    b->last_dir = dir;
    if (!there) {
        plan->files = grow(plan->files, plan->file_count, &b->file_room, sizeof(plan->files[0]));
        there = remember(b, path, false, plan->file_count++);
    }
    file = &plan->files[there->index];
    *file = (struct cpm_write_file){.dir = dir,
                                    .path = path,
                                    .name = cpm_path_basename(path),
                                    .data = entry->data,
                                    .cut = CPM_NPOS,
                                    .executable = entry->executable,
                                    .renamed = renamed};
    plan->size += entry->data.len;
    return 0;
}

static int add_entry(struct building *b, const struct cpm_archive_entry *entry)
{
    struct cpm_str path;
    int rc;

    if (++b->entries > CPM_PLAN_ENTRIES_MAX)
        return cpm_error_set(b->err, CPM_EBADARCHIVE, "the archive has more than %d entries",
                             CPM_PLAN_ENTRIES_MAX);
    rc = clean_path(b, entry->path, &path);
    if (rc < 0)
        return rc;
    switch (entry->type) {
    case CPM_ARCHIVE_FILE:
        if (cpm_str_chr(path, '\\') != CPM_NPOS)
            b->plan->backslashes++;
        return path.len ? add_file(b, path, entry) : 0;
    case CPM_ARCHIVE_DIR:
        return 0; /* npm makes only the folders that files need */
    case CPM_ARCHIVE_LINK:
    case CPM_ARCHIVE_OTHER:
        if (b->strict)
            return refuse(b, entry->path, "is a link or a device");
        b->plan->dropped++;
    }
    return 0;
}

/* Stable counting sort by folder, so that the writer and the linker open each folder once. */
static void group_by_dir(struct cpm_write_plan *plan, struct cpm_arena *arena)
{
    uint32_t *at = CPM_NEW_ARRAY(arena, uint32_t, plan->dir_count + 1);
    struct cpm_write_file *grouped = cpm_alloc(sizeof(*grouped) * (plan->file_count + 1));

    for (uint32_t i = 0; i < plan->file_count; i++)
        at[plan->files[i].dir + 1]++;
    for (uint32_t d = 1; d <= plan->dir_count; d++)
        at[d] += at[d - 1];
    for (uint32_t i = 0; i < plan->file_count; i++) {
        struct node *node = cpm_map_get(&plan->by_path, plan->files[i].path);

        node->index = at[plan->files[i].dir]++;
        grouped[node->index] = plan->files[i];
    }
    cpm_free(plan->files);
    plan->files = grouped;
}

static int read_entries(struct building *b, struct cpm_str tar)
{
    struct cpm_archive_entry entry;
    struct cpm_archive *archive;
    int rc = cpm_archive_open(tar, b->arena, &archive, b->err);

    if (rc < 0)
        return rc;
    while ((rc = cpm_archive_next(archive, &entry, b->err)) > 0)
        if ((rc = add_entry(b, &entry)) < 0)
            break;
    cpm_archive_free(archive);
    return rc;
}

int cpm_write_plan_build(struct cpm_str tar, bool strict, struct cpm_arena *arena,
                         struct cpm_write_plan *plan, struct cpm_error *err)
{
    struct building b = {.plan = plan, .arena = arena, .err = err, .strict = strict};
    int rc;

    *plan = (struct cpm_write_plan){.dir_count = 1};
    cpm_map_init(&plan->by_path);
    plan->dirs = grow(NULL, 0, &b.dir_room, sizeof(plan->dirs[0]));
    plan->dirs[0] = (struct cpm_write_dir){CPM_STR(""), 0};
    rc = read_entries(&b, tar);
    if (rc == 0 && !cpm_write_plan_find(plan, CPM_STR("package.json")))
        rc = cpm_error_set(err, CPM_EBADARCHIVE, "the archive has no package.json");
    if (rc < 0)
        cpm_write_plan_release(plan);
    else
        group_by_dir(plan, arena);
    return rc;
}

void cpm_write_plan_release(struct cpm_write_plan *plan)
{
    cpm_map_release(&plan->by_path);
    cpm_free(plan->dirs);
    cpm_free(plan->files);
    *plan = (struct cpm_write_plan){.dirs = NULL};
}

struct cpm_write_file *cpm_write_plan_find(const struct cpm_write_plan *plan, struct cpm_str path)
{
    const struct node *node = cpm_map_get(&plan->by_path, path);

    return node && !node->is_dir ? &plan->files[node->index] : NULL;
}

void cpm_write_plan_make_bin(struct cpm_write_plan *plan, struct cpm_str path)
{
    struct cpm_write_file *file = cpm_write_plan_find(plan, path);
    size_t newline;

    if (!file)
        return;
    file->executable = true;
    newline = cpm_str_chr(file->data, '\n');
    if (cpm_str_starts(file->data, "#!") && newline != CPM_NPOS && newline > 3 &&
        file->data.ptr[newline - 1] == '\r' && file->cut == CPM_NPOS) {
        file->cut = newline - 1;
        plan->size--;
    }
}
