/* A stand-in for a library that another is linked with and hardly ever calls. The linker takes it
 * for the library, since it bears its soname; each of its functions loads the true one when it is
 * first called, and jumps there. base/library.c opens it before the library that is linked with it. */
#include <dlfcn.h>
#include <stdlib.h>

extern const char cpm_late_library[] __attribute__((visibility("hidden")));
void *cpm_late_find(const char *name) __attribute__((visibility("hidden")));

/* The library's whole path, since its name is the name of this one. Any thread may be here. */
void *cpm_late_find(const char *name)
{
    void *library = dlopen(cpm_late_library, RTLD_NOW | RTLD_LOCAL);
    void *function = library ? dlsym(library, name) : NULL;

    if (!function)
        abort(); /* the system's library was taken away, or is not the one of the build */
    return function;
}
