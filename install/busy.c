#include "install/busy.h"

#include <errno.h>
#include <sys/file.h>

bool cpm_busy_try(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void cpm_busy_end(int fd)
{
    flock(fd, LOCK_UN);
}
