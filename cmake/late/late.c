/* A stand-in for libraries that another is linked with and hardly ever calls. Each of its functions
 * loads the true library when it is first called, and jumps there. The linker takes it for the one
 * library whose soname it bears (base/library.c opens it before the library that is linked with
 * it); or it has a name of its own, and a changed copy asks for it (runtime/open/bind.h). */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

/* Their whole paths, one behind the other: the name of one may be the name of this. */
extern const char cpm_late_libraries[] __attribute__((visibility("hidden")));
void *cpm_late_find(const char *function) __attribute__((visibility("hidden")));

/* The library's number, and behind it the function's name. Any thread may be here. */
void *cpm_late_find(const char *function)
{
    const char *path = cpm_late_libraries;

    for (int i = *function; i > 0; i--)
        path += strlen(path) + 1;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *found = library ? dlsym(library, function + 1) : NULL;

    if (!found)
        abort(); /* the system's library was taken away, or is not the one of the build */
    return found;
}
