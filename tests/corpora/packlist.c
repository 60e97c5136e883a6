/* Recorded cases of npm-packlist and ignore-walk: a tree of files, and what is packed of it.
 *   packlist FILE.jsonl */
#include "registry/publish/packlist.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/path.h"
#include "registry/publish/ignore.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *text_of(struct cpm_arena *arena, struct cpm_str s)
{
    return cpm_arena_str(arena, s).ptr;
}

static void make_entry(struct cpm_arena *arena, const char *dir, const struct cpm_json *file)
{
    const char *path = cpm_path_join(arena, dir, text_of(arena, cpm_json_key(file)));
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_str link = cpm_json_get_str(file, "$symlink");
    int rc = 0;

    if (cpm_json_truthy(cpm_json_get(file, CPM_STR("$dir")))) {
        rc = cpm_fs_mkdirs(path, 0777, &err);
    } else {
        rc = cpm_fs_mkdirs(cpm_path_dirname(arena, path), 0777, &err);
        if (rc == 0 && cpm_str_is(cpm_json_key(file), "device")) /* by a mock, in the recording */
            rc = mkfifo(path, 0600);
        else if (rc == 0 && link.len)
            rc = symlink(text_of(arena, link), path);
        else if (rc == 0)
            rc = cpm_fs_replace(path, cpm_json_str(file), 0644, false, &err);
    }
    if (rc < 0)
        printf("%s: %s\n", path, err.text);
}

/* A text with $DIR, as a path. */
static const char *place(struct cpm_arena *arena, const char *dir, struct cpm_str text)
{
    if (cpm_str_starts(text, "$DIR"))
        return cpm_path_normalize(
            arena,
            cpm_str(cpm_arena_printf(arena, "%s%.*s", dir, (int)text.len - 4, text.ptr + 4)));
    return text.len ? text_of(arena, text) : NULL;
}

static bool same_list(const struct cpm_json *want, const struct cpm_glob_list *have)
{
    size_t i = 0;

    CPM_JSON_EACH (want, each)
        if (i >= have->count || !cpm_str_is(cpm_json_str(each), have->v[i++]))
            return false;
    return i == have->count;
}

static void read_options(struct cpm_arena *arena, const char *dir, const struct cpm_json *test,
                         struct cpm_packlist_options *out)
{
    const struct cpm_json *opts = cpm_json_first(cpm_json_get(test, CPM_STR("opts")));
    const struct cpm_json *list = cpm_json_get(opts, CPM_STR("workspaces"));
    const char **workspaces = CPM_NEW_ARRAY(arena, const char *, cpm_json_count(list) + 1);
    size_t n = 0;

    CPM_JSON_EACH (list, each)
        workspaces[n++] = place(arena, dir, cpm_json_str(each));
    out->path = cpm_path_resolve(arena, dir, text_of(arena, cpm_json_get_str(test, "pack")));
    out->prefix = place(arena, dir, cpm_json_get_str(opts, "prefix"));
    out->workspaces = list ? workspaces : NULL;
    out->global_ignore = place(arena, dir, cpm_json_get_str(opts, "globalIgnoreFile"));
}

static bool packlist_case(struct cpm_arena *arena, const char *dir, const struct cpm_json *test,
                          struct cpm_glob_list *files)
{
    struct cpm_packlist_options opts = {0};
    struct cpm_packlist list;
    struct cpm_error err = CPM_ERROR_INIT;

    read_options(arena, dir, test, &opts);
    if (cpm_packlist_read(arena, &opts, &list, &err) < 0) {
        printf("%s\n", err.text);
        return false;
    }
    *files = list.files;
    return true;
}

struct walk { /* ignore-walk's own walk: one ignore file's name for all folders */
    struct cpm_arena *arena;
    const char *file;
    bool follow;
    struct cpm_glob_list *files;
};

