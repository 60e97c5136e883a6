/* Marks of time that tell whether the page cache was lost: what was written without a sync is whole
 * as long as the machine was not started anew and the file system not mounted anew. */
#ifndef CPM_INSTALL_GENERATION_H
#define CPM_INSTALL_GENERATION_H

#include <time.h>

#include <stdbool.h>

#define CPM_GENERATION_SIZE 16

/* Digest of the boot id and of the mount that `fd` lies on (unique since Linux 6.8; before that the
 * boot id counts alone). */
void cpm_generation_get(int fd, unsigned char out[CPM_GENERATION_SIZE]);
/* 16 random bytes. */
/* The generation as a file's time, never 0. */
time_t cpm_generation_time(int fd);
void cpm_generation_random(unsigned char out[CPM_GENERATION_SIZE]);
/* The process's umask, read without changing it. */
unsigned cpm_umask_get(void);

#endif
