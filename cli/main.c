/* The program: argv in, exit code out. */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int code = cpm_cli_main(argc, argv);

#ifndef CPM_SANITIZED
    /* Everything is done: libuv's threads need not be woken and joined one by one, which is what
     * its destructor would do. */
    fflush(NULL);
    _exit(code);
#endif
    return code;
}