static void walk(const struct walk *w, const char *path, const char *below,
                 const struct cpm_ignore *parent, struct cpm_ignore ignore)
{
    struct cpm_ignore_rules rules = {0};
    const struct cpm_ignore_rules *in_force[] = {&rules, NULL};
    struct cpm_str text;
    DIR *d = opendir(path);
    struct dirent *e;

    if (cpm_fs_read(cpm_path_join(w->arena, path, w->file), 1 << 20, w->arena, &text, NULL) == 0)
        cpm_ignore_parse(w->arena, text, &rules);
    ignore.parent = parent;
    ignore.rules = in_force;
    while (d && (e = readdir(d))) {
        const char *name = cpm_arena_strndup(w->arena, e->d_name, strlen(e->d_name));
        const char *child = cpm_arena_printf(w->arena, "%s/%s", path, name);
        const char *rel = cpm_arena_printf(w->arena, "%s%s", below, name);
        bool as_file = cpm_ignore_keeps(&ignore, w->arena, cpm_str(name), CPM_IGNORE_FILE);
        struct stat st;

        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
            (w->follow ? stat(child, &st) : lstat(child, &st)) < 0)
            continue;
        if (!S_ISDIR(st.st_mode) && as_file)
            cpm_glob_list_add(w->arena, w->files,
                              *rel == '@' ? cpm_arena_printf(w->arena, "./%s", rel) : rel);
        if (S_ISDIR(st.st_mode) &&
            cpm_ignore_keeps(&ignore, w->arena, cpm_str(name), CPM_IGNORE_DIR))
            walk(w, child, cpm_arena_printf(w->arena, "%s/", rel), &ignore,
                 (struct cpm_ignore){.name = cpm_str(name),
                                     .exact = as_file ||
                                              cpm_ignore_keeps(&ignore, w->arena, cpm_str(name),
                                                               CPM_IGNORE_EXACT)});
    }
    if (d)
        closedir(d);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The order is the library's, not the packlist's: compared as sets. */
static bool ignore_case(struct cpm_arena *arena, const char *dir, struct cpm_json *test,
                        struct cpm_glob_list *files)
{
    const struct cpm_json *opts = cpm_json_get(test, CPM_STR("opts"));
    struct walk w = {.arena = arena,
                     .file = text_of(arena, cpm_json_str(cpm_json_first(
                                                cpm_json_get(opts, CPM_STR("ignoreFiles"))))),
                     .follow = cpm_json_truthy(cpm_json_get(opts, CPM_STR("follow"))),
                     .files = files};
    const char *below = place(arena, dir, cpm_json_get_str(opts, "path"));
    struct cpm_json *want = cpm_json_get(test, CPM_STR("expect")), *sorted;
    struct cpm_glob_list list = {0};

    walk(&w, below, "", NULL, (struct cpm_ignore){0});
    if (files->count)
        qsort(files->v, files->count, sizeof(*files->v), by_text);
    CPM_JSON_EACH (want, each)
        cpm_glob_list_add(arena, &list, text_of(arena, cpm_json_str(each)));
    if (list.count)
        qsort(list.v, list.count, sizeof(*list.v), by_text);
    sorted = cpm_json_new_array();
    for (size_t i = 0; i < list.count; i++)
        cpm_json_add(sorted, cpm_json_new_str(cpm_str(list.v[i])));
    cpm_json_set(test, CPM_STR("expect"), sorted);
    return true;
}

static bool run_case(struct cpm_str line)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_json *test = NULL;
    struct cpm_glob_list files = {0};
    char pattern[] = "/tmp/cpm-packlist-XXXXXX";
    const char *dir = mkdtemp(pattern);
    bool passed = false;

    if (!dir || cpm_json_parse(line, "case", CPM_JSON_LAST_WINS, &test, NULL) < 0)
        return false;
    CPM_JSON_EACH (cpm_json_get(test, CPM_STR("files")), file)
        make_entry(&arena, dir, file);
    passed = (cpm_json_get(test, CPM_STR("fn")) ? ignore_case(&arena, dir, test, &files)
                                                : packlist_case(&arena, dir, test, &files)) &&
             same_list(cpm_json_get(test, CPM_STR("expect")), &files);
    if (!passed) {
        printf("FAIL %.*s\n", CPM_STR_ARG(cpm_json_get_str(test, "name")));
        for (size_t i = 0; i < files.count && i < 50; i++)
            printf("  %s\n", files.v[i]);
    }
    cpm_json_free(test);
    cpm_fs_remove(dir, NULL);
    cpm_arena_release(&arena);
    return passed;
}

int main(int argc, char **argv)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_str text, line;
    size_t passed = 0, total = 0;

    if (argc < 2 || cpm_fs_read(argv[1], 256u << 20, &arena, &text, NULL) < 0)
        return 2;
    while (text.len && cpm_str_split(&text, '\n', &line))
        if (line.len) {
            total++;
            passed += run_case(line);
        }
    printf("%zu of %zu\n", passed, total);
    cpm_arena_release(&arena);
    return passed == total ? 0 : 1;
}
