/* The only door to malloc: allocation that cannot be satisfied ends the process with a clear word,
 * and sizes that overflow are caught. Anything sized by input is bounded by its reader before it
 * comes here. */
#ifndef CPM_BASE_MEM_H
#define CPM_BASE_MEM_H

#include <stddef.h>

void *cpm_alloc(size_t size) __attribute__((malloc, returns_nonnull));
/* The same for megabytes that will all be used: in large pages, where the system has them. */
void *cpm_alloc_large(size_t size) __attribute__((malloc, returns_nonnull));
void *cpm_calloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull));
void *cpm_realloc(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
char *cpm_strndup(const char *text, size_t len) __attribute__((malloc, returns_nonnull));
char *cpm_strdup(const char *text) __attribute__((malloc, returns_nonnull));
void cpm_free(void *ptr);

#endif
