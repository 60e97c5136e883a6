/* The linker takes an object that is loaded for every later one that needs its name: a copy bears
 * the name of its library. (base/library.h has stand-ins for the system's own.) */
#include "runtime/open/open.h"

#include "base/library.h"

#include <dlfcn.h>

enum { OPEN_MAX = 8 };

/* All of them, or none. */
static bool open_copies(const char *folder, const struct cpm_copies *copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    void *handles[OPEN_MAX];
    unsigned count = 0, i = 0;
    bool opened;

    cpm_buf_addf(&path, "%s%s", folder, CPM_COPIES_STANDIN);
    do {
        handles[count] = path.overflow ? NULL : dlopen(cpm_buf_text(&path), RTLD_NOW | RTLD_LOCAL);
        opened = handles[count] != NULL;
        count += opened;
        cpm_buf_clear(&path);
    } while (opened && count < OPEN_MAX && cpm_copies_path(copies, i++, &path));
    while (!opened && count > 0)
        dlclose(handles[--count]);
    cpm_buf_release(&path);
    return opened;
}

static void *open_runtime(const char *folder, bool on_copies)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    void *(*open)(const char *, int) = on_copies ? dlopen : cpm_library_open;

    cpm_buf_addf(&path, "%s%s", folder, CPM_RUNTIME_FILE);
    void *library = path.overflow ? NULL : open(cpm_buf_text(&path), RTLD_NOW | RTLD_GLOBAL);
    cpm_buf_release(&path);
    return library;
}

struct cpm_opened cpm_open(const char *folder)
{
    struct cpm_opened opened = {.copies = CPM_COPIES_INIT};

    if (cpm_copies_find(&opened.copies) && !open_copies(folder, &opened.copies)) {
        cpm_copies_refuse(&opened.copies);
        opened.copies.are_there = false;
    }
    void *library = open_runtime(folder, opened.copies.are_there);
    if (library)
        opened.main = (cpm_runtime_main_fn *)dlsym(library, CPM_RUNTIME_ENTRY);
    return opened;
}

void cpm_open_after(struct cpm_opened *opened)
{
    cpm_copies_make(&opened->copies);
    cpm_copies_release(&opened->copies);
}
