/* Marks are listed before entries: a mark that comes later belongs to a run whose entries may come
 * later too, and stays. */
#include "install/store_check.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/fs.h"
#include "install/store_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MARK_AGE_S 3600 /* younger ones may be of a run that is under way */

struct walk {
    struct cpm_store *store;
    struct cpm_arena arena;
    void (*each)(void *data, const struct cpm_store_entry *entry);
    void (*lost)(void *data, const char *folder); /* an entry that cannot be loaded; may be NULL */
    void *data;
};

/* "sha512-" and 128 hex digits, or a shorter digest. */
static bool is_key(const char *name)
{
    static const char *const algorithms[] = {"sha1-", "sha256-", "sha384-", "sha512-"};
    static const size_t digits[] = {40, 64, 96, 128};
    for (size_t i = 0; i < sizeof(digits) / sizeof(digits[0]); i++) {
        size_t len = strlen(algorithms[i]);
        if (strncmp(name, algorithms[i], len) == 0)
            return strlen(name) == len + digits[i] &&
                   strspn(name + len, "0123456789abcdef") == digits[i];
    }
    return false;
}

static int walk(struct walk *w, struct cpm_error *err)
{
    const char *folder = cpm_store_path(w->store);
    DIR *dir = opendir(folder);
    if (!dir)
        return cpm_error_sys(err, errno, "could not read the store '%s'", folder);
    for (struct dirent *e; (e = readdir(dir));) {
        const struct cpm_store_entry *entry;
        if (!is_key(e->d_name))
            continue;
        entry = cpm_store_find(w->store, cpm_str(cpm_store_key_text(&w->arena, e->d_name)));
        if (entry)
            w->each(w->data, entry);
        else if (w->lost)
            w->lost(w->data, cpm_arena_printf(&w->arena, "%s/%s", folder, e->d_name));
    }
    closedir(dir);
    cpm_arena_release(&w->arena);
    return 0;
}

int cpm_store_each(struct cpm_store *store,
                   void (*each)(void *data, const struct cpm_store_entry *entry), void *data,
                   struct cpm_error *err)
{
    struct walk w = {.store = store, .arena = CPM_ARENA_INIT, .each = each, .data = data};
    return walk(&w, err);
}

struct check {
    struct cpm_store *store;
    struct cpm_arena arena;
    struct cpm_store_checked *out;
    struct cpm_map marks; /* by name, those that no entry seen so far names */
};

static bool is_whole(const struct cpm_store_entry *entry)
{
    const struct cpm_store_index *index = cpm_store_entry_index(entry);
    int dir = cpm_store_entry_open(entry);
    bool whole = dir >= 0;
    for (uint32_t i = 0; whole && i < index->file_count; i++)
        whole = cpm_store_file_state(index, i, dir) != CPM_FILE_CHANGED;
    if (dir >= 0)
        close(dir);
    return whole;
}

static void use_mark(struct check *c, const struct cpm_store_entry *entry)
{
    const struct cpm_store_index_origin *origin = &cpm_store_entry_index(entry)->origin;
    char name[2 * sizeof(origin->run) + 1];
    cpm_hex_write(origin->run, sizeof(origin->run), name);
    name[2 * sizeof(origin->run)] = '\0';
    if (cpm_map_get(&c->marks, cpm_str(name)))
        cpm_map_del(&c->marks, cpm_str(name));
}

static void check_entry(void *data, const struct cpm_store_entry *entry)
{
    struct check *c = data;
    if (!is_whole(entry)) {
        cpm_store_drop(c->store, entry);
        c->out->bad++;
        return;
    }
    use_mark(c, entry);
    c->out->entries++;
    c->out->bytes += cpm_store_entry_index(entry)->size;
}

static void drop_lost(void *data, const char *folder)
{
    struct check *c = data;
    c->out->bad += cpm_fs_remove(folder, NULL) == 0;
}

static const char *marks_folder(struct check *c)
{
    return cpm_arena_printf(&c->arena, "%s/synced", cpm_store_path(c->store));
}

static void list_marks(struct check *c)
{
    DIR *dir = opendir(marks_folder(c));
    struct stat st;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct cpm_str name = cpm_arena_str(&c->arena, cpm_str(e->d_name));
        if (*e->d_name != '.' && fstatat(dirfd(dir), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > MARK_AGE_S)
            cpm_map_set(&c->marks, name, c);
    }
    if (dir)
        closedir(dir);
}

static void remove_marks(struct check *c)
{
    const char *folder = marks_folder(c);
    CPM_MAP_EACH (&c->marks, mark) {
        const char *path = cpm_arena_printf(&c->arena, "%s/%.*s", folder, CPM_STR_ARG(mark->key));
        c->out->marks += unlink(path) == 0;
    }
}

int cpm_store_check(struct cpm_store *store, struct cpm_store_checked *out, struct cpm_error *err)
{
    struct check c = {.store = store, .arena = CPM_ARENA_INIT, .out = out, .marks = CPM_MAP_INIT};
    struct walk w = {.store = store,
                     .arena = CPM_ARENA_INIT,
                     .each = check_entry,
                     .lost = drop_lost,
                     .data = &c};
    *out = (struct cpm_store_checked){0};
    list_marks(&c);
    int rc = walk(&w, err);
    if (rc == 0)
        remove_marks(&c);
    cpm_map_release(&c.marks);
    cpm_arena_release(&c.arena);
    return rc;
}
