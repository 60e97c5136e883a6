#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LARGE_PAGE = 2 << 20 };

static void *checked(void *ptr)
{
    static const char words[] = "cpm: out of memory\n";

    if (ptr)
        return ptr;
    if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
        abort();
    abort();
}

void *cpm_alloc(size_t size)
{
    return checked(malloc(size ? size : 1));
}

void *cpm_alloc_large(size_t size)
{
    void *ptr = NULL;

    if (posix_memalign(&ptr, LARGE_PAGE, size) != 0)
        ptr = NULL;
    if (ptr)
        (void)madvise(ptr, size, MADV_HUGEPAGE);
    return checked(ptr);
}

void *cpm_calloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *cpm_realloc(void *old, size_t count, size_t size)
{
    return checked(reallocarray(old, count ? count : 1, size ? size : 1));
}

char *cpm_strndup(const char *text, size_t len)
{
    char *copy = cpm_alloc(len + 1);

    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *cpm_strdup(const char *text)
{
    return cpm_strndup(text, strlen(text));
}

void cpm_free(void *ptr)
{
    free(ptr);
}
