/* The program: argv in, exit code out. */
#include "cli/cli.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

/* An installation holds dozens of tarballs for a moment each, packed and inflated. glibc learns
 * from the first that is freed to keep such blocks in its heap, which then stays as large as the
 * worst moment: the large ones are given back at once. The others are kept, since memory that is
 * fresh each time costs a tenth of the work in page faults. Two heaps do for the threads there are.
 */
static void keep_memory_small(void)
{
#ifdef M_ARENA_MAX
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 32 << 20);
    mallopt(M_ARENA_MAX, 2);
#endif
}

int main(int argc, char **argv)
{
    int code;

    keep_memory_small();
    code = cpm_cli_main(argc, argv);
#ifndef CPM_SANITIZED
    /* Everything is done: libuv's threads need not be woken and joined one by one, which is what
     * its destructor would do. */
    fflush(NULL);
    _exit(code);
#endif
    return code;
}
