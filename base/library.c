/* The dynamic linker takes a library that is open already for any other of the same soname. A
 * stand-in (cmake/late) that is opened first therefore keeps the true library, and all that it
 * would bring, out of the process until one of its functions is called. */
#include "base/library.h"

#include "base/path.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LATE_MAX = 8 };

static const struct {
    const char *file, *soname;
} late[] = {
#define CPM_LATE(file, soname) {file, soname},
#include "base/late.def"
#undef CPM_LATE
    {NULL, NULL},
};

bool cpm_library_folder(struct cpm_buf *out)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self));
    size_t slash = len > 0 ? cpm_str_rchr(cpm_str_n(self, (size_t)len), '/') : CPM_NPOS;

    if (slash == CPM_NPOS)
        return false;
    cpm_buf_add(out, self, slash + 1);
    cpm_buf_add_text(out, CPM_PRIVATE_FROM_BIN "/");
    return true;
}

static unsigned open_late(struct cpm_str name, void **opened)
{
    struct cpm_buf path = CPM_BUF_INIT(PATH_MAX);
    size_t folder = 0; /* its length, once it is known */
    unsigned count = 0;

    for (unsigned i = 0; late[i].file && count < LATE_MAX; i++) {
        if (!cpm_str_is(name, late[i].file))
            continue;
        if (folder == 0 && !cpm_library_folder(&path))
            break;
        if (folder == 0) {
            cpm_buf_add_text(&path, "late/");
            folder = path.len;
        }
        path.len = folder;
        cpm_buf_add_text(&path, late[i].soname);
        opened[count] = dlopen(cpm_buf_text(&path), RTLD_LAZY | RTLD_LOCAL);
        count += opened[count] != NULL;
    }
    cpm_buf_release(&path);
    return count;
}

void *cpm_library_open(const char *file, int mode)
{
    void *opened[LATE_MAX], *library;
    unsigned count = open_late(cpm_path_basename(cpm_str(file)), opened);

    library = dlopen(file, mode);
    if (library || count == 0)
        return library;
    while (count > 0) /* the library is newer than this build: it may want more of them */
        dlclose(opened[--count]);
    return dlopen(file, mode);
}

bool cpm_library_load(const char *soname, const struct cpm_library_function *functions,
                      size_t count, char fault[CPM_LIBRARY_FAULT])
{
    void *library = cpm_library_open(soname, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        snprintf(fault, CPM_LIBRARY_FAULT, "is not installed");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        void *function = dlsym(library, functions[i].name);

        if (!function) {
            snprintf(fault, CPM_LIBRARY_FAULT, "lacks %s", functions[i].name);
            return false;
        }
        memcpy(functions[i].slot, &function, sizeof(function));
    }
    return true;
}
