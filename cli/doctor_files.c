#include "cli/doctor_files.h"

#include "base/grow.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

struct walk {
    const struct cpm_doctor_files *how;
    struct cpm_arena arena;
    const char **open; /* not looked at yet, the next one last */
    size_t count, cap;
    bool ok;
};

static void push(struct walk *w, const char *path)
{
    w->open = cpm_arena_grow(&w->arena, w->open, w->count, &w->cap, sizeof(*w->open));
    w->open[w->count++] = path;
}

static void tell(struct walk *w, enum cpm_log_level level, const char *what, const char *path)
{
    w->ok = false;
    cpm_term_log(w->how->term, level, "doctor", "checkFilesPermission %s%s", what, path);
}

static const char *mask_words(int mask)
{
    static const char *const words[] = {
        "",         "executable",           "writable",           "writable, executable",
        "readable", "readable, executable", "readable, writable", "readable, writable, executable"};
    return words[mask & (R_OK | W_OK | X_OK)];
}

static void push_entries(struct walk *w, const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) {
        tell(w, CPM_LOG_WARN, "error reading directory ", folder);
        return;
    }
    for (struct dirent *e; (e = readdir(dir));)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            push(w, cpm_path_join(&w->arena, folder, e->d_name));
    closedir(dir);
}

static void check(struct walk *w, const char *path)
{
    const struct cpm_doctor_files *how = w->how;
    struct stat st;
    if (lstat(path, &st) != 0) {
        if (!how->may_be_missing || errno != ENOENT)
            tell(w, CPM_LOG_WARN, "error getting info for ", path);
        return;
    }
    if (how->should_own && (st.st_uid != getuid() || st.st_gid != getgid()))
        tell(w, CPM_LOG_WARN, "should be owner of ", path);
    if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
        return;
    if (access(path, how->mask) != 0)
        tell(w, CPM_LOG_ERROR, "Missing permissions on ",
             cpm_arena_printf(&w->arena, "%s (expect: %s)", path, mask_words(how->mask)));
    else if (S_ISDIR(st.st_mode))
        push_entries(w, path);
}

bool cpm_doctor_files_check(const struct cpm_doctor_files *how)
{
    struct walk w = {.how = how, .arena = CPM_ARENA_INIT, .ok = true};
    push(&w, how->root);
    while (w.count)
        check(&w, w.open[--w.count]);
    cpm_arena_release(&w.arena);
    return w.ok;
}
