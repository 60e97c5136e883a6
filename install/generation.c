#include "install/generation.h"

#include "base/str.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x00004000U
#endif

static size_t read_small(const char *path, char *into, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, into, size - 1);

    if (fd >= 0)
        close(fd);
    into[n > 0 ? n : 0] = '\0';
    return n > 0 ? (size_t)n : 0;
}

static uint64_t mount_id(int fd)
{
    struct statx st;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &st) < 0 ||
        !(st.stx_mask & STATX_MNT_ID_UNIQUE))
        return 0;
    return st.stx_mnt_id;
}

void cpm_generation_get(int fd, unsigned char out[CPM_GENERATION_SIZE])
{
    char text[128];
    size_t len = read_small("/proc/sys/kernel/random/boot_id", text, 64);
    uint64_t words[2];

    words[0] = cpm_str_hash(cpm_str_n(text, len));
    len +=
        (size_t)snprintf(text + len, sizeof(text) - len, " %llu", (unsigned long long)mount_id(fd));
    words[1] = cpm_str_hash(cpm_str_n(text, len));
    memcpy(out, words, CPM_GENERATION_SIZE);
}

time_t cpm_generation_time(int fd)
{
    unsigned char generation[CPM_GENERATION_SIZE];
    uint32_t low;

    cpm_generation_get(fd, generation);
    memcpy(&low, generation + CPM_GENERATION_SIZE - sizeof(low), sizeof(low));
    return (time_t)(low >> 2) + 1;
}

void cpm_generation_random(unsigned char out[CPM_GENERATION_SIZE])
{
    struct timespec now;

    if (getrandom(out, CPM_GENERATION_SIZE, 0) == CPM_GENERATION_SIZE)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    memset(out, 0, CPM_GENERATION_SIZE);
    memcpy(out, &now.tv_nsec, 4);
    memcpy(out + 4, &now.tv_sec, 8);
    out[12] = (unsigned char)getpid();
}

unsigned cpm_umask_get(void)
{
    char text[1024];
    const char *at;

    read_small("/proc/self/status", text, sizeof(text));
    at = strstr(text, "\nUmask:");
    return at ? (unsigned)strtoul(at + strlen("\nUmask:"), NULL, 8) & 0777 : 022;
}
