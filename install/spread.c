#include "install/spread.h"

#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#define LANE 64 /* folders */

void cpm_spread_lane(unsigned salt, unsigned number, char *out, size_t size)
{
    snprintf(out, size, "%x-%x", salt, number / LANE);
}

unsigned cpm_spread_salt(void)
{
    unsigned short salt;

    if (getrandom(&salt, sizeof(salt), GRND_NONBLOCK) != sizeof(salt))
        salt = (unsigned short)getpid();
    return salt;
}

void cpm_spread(int dir)
{
    int flags = 0;

    if (ioctl(dir, FS_IOC_GETFLAGS, &flags) < 0)
        return;
    flags |= FS_TOPDIR_FL;
    ioctl(dir, FS_IOC_SETFLAGS, &flags);
}
