/* The program: argv in, exit code out. */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Where a caller closed one of the three, the next file that is opened would take its number: a
 * warning would be written into a package. Scripts get them open too, as from node. */
static void open_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(1);
}

int main(int argc, char **argv)
{
    open_standard_streams();
    int code = cpm_cli_main(argc, argv);

#ifndef CPM_SANITIZED
    /* Everything is done: libuv's threads need not be woken and joined one by one, which is what
     * its destructor would do. */
    fflush(NULL);
    _exit(code);
#endif
    return code;
}
